"""What is added to a file of code: values as its neighbours are written, where they go, and the file in its own line ends."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from why403.sources.code import Code, CodeLanguage

INDENTED = re.compile(r"^([ \t]*)(?=[^ \t\r\n*])", re.MULTILINE)
"""The margin of a line that is not empty; a comment's stars in TypeScript have one of their own."""
WIDTH = {CodeLanguage.PYTHON: 88, CodeLanguage.TYPESCRIPT: 80, CodeLanguage.JAVASCRIPT: 80}
"""Letters of a line: what ruff, black and prettier take unless told otherwise."""
PLAIN_KEY = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")
"""A key that an object in TypeScript takes without quotes."""
Insertion = tuple[int, str]


@dataclass(frozen=True, slots=True)
class CodeStyle:
    """How a file is written: its quotes and steps, the statement's class; `hugged`: `add(new Statement({`, on one line.

    `name` empty: a statement is a literal, its keys in quotes or, where `bare`, as names.
    """

    language: CodeLanguage
    quote: str
    step: str
    name: str
    hugged: bool
    bare: bool = True

    def property(self, value: Mapping[str, Any], margin: str) -> str:
        """The lines of one more property of an object, the first without its margin."""
        _, *lines, _ = self.value_lines(margin, value, margin.removesuffix(self.step))
        return "\n".join(lines).removeprefix(margin).removesuffix(",")

    def value_lines(self, head: str, value: Any, margin: str) -> Iterator[str]:  # noqa: ANN401
        """The lines of a value behind `key: `, each with its margin, the last with a comma."""
        inner = margin + self.step
        if isinstance(value, Mapping):
            yield f"{head}{{"
            for key, each in value.items():
                bare = self.bare and self.language is not CodeLanguage.PYTHON and PLAIN_KEY.fullmatch(key)
                yield from self.value_lines(f"{inner}{key if bare else self.text(key)}: ", each, inner)
            yield f"{margin}}},"
        elif isinstance(value, list) and any(isinstance(each, Mapping) for each in value):
            yield f"{head}["
            for each in value:
                yield from self.value_lines(inner, each, inner)
            yield f"{margin}],"
        elif isinstance(value, list):
            shown = [self.text(each) for each in value]
            whole = f"{head}[{', '.join(shown)}],"
            if len(whole) <= WIDTH[self.language]:
                yield whole
            else:
                yield f"{head}["
                yield from (f"{inner}{each}," for each in shown)
                yield f"{margin}],"
        else:
            yield f"{head}{self.text(value)},"

    def text(self, value: Any) -> str:  # noqa: ANN401
        """A text in the file's quotes; an expression as it is."""
        if isinstance(value, Expression):
            return value.written
        shown = json.dumps(str(value), ensure_ascii=False)
        if self.quote == '"' or "'" in shown:
            return shown
        return "'" + shown[1:-1].replace('\\"', '"') + "'"


@dataclass(frozen=True, slots=True)
class Expression:
    """Code that stands for itself."""

    written: str


def literal_style(code: Code, beside: Any) -> tuple[CodeStyle, list[Insertion]]:  # noqa: ANN401
    """How statements are written as literals, as the one beside is; no import is needed."""
    keys = [each.child_by_field_name("key") for each in beside.named_children if each.type == "pair"]
    texts = [code.text(each) for each in keys]
    bare = all(each.type == "property_identifier" for each in keys)
    quoted = "".join(texts) if not bare else code.text(beside)
    quote = '"' if '"' in quoted and quoted.count('"') >= quoted.count("'") else "'"
    return CodeStyle(code.language, quote, step_of(code.source.decode()), "", hugged=False, bare=bare), []


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
