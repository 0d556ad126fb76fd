"""Text with the wildcards of IAM: `*` is any run of characters, `?` any one.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
"""

import re
from collections.abc import Callable, Sequence
from enum import Enum
from functools import lru_cache

Test = Callable[[str], bool]


class Wild(Enum):
    """The two wildcards."""

    ANY = "*"
    ONE = "?"


Token = str | Wild
"""Literal text, or a wildcard."""
_WILDCARDS = {wild.value: wild for wild in Wild}
_WILDCARD = re.compile(r"([*?])")
"""Kept by the cut as a piece of its own."""


def tokens(text: str) -> tuple[Token, ...]:
    """`text` cut into literals and wildcards."""
    if not is_wild(text):
        return (text,) if text else ()
    return tuple(_WILDCARDS.get(part, part) for part in _WILDCARD.split(text) if part)


def glob(text: str) -> Test:
    """A test of whole strings against `text` with its wildcards; most have none, or one at the end."""
    if not is_wild(text):
        return text.__eq__
    head = text[:-1]
    if is_wild(head) or text[-1] == "?":
        return compile_glob(tokens(text))
    return lambda value: value.startswith(head)


def compile_glob(parts: Sequence[Token]) -> Test:
    """A test of whole strings against `parts`, in time linear in the string for each part; no regular expression."""
    pieces = _pieces(parts)
    if len(pieces) == 1:
        return _whole(pieces[0])
    head, *middle, tail = pieces
    if all(_is_literal(piece) for piece in (head, tail)) and not any(middle):
        return _between("".join(map(str, head)), "".join(map(str, tail)))
    return _general(head, [piece for piece in middle if piece], tail)


Piece = tuple[Token, ...]


def _pieces(parts: Sequence[Token]) -> list[Piece]:
    """What stands between the `*`s: literals and `?`s."""
    pieces: list[list[Token]] = [[]]
    for part in parts:
        if part is Wild.ANY:
            pieces.append([])
        elif isinstance(part, str) and pieces[-1] and isinstance(pieces[-1][-1], str):
            pieces[-1][-1] += part
        elif part != "":
            pieces[-1].append(part)
    return [tuple(piece) for piece in pieces]


def _is_literal(piece: Piece) -> bool:
    return all(isinstance(part, str) for part in piece)


def _width(piece: Piece) -> int:
    return sum(len(part) if isinstance(part, str) else 1 for part in piece)


def _fits(piece: Piece, value: str, start: int) -> bool:
    for part in piece:
        if isinstance(part, str):
            if not value.startswith(part, start):
                return False
            start += len(part)
        else:
            start += 1
    return start <= len(value)


def _find(piece: Piece, value: str, start: int, end: int) -> int:
    """Where `piece` first fits between `start` and `end`, or -1."""
    if len(piece) == 1 and isinstance(piece[0], str):
        return value.find(piece[0], start, end)
    width = _width(piece)
    return next((at for at in range(start, end - width + 1) if _fits(piece, value, at)), -1)


def _whole(piece: Piece) -> Test:
    if _is_literal(piece):
        text = "".join(map(str, piece))
        return lambda value: value == text
    width = _width(piece)
    return lambda value: len(value) == width and _fits(piece, value, 0)


def _between(head: str, tail: str) -> Test:
    if not tail:
        return (lambda value: value.startswith(head)) if head else (lambda _value: True)
    least = len(head) + len(tail)
    return lambda value: len(value) >= least and value.startswith(head) and value.endswith(tail)


def _general(head: Piece, middle: list[Piece], tail: Piece) -> Test:
    head_width, tail_width = _width(head), _width(tail)
    widths = [_width(piece) for piece in middle]

    def test(value: str) -> bool:
        at, end = head_width, len(value) - tail_width
        if end < at or not _fits(head, value, 0) or not _fits(tail, value, end):
            return False
        for piece, width in zip(middle, widths, strict=True):
            found = _find(piece, value, at, end)
            if found < 0:
                return False
            at = found + width
        return True

    return test


@lru_cache(4096)
def _remembered(pattern: str) -> Test:
    return glob(pattern)


def is_wild(text: str) -> bool:
    """Whether a wildcard stands in it."""
    return "*" in text or "?" in text


def overlap(one: str, other: str) -> bool:
    """Whether some text is meant by both patterns; `?` is read as `*`.

    Where both have a wildcard, how they begin and how they end decides: between, a text can hold all that either asks for.
    """
    if one in (other, "*") or not is_wild(other):
        return one in (other, "*") or _remembered(one)(other)
    if not is_wild(one):
        return _remembered(other)(one)
    one, other = one.replace("?", "*"), other.replace("?", "*")
    begins = one.partition("*")[0], other.partition("*")[0]
    ends = one.rpartition("*")[2], other.rpartition("*")[2]
    shorter, longer = sorted(begins, key=len)
    least, most = sorted(ends, key=len)
    return longer.startswith(shorter) and most.endswith(least)
