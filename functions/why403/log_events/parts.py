"""Log events that are one message: a stack trace, an object, or AWS's sentence, that a log driver split at its line ends.

What the driver wrote around each line (inner_line.py) is no part of it.
Only a line that shows by its own form that it goes on, or that ends what the line before began, belongs to that: lines
that merely stand side by side do not, for whoever can write one line could lend his words to the next.
"""

from collections.abc import Iterable, Iterator
from itertools import pairwise

from why403.log_events.inner_line import InnerLine, inner_line, put_around
from why403.log_events.interleaved import FRAME as PLACE
from why403.log_events.interleaved import (
    breaks_sentence,
    is_answered,
    is_interleaved,
    named_in,
    says,
    starts_sentence,
)
from why403.log_events.log_event import LogEvent
from why403.log_events.part_forms import (
    AFTER,
    AROUND,
    BEFORE_ELEMENT,
    BEGINNERS,
    BEGINNING,
    BOX,
    CALLED,
    CLOSER,
    ELEMENT,
    FRAME,
    HEADER,
    KEYED,
    LAMBDA,
    LATER_STARTS,
    LATER_WORDS,
    LONGEST_CALL,
    MACHINE,
    MIDDLE,
    MIN_WRAP,
    OPEN_ENDS,
    RAISED,
    RAISED_IN_TRACEBACK,
    RECORD,
    TOLD_OF_CAUSE,
    TRACEBACK,
    WIRE,
    is_next_row,
    is_over,
    quotes,
    spans,
)

NEAR = 1000
"""Milliseconds between two parts of one message."""
MOST_PARTS = 300
"""Java's traces with their causes have some 200 lines; more is a log that happens to be indented."""
MOST_BETWEEN = 5
"""Calm records of other threads between two parts: of a busy process, within some milliseconds."""
LONGEST = 1024 * 1024
"""Characters of a message that is put together, as many as one event may have: reading it takes no longer than reading its lines."""


class _Message:
    """The parts of one message so far."""

    __slots__ = (
        "answered",
        "http",
        "last",
        "length",
        "lines",
        "named",
        "parts",
        "said",
        "traceback",
        "width",
    )

    def __init__(self, event: LogEvent, line: InnerLine) -> None:
        self.parts: list[LogEvent] = []
        self.lines: list[str] = []
        self.length = 0
        self.traceback = self.http = self.said = self.answered = False
        self.named: dict[str, str] = {}
        """The request that it is about, and its caller; read where a part follows that names one."""
        self.width = 0
        """Columns at which its lines were cut in the midst of words; 0 where none was seen."""
        self.last = line
        self.add(event, line)

    def add(self, event: LogEvent, line: InnerLine) -> None:
        """Take its next part in."""
        self.last, text = line, line.text
        self.parts.append(event)
        self.lines.append(text)
        self.length += len(text)
        self.traceback = self.traceback or text.startswith(TRACEBACK)
        self.http = self.http or text.startswith("HTTP/")
        self.said = self.said or says(text)
        self.answered = self.answered or is_answered(text)

    def whole(self, *, all_lines: bool) -> Iterator[list[LogEvent]]:
        """Its parts together; where they are of several errors each one's, and each part alone where their lines came in turn."""
        start = 0
        if len(self.parts) > 1 and self.lines[1].startswith(TRACEBACK) and not self._is_headed():
            yield self.parts[:1]
            start = 1
        if len(self.parts) - start == 1 or not is_interleaved(self.lines[start:], all_lines=all_lines):
            yield self.parts[start:]
            return
        starts = (at for at, line in enumerate(self.lines) if at > start and RAISED.match(line))
        for one in (slice(*ends) for ends in pairwise((start, *starts, len(self.lines)))):
            if is_interleaved(self.lines[one], all_lines=all_lines):
                yield from ([part] for part in self.parts[one])
            else:
                yield self.parts[one]

    def _is_headed(self) -> bool:
        """Whether the record before a traceback tells of it: what was raised stands in it, or Lambda wrote both."""
        first, *lines = self.lines
        if first.startswith(AFTER[TRACEBACK]):
            return True
        raised = [
            line for line in lines if RAISED_IN_TRACEBACK.match(line) and not line.startswith(TRACEBACK)
        ]
        return any(quotes(first, line) for line in raised) or (not raised and first.startswith(LAMBDA))

    def may_go_on(self, line: str) -> bool:
        """Whether it is worth a closer look."""
        return self.traceback or self.http or self.width > 0 or _may_go_on(self.last, line)

    def goes_on(self, event: LogEvent, line: InnerLine, *, is_near: bool = True) -> bool:
        """Whether the event, which holds this line, is its next part; `is_near`: nothing stands between."""
        before, text = self.parts[-1], line.text
        return (
            len(self.parts) < MOST_PARTS
            and self.length < LONGEST
            and abs(event.timestamp - before.timestamp) <= NEAR
            and (before.log_stream, before.log_group) == (event.log_stream, event.log_group)
            and line.is_of_source(self.last, is_second=len(self.parts) == 1)
            and ((self.last.partial and is_near and RECORD.match(text) is None) or self._shows_it(text))
            and (is_near or self._can_be_of_it_alone(text))
            and self._is_one_request(text)
            and not (self.answered and starts_sentence(text))
            and not (self.said and breaks_sentence(text, before=self.lines[-1]))
        )

    def _shows_it(self, text: str) -> bool:
        if len(self.parts) == 1 and is_over(self.lines[0]):
            return False
        before = self.lines[-1]
        if len(self.parts) == 1 and (text.startswith(TRACEBACK) or quotes(before, text)):
            return True
        if self._follows(before, text) or is_next_row(before, text):
            return True
        return self._is_broken(text) or self._is_wrapped(text)

    def _can_be_of_it_alone(self, text: str) -> bool:
        """Whether a calm record, which has no frames and no cause, cannot go on so."""
        line = text.lstrip()
        return (
            line.startswith((*LATER_WORDS, TRACEBACK))
            or text.startswith(WIRE)
            or PLACE.match(text) is not None
            or any(form.match(line) for form in (BOX, CLOSER))
            or is_next_row(self.lines[-1], text)
            or (self.traceback and RAISED.match(text) is not None)
            or self._is_broken(text)
        )

    def _follows(self, before: str, message: str) -> bool:
        """Whether its form says so, or what the line before began."""
        if (machine := MACHINE.match(message)) is not None:
            end = machine.end()
            return before[:end] == machine[0] and message[end : end + 1] in " \t"
        if message[:1] in " \t":
            return RECORD.match(message.lstrip()) is None
        if message.startswith(LATER_WORDS) or any(form.match(message) for form in (BOX, CLOSER, FRAME)):
            return True
        for start, befores in AFTER.items():
            if f"{message.rstrip()} ".startswith(
                start
            ):  # curl's marks may stand alone, without the blank behind them
                return f"{before.rstrip()} ".startswith(befores)
        if ELEMENT.match(message):
            return before.rstrip().endswith(BEFORE_ELEMENT)
        return self._ends(before, message)

    def _ends(self, before: str, message: str) -> bool:
        """Whether what the line before began makes this its next part, which could stand alone by its form."""
        if self.http and HEADER.match(message):
            return before.startswith("HTTP/") or HEADER.match(before) is not None
        if message.rstrip().endswith(",") and KEYED.match(message):
            return before.rstrip().endswith(",") or FRAME.match(before) is not None
        if self.traceback and before[:1] == " ":
            return RAISED_IN_TRACEBACK.match(message) is not None and RECORD.match(message) is None
        if CALLED.search(before[-LONGEST_CALL:]):
            return RECORD.match(message) is None
        if message.startswith("{") and (
            before.rstrip().endswith("response:") or f"{before} ".startswith("< ")
        ):
            return True
        raised = before[:1] in " ╰" or (
            before.rstrip().endswith(":") and TOLD_OF_CAUSE.match(before) is not None
        )
        return raised and RAISED.match(message) is not None and (self.traceback or not self.answered)

    def _is_broken(self, message: str) -> bool:
        """Whether AWS's sentence spans the line end before `message`."""
        if message.startswith(BEGINNING):
            if not self.lines[-1].rstrip().endswith(":"):
                return False
        elif not MIDDLE.match(message):
            return False
        before = self.lines[-1].strip()
        left = " ".join("\n".join([part[-AROUND:] for part in self.lines[-4:]])[-AROUND:].split())
        right = " ".join(message[:AROUND].split())
        if len(before) >= MIN_WRAP and spans(left, right):  # a word that fills its line goes on
            self.width = len(self.lines[-1].rstrip())
            return True
        return not (len(before) >= MIN_WRAP and " " not in before) and spans(f"{left} ", right)

    def _is_wrapped(self, message: str) -> bool:
        """Whether the line before is as long as one that was cut in the midst of a word: the next goes on."""
        return 0 < self.width == len(self.lines[-1].rstrip()) and RECORD.match(message) is None

    def _is_one_request(self, message: str) -> bool:
        """Whether `message` speaks of no other request of AWS's, and of no other caller, than the parts before it."""
        for what, named in named_in(message):
            if what not in self.named:
                before = (value for line in self.lines for of, value in named_in(line) if of == what)
                self.named[what] = next(before, named)
            if not (named.startswith(self.named[what]) or self.named[what].startswith(named)):
                return False
        return True


def grouped(events: Iterable[LogEvent], *, all_lines: bool = True) -> Iterator[list[LogEvent]]:
    """The events in groups: the parts of one message together, in their order; `all_lines`: as they stand in the stream. Linear.

    Another thread's calm record within a message comes before it, where what stands behind it can be of the message alone.
    """
    message: _Message | None = None
    before: tuple[LogEvent, InnerLine] | None = None
    """The event before and its line; `message` is there once the next was worth a look."""
    between = 0
    """Calm records since."""
    for event in events:
        line = inner_line(event.message)
        if before is not None:
            if message is not None or _may_go_on(before[1], line.text):
                message = message or _Message(*before)
                if message.may_go_on(line.text) and message.goes_on(event, line, is_near=not between):
                    message.add(event, line)
                    between = 0
                    continue
            if all_lines and between < MOST_BETWEEN and is_over(line.text) and not is_over(before[1].text):
                between += 1
                yield [event]
                continue
            yield from message.whole(all_lines=all_lines) if message is not None else [[before[0]]]
        message, before, between = None, (event, line), 0
    if before is not None:
        yield from message.whole(all_lines=all_lines) if message is not None else [[before[0]]]


def _may_go_on(before: InnerLine, line: str) -> bool:
    """Whether it is worth a closer look: cheap, for every line of a delivery is asked about."""
    return (
        line.startswith(LATER_STARTS)
        or before.text.startswith(BEGINNERS)
        or before.text.endswith(OPEN_ENDS)
        or before.partial
        or quotes(before.text, line)
        or MIDDLE.match(line) is not None
    )


def whole_events(events: Iterable[LogEvent]) -> Iterator[LogEvent]:
    """The events that arrived, those that are parts of one message put together: under the first one's id and time. Linear."""
    for parts in grouped(events, all_lines=False):
        yield parts[0] if len(parts) == 1 else put_together(parts)


def put_together(parts: list[LogEvent]) -> LogEvent:
    """One event of the parts of a message; what a log driver wrote around the first stays around all."""
    first = parts[0]
    lines = [inner_line(part.message) for part in parts]
    pieces = [line.text if line.partial else line.text.rstrip("\r\n") + "\n" for line in lines]
    message = put_around(first.message, lines[0], "".join(pieces).rstrip("\r\n"))
    return LogEvent(message, first.log_group, first.log_stream, first.timestamp, first.id, first.account)
