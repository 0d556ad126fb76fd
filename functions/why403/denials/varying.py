"""What differs between two lines of one template: moments, ids, request ids. The rest is classified once.

Such a piece is a clock's, an SDK's or AWS's own: it says when, and which request, and never that it was denied. So a
line is split into what stays and what varies, the template is classified with stand-ins in their places, and the
answer is filled with each line's own pieces. That is done with two sets of stand-ins: where the two answers differ
in more than them, the answer hangs on the pieces, and every line of that template is read on its own. Whether a
line is filled in depends on the line alone, never on what came before it.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from hashlib import sha256
from typing import Any

from why403.denials.denial import Denial
from why403.denials.same_form import Forms, LineForm, Spot, firsts

Read = Callable[[str], tuple[Denial, ...]]

LONGEST = 2000
"""Characters of a line that is split: the excerpt of a longer one could begin or end within a piece."""
MOST = 40
"""Pieces of a line that is split; one with more is a dump, and has no twin."""
TEMPLATES = 2048
"""Whose answers are kept: some 10 MB if each is as long as it may be."""
STATUS = "403"
"""A piece that holds it could be read as one."""
MOMENT = (
    r"[0-9]{4}(?:-[0-9]{2}-[0-9]{2}|/[0-9]{2}/[0-9]{2})(?:[T ][0-9]{2}:[0-9]{2}:[0-9]{2}(?:[.,][0-9]{1,9})?Z?)?"
    r"|[0-9]{2}:[0-9]{2}:[0-9]{2}(?:[.,][0-9]{1,9})?Z?"
)
NUMBER = r"(?![0-9]{12}(?![0-9]))[0-9]{7,20}(?!-[0-9a-fA-F]{4}-)"
"""Longer than any code or port; an account's twelve digits stay in the template."""
UUID = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
HEXADECIMAL = r"(?=[a-f]*[0-9]|[A-F]*[0-9])(?![0-9]{12}(?!\w))(?:[0-9a-f]{8,128}|[0-9A-F]{8,128})"
"""With a digit: no word, however it is spelled, is taken for an id."""
NAMED = r"(?:[Rr]equest[ _-]?[Ii][Dd]|[Hh]ost[ _-]?[Ii][Dd]|failure message)[>\"'\\:= ]{1,6}"
OPAQUE = r"(?:(?=[A-Z]*[0-9])[0-9A-Z]{13,64}|(?=[a-z+/_-]*[0-9A-Z])(?=[0-9a-z+/_-]*[A-Z])[A-Za-z0-9+/_-]{40,1500}={0,2})(?![+/=-])"
"""What AWS calls a request or a host by that name: capitals and digits, or base64. Ceph's `tx0000…` tells who made it, and stays."""
BEGINS = r"(?=[0-9a-fA-FRrHh])(?=[0-9]|[a-fA-F]{1,127}[0-9-]|[RrHh][eo][qs]|failure m)(?<!\w)"
"""How a piece begins, as few words do: looked at in the order of what is quickest; the last takes out letters beyond ASCII."""
PIECE = re.compile(
    rf"([^A-Za-z0-9_%]){BEGINS}(?:(?=[0-9])({MOMENT}|{NUMBER})|(?=[a-fA-F]*[0-9]|[a-fA-F]{{8}}-)({UUID}|{HEXADECIMAL})"
    rf"|(?=[RrHhf])({NAMED})({OPAQUE}))(?!\w)"
)
"""From the mark before a word on, so that no word is tried in its middle; `%2f0a…` is an escape."""
AT_ITS_NAME = re.compile(rf"(?<=[>\"'\\:= ]){OPAQUE}(?!\w)")
"""What AWS calls a request or a host, where its name stands before it."""
GROUPS = 6
"""Of a match, with the text before it."""
DIGITS = bytes.maketrans(b"123456789", b"000000000")
LOWER = bytes.maketrans(b"0123456789abcdef", b"x" * 16)
UPPER = bytes.maketrans(b"0123456789abcdefABCDEF", b"X" * 22)
ANY = bytes.maketrans(b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ+/_-", b"w" * 66)
SPELLED = {b"0": DIGITS, b"x": LOWER, b"X": UPPER}
"""How a shape begins: ANY's with what it does not change too."""
LETTERS = {"0": "123456789", "x": "123456789abcdef", "X": "123456789ABCDEF", "w": "QXZKVWqxzkvw56789"}
"""What a stand-in is made of, by its shape: no status is among it, and no word."""
MARK = "\0"
"""Around a piece's number in a template's answer; no line that holds it is split."""
Key = tuple[tuple[str, ...], tuple[bytes, ...], tuple[int, ...]]
"""A template: its texts, the shapes of its pieces, and the number of the first piece that is equal to each."""
TEXTS = tuple(field.name for field in fields(Denial) if field.type in {str, str | None})


Setter = Callable[[Denial, Any], None]
SETTERS: dict[str, Setter] = {field.name: getattr(Denial, field.name).__set__ for field in fields(Denial)}
"""Each field's own: a frozen dataclass's `__init__` takes three times as long, and every line that arrives makes one."""


@dataclass(frozen=True, slots=True)
class Filled:
    """A template's answer: what is `fixed` in every line, and the fields whose text holds pieces."""

    fixed: Denial
    varied: tuple[tuple[Setter, str, tuple[int, ...]], ...]
    """How a field is set, its text with %s for each piece, the pieces' numbers."""
    others: tuple[tuple[Setter, Any], ...]
    """How each field that does not vary is set, and to what."""

    def of(self, pieces: Sequence[str]) -> Denial:
        """The denial of the line with these pieces."""
        if not self.varied:
            return self.fixed
        told = object.__new__(Denial)
        for put, value in self.others:
            put(told, value)
        for put, text, numbers in self.varied:
            own = pieces[numbers[0]] if len(numbers) == 1 else tuple([pieces[at] for at in numbers])
            put(told, text % own)
        return told


def by_template(read: Read) -> Read:
    """`read`, but once for all lines of a template. Linear, as `read` is."""
    kept: dict[Key, tuple[Filled, ...] | None] = {}
    forms: Forms[tuple[Filled, ...]] = Forms()

    def keep(key: Key, filled: tuple[Filled, ...] | None) -> None:
        """None: a first line of its template was read; most have no second, and two readings are for those that do."""
        if len(kept) >= TEMPLATES:
            kept.pop(next(iter(kept)), None)
        kept[key] = filled

    def read_or_fill(message: str) -> tuple[Denial, ...]:
        found = forms.find(message)
        if found is None:
            return split_and_read(message)
        filled, pieces = found
        return tuple([one.of(pieces) for one in filled])

    def split_and_read(message: str) -> tuple[Denial, ...]:
        split = _split(message)
        if not 0 < len(split) <= GROUPS * MOST:
            return read(message)
        key, pieces, is_opaque = _sorted_out(split)
        filled = kept.get(key)
        if filled is None:
            if not is_opaque and key not in kept:
                keep(key, None)
                return read(message)
            kept.pop(key, None)
            keep(key, filled := _answer(read, key))
        if filled:
            forms.add(message, form_of(key), filled)
        return tuple([one.of(pieces) for one in filled]) or read(message)

    return read_or_fill


def _answer(read: Read, key: Key) -> tuple[Filled, ...]:
    """A template's; empty: it hangs on the pieces."""
    texts, shapes, same = key
    told = [_marked(read, texts, _stand_ins(shapes, same, name)) for name in ("one", "other")]
    return tuple(map(_filled, told[0])) if told[0] == told[1] else ()


def _split(message: str) -> list[str]:
    """Empty where the line is not to be split."""
    return PIECE.split(f" {message}") if len(message) <= LONGEST and MARK not in message else []


def key_of(message: str) -> tuple[Key, list[str]]:
    """A line's template, and its pieces."""
    key, pieces, _ = _sorted_out(_split(message))
    return key, pieces


def _sorted_out(split: list[str]) -> tuple[Key, list[str], bool]:
    """The template (of its texts the first has a blank too many, the last stands behind all pieces), and the pieces.

    And whether a piece could be read as more than an id: such a line is filled in though no other is like it.
    """
    texts: list[str] = []
    pieces: list[str] = []
    shapes: list[bytes] = []
    has_opaque = False
    for at in range(0, len(split) - 1, GROUPS):
        text, mark, digits, hexadecimal, name, opaque = split[at : at + GROUPS]
        piece = digits or hexadecimal or opaque
        if digits:
            shape = DIGITS
        elif opaque:
            shape, has_opaque = ANY, True
        else:
            shape = LOWER if piece == piece.lower() else UPPER
        texts.append(f"{text}{mark}{name or ''}")
        pieces.append(piece)
        shapes.append(piece.encode().translate(shape))
    key = ((*texts, split[-1]), tuple(shapes), firsts(pieces))
    return key, pieces, has_opaque or STATUS in MARK.join(pieces)


def form_of(key: Key) -> LineForm:
    """Where a template's texts and pieces lie in each of its lines."""
    placed: list[slice] = []
    spots: list[Spot] = []
    texts, shapes, same = key
    at = -1  # the first text has a blank too many
    for text, shape in zip(texts, (*shapes, b""), strict=True):
        start, end = at + len(text), at + len(text) + len(shape)
        placed.append(slice(max(at, 0), start))
        table = SPELLED.get(shape[:1], ANY)
        if shape:
            spots.append(Spot(slice(start, end), shape, table, AT_ITS_NAME if table is ANY else None))
        at = end
    return LineForm(tuple(placed), tuple(spots), same)


def _stand_ins(shapes: tuple[bytes, ...], same: tuple[int, ...], name: str) -> tuple[str, ...]:
    """One for each piece, equal where the pieces are. Two `name`s give two sets."""
    numbers = same or range(len(shapes))
    return tuple(_stand_in(shapes[number].decode(), f"{name} {number}") for number in numbers)


def _stand_in(shape: str, name: str) -> str:
    digest = sha256(name.encode()).digest()
    return "".join(
        LETTERS[letter][(digest[at % 32] + at // 32) % len(LETTERS[letter])] if letter in LETTERS else letter
        for at, letter in enumerate(shape)
    )


def _marked(read: Read, texts: tuple[str, ...], stand_ins: tuple[str, ...]) -> tuple[Denial, ...]:
    """The template's answer with marked numbers for the pieces; none where a stand-in could be mistaken."""
    numbers = {stand_in: f"{MARK}{number}{MARK}" for number, stand_in in reversed([*enumerate(stand_ins)])}
    alike = any(one in other for one in numbers for other in (*texts, *(numbers.keys() - {one})))
    if alike:
        return ()
    line = "".join(part for pair in zip(texts, (*stand_ins, ""), strict=True) for part in pair)[1:]
    return tuple(_with_numbers(denial, numbers) for denial in read(line))


def _with_numbers(denial: Denial, numbers: dict[str, str]) -> Denial:
    changed = {}
    for name in TEXTS:
        text = getattr(denial, name)
        for stand_in, number in numbers.items() if text else ():
            text = text.replace(stand_in, number)
        changed[name] = text
    return replace(denial, **changed)


def _filled(marked: Denial) -> Filled:
    told = {field.name: getattr(marked, field.name) for field in fields(Denial)}
    split = {name: told[name].split(MARK) for name in TEXTS if told[name] and MARK in told[name]}
    varied = tuple(
        (
            SETTERS[name],
            "%s".join(text.replace("%", "%%") for text in parts[::2]),
            tuple(map(int, parts[1::2])),
        )
        for name, parts in split.items()
    )
    others = tuple((SETTERS[name], value) for name, value in told.items() if name not in split)
    return Filled(marked, varied, others)
