"""More new causes than anybody could read: beyond a ceiling an hour and log group they fold into one incident.

Whoever can write a log line can write one with a new cause in each. Known causes go on as before.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from why403.denials.denial import Denial, Kind, Verdict
from why403.incidents.fingerprint import LENGTH
from why403.incidents.hours import HOUR, start_of_hour
from why403.incidents.sighting import Sighting
from why403.incidents.table import IncidentTable
from why403.incidents.table_keys import SLOTS

MOST_NEW = 60
"""New causes of a log group in an hour that are each told: one a minute is more than a person reads."""
Owner = tuple[str, str]
"""The account and the log group that new causes are counted for."""


def places_of(news: Iterable[Sighting], table: IncidentTable, now: int) -> Mapping[str, str]:
    """The new causes that are told one by one, by fingerprint: where their lines are counted (Incident.counter).

    Those of an hour and log group are counted together. What the settings expect is told to nobody, so it floods
    nobody: it has a counter of its own.
    """
    by_owner: dict[Owner, list[str]] = {}
    places: dict[str, str] = {}
    for sighting in news:
        if sighting.expectation is not None:
            places[sighting.fingerprint] = ""
        else:
            by_owner.setdefault(_owner(sighting), []).append(sighting.fingerprint)
    for owner, causes in by_owner.items():
        places |= _places(owner, causes, table, start_of_hour(now))
    return places


def _places(owner: Owner, causes: Sequence[str], table: IncidentTable, hour: int) -> Mapping[str, str]:
    name = ":".join(owner)
    pack = f"{hashlib.sha256(name.encode()).hexdigest()[:LENGTH]}-{hour // HOUR}"
    admitted = table.admit(name, hour, causes, MOST_NEW)
    slots = dict(zip(admitted, SLOTS, strict=False))
    return {cause: f"{pack}:{slots[cause]}" for cause in causes if cause in slots}


def folded(sightings: Iterable[Sighting], now: int) -> Iterable[Sighting]:
    """The sightings as the hour's flood, one for each log group: a line is kept, the causes have no incidents."""
    floods: dict[Owner, Sighting] = {}
    for sighting in sightings:
        before = floods.get(_owner(sighting))
        floods[_owner(sighting)] = _flood(sighting, now) if before is None else _with(before, sighting)
    return floods.values()


def _owner(sighting: Sighting) -> Owner:
    return sighting.event.account, sighting.event.log_group


def _flood(sighting: Sighting, now: int) -> Sighting:
    parts = (Kind.FLOOD.value, *_owner(sighting), str(start_of_hour(now)))
    denial = Denial(
        verdict=Verdict.AWS_403_NOT_IAM,
        kind=Kind.FLOOD,
        level=sighting.denial.level,
        handled=sighting.denial.handled,
        excerpt=sighting.denial.excerpt,
    )
    key = hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:LENGTH]
    return replace(sighting, fingerprint=key, denial=denial)


def _with(flood: Sighting, sighting: Sighting) -> Sighting:
    return replace(
        flood,
        lines=flood.lines + sighting.lines,
        hours=dict(Counter(flood.hours) + Counter(sighting.hours)),
        first=min(flood.first, sighting.first),
        last=max(flood.last, sighting.last),
    )
