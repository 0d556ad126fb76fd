"""The events around a denial in the same stream: they often name what the denied line does not.

https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetLogEvents.html
"""

from why403.log_events.log_event import LogEvent
from why403.reads import Answer, DeclaredRead, Read, Reply

AROUND_MS = 10_000
MOST = 200
LONGEST = 8_000
GET_EVENTS = DeclaredRead(
    "logs",
    "GetLogEvents",
    ("logs:GetLogEvents",),
    "The events beside a denial in its stream, to find the resource that its line does not name.",
)


def ask_neighbours(event: LogEvent) -> tuple[Read, ...]:
    """The read of what was logged ten seconds before and after; none where stream or time are not known."""
    if not event.log_group or not event.log_stream or not event.timestamp:
        return ()
    return (
        GET_EVENTS.of(
            logGroupName=event.log_group,
            logStreamName=event.log_stream,
            startTime=event.timestamp - AROUND_MS,
            endTime=event.timestamp + AROUND_MS,
            limit=MOST,
            startFromHead=True,
        ),
    )


def neighbours(reply: Reply, event: LogEvent) -> tuple[tuple[int, str], ...]:
    """(milliseconds from the denial, text) of each, the denied line itself left out; nearest first."""
    if not isinstance(reply, Answer):
        return ()
    found = [
        (abs(int(item.get("timestamp") or 0) - event.timestamp), str(item.get("message", ""))[:LONGEST])
        for item in reply.items("events")
        if str(item.get("message", "")).strip() != event.message.strip()
    ]
    return tuple(sorted(found))
