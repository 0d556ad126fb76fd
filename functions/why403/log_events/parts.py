"""Log events that are one message: a stack trace, or AWS's sentence, that the log driver split at its line ends."""

import re
from collections.abc import Iterable, Iterator

from why403.log_events.log_event import LogEvent

NEAR = 1000
"""Milliseconds between two parts of one message."""
MOST_PARTS = 300
LONGEST = 64 * 1024
"""Characters of a message that is put together."""
LATER_STARTS = (
    "\tat ", "  ", "\t... ", "... ", "Caused by: ", "\tSuppressed: ", "Suppressed: ", "Wrapped by: ", "\tfrom ", "#",
    "During handling", "The above exception", "Traceback ", " ",
)  # fmt: skip
"""One of these begins every later part of a trace, but for the line that ends Python's."""
LATER_PART = re.compile(
    r"(?<!\s)(?:\s+at \S|\s*\.\.\. \d+ (?:more|common)|Caused by: |\s*Suppressed: |Wrapped by: |\s+File \"|\tfrom \S|#\d+ \S"
    r"|\s+--- End of|During handling of the above exception|The above exception was the direct cause)"
)
"""A run of blanks starts once: a part of thousands of them costs its length."""
OF_TRACEBACK = re.compile(r" {4}\S|  File \"")
RAISED = re.compile(r"[\w.]{1,200}(?:Error|Exception|Denied|Fault|Failure)\b")
BEFORE_TRACEBACK = ("During handling of", "The above exception")
TRACEBACK = "Traceback (most recent call last):"
LAYER = r"(?:(?:identity|resource)-based|service|resource|permissions?|sessions?|VPC|role)"
SENTENCE = re.compile(
    r"(?:User: arn:\S+ )?(?:is )?not authorized to perform:? [`'\"]?[A-Za-z0-9-]+:[A-Za-z]+[`'\"]?"
    r"(?: on resource:? [`'\"]?(?:arn:\S+|\*))?"
    rf"(?: because no {LAYER}[\w ]{{0,30}} allows the \S+ action| with an explicit deny in (?:an?|the) {LAYER} \w+)?"
)
AROUND = 500
"""Characters on both sides of a line end in which a broken sentence is looked for."""


def whole_events(events: Iterable[LogEvent]) -> Iterator[LogEvent]:
    """The events, those that are parts of one message put together: under the first one's id and time. Linear."""
    parts: list[LogEvent] = []
    length, spoke = 0, False
    for event in events:
        message = event.message
        speaks = "uthorized" in message
        if parts:
            may_follow = speaks or spoke or message.startswith(LATER_STARTS) or parts[-1].message[:1] == " "
            if may_follow and len(parts) < MOST_PARTS and length < LONGEST and _follows(parts[-1], event):
                parts.append(event)
                length, spoke = length + len(message), speaks
                continue
            yield parts[0] if len(parts) == 1 else _put_together(parts)
        parts, length, spoke = [event], len(message), speaks
    if parts:
        yield parts[0] if len(parts) == 1 else _put_together(parts)


def _put_together(parts: list[LogEvent]) -> LogEvent:
    first, message = parts[0], "\n".join([part.message for part in parts])
    return LogEvent(message, first.log_group, first.log_stream, first.timestamp, first.id, first.account)


def _follows(before: LogEvent, event: LogEvent) -> bool:
    """Whether the event is the next part of the message that `before` is a part of."""
    return (
        abs(event.timestamp - before.timestamp) <= NEAR
        and (_goes_on(before.message, event.message) or _is_broken(before.message, event.message))
        and (before.log_stream, before.log_group) == (event.log_stream, event.log_group)
    )


def _goes_on(before: str, message: str) -> bool:
    if LATER_PART.match(message):
        return True
    if message.startswith(TRACEBACK):
        return before.startswith(BEFORE_TRACEBACK)
    if before[:1] == " " and OF_TRACEBACK.match(before):
        return OF_TRACEBACK.match(message) is not None or RAISED.match(message) is not None
    return False


def _is_broken(before: str, message: str) -> bool:
    """Whether AWS's sentence spans the line end between the two."""
    if "uthorized" not in before and "uthorized" not in message:
        return False
    left = " ".join(before[-AROUND:].split())
    joined = f"{left} {' '.join(message[:AROUND].split())}"
    return any(match.start() < len(left) < match.end() - 1 for match in SENTENCE.finditer(joined))
