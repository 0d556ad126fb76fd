"""Log events that are one message: a stack trace, an object, or AWS's sentence, that a log driver split at its line ends.

What the driver wrote around each line (inner_line.py) is no part of it.
Only a line that shows by its own form that it goes on, or that ends what the line before began, belongs to that: lines
that merely stand side by side do not, for whoever can write one line could lend his words to the next.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

from why403.log_events.inner_line import InnerLine, inner_line, put_around
from why403.log_events.interleaved import (
    breaks_sentence,
    is_answered,
    is_interleaved,
    named_in,
    says,
    starts_sentence,
)
from why403.log_events.log_event import LogEvent

NEAR = 1000
"""Milliseconds between two parts of one message."""
MOST_PARTS = 300
"""Java's traces with their causes have some 200 lines; more is a log that happens to be indented."""
LONGEST = 1024 * 1024
"""Characters of a message that is put together, as many as one event may have: reading it takes no longer than reading its lines."""
LATER_WORDS = (
    "Caused by:", "caused by: ", "Suppressed: ", "Wrapped by: ", "... ", "During handling of", "The above exception", "---> ", "--- End of",
    "Stack trace:", "Stacktrace:", "[stacktrace]", "[previous exception]", "AWS HTTP error: ", "(Service: ", "Error Code: ", "---[ ",
    "Resolved remote host IP", ": ", "Event source: ", "Useragent: ", "Request ID: ", "Exception name: ", "DETAIL:", "Detail:", "HINT:",
)  # fmt: skip
"""One of these begins later parts of Java's, Python's, Go's, .NET's, PHP's, C++'s and PostgreSQL's errors."""
LATER_SIGNS = (" ", "\t", "/", "}", "]", ")", '"}', "'}", "<", ">", "#", "│", "╵", "╰", "\x1b", "[", "==> ")
"""What else a later part begins with: it is looked at more closely."""
LATER_STARTS = (*LATER_WORDS, *LATER_SIGNS, "Traceback ", "at ", "HTTP/", "Error message: ")
MACHINE = re.compile(r"==> [\w.-]{1,80}: ")
"""Packer's name of the machine that a line is about, before each of them."""
BOX = re.compile(r"(?:\x1b?\[[0-9;]{0,12}m){0,3}[│╵╰]")
"""A later line of a terminal's frame, coloured or not."""
CLOSER = re.compile(r"[\"']?[}\])]+[\s,;)}\]{]*+$|\} ")
"""Only brackets, or `} ` with the rest of an object's end: what a line before opened."""
FRAME = re.compile(r"#\d{1,3} \S|/[^\s:]{1,300}\.rb:\d{1,6}:in [`'\"]|at [\w$.<>\[\]]+[ :(/]|at /\S")
"""PHP's, Ruby's and JavaScript's frames, not indented."""
KEYED = re.compile(r"['\"]?[$\w]{1,80}['\"]?: .*,\s*$")
"""A field of an object whose lines are not indented."""
ELEMENT = re.compile(r"<(?:[A-Za-z/?!]|$)")
"""`<Error>`, `</Error>`, `<?xml`, `<!--`, or a bracket that the line's end cut; `< HTTP/1.1` is curl's and none."""
BEFORE_ELEMENT = (":", "-", ">", "b'", "=", "<", " 403 Forbidden", " 400 Bad Request")
"""What a line ends with that an XML document, or its next element, follows; boto and others write the body behind the status."""
HEADER = re.compile(r"[A-Za-z][\w-]{1,60}: ?\S|[{<]")
"""After an HTTP status line: a header, or the body."""
RECORD = re.compile(
    r"\[?(?:\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:|\d\d:\d\d:\d\d[.,\s\]]|[A-Z][a-z]{2} [ \d]\d \d\d:|[IWEF]\d{4} \d\d:|\d{10,13}[\s.\]]"
    r"|(?:TRACE|DEBUG|INFO|NOTICE|WARN(?:ING)?|ERROR|SEVERE|FATAL|CRITICAL|PANIC)\b)"
)
"""How the next record begins, though it be indented: a time, or a level in capitals."""
CALM = re.compile(
    r".{0,80}?(?:[\s\[|:(\"'](?:INFO|DEBUG|TRACE|NOTICE)[\s\]|:)\"',]|(?:level|severity)[\"']?[=:] ?[\"']?(?i:info|debug|trace|notice)\b)"
    r"|.{0,200}?\"(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) /"
)
"""A record that tells of no error: an access log's words are a visitor's, and lend nothing to the trace behind them."""
ANNOUNCES = (":", "{", "(", "[", ",", "=", "-", "\\")
"""What a record ends with that goes on in the next line, calm or not."""
RAISED = re.compile(r"[\w.]{1,200}(?:Error|Exception|Denied|Fault|Failure)\b")
"""The exception's own line behind a traceback: names end so in Python, Java and .NET."""
CALLED = re.compile(r"when calling the(?: \w{1,80} operation:?)?\s*$")
"""What botocore writes before AWS's words, whole or up to the operation's name."""
LONGEST_CALL = 200
"""Characters that it has at most, with blanks behind it."""
TOLD_OF_CAUSE = re.compile(r"[\w.]{1,200}Exception: .{0,2000}:\s*$")
"""Hadoop's exceptions end so before their cause."""
RAISED_IN_TRACEBACK = re.compile(r"[A-Za-z_][\w.]{0,200}(?:: |$)")
"""The line that ends a traceback of Python's, of which the start was seen: whatever the exception is called."""
TRACEBACK = "Traceback (most recent call last):"
CURL = ("> ", "< ", "* ")
"""curl's marks of what it sent, was answered, and has to say."""
AFTER = {
    TRACEBACK: ("During handling of", "The above exception"),
    "HTTP/": ("---[ ",),
    "Error message: ": ("Exception name: ",),
    "> ": CURL,
    "< ": CURL,
}
"""What else begins a later part, but only after a line that begins so."""
LAYER = (
    r"(?: (?:(?:identity|resource)-based|service|resource|control|permissions?|boundary|sessions?|VPC|endpoint|role|trust|policy"
    r"|transitively|through|a))"
)
"""A word of a layer's name."""
RESOURCE = r" on(?: resource:?(?: (?:(?:role|user|policy|group) )?[`'\"]?(?:arn:\S+(?: [\w./*-]{1,200}(?= because no | with an explicit ))?|\*))?)?"
REASON = (
    rf"(?: because no{LAYER}{{0,4}}(?: allows(?: the(?: \S+(?: action)?)?)?)?"
    rf"| with an explicit deny(?: in(?: (?:an?|the){LAYER}{{0,9}})?)?| because public policies are \w+(?: by the \w+ setting)?)?(?:: arn:\S+)?"
)
ASKED = rf"(?: to(?: perform:?(?: [`'\"]?[A-Za-z0-9-]+:[A-Za-z]+[`'\"]?(?:{RESOURCE})?{REASON})?)?)?"
SENTENCE = re.compile(
    rf"(?:when calling the \w{{1,80}} operation: )?User:?(?: arn:\S+(?: is(?: not(?: authorized{ASKED})?)?)?)?|not authorized{ASKED}"
)
"""AWS's sentence, as far as it goes: a line may end anywhere in it."""
MIDDLE = re.compile(
    r"[`'\"]?(?:arn:|is |not |authori|to |perform|on |resource|because |no |with |an |explicit|deny|in |an? |the |allows|action|policy |role |user |group "
    r"|public |identity-|service |control |permissions? |boundary|session|VPC |endpoint |trust |transitively|[a-z0-9-]{2,30}:[A-Z]|\*"
    r"|operation: (?:User|You)\b|[\w+=,.@:/*-]{1,200}+ (?:is not |because no |with an explicit ))"
)
"""How a line begins that could stand in the middle of AWS's sentence: few do, and the sentence is looked for in those alone."""
BEGINNING = "User:"
BEGINNERS = (" ", "╰", "at ", "<", TRACEBACK, "HTTP/")
"""What a line begins with that more may follow, whatever that begins with."""
OPEN_ENDS = (":", ",", ": ", ":\r", ",\r", " operation", " operation ", " operation\r", " calling the", " calling the ")  # fmt: skip
MIN_WRAP = 72
"""Columns: nobody wraps a log more narrowly in the middle of a word."""
AROUND = 700
"""Characters on both sides of a line end in which a broken sentence is looked for."""


class _Message:
    """The parts of one message so far."""

    __slots__ = ("answered", "http", "last", "length", "lines", "named", "parts", "said", "traceback")

    def __init__(self, event: LogEvent, line: InnerLine) -> None:
        self.parts: list[LogEvent] = []
        self.lines: list[str] = []
        self.length = 0
        self.traceback = self.http = self.said = self.answered = False
        self.named: dict[str, str] = {}
        """The request that it is about, and its caller; read where a part follows that names one."""
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

    def whole(self, *, all_lines: bool) -> list[list[LogEvent]]:
        """Its parts together; where they are of several errors each one's, and each part alone where their lines came in turn."""
        if len(self.parts) == 1 or not is_interleaved(self.lines, all_lines=all_lines):
            return [self.parts]
        starts = (number for number, line in enumerate(self.lines) if number and RAISED.match(line))
        errors = (slice(*ends) for ends in pairwise((0, *starts, len(self.lines))))
        return [
            group
            for one in errors
            for group in (
                [[part] for part in self.parts[one]]
                if is_interleaved(self.lines[one], all_lines=all_lines)
                else [self.parts[one]]
            )
        ]

    def may_go_on(self, line: str) -> bool:
        """Whether it is worth a closer look."""
        return self.traceback or self.http or _may_go_on(self.last, line)

    def goes_on(self, event: LogEvent, line: InnerLine) -> bool:
        """Whether the event, which holds this line, is its next part."""
        before, text = self.parts[-1], line.text
        return (
            len(self.parts) < MOST_PARTS
            and self.length < LONGEST
            and abs(event.timestamp - before.timestamp) <= NEAR
            and (before.log_stream, before.log_group) == (event.log_stream, event.log_group)
            and line.is_of_source(self.last, is_second=len(self.parts) == 1)
            and ((self.last.partial and RECORD.match(text) is None) or self._shows_it(text))
            and self._is_one_request(text)
            and not (self.answered and starts_sentence(text))
            and not (self.said and breaks_sentence(text))
        )

    def _shows_it(self, text: str) -> bool:
        if len(self.parts) == 1 and _is_over(self.lines[0]):
            return False
        return self._follows(self.lines[-1], text) or self._is_broken(text)

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
        return raised and RAISED.match(message) is not None

    def _is_broken(self, message: str) -> bool:
        """Whether AWS's sentence spans the line end before `message`."""
        if message.startswith(BEGINNING):
            if not self.lines[-1].rstrip().endswith(":"):
                return False
        elif not MIDDLE.match(message):
            return False
        before = self.lines[-1].strip()
        between = (
            "" if len(before) >= MIN_WRAP and " " not in before else " "
        )  # a word that fills its line goes on
        left = " ".join("\n".join([part[-AROUND:] for part in self.lines[-4:]])[-AROUND:].split())
        joined = f"{left}{between}{' '.join(message[:AROUND].split())}"
        return any(match.start() < len(left) < match.end() - 1 for match in SENTENCE.finditer(joined))

    def _is_one_request(self, message: str) -> bool:
        """Whether `message` speaks of no other request of AWS's, and of no other caller, than the parts before it."""
        for what, named in named_in(message):
            if what not in self.named:
                before = (value for line in self.lines for of, value in named_in(line) if of == what)
                self.named[what] = next(before, named)
            if not (named.startswith(self.named[what]) or self.named[what].startswith(named)):
                return False
        return True


def _is_over(message: str) -> bool:
    """Whether a record is whole as it stands: a calm one that announces nothing."""
    return CALM.match(message) is not None and not message.rstrip().endswith(ANNOUNCES)


def grouped(events: Iterable[LogEvent], *, all_lines: bool = True) -> Iterator[list[LogEvent]]:
    """The events in groups: the parts of one message together, in their order; `all_lines`: as they stand in the stream. Linear."""
    message: _Message | None = None
    before: tuple[LogEvent, InnerLine] | None = None
    """The event before and its line; `message` is there once the next was worth a look."""
    for event in events:
        line = inner_line(event.message)
        if before is not None:
            if message is not None or _may_go_on(before[1], line.text):
                message = message or _Message(*before)
                if message.may_go_on(line.text) and message.goes_on(event, line):
                    message.add(event, line)
                    continue
            yield from message.whole(all_lines=all_lines) if message is not None else [[before[0]]]
        message, before = None, (event, line)
    if before is not None:
        yield from message.whole(all_lines=all_lines) if message is not None else [[before[0]]]


def _may_go_on(before: InnerLine, line: str) -> bool:
    """Whether it is worth a closer look: cheap, for every line of a delivery is asked about."""
    return (
        line.startswith(LATER_STARTS)
        or before.text.startswith(BEGINNERS)
        or before.text.endswith(OPEN_ENDS)
        or before.partial
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
