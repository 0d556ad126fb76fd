"""More new causes than anybody could read: beyond a ceiling an hour and log group they fold into one incident.

Whoever can write a log line can write one with a new cause in each. Known causes go on as before, and beyond the
ceiling there is room for those who most likely are real: roles of the workloads that write to the group, and lines
that name nobody. What is folded all the same is listed in the one incident, known roles first.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from why403.denials.denial import Denial, Kind, Verdict
from why403.iam.principal import parse_principal
from why403.incidents.fingerprint import LENGTH, caller
from why403.incidents.hours import HOUR, start_of_hour
from why403.incidents.incident import HeldBack
from why403.incidents.sample import without_secrets
from why403.incidents.sighting import Sighting
from why403.incidents.table import IncidentTable
from why403.incidents.table_keys import SLOTS

MOST_NEW = 60
"""New causes of a log group in an hour that are each told: one a minute is more than a person reads."""
RESERVED = 20
"""Beside them: of each role that is known to write there, and of lines that name nobody. A deployment rarely breaks more."""
NAME = 300
"""Characters of a name in the list of what is folded."""
Owner = tuple[str, str]
"""The account and the log group that new causes are counted for."""
Roles = Callable[[str], Iterable[str]]
"""A log group → ARNs of the roles that are known to write to it."""


@dataclass(frozen=True, slots=True)
class Admitted:
    """New causes by fingerprint. `places`: those told one by one, and where their lines are counted (Incident.counter)."""

    places: dict[str, str] = field(default_factory=dict)
    known: set[str] = field(default_factory=set)
    """Those of roles that are known to write there, as far as anybody had to ask."""


def admitted(news: Iterable[Sighting], table: IncidentTable, roles: Roles, now: int) -> Admitted:
    """Those of an hour and log group are counted together.

    What the settings expect is told to nobody, so it floods nobody: it has a counter of its own. `roles` is asked
    beyond the ceiling only.
    """
    by_owner: dict[Owner, list[Sighting]] = {}
    found = Admitted()
    for sighting in news:
        if sighting.expectation is not None:
            found.places[sighting.fingerprint] = ""
        else:
            by_owner.setdefault(_owner(sighting), []).append(sighting)
    for owner, sightings in by_owner.items():
        name, hour = ":".join(owner), start_of_hour(now)
        causes = [one.fingerprint for one in sightings]
        found.places.update(_places(name, causes, table, hour, MOST_NEW))
        left = [one for one in sightings if one.fingerprint not in found.places]
        known = {_caller(arn) for arn in roles(owner[1])} if left else set()
        found.known.update(one.fingerprint for one in left if _caller_of(one) in known)
        for reserve, behind in _reserves(left, known):
            found.places.update(_places(f"{name}:{reserve}", behind, table, hour, RESERVED))
    return found


def _places(
    owner: str, causes: Sequence[str], table: IncidentTable, hour: int, room: int
) -> Mapping[str, str]:
    pack = f"{hashlib.sha256(owner.encode()).hexdigest()[:LENGTH]}-{hour // HOUR}"
    slots = dict(zip(table.admit(owner, hour, causes, room), SLOTS, strict=False))
    return {cause: f"{pack}:{slots[cause]}" for cause in causes if cause in slots}


def _reserves(sightings: Iterable[Sighting], known: Container[str]) -> Iterable[tuple[str, list[str]]]:
    """Each reserve's name and the causes that may ask for it; nobody shares that of a known role."""
    reserves: dict[str, list[str]] = {}
    for sighting in sightings:
        called_by = _caller_of(sighting)
        if called_by in known:
            reserves.setdefault(called_by, []).append(sighting.fingerprint)
        elif called_by.startswith("log-group:"):
            reserves.setdefault("nobody", []).append(sighting.fingerprint)
    return reserves.items()


def _caller_of(sighting: Sighting) -> str:
    return caller(sighting.denial, log_group=sighting.event.log_group, account=sighting.event.account)


def _caller(role: str) -> str:
    """As fingerprints tell a role from others."""
    principal = parse_principal(role)
    return f"role:{principal.account}:{principal.name}"


def held_back(
    sightings: Iterable[Sighting], known: Container[str], now: int, *, redact_emails: bool
) -> Iterator[tuple[str, list[HeldBack]]]:
    """By the fingerprint of their flood: what the folded causes are."""
    causes: dict[str, list[HeldBack]] = {}
    for sighting in sightings:
        denial = without_secrets(sighting.denial, redact_emails=redact_emails)
        cause = HeldBack(
            caller=parse_principal(denial.principal or "").name[:NAME],
            action=(denial.action or denial.operation or denial.service or "")[:NAME],
            resource=(denial.resource or denial.resource_name or "")[:NAME],
            is_known=sighting.fingerprint in known,
        )
        causes.setdefault(_key(sighting, now), []).append(cause)
    yield from causes.items()


def folded(sightings: Iterable[Sighting], now: int) -> Iterable[Sighting]:
    """The sightings as the hour's flood, one for each log group: a line is kept, the causes have no incidents."""
    floods: dict[Owner, Sighting] = {}
    for sighting in sightings:
        before = floods.get(_owner(sighting))
        floods[_owner(sighting)] = _flood(sighting, now) if before is None else _with(before, sighting)
    return floods.values()


def _owner(sighting: Sighting) -> Owner:
    event = sighting.event
    return f"{event.account}/{event.region}" if event.region else event.account, event.log_group


def _flood(sighting: Sighting, now: int) -> Sighting:
    denial = Denial(
        verdict=Verdict.AWS_403_NOT_IAM,
        kind=Kind.FLOOD,
        level=sighting.denial.level,
        handled=sighting.denial.handled,
        excerpt=sighting.denial.excerpt,
    )
    return replace(sighting, fingerprint=_key(sighting, now), denial=denial)


def _key(sighting: Sighting, now: int) -> str:
    parts = (Kind.FLOOD.value, *_owner(sighting), str(start_of_hour(now)))
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:LENGTH]


def _with(flood: Sighting, sighting: Sighting) -> Sighting:
    return replace(
        flood,
        lines=flood.lines + sighting.lines,
        hours=dict(Counter(flood.hours) + Counter(sighting.hours)),
        first=min(flood.first, sighting.first),
        last=max(flood.last, sighting.last),
    )
