"""What stands around a line in its stream, and the whole event that the line is one physical line of.

Most log drivers ship each physical line as an event of its own, and only lines that match the filter arrive. What the
other lines of the same event tell is this denial's; what other events tell is not, however near they stand.

https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetLogEvents.html
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from why403.denials.classify import classify
from why403.denials.denial import Denial
from why403.incidents.folding import agrees_as_far_as_told, fullness, goes_on_as
from why403.incidents.sample import LONGEST_SAMPLE, make_sample, without_secrets
from why403.incidents.sighting import ALERTED
from why403.log_events.inner_line import inner_line
from why403.log_events.log_event import LogEvent
from why403.log_events.parts import grouped, put_together
from why403.log_events.redaction import redact
from why403.reads import Answer, DeclaredRead, Plan, Read, Reply, Unreadable

AROUND_MS = 10_000
"""Milliseconds on both sides: a request's own lines stand closer; a stack trace's lines come within one."""
MOST = 10_000
"""Events, as many as AWS gives in one answer of a megabyte: a busy stream writes hundreds in ten seconds."""
CLOSE_MS = 2_000
"""Milliseconds on both sides that are read where a busy stream's first page ends before what follows the line."""
FULL = 500_000
"""Characters of a page that may have ended at AWS's megabyte: an event, of which the next did not fit, has a quarter of one at most as a rule."""
PAGES = 20
"""Pages that are read back from a stream's end to find a line of which no time is known: some 200,000 events."""
MOST_ALIKE = 20
"""Lines of one millisecond that are compared with a line that was redacted before it was kept."""
GET_EVENTS = DeclaredRead(
    "logs",
    "GetLogEvents",
    "The other lines of a denial's own event, which a log driver cut apart, and the events beside it in its stream, "
    "to find the resource that its line does not name.",
)


def ask_stream(event: LogEvent, around: int = AROUND_MS) -> tuple[Read, ...]:
    """The read of what was logged ten seconds before and after; none where stream or time are not known."""
    if not event.log_group or not event.log_stream or not event.timestamp:
        return ()
    return (
        GET_EVENTS.of(
            logGroupName=event.log_group,
            logStreamName=event.log_stream,
            startTime=event.timestamp - around,
            endTime=event.timestamp + around,
            limit=MOST,
            startFromHead=True,
        ),
    )


def ask_closer(there: Sequence[LogEvent], event: LogEvent) -> tuple[Read, ...]:
    """The read of what stands right around the event, where the page that was read ended before it; else none."""
    is_full = len(there) >= MOST or sum(len(each.message) for each in there) >= FULL
    return (
        ask_stream(event, CLOSE_MS)
        if is_full and there[-1].timestamp <= event.timestamp + CLOSE_MS // 2
        else ()
    )


def events_of(reply: Reply, event: LogEvent) -> tuple[LogEvent, ...]:
    """The events that were read of the stream of `event`, in their order."""
    if not isinstance(reply, Answer):
        return ()
    return tuple(
        event._replace(message=str(item.get("message", "")), timestamp=int(item.get("timestamp") or 0), id="")
        for item in reply.items("events")
    )


@dataclass(frozen=True, slots=True)
class LineFound:
    """Where a line stands in its stream. `event` None: nowhere among the `read` events back to `since` (ms), or `failed` says why."""

    event: LogEvent | None = None
    times: int = 0
    """How often it stands there."""
    read: int = 0
    since: int = 0
    failed: Unreadable | None = None


def find_line(event: LogEvent) -> Plan[LineFound]:
    """The line as it stands in its stream, page by page: nearest to the event's time, the newest where it has none."""
    window = bool(event.timestamp)
    asked: dict[str, Any] = {
        "logGroupName": event.log_group,
        "logStreamName": event.log_stream,
        "limit": MOST,
        "startFromHead": window,
    }
    if window:
        asked |= {"startTime": event.timestamp - AROUND_MS, "endTime": event.timestamp + AROUND_MS}
    token, read, since, alike = "", 0, event.timestamp - AROUND_MS if window else 0, list[LogEvent]()
    for _ in range(PAGES):
        (reply,) = yield (GET_EVENTS.of(**asked),)
        if isinstance(reply, Unreadable):
            return LineFound(read=read, since=since, failed=reply)
        there = events_of(reply, event)
        read, since = read + len(there), there[0].timestamp if there and not window else since
        alike += _alike(there, event)
        is_past = bool(there) and there[-1].timestamp > event.timestamp
        before, token = token, reply.text("nextForwardToken" if window else "nextBackwardToken")
        if (alike and (is_past or not window)) or not token or token == before or (window and not there):
            break
        asked["nextToken"] = token
    nearest = min(
        reversed(alike), key=lambda each: abs(each.timestamp - event.timestamp) if window else 0, default=None
    )
    return LineFound(nearest, len(alike), read, since)


def _alike(there: Sequence[LogEvent], event: LogEvent) -> list[LogEvent]:
    """The events of the stream that are the line that somebody gave; where he gave several, with the others behind the first."""
    lines = [line.strip() for line in event.message.split("\n") if line.strip()]
    first, whole = lines[0], event.message.strip()
    filled = [each for each in there if each.message.strip()] if len(lines) > 1 else there
    return [
        each
        for number, each in enumerate(filled)
        if (text := _stripped(each)) == whole
        or (text == first and [_stripped(other) for other in filled[number : number + len(lines)]] == lines)
    ]


def _stripped(event: LogEvent) -> str:
    return event.message.strip()


def whole_event(stream: Sequence[LogEvent], line: LogEvent) -> LogEvent:
    """The event that a line of the stream is a part of; the line itself where it is alone, may be of several, or contradicts the others."""
    found = {whole.message: whole for whole in own_events(stream, line)}
    alone = [denial for denial in classify(line) if denial.verdict in ALERTED]
    if len(found) != 1:
        return line
    (whole,) = found.values()
    is_cut = inner_line(line.message).partial
    if alone and not any(reading(whole, denial, is_cut=is_cut) for denial in alone):
        return line
    return whole._replace(timestamp=line.timestamp)


def whole_denial(stream: Sequence[LogEvent], event: LogEvent, denial: Denial) -> tuple[Denial, LogEvent]:
    """What the whole event says of the denial that one of its lines told, and that event; both as given where no more is known.

    The event keeps the line's time. A reading that contradicts the line, or tells less, is not the line's.
    """
    readings: dict[tuple[object, ...], tuple[Denial, LogEvent]] = {}
    is_cut = inner_line(event.message).partial
    for whole in own_events(stream, event):
        told = reading(whole, denial, is_cut=is_cut)
        if told is not None:
            readings.setdefault(what_is_told(told), (told, whole))
    if len(readings) != 1:
        return denial, event  # the same line stands in several events of that moment: it may be of any
    ((told, whole),) = readings.values()
    if what_is_told(told) == what_is_told(denial):
        return denial, event
    return safe(told, whole._replace(timestamp=event.timestamp, id=event.id))


def reading(whole: LogEvent, denial: Denial, *, is_cut: bool = False) -> Denial | None:
    """What the whole event says of the denial that a line of it told; `is_cut`: the driver cut that line, in the midst of a word maybe."""
    can_be = goes_on_as if is_cut else agrees_as_far_as_told
    told = [each for each in classify(whole) if each.verdict in ALERTED and can_be(denial, each)]
    fuller = [
        each for each in told if fullness(each) >= fullness(denial) or each.verdict is not denial.verdict
    ]
    return max(fuller, key=fullness, default=None)


def what_is_told(denial: Denial) -> tuple[object, ...]:
    """Without what differs from one telling of the same denial to the next: the text, the request's id, the level."""
    return (
        denial.verdict,
        denial.kind,
        denial.service,
        denial.operation,
        denial.action,
        denial.resource,
        denial.resource_name,
        denial.principal,
        denial.deny_kind,
        denial.policy_arn,
        denial.authorization_id,
        denial.via_service,
        denial.encoded_message,
    )


def own_events(stream: Sequence[LogEvent], event: LogEvent) -> tuple[LogEvent, ...]:
    """The whole events of which one may hold the line: more than one where it stands in several of its moment."""
    first = event.message.split("\n", 1)[0]
    groups = list(grouped(stream))
    for kept in dict.fromkeys((event.message, first)):
        found = tuple(_holding(groups, event.timestamp, kept))
        if found:
            return found
    return ()


def _holding(groups: Sequence[list[LogEvent]], timestamp: int, kept: str) -> Iterator[LogEvent]:
    looked_at = 0
    for parts in groups:
        there = [part for part in parts if part.timestamp == timestamp]
        looked_at += len(there)
        if any(_is_same(part, kept, exactly=looked_at > MOST_ALIKE) for part in there):
            yield parts[0] if len(parts) == 1 else put_together(parts)


def _is_same(part: LogEvent, kept: str, *, exactly: bool) -> bool:
    """Whether a line of the stream is the one that was kept: as it stands, or redacted and cut as lines are kept."""
    if part.message.rstrip() == kept.rstrip():
        return True
    if exactly or ("[redacted" not in kept and len(kept) < LONGEST_SAMPLE):
        return False
    return any(
        make_sample(part, redact_emails=emails).message.rstrip() == kept.rstrip() for emails in (False, True)
    )


def safe(denial: Denial, event: LogEvent) -> tuple[Denial, LogEvent]:
    """Both without secrets."""
    return without_secrets(denial), event._replace(message=redact(event.message))
