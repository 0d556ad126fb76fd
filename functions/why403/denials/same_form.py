"""A line of the form of one before it: its pieces (varying.py) stand where that one's did, so nobody looks for them again.

Two lines of one template are equally long, and what is not a piece is the same in both. That is compared; of the pieces
is asked what PIECE would have seen in them. Why nothing else could be found in such a line: outside the pieces it is the
other one letter by letter, and no match begins in there and ends within a piece, for what PIECE tells apart is

- digits: moments and numbers are traced where each digit stands over a digit;
- letters of an id: lower-case ones, with a figure and a letter among them (of a UUID: a letter in its first eight), so
  that no number or moment before them goes on in them;
- what AWS calls a request or a host: asked of the pattern itself.

Whatever is not so is left to PIECE. A test holds both to the same answers, piece by piece.
"""

import re
from collections.abc import Callable, Mapping
from operator import itemgetter
from types import MappingProxyType
from typing import Any, Generic, NamedTuple, TypeVar

T = TypeVar("T")
Texts = Callable[[str], Any]
"""A line → what stands around its pieces."""

MOST = 2048
"""Forms that are remembered: as many as templates; forgotten all at once."""
LAYOUTS, TWINS = 8, 4
"""Of lines of one length: in how many ways the pieces stand in them; forms of the same texts. More of either are left to PIECE."""
DIGIT = ord("0")
"""In the shape of a moment or a number."""
NONE: Mapping[str, Any] = MappingProxyType({})
FIRST_OF_UUID = 8
"""Digits before its first hyphen."""


class Spot(NamedTuple):
    """Where a piece stands, and what it is made of."""

    where: slice
    shape: bytes
    table: bytes
    """Of `bytes.translate`: a piece that it makes `shape` of is spelled alike."""
    opaque: re.Pattern[str] | None
    """What a request's or host's name has to match to its end."""


class LineForm(NamedTuple):
    """A template, as it lies in a line."""

    texts: tuple[slice, ...]
    """Around the pieces: one more than there are of these."""
    spots: tuple[Spot, ...]
    same: tuple[int, ...]
    """As `firsts` tells of its pieces."""

    def pieces(self, message: str) -> list[str] | None:
        """Those of a line with the same texts around them; None where it is not of this form all the same."""
        pieces = []
        for where, shape, table, opaque in self.spots:
            piece = message[where]
            if piece.encode().translate(table) != shape:
                return None
            if opaque is not None:
                found = opaque.match(message, where.start)
                if found is None or found.end() != where.stop:
                    return None
            elif shape[0] != DIGIT and not is_plain(piece):
                return None
            pieces.append(piece)
        return pieces if firsts(pieces) == self.same else None


def firsts(pieces: list[str]) -> tuple[int, ...]:
    """For each piece the number of the first one that is equal to it; empty where no two are."""
    return () if len(set(pieces)) == len(pieces) else tuple(map(pieces.index, pieces))


def is_plain(piece: str) -> bool:
    """Whether an id is in lower case, and can be nothing else, whatever stands around it."""
    if piece[FIRST_OF_UUID : FIRST_OF_UUID + 1] == "-":
        return piece.islower() and not piece[:FIRST_OF_UUID].isdigit()
    return piece.islower() and not piece.isalpha()


class Forms(Generic[T]):
    """Those that lines came in, each with what is known of its template."""

    def __init__(self) -> None:
        self._layouts: dict[int, dict[str, tuple[Texts, dict[Any, list[tuple[LineForm, T]]]]]] = {}
        """Length of a line → where its texts stand → how to take them out, and the forms of lines that have those texts there."""
        self._number = 0

    def find(self, message: str) -> tuple[T, list[str]] | None:
        """What is known of the line's template, and the line's pieces; None where no line of its form came before."""
        for texts_of, forms in self._layouts.get(len(message), NONE).values():
            for form, known in forms.get(texts_of(message), ()):
                pieces = form.pieces(message)
                if pieces is not None:
                    return known, pieces
        return None

    def add(self, message: str, form: LineForm, known: T) -> None:
        """One whose line was not found. It is left out where the line's own pieces could be more, or there is no room."""
        if form.pieces(message) is None:
            return
        if self._number >= MOST:
            self._layouts, self._number = {}, 0
        layouts = self._layouts.setdefault(len(message), {})
        if len(layouts) < LAYOUTS or str(form.texts) in layouts:
            texts_of, forms = layouts.setdefault(str(form.texts), (itemgetter(*form.texts), {}))
            twins = forms.setdefault(texts_of(message), [])
            if len(twins) < TWINS:
                twins.append((form, known))
                self._number += 1
