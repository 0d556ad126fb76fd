"""The line that a program wrote, inside what a log driver wrote around it: a router's JSON, containerd's time and stream, syslog's host.

A driver writes before each physical line what it knows of its source; whether lines belong together shows in what stands behind.
https://github.com/kubernetes/design-proposals-archive/blob/main/node/kubelet-cri-logging.md
"""

import json
import re
from typing import NamedTuple

PREFIX = re.compile(
    r"\d{4}-\d\d-\d\dT[\d:.]{8,18}+(?:Z|[+-]\d\d:\d\d) (?P<stream>std(?:out|err)) (?P<tag>[FP])(?: |$)"
    r"|(?P<service>(?:\d{1,4}\|)?[A-Za-z][\w.-]{1,80}+) {1,9}\|(?: |$)"
    r"|[A-Z][a-z]{2} [ \d]\d [\d:]{8} (?P<process>[\w.-]{1,255}+ [\w./-]{1,64}+(?:\[\d{1,9}\])?):(?: |$)"
    r"|\[\d\d-[A-Z][a-z]{2}-\d{4} [\d:]{8}\] WARNING: \[pool [\w.-]{1,80}\] (?P<child>child \d{1,9}) said into std(?:out|err): \""
    r"|\[[\d:.,+TUCZ -]{10,40}+\] (?P<module>\{{1,2}[\w.]{1,80}+:\d{1,6}\}{1,2} [A-Z]{4,8}) -(?: (?:Job \d{1,9}: )?Subtask(?::| \w{1,200}))?(?: |$)"
    r"|(?:  )?[\d-]{10} [\d:]{8} [+-]\d{4} (?P<worker>\[\w{4,5}\]: #\d{1,4})(?: |$)"
)
"""Of containerd and CRI-O (F: a whole line, P: a part of one), Compose and PM2, syslog, PHP-FPM (up to a quote), Airflow's subprocesses,
fluentd's workers."""
STREAM = re.compile(r'"(?:stream|source|partial_id)": ?"(?P<value>std(?:out|err)|[0-9a-f]{64})"')
"""Docker's partial lines have an id of 64 hexadecimal digits."""
PARTIAL = re.compile(r'"(?:_p|logtag)": ?"P"|"partial_last": ?"false"')
"""Fluent Bit's names of containerd's mark, and FireLens's of Docker's: the next one goes on in the middle of the line."""
BUFFERS = (16 * 1024, 256_000, 262_118, 1_048_550)
"""Bytes of a line that Docker, .NET's CloudWatch logger and the awslogs driver (256 KB less 26 bytes for the event; 1 MB since 2025)
take at once: where just as many stand without their line's end, the next event goes on in the middle."""
NAMED = (('"log":', ""), ('"message":', '"source_type":'), ('"body":', '"log.iostream":'))
"""Under which name the line stands, and what else the object then holds: Docker, Fluent Bit and FireLens; Vector; OpenTelemetry's collector."""
DECODER = json.JSONDecoder()

EACH_LINE = " INFO"
"""Airflow's level of what its subprocesses print, before each line; its own errors have their level before the first alone."""


class InnerLine(NamedTuple):
    """`text` stands in the message from `start` to `end` (in JSON with its quotes); a `start` of 0: nothing stands around it."""

    text: str
    start: int = 0
    end: int = 0
    source: str = ""
    """What the driver says of it, without the time; empty: nothing."""
    partial: bool = False
    """The next line of the source goes on in the middle of this one."""

    def is_of_source(self, before: "InnerLine", *, is_second: bool) -> bool:
        """Whether the driver says the same of both; some say it before a message's first line alone, and nothing before its second."""
        if self.source == before.source:
            return True
        return is_second and not self.source and not before.source.endswith(EACH_LINE)


def inner_line(message: str) -> InnerLine:
    """The line inside a message; the message itself where no driver wrote anything around it."""
    if message[:1] == "{":
        return _in_json(message)
    found = PREFIX.match(message)
    if found is None:
        return _bare(message)
    end = len(message.rstrip('\r\n"')) if found["child"] else len(message)
    return InnerLine(message[found.end() : end], found.end(), end, _source(found), found["tag"] == "P")


def _bare(message: str) -> InnerLine:
    return InnerLine(message, partial=_is_full(message))


def _source(prefix: re.Match[str]) -> str:
    return next(value for name, value in prefix.groupdict().items() if value and name != "tag")


def _in_json(message: str) -> InnerLine:
    for name, beside in NAMED:
        at = message.find(name)
        if at >= 0 and (not beside or beside in message):
            break
    else:
        return _bare(message)
    start = message.find('"', at + len(name))
    if start < 0 or message[at + len(name) : start].strip():
        return _bare(message)
    try:
        line, end = DECODER.raw_decode(message, start)
    except ValueError:
        return _bare(message)
    around = f"{message[:start]}{message[end:]}"
    stream = STREAM.search(around)
    source, partial = (
        stream["value"] if stream else "",
        PARTIAL.search(around) is not None or _is_full(str(line)),
    )
    text = str(line).rstrip("\r\n")
    prefix = PREFIX.match(text)
    if prefix is not None:  # containerd's lines, passed on as they are
        text, source, partial = text[prefix.end() :], _source(prefix), prefix["tag"] == "P"
    return InnerLine(text, start, end, source, partial)


def _is_full(line: str) -> bool:
    return len(line) >= BUFFERS[0] // 4 and line[-1] != "\n" and len(line.encode(errors="replace")) in BUFFERS


def put_around(message: str, line: InnerLine, text: str) -> str:
    """The message with `text` in the place of its line."""
    if not line.start:
        return text
    inside = json.dumps(text, ensure_ascii=False) if message[0] == "{" else text
    return f"{message[: line.start]}{inside}{message[line.end :]}"
