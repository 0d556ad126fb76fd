"""What a setting may be: each expectation takes a JSON value, or raises ValueError with what was expected."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeVar

Taken = TypeVar("Taken")
SHOWN = 80
"""Characters of a wrong value that its error shows."""


@dataclass(frozen=True, slots=True)
class Expectation(Generic[Taken]):
    """`said` ends the sentence "expected …"; `take` returns the value as we use it, or raises ValueError."""

    said: str
    take: Callable[[object], Taken]

    def refuse(self, value: object) -> ValueError:
        """The error for a value that is not what was expected."""
        return ValueError(f"expected {self.said}, found {_shown(value)}")


def text(pattern: str, said: str) -> Expectation[str]:
    """A text that matches the whole of `pattern`."""
    compiled = re.compile(pattern)

    def take(value: object) -> str:
        if isinstance(value, str) and compiled.fullmatch(value):
            return value
        raise expectation.refuse(value)

    expectation = Expectation(said, take)
    return expectation


def whole_number(low: int, high: int) -> Expectation[int]:
    """A whole number between the two, both included; digits in a text count, as `-c` gives texts."""

    def take(value: object) -> int:
        digits = isinstance(value, str) and value.isascii() and value.isdigit()
        number = int(str(value)) if digits else value
        if isinstance(number, int) and not isinstance(number, bool) and low <= number <= high:
            return number
        raise expectation.refuse(value)

    expectation = Expectation(f"a whole number from {low} to {high}", take)
    return expectation


def one_of(*choices: Taken) -> Expectation[Taken]:
    """One of a closed set."""

    def take(value: object) -> Taken:
        for choice in choices:
            if type(choice) is type(value) and choice == value:
                return choice
        raise expectation.refuse(value)

    expectation = Expectation(f"one of {', '.join(map(_shown, choices))}", take)
    return expectation


def yes_or_no() -> Expectation[bool]:
    """True or false; the words too, as `-c` gives texts."""
    words: Mapping[object, bool] = {"true": True, "false": False}

    def take(value: object) -> bool:
        if isinstance(value, bool):
            return value
        if isinstance(value, str) and value in words:
            return words[value]
        raise expectation.refuse(value)

    expectation = Expectation("true or false", take)
    return expectation


def list_of(each: Expectation[Taken], *, at_most: int = 1_000) -> Expectation[tuple[Taken, ...]]:
    """A list without doubles; a lone text stands for a list of one."""

    def take(value: object) -> tuple[Taken, ...]:
        values = [value] if isinstance(value, str) else value
        if not isinstance(values, list | tuple) or len(values) > at_most:
            raise expectation.refuse(value)
        doubles = sorted({_shown(item) for item in values if values.count(item) > 1})
        if doubles:
            raise ValueError(f"expected each once, found {', '.join(doubles)} more than once")
        return tuple(_all(enumerate(values), each.take).values())

    expectation = Expectation(f"a list, each {each.said}", take)
    return expectation


def map_of(key: Expectation[str], each: Expectation[Taken]) -> Expectation[Mapping[str, Taken]]:
    """An object whose keys and values are all of one kind."""

    def take(value: object) -> Mapping[str, Taken]:
        if not isinstance(value, Mapping):
            raise expectation.refuse(value)
        _all(((name, name) for name in value), key.take)
        return _all(value.items(), each.take)

    expectation = Expectation(f"an object from {key.said} to {each.said}", take)
    return expectation


def record(
    fields: Mapping[str, Expectation[Any]], *, optional: frozenset[str] = frozenset()
) -> Expectation[Mapping[str, Any]]:
    """An object with exactly these fields; the optional ones may be left out, and are then left out."""
    needed = [name for name in fields if name not in optional]
    known = [*needed, *(f"{name}?" for name in fields if name in optional)]

    def take(value: object) -> Mapping[str, Any]:
        if not isinstance(value, Mapping) or not set(needed) <= set(value) <= set(fields):
            raise expectation.refuse(value)
        return _all(value.items(), lambda item: item, fields)

    expectation = Expectation(f"an object {{{', '.join(known)}}}", take)
    return expectation


def any_object(said: str) -> Expectation[Mapping[str, Any]]:
    """An object of any fields: another stage says what they may be."""

    def take(value: object) -> Mapping[str, Any]:
        if isinstance(value, Mapping):
            return value
        raise expectation.refuse(value)

    expectation = Expectation(said, take)
    return expectation


def iso_date() -> Expectation[str]:
    """A date such as 2026-11-25."""

    def take(value: object) -> str:
        try:
            return date.fromisoformat(str(value)).isoformat()
        except ValueError:
            raise expectation.refuse(value) from None

    expectation = Expectation("a date such as 2026-11-25", take)
    return expectation


def either(first: Expectation[Taken], second: Expectation[Taken]) -> Expectation[Taken]:
    """The one or the other."""

    def take(value: object) -> Taken:
        for expected in (first, second):
            try:
                return expected.take(value)
            except ValueError:
                continue
        raise expectation.refuse(value)

    expectation = Expectation(f"{first.said}, or {second.said}", take)
    return expectation


def _all(
    items: Any,  # noqa: ANN401  # pairs of (int or str) and any JSON value
    take: Callable[[Any], Any],
    fields: Mapping[str, Expectation[Any]] | None = None,
) -> dict[Any, Any]:
    """Take all, and tell all that are wrong, not only the first."""
    taken: dict[Any, Any] = {}
    wrong: list[str] = []
    for name, value in items:
        try:
            taken[name] = (fields[name].take if fields else take)(value)
        except ValueError as error:
            wrong.append(f"[{name}] {error}")
    if wrong:
        raise ValueError("; ".join(wrong))
    return taken


def _shown(value: object) -> str:
    """A value as its writer would write it, cut where it is long."""
    words = json.dumps(value, ensure_ascii=False, default=repr)
    return words if len(words) <= SHOWN else f"{words[:SHOWN]}…"
