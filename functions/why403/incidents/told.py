"""What an incident's lines tell of, by the whole events in their stream, and which incident of several tells it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from why403.denials.classify import classify
from why403.denials.contains import holds_any
from why403.denials.denial import Denial
from why403.denials.filter_terms import filter_terms
from why403.incidents.fingerprint import fingerprint
from why403.incidents.folding import agree, fullness, is_nameless
from why403.incidents.incident import Incident
from why403.incidents.life_cycle import is_told_elsewhere
from why403.incidents.sighting import ALERTED
from why403.incidents.stream import CLOSE_MS, ask_stream, events_of, reading, safe, what_is_told
from why403.log_events.inner_line import inner_line
from why403.log_events.log_event import LogEvent
from why403.log_events.parts import grouped, put_together, whole_events
from why403.reads import Plan

MOST_READ = 300
"""Lines that arrived, of which the events around a denial are read: in a storm a stream holds thousands."""
MOST_CALLS = 5
"""Other calls of lines of the same words that are told: a message is short."""
MOST_CUTS = 12
"""Lines of one event that arrived, between which a delivery may have ended: each place is read on both sides."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a whole event of the stream says of an incident's denial; `elsewhere`: another incident tells it."""

    denial: Denial
    event: LogEvent
    elsewhere: bool
    beside: frozenset[str] = frozenset()
    """The incidents that other lines of the event make, by how deliveries may have cut it."""
    last: int = 0
    """Milliseconds since the epoch: the event's last line."""

    @property
    def call(self) -> str:
        """The action, and the resource where it is told; empty where no action is."""
        return f"{self.denial.action} {self.denial.resource or ''}".strip() if self.denial.action else ""


def told_whole(stream: Sequence[LogEvent], incident: Incident, at: int) -> tuple[Told, ...]:
    """What whole events say of which a part, as it arrived, was counted for the incident; those nearest to the moment `at`.

    Where several parts of one event arrived, and make incidents of their own, the fullest one tells of it. Behind these the
    incident's other calls, whose lines had the same words.
    """
    found: dict[bool, Told] = {}
    others: dict[tuple[object, ...], Told] = {}
    left = MOST_READ
    for parts in sorted(grouped(stream), key=lambda parts: abs(parts[0].timestamp - at)):
        arriving = [part for part in parts if _arrives(part)]
        told = _told(parts, arriving, incident) if arriving else None
        if told is not None:
            known = found.setdefault(told.elsewhere, told)
            if _is_fuller(told.denial, known.denial):
                found[told.elsewhere] = told
            elif not told.elsewhere and len(others) < MOST_CALLS and not agree(told.denial, known.denial):
                others.setdefault(what_is_told(told.denial), told)
        left -= len(arriving)
        if left <= 0:
            break
    return (*found.values(), *others.values())


def calls_of_others(incident: Incident, others: Sequence[LogEvent]) -> Plan[tuple[str, ...]]:
    """The calls that its other lines were of, where the lines name none: each line's stream is read right around it, in one round."""
    asked = {event: ask_stream(event, CLOSE_MS) for event in others if is_nameless(incident.denial)}
    reads = tuple(read for reads in asked.values() for read in reads)
    replies = yield reads
    found = [
        each.call
        for event, reply in zip((event for event, reads in asked.items() if reads), replies, strict=True)
        for each in told_whole(events_of(reply, event), incident, event.timestamp)
        if not each.elsewhere
    ]
    return tuple(dict.fromkeys(filter(None, found)))


def calls_besides(news: Sequence[Told], others: Sequence[str]) -> tuple[str, ...]:
    """The other calls beside the first of `news`, under which all are told, each once."""
    first = news[0].call if news else ""
    calls = dict.fromkeys((*(each.call for each in news[1:]), *others))
    return tuple(call for call in calls if call and call != first)


def _is_fuller(denial: Denial, known: Denial) -> bool:
    """Whether it tells more of the same request: a logger writes the message first, then the error with its frames."""
    is_same = denial.request_id is not None and denial.request_id == known.request_id
    return is_same and agree(denial, known) and fullness(denial) > fullness(known)


def was_told_before(told: Told, incidents: Sequence[Incident]) -> bool:
    """Whether an earlier delivery of the event's lines opened one of the `incidents`, which were told: its stream ended there."""
    return any(
        told.event.timestamp <= known.began_at <= told.last
        and told.event.log_stream in known.streams
        and not is_told_elsewhere(known)
        for known in incidents
    )


def _told(parts: list[LogEvent], arriving: list[LogEvent], incident: Incident) -> Told | None:
    told: tuple[list[Denial], Denial] | None = None
    beside = set[str]()
    for arrived in _deliveries(arriving):
        denials = [denial for part in arrived for denial in classify(part) if denial.verdict in ALERTED]
        beside |= {_named(incident, denial) for denial in denials}
        ours = next((denial for denial in denials if _is_of(incident, denial)), None)
        if told is None and ours is not None:
            told = denials, ours
    if told is None:
        return None
    denials, ours = told
    whole = put_together(parts)
    is_cut = any(inner_line(part.message).partial for part in arriving)
    fullest = max((each for each in denials if agree(each, ours)), key=_rank)
    denial = reading(whole, ours, is_cut=is_cut) or ours
    others = frozenset(beside - {incident.fingerprint})
    return Told(*safe(denial, whole), not _is_of(incident, fullest), others, parts[-1].timestamp)


def _deliveries(arriving: list[LogEvent]) -> Iterator[Sequence[LogEvent]]:
    """How they may have arrived: in one delivery, each in one of its own, or in two."""
    yield tuple(whole_events(arriving))
    if len(arriving) == 1:
        return
    yield arriving
    if len(arriving) <= MOST_CUTS:
        for at in range(1, len(arriving)):
            yield (*whole_events(arriving[:at]), *whole_events(arriving[at:]))


def _rank(denial: Denial) -> tuple[int, bool]:
    """How much it tells; of two that name nothing, the one that names the service."""
    return fullness(denial), denial.service is not None


def _arrives(part: LogEvent) -> bool:
    return holds_any(part.message, filter_terms())


def _is_of(incident: Incident, denial: Denial) -> bool:
    return _named(incident, denial) == incident.fingerprint


def _named(incident: Incident, denial: Denial) -> str:
    """The fingerprint of a denial that was logged where the incident's lines were."""
    expected = incident.expectation is not None
    where = {"log_group": incident.log_group, "account": incident.account, "region": incident.region}
    return fingerprint(denial, **where, expected=expected)
