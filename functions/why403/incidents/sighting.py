"""A batch of log events → what each incident has to count of it: the lines are added up before anything is written."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from why403.denials.denial import Denial, DenyKind, Verdict
from why403.incidents.fingerprint import fingerprint
from why403.incidents.hours import hour_of
from why403.log_events.log_event import LogEvent
from why403.log_events.parts import whole_events

Classify = Callable[[LogEvent], tuple[Denial, ...]]

ALERTED = frozenset({Verdict.MISSING_PERMISSION, Verdict.CREDENTIALS, Verdict.AWS_403_NOT_IAM})
"""Verdicts that make an incident. The others are counted as dropped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """What one batch says of one incident. Times in milliseconds since the epoch."""

    fingerprint: str
    denial: Denial
    """The fullest one of the batch."""
    lines: int
    hours: Mapping[int, int]
    first: int
    last: int
    event: LogEvent
    """The line that `denial` was taken from."""
    batch: str
    """Names these very events: the same events delivered again give the same name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """One delivery of CloudWatch Logs, added up. `lines` counts each event id once."""

    sightings: tuple[Sighting, ...] = ()
    lines: int = 0
    dropped: int = 0
    """Lines that are no denial, or none of AWS."""
    group_hours: Mapping[str, Mapping[int, int]] = field(default_factory=dict)
    """Log group → start of the hour → lines, denials or not."""
    group_batches: Mapping[str, str] = field(default_factory=dict)
    """Log group → the name of its events in this batch."""


def add_up(events: Iterable[LogEvent], classify: Classify, now: int) -> Batch:
    """Classify each message once, and group by incident; a message that came in parts is one line of its incident."""
    unique = {_name(event): event for event in events}
    told = [(event, _alerts(classify(event))) for event in whole_events(unique.values())]
    fullest = _fullest_by_request(told)
    members: dict[str, list[tuple[LogEvent, Denial]]] = {}
    for event, denials in told:
        for key, denial in _keys(event, denials, fullest).items():
            members.setdefault(key, []).append((event, denial))
    groups: dict[str, list[LogEvent]] = {}
    for event in unique.values():
        groups.setdefault(event.log_group, []).append(event)
    return Batch(
        sightings=tuple(_sighting(key, seen, now) for key, seen in members.items()),
        lines=len(unique),
        dropped=sum(1 for _, denials in told if not denials),
        group_hours={group: _hours(lines, now) for group, lines in groups.items()},
        group_batches={group: _batch(lines) for group, lines in groups.items()},
    )


def _alerts(denials: tuple[Denial, ...]) -> tuple[Denial, ...]:
    return tuple(denial for denial in denials if denial.verdict in ALERTED)


def _fullness(denial: Denial) -> int:
    known = (
        denial.principal,
        denial.action,
        denial.resource or denial.resource_name,
        denial.authorization_id,
    )
    return sum(1 for value in known if value) + (denial.deny_kind not in {None, DenyKind.UNKNOWN})


def _fullest_by_request(told: list[tuple[LogEvent, tuple[Denial, ...]]]) -> Mapping[str, Denial]:
    """One AWS request that several lines tell of (the message, then its stack trace) is one denial."""
    fullest: dict[str, Denial] = {}
    for _, denials in told:
        if len(denials) == 1 and (request := denials[0].request_id):
            best = fullest.setdefault(request, denials[0])
            if _fullness(denials[0]) > _fullness(best):
                fullest[request] = denials[0]
    return fullest


def _keys(
    event: LogEvent, denials: tuple[Denial, ...], fullest: Mapping[str, Denial]
) -> Mapping[str, Denial]:
    chosen = denials
    if len(denials) == 1:
        chosen = (fullest.get(denials[0].request_id or "", denials[0]),)
    return {fingerprint(d, log_group=event.log_group, account=event.account): d for d in chosen}


def _sighting(key: str, seen: list[tuple[LogEvent, Denial]], now: int) -> Sighting:
    events = [event for event, _ in seen]
    event, denial = max(sorted(seen, key=lambda pair: _name(pair[0])), key=lambda pair: _fullness(pair[1]))
    times = [event.timestamp or now for event in events]
    return Sighting(
        fingerprint=key,
        denial=denial,
        lines=len(seen),
        hours=_hours(events, now),
        first=min(times),
        last=max(times),
        event=event,
        batch=_batch(events),
    )


def _hours(events: Iterable[LogEvent], now: int) -> Mapping[int, int]:
    return dict(Counter(hour_of(event.timestamp, now) for event in events))


def _name(event: LogEvent) -> str:
    """CloudWatch's event id; where there is none, what the event is."""
    return event.id or f"{event.log_group}\x1f{event.log_stream}\x1f{event.timestamp}\x1f{event.message}"


def _batch(events: Iterable[LogEvent]) -> str:
    digest = hashlib.sha256()
    for name in sorted(_name(event) for event in events):
        digest.update(name.encode(errors="replace") + b"\n")
    return digest.hexdigest()[:32]
