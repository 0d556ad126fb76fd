"""A batch of log events → what each incident has to count of it: the lines are added up before anything is written."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from why403.denials.denial import Denial, Kind, Verdict
from why403.incidents.fingerprint import fingerprint
from why403.incidents.folding import fullest_by_request, fullness
from why403.incidents.hours import hour_of, start_of_hour
from why403.incidents.incident import Expectation, Incident, State
from why403.incidents.severity import Volume, is_quiet, most_an_hour
from why403.log_events.log_event import LogEvent
from why403.log_events.parts import NEAR, whole_events

Classify = Callable[[LogEvent], tuple[Denial, ...]]
Expect = Callable[[LogEvent, Denial], Expectation | None]
"""Whether the settings expect what one line says."""

KEPT = 500
"""Characters of a line that took more than its budget (line_budget.py)."""
ALERTED = frozenset({Verdict.MISSING_PERMISSION, Verdict.CREDENTIALS, Verdict.AWS_403_NOT_IAM})
"""Verdicts that make an incident. The others are counted as dropped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """What one batch says of one incident. Times in milliseconds since the epoch."""

    fingerprint: str
    denial: Denial
    """The fullest one of the batch, as loud as the loudest."""
    lines: int
    hours: Mapping[int, int]
    first: int
    last: int
    event: LogEvent
    """The line that `denial` was taken from."""
    expectation: Expectation | None = None
    """The settings expect each of its lines: such lines are counted apart from others of their cause."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """One delivery of CloudWatch Logs, added up. `lines` counts each event id once."""

    sightings: tuple[Sighting, ...] = ()
    name: str
    """Of these very events: the same events delivered again give the same name."""
    lines: int = 0
    dropped: int = 0
    """Lines that are no denial, or none of AWS."""
    group_hours: Mapping[str, Mapping[int, int]] = field(default_factory=dict)
    """Log group → start of the hour → lines, denials or not."""
    group_batches: Mapping[str, str] = field(default_factory=dict)
    """Log group → the name of its events in this batch."""


def volume_of(sighting: Sighting, counted: Mapping[int, int], known: Incident | None = None) -> Volume:
    """What its lines come to by what is counted: the start of each hour → the incident's lines.

    Lines of one stream within a second, of which each came in a delivery of its own, may be one error that was cut: the one counts.
    """
    stream = (sighting.event.log_stream,) if sighting.event.log_stream else ()
    streams = {*stream, *(known.streams if known else ())}
    was_resolved = known is not None and known.state is State.RESOLVED
    may_be_one = known is not None and len(streams) == 1 and _span(known, sighting) <= NEAR
    return Volume(
        lines=sighting.lines if was_resolved or may_be_one else max(sighting.lines, sum(counted.values())),
        an_hour=most_an_hour(sighting.hours, counted),
        streams=len(streams),
        again=was_resolved or (known is not None and known.state is State.REGRESSED),
    )


def _span(known: Incident, sighting: Sighting) -> int:
    """Milliseconds between the first and the last line since the incident opened."""
    first = min(known.began_at, known.last_seen, sighting.first)
    return max(known.began_at, known.last_seen, sighting.last) - first


def _expect_nothing(_event: LogEvent, _denial: Denial) -> Expectation | None:
    return None


def add_up(
    events: Iterable[LogEvent], classify: Classify, now: int, expect: Expect = _expect_nothing
) -> Batch:
    """Classify each message once, and group by incident; a message that came in parts is one line of its incident."""
    unique = {_name(event): event for event in events}
    told = [_read(event, classify) for event in whole_events(unique.values())]
    fullest = fullest_by_request(told)
    members: dict[tuple[str, Expectation | None], list[tuple[LogEvent, Denial]]] = {}
    for event, denials in told:
        for denial in denials:
            expectation = expect(event, denial)
            chosen = fullest.get(denial.request_id or "", denial) if len(denials) == 1 else denial
            key = fingerprint(
                chosen,
                log_group=event.log_group,
                account=event.account,
                region=event.region,
                expected=expectation is not None,
            )
            seen = members.setdefault((key, expectation), [])
            if not seen or seen[-1][0] is not event:
                seen.append((event, _as_loud_as(chosen, denial)))
    groups: dict[str, list[LogEvent]] = {}
    for event in unique.values():
        groups.setdefault(event.log_group, []).append(event)
    name = _batch(unique)
    return Batch(
        sightings=tuple(
            _sighting(key, seen, now, expectation) for (key, expectation), seen in members.items()
        ),
        name=name,
        lines=len(unique),
        dropped=sum(1 for _, denials in told if not denials),
        group_hours={group: _hours(lines, now) for group, lines in groups.items()},
        group_batches={
            group: name if len(groups) == 1 else _batch(map(_name, lines)) for group, lines in groups.items()
        },
    )


def _read(event: LogEvent, classify: Classify) -> tuple[LogEvent, tuple[Denial, ...]]:
    """One that was not read is cut: what comes next reads it as well."""
    denials = tuple([denial for denial in classify(event) if denial.verdict in ALERTED])
    for denial in denials:
        if denial.kind is Kind.UNREAD_LINE:
            return event._replace(message=event.message[:KEPT]), denials
    return event, denials


def _as_loud_as(chosen: Denial, denial: Denial) -> Denial:
    """What the request's fullest line tells, as loud as this line is."""
    return chosen if chosen is denial else replace(chosen, level=denial.level, handled=denial.handled)


def _sighting(
    key: str, seen: list[tuple[LogEvent, Denial]], now: int, expectation: Expectation | None
) -> Sighting:
    events = [event for event, _ in seen]
    event, denial = seen[0] if len(seen) == 1 else _fullest(seen)
    if is_quiet(denial):
        loud = next((other for _, other in seen if not is_quiet(other)), None)
        denial = replace(denial, level=loud.level, handled=False) if loud is not None else denial
    times = [event.timestamp or now for event in events]
    return Sighting(
        fingerprint=key,
        denial=denial,
        lines=len(seen),
        hours=_hours(events, now),
        first=min(times),
        last=max(times),
        event=event,
        expectation=expectation,
    )


def _fullest(seen: list[tuple[LogEvent, Denial]]) -> tuple[LogEvent, Denial]:
    """The line that tells most, of those that tell as much the one that is named first."""
    told = [fullness(denial) for _, denial in seen]
    most = max(told)
    return min(
        [pair for pair, much in zip(seen, told, strict=True) if much == most], key=lambda pair: _name(pair[0])
    )


def _hours(events: Sequence[LogEvent], now: int) -> Mapping[int, int]:
    times = [event.timestamp for event in events]
    first, last = min(times), max(times)
    hour = hour_of(first, now)
    if first == last or hour == start_of_hour(first) == start_of_hour(last) == hour_of(last, now):
        return {hour: len(times)}
    return dict(Counter([hour_of(time, now) for time in times]))


def _name(event: LogEvent) -> str:
    """CloudWatch's event id; where there is none, what the event is."""
    return event.id or f"{event.log_group}\x1f{event.log_stream}\x1f{event.timestamp}\x1f{event.message}"


def _batch(names: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(sorted(names)).encode(errors="replace")).hexdigest()[:32]
