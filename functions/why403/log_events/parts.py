"""Log events that are one message: a stack trace, or AWS's sentence, that the log driver split at its line ends."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from why403.log_events.log_event import LogEvent

NEAR = 1000
"""Milliseconds between two parts of one message."""
MOST_PARTS = 300
LONGEST = 64 * 1024
"""Characters of a message that is put together."""
FIRST_LETTERS = frozenset(" \t.CSWDT#")
"""Of a later part of a trace."""
LATER_PART = re.compile(
    r"\s+at \S|\s*\.\.\. \d+ (?:more|common)|Caused by: |\s*Suppressed: |Wrapped by: |\s+File \"|\tfrom \S|#\d+ \S"
    r"|\s+--- End of|During handling of the above exception|The above exception was the direct cause"
)
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
    length = 0
    for event in events:
        if (
            parts
            and _follows(parts[-1], event)
            and len(parts) < MOST_PARTS
            and length + len(event.message) < LONGEST
        ):
            parts.append(event)
            length += len(event.message)
            continue
        if parts:
            yield _put_together(parts)
        parts, length = [event], len(event.message)
    if parts:
        yield _put_together(parts)


def _put_together(parts: list[LogEvent]) -> LogEvent:
    if len(parts) == 1:
        return parts[0]
    return replace(parts[0], message="\n".join(part.message for part in parts))


def _follows(before: LogEvent, event: LogEvent) -> bool:
    """Whether the event is the next part of the message that `before` is a part of."""
    return (
        (_goes_on(before.message, event.message) or _is_broken(before.message, event.message))
        and abs(event.timestamp - before.timestamp) <= NEAR
        and (before.log_stream, before.log_group) == (event.log_stream, event.log_group)
    )


def _goes_on(before: str, message: str) -> bool:
    if message[:1] in FIRST_LETTERS:
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
