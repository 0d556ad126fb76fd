"""What is added to a file of code: where lines begin and end, and the file with them in its own line ends."""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from why403.sources.code import Code, CodeLanguage

INDENTED = re.compile(r"^([ \t]*)(?=[^ \t\r\n*])", re.MULTILINE)
"""The margin of a line that is not empty; a comment's stars in TypeScript have one of their own."""
Insertion = tuple[int, str]


def behind_last(code: Code, holder: Any, shown: Sequence[str]) -> list[Insertion]:  # noqa: ANN401
    """Values behind the last of a list's or object's, each from its own line on."""
    last = last_of(holder)
    margin = margin_of(code.source, last.start_byte)
    comma = next(
        (each for each in holder.children if each.type == "," and each.start_byte >= last.end_byte), None
    )
    added = ",\n".join(margin + each for each in shown)
    added += ",\n" if comma or code.language is CodeLanguage.PYTHON else "\n"
    missing = [] if comma else [(int(last.end_byte), ",")]
    return [*missing, (next_line(code.source, (comma or last).end_byte), added)]


def is_list_of_lines(code: Code, holder: Any) -> bool:  # noqa: ANN401
    """Whether each of a list's or object's values begins a line of its own, so that one more can stand below."""
    last = last_of(holder)
    if last is None:
        return False
    return begins_line(code.source, last.start_byte) and bool(holder.end_point[0] > last.end_point[0])


def last_of(holder: Any) -> Any:  # noqa: ANN401
    """The last value of a list or object; None of an empty one."""
    return next((each for each in reversed(holder.named_children) if each.type != "comment"), None)


def inserted(source: bytes, insertions: Sequence[Insertion]) -> tuple[bytes, list[tuple[int, int]]]:
    """(The file with what is inserted, in its own line ends; where each insertion then stands)."""
    newline = "\r\n" if b"\r\n" in source else "\n"
    parts, places, at, length = [], [], 0, 0
    for place, text in sorted(insertions):
        added = text.replace("\n", newline).encode()
        parts += [source[at:place], added]
        length += place - at
        places.append((length, length + len(added)))
        at, length = place, length + len(added)
    return b"".join([*parts, source[at:]]), places


def step_of(text: str) -> str:
    """What a block stands deeper than the line above it, most often."""
    margins = INDENTED.findall(text)
    deeper = [
        below.removeprefix(above)
        for above, below in pairwise(margins)
        if below.startswith(above) and below != above
    ]
    return Counter(deeper).most_common(1)[0][0] if deeper else "    "


def begins_line(source: bytes, at: int) -> bool:
    """Whether only a margin stands before a place."""
    return not source[source.rfind(b"\n", 0, at) + 1 : at].strip(b" \t")


def margin_of(source: bytes, at: int) -> str:
    """The margin of a place's line."""
    line = source[source.rfind(b"\n", 0, at) + 1 : at].decode()
    return line[: len(line) - len(line.lstrip(" \t"))]


def next_line(source: bytes, at: int) -> int:
    """Where the line behind a place begins."""
    return source.find(b"\n", at) + 1 or len(source)
