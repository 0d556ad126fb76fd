"""A text as it reads once its escapes are undone, with the way back to where each character stood.

A secret that a log wrote as JSON inside JSON, or in a URL, is matched in what it means and cut where it stands.
"""

import re
from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate

ROUNDS = 3
"""How many escapes inside escapes are undone."""
ESCAPE = re.compile(
    r"\x1b\[[0-9;]{0,20}[A-Za-z]|"
    r"%[0-9A-Fa-f]{2}|(?<!\\)\\++(?:u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2}|[\"'/nrt])|&(?:quot|amp|lt|gt|apos|#39|#34|#x2[fF]|#43|#61);"
)
"""A run of backslashes starts once and is never given back: a tail of thousands costs its length."""
NAMED = {
    "&quot;": '"',
    "&amp;": "&",
    "&lt;": "<",
    "&gt;": ">",
    "&apos;": "'",
    "&#39;": "'",
    "&#34;": '"',
    "&#x2f;": "/",
    "&#43;": "+",
    "&#61;": "=",
}
CONTROL = {"n": "\n", "r": "\n", "t": " "}


@dataclass(frozen=True, slots=True)
class View:
    """`text` is what to match; `starts` and `origins` are parallel: where a run begins here, and in the original."""

    text: str
    starts: tuple[int, ...]
    origins: tuple[int, ...]
    size: int
    """Characters of the original."""

    def origin(self, place: int) -> int:
        """The place in the original where the character at `place` of the view stood."""
        if place >= len(self.text):
            return self.size
        run = bisect_right(self.starts, place) - 1
        return self.origins[run] + place - self.starts[run]


def _undone(escape: str) -> str:
    if escape[0] == "\x1b":
        return ""
    if escape[0] == "%":
        return chr(int(escape[1:], 16))
    if escape[0] == "&":
        return NAMED[escape.lower()]
    bare = escape.lstrip("\\")
    if bare[0] in "ux" and len(bare) > 1:
        return chr(int(bare[1:], 16))
    return CONTROL.get(bare, bare)


def _once(text: str) -> View | None:
    found = list(ESCAPE.finditer(text))
    if not found:
        return None
    pieces: list[str] = []
    origins: list[int] = []
    end = 0
    for escape in found:
        pieces += [text[end : escape.start()], _undone(escape[0])]
        origins += [end, escape.start()]
        end = escape.end()
    pieces.append(text[end:])
    origins.append(end)
    starts = (0, *accumulate(map(len, pieces[:-1])))
    return View("".join(pieces), starts, tuple(origins), len(text))


def views(text: str) -> tuple[tuple[View, ...], ...]:
    """For each reading of the text, the views to go back through, innermost last; the first is the text itself."""
    readings: list[tuple[View, ...]] = [()]
    for _ in range(ROUNDS):
        inner = readings[-1][-1].text if readings[-1] else text
        view = _once(inner)
        if view is None:
            break
        readings.append((*readings[-1], view))
    return tuple(readings)


def origin(reading: tuple[View, ...], place: int) -> int:
    """Where `place` of the innermost view stood in the original text."""
    for view in reversed(reading):
        place = view.origin(place)
    return place
