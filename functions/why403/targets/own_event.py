"""A line's own event: what the whole event says that it is one physical line of, put together from its stream."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from why403.denials.denial import Denial
from why403.denials.masked import unmasked
from why403.errors import StoreError
from why403.iam.place import Place
from why403.incidents.incident import Incident
from why403.incidents.life_cycle_events import ToldElsewhere
from why403.incidents.sample import sampled_events
from why403.incidents.stream import ask_closer, ask_stream, events_of, whole_denial
from why403.incidents.table import IncidentTable
from why403.incidents.told import calls_besides, calls_of_others, told_whole, was_told_before
from why403.log_events.log_event import LogEvent
from why403.reads import Plan, Read, Reply, asked, together
from why403.targets.key_use import with_service
from why403.targets.scene import Scene, look_around
from why403.workloads.workload import NOTHING_KNOWN, Hints


@dataclass(frozen=True, slots=True)
class OwnEvent:
    """What a line's whole event says, put together from its stream. `replies` are those of the scene's first rounds."""

    denial: Denial
    event: LogEvent
    stream: tuple[LogEvent, ...]
    """What stands around the line; empty where that is not known."""
    replies: tuple[Reply, ...] = ()
    rounds: int = 0
    """In which they were asked."""
    other_calls: tuple[str, ...] = ()


def read_own_event(
    denial: Denial, event: LogEvent, place: Place, now: int, hints: Hints = NOTHING_KNOWN
) -> Plan[OwnEvent]:
    """One round, in a busy stream two: the stream, and beside it what a scene of the line alone would ask then, which the whole asks too."""
    near = ask_stream(event)
    if not near:
        return OwnEvent(with_service(denial), event, ())
    look = look_around(unmasked(with_service(denial)), event, place, now, hints)
    reads = next(look, ())
    replies = yield (*near, *(read for read in reads if read not in near))
    stream = events_of(replies[0], event)
    closer = ask_closer(stream, event)
    if closer:
        then = _asked_then(look, reads, replies) if reads else ()
        first, *others = yield (*closer, *then)
        stream, replies = events_of(first, event), (*replies, *others)
    told, whole = whole_denial(stream, event, denial)
    return OwnEvent(with_service(told), whole, stream, replies, 2 if closer else 1)


def read_told_event(
    incident: Incident, place: Place, table: IncidentTable, now: int, hints: Hints = NOTHING_KNOWN
) -> Plan[OwnEvent | ToldElsewhere]:
    """What the whole events of an incident's lines say, as far as no other incident tells that."""
    newest, *others = sampled_events(incident)
    own: OwnEvent
    own, others_calls = yield from together(
        read_own_event(incident.denial, newest, place, now, hints), calls_of_others(incident, others)
    )
    told = told_whole(own.stream, incident, newest.timestamp)
    news = [each for each in told if not each.elsewhere]
    if told and not news:
        return ToldElsewhere(last=max(each.event.timestamp for each in told))
    if news and was_told_before(news[0], _told_incidents(table, news[0].beside)):
        return ToldElsewhere(last=max(each.last for each in told))
    if news and (len(told) > 1 or own.event is newest):
        event = news[0].event._replace(timestamp=newest.timestamp, id=newest.id)
        own = replace(own, denial=with_service(news[0].denial), event=event)
    return replace(own, other_calls=calls_besides(news, others_calls))


def open_own_event(opening: Plan[Denial], look: Plan[Scene], event: LogEvent) -> Plan[OwnEvent]:
    """One round: an encoded message is opened, and beside it is asked what a `look` at it asks first whatever it says."""
    opened, replies = yield from together(opening, asked(next(look, ())))
    return OwnEvent(with_service(opened), event, (), replies, 1)


def _asked_then(look: Plan[Scene], reads: tuple[Read, ...], replies: tuple[Reply, ...]) -> tuple[Read, ...]:
    """What a scene asks behind its first `reads`, as far as the replies do not tell it."""
    try:
        then = look.send(tuple(next(reply for reply in replies if reply.read == read) for read in reads))
    except StopIteration:
        return ()
    return tuple(read for read in then if all(reply.read != read for reply in replies))


def _told_incidents(table: IncidentTable, fingerprints: Collection[str]) -> tuple[Incident, ...]:
    """Those of the incidents that were told; none where the table fails: better told twice than not at all."""
    try:
        heads = table.heads(sorted(fingerprints)) if fingerprints else {}
        return tuple(known for known in heads.values() if table.diagnosis(known.fingerprint) is not None)
    except StoreError:
        return ()
