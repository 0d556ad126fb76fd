"""For a compiled pattern, the texts that it could be slow on: repeated, each goes as far as one part of it and stops."""

import re
from collections.abc import Iterable, Iterator
from itertools import chain
from re import _constants as codes  # the only place where a pattern's grammar stands
from re import _parser as grammar
from typing import Any

GENERAL = (
    "\\", "\\u005c", "\\x5c", "a", "A", "1", "a1", " ", "\t", "\n", "\n ", "\u2028", "é", '"', "'", "`", "(", "[", "{", "<", "<a", "&", "&quot;",
    "%25", ".", "-", "_", "/", ":", "=", ",", "|", "*", "$", "${", "a.", "a-", "a_", "a:", "a/", "a=", "a ", "A ", "arn:", "https://a/", "s3://a/",
    "\n│ ", "User: ", "403 ",
)  # fmt: skip
"""What fits no pattern in particular and many by chance."""
LETTERS = "aA1 -_./:\\\"'@%=,;()[]{}<>|#*\n"
REPEATS = (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT)
LONG_RUN = 20
Parsed = Iterable[tuple[Any, Any]]


def units_of(pattern: re.Pattern[str]) -> frozenset[str]:
    """The general ones, each beginning of what fits the pattern, and each repeated part with and without what leads to it."""
    return frozenset(GENERAL) | frozenset(_units(grammar.parse(pattern.pattern, pattern.flags), "")) - {""}


def _units(parsed: Parsed, before: str) -> Iterator[str]:
    for code, given in parsed:
        if code in REPEATS:
            part = _fitting(given[2])
            yield from (part, before + part, before + part * LONG_RUN)
        yield from chain.from_iterable(_units(inner, before) for inner in _inner(code, given))
        before += _fitting([(code, given)])
        yield before


def _inner(code: Any, given: Any) -> Iterable[Parsed]:  # the grammar has no types
    if code in REPEATS:
        return [given[2]]
    if code is codes.SUBPATTERN:
        return [given[3]]
    return given[1] if code is codes.BRANCH else [given] if code is codes.ATOMIC_GROUP else []


def _fitting(parsed: Parsed) -> str:
    """The shortest text that fits, but for look-arounds."""
    return "".join(_piece(code, given) for code, given in parsed)


def _piece(code: Any, given: Any) -> str:  # the grammar has no types
    if code is codes.LITERAL:
        return chr(given)
    if code is codes.IN:
        return _member(given)
    if code in REPEATS:
        least: int = given[0]
        return _fitting(given[2]) * max(1, least)
    if code in {codes.ANY, codes.NOT_LITERAL}:
        return "a"
    return next((_fitting(inner) for inner in _inner(code, given)), "")


def _member(given: list[tuple[Any, Any]]) -> str:
    """A letter of a set."""
    negated = given[0][0] is codes.NEGATE
    one = (
        letter for letter in LETTERS if any(_holds(code, member, letter) for code, member in given) != negated
    )
    return next(one, "a")


def _holds(code: Any, member: Any, letter: str) -> bool:  # the grammar has no types
    if code is codes.LITERAL:
        return bool(member == ord(letter))
    if code is codes.RANGE:
        return bool(member[0] <= ord(letter) <= member[1])
    if code is not codes.CATEGORY:
        return False
    kind = str(member).rpartition("_")[2]
    found = {"DIGIT": letter.isdigit(), "SPACE": letter.isspace(), "WORD": letter.isalnum() or letter == "_"}[
        kind
    ]
    return found != ("_NOT_" in str(member))
