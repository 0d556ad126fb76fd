"""What a setting may be: each expectation takes a JSON value, or raises ValueError with what was expected.

It says the same as a JSON Schema, for editors. What looks like a webhook or a token is never told back.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from typing import Any, Generic, TypeVar

from why403.log_events.redaction import redact

Taken = TypeVar("Taken")
Schema = Mapping[str, Any]
Hint = Callable[[str], str]
"""What a wrong text was probably meant to be, as the end of a sentence; empty where nobody can tell."""
SHOWN = 80
"""Characters of a wrong value that its error shows."""
LIKE = 0.5
"""How much of a choice is in what was written, by difflib's count: `jp` and `ja` 0.5, `fr` and `en` 0."""
YES_OR_NO = {"yes": True, "on": True, "1": True, "no": False, "off": False, "0": False}
"""What people write who know YAML."""
ADDRESS = re.compile(r"(https?://[^/\s\"?#]{1,200})[^\s\"]+")
"""A web address: its host may be told, what follows may be a secret."""
LONG_WORD = re.compile(r"(?=[\w-]*\d)[\w-]{24,}", re.ASCII)
"""A word with digits that is longer than names are: a token, a key."""


@dataclass(frozen=True, slots=True)
class Expectation(Generic[Taken]):
    """`said` ends the sentence "expected …"; `take` returns the value as we use it, or raises ValueError."""

    said: str
    take: Callable[[object], Taken]
    schema: Schema = field(default_factory=dict)

    def refuse(self, value: object, meant: str = "") -> ValueError:
        """The error for a value that is not what was expected; `meant`: what probably was."""
        return ValueError(f"expected {self.said}, found {shown(value)}{f'; {meant}' if meant else ''}")


def text(pattern: str, said: str, hint: Hint = lambda _: "") -> Expectation[str]:
    """A text that matches the whole of `pattern`, in which words and digits are ASCII's, as in AWS's own names."""
    pattern = pattern.replace(r"\w", "A-Za-z0-9_").replace(r"\d", "[0-9]")  # what \w is differs by dialect
    compiled = re.compile(pattern)

    def take(value: object) -> str:
        if isinstance(value, str) and compiled.fullmatch(value):
            return value
        raise expectation.refuse(value, hint(value) if isinstance(value, str) else "")

    expectation = Expectation(said, take, {"type": "string", "pattern": f"^(?:{pattern})$"})
    return expectation


def whole_number(low: int, high: int) -> Expectation[int]:
    """A whole number between the two, both included; digits in a text count, as `-c` gives texts."""

    def take(value: object) -> int:
        digits = isinstance(value, str) and value.isascii() and value.isdigit()
        number = int(str(value)) if digits else value
        if isinstance(number, int) and not isinstance(number, bool) and low <= number <= high:
            return number
        alone = (
            re.match(r"\d{1,6}(?=\D)", value) if isinstance(value, str) else None
        )  # the number before its unit
        raise expectation.refuse(value, f"a number alone: {alone[0]}" if alone else "")

    schema = {"type": "integer", "minimum": low, "maximum": high}
    expectation = Expectation(f"a whole number from {low} to {high}", take, schema)
    return expectation


def one_of(*choices: Taken) -> Expectation[Taken]:
    """One of a closed set."""

    def take(value: object) -> Taken:
        for choice in choices:
            if type(choice) is type(value) and choice == value:
                return choice
        word = "" if value is None else str(value).casefold()
        near = get_close_matches(word, map(str, choices), n=1, cutoff=LIKE)
        raise expectation.refuse(value, f"did you mean {shown(near[0])}?" if near else "")

    expectation = Expectation(f"one of {', '.join(map(shown, choices))}", take, {"enum": list(choices)})
    return expectation


def yes_or_no() -> Expectation[bool]:
    """True or false; the words too, as `-c` gives texts."""
    words: Mapping[object, bool] = {"true": True, "false": False}

    def take(value: object) -> bool:
        if isinstance(value, bool):
            return value
        if isinstance(value, str) and value in words:
            return words[value]
        meant = YES_OR_NO.get(str(value).casefold())
        raise expectation.refuse(value, f"did you mean {shown(meant)}?" if meant is not None else "")

    expectation = Expectation("true or false", take, {"type": "boolean"})
    return expectation


def list_of(each: Expectation[Taken], *, at_most: int = 1_000) -> Expectation[tuple[Taken, ...]]:
    """A list without doubles; a lone text stands for a list of one."""

    def take(value: object) -> tuple[Taken, ...]:
        values = [value] if isinstance(value, str) else value
        if not isinstance(values, list | tuple):
            raise expectation.refuse(value)
        if len(values) > at_most:
            raise ValueError(f"expected at most {at_most}, found {len(values)}")
        doubles = sorted({shown(item) for item in values if values.count(item) > 1})
        if doubles:
            raise ValueError(f"expected each once, found {', '.join(doubles)} more than once")
        return tuple(_all(enumerate(values), each.take).values())

    many = {"type": "array", "items": each.schema, "uniqueItems": True, "maxItems": at_most}
    lone = [each.schema] if each.schema.get("type") == "string" else []
    expectation = Expectation(f"a list, each {each.said}", take, {"anyOf": [many, *lone]} if lone else many)
    return expectation


def map_of(
    key: Expectation[str], each: Expectation[Taken], *, at_most: int = 1_000
) -> Expectation[Mapping[str, Taken]]:
    """An object whose keys and values are all of one kind."""

    def take(value: object) -> Mapping[str, Taken]:
        if not isinstance(value, Mapping):
            raise expectation.refuse(value)
        if len(value) > at_most:
            raise ValueError(f"expected at most {at_most}, found {len(value)}")
        _all(((name, name) for name in value), key.take)
        return _all(value.items(), each.take)

    schema = {
        "type": "object",
        "propertyNames": key.schema,
        "additionalProperties": each.schema,
        "maxProperties": at_most,
    }
    expectation = Expectation(f"an object from {key.said} to {each.said}", take, schema)
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

    schema = {
        "type": "object",
        "properties": {name: one.schema for name, one in fields.items()},
        "required": needed,
        "additionalProperties": False,
    }
    expectation = Expectation(f"an object {{{', '.join(known)}}}", take, schema)
    return expectation


def any_object(said: str, schema: Schema) -> Expectation[Mapping[str, Any]]:
    """An object of any fields: another stage says what they may be, and `schema` in its words."""

    def take(value: object) -> Mapping[str, Any]:
        if isinstance(value, Mapping):
            return value
        raise expectation.refuse(value)

    expectation = Expectation(said, take, schema)
    return expectation


def iso_date() -> Expectation[str]:
    """A date such as 2026-11-25."""

    def take(value: object) -> str:
        try:
            return date.fromisoformat(str(value)).isoformat()
        except ValueError:
            raise expectation.refuse(value) from None

    expectation = Expectation("a date such as 2026-11-25", take, {"type": "string", "format": "date"})
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

    schema = {"anyOf": [first.schema, second.schema]}
    expectation = Expectation(f"{first.said}, or {second.said}", take, schema)
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


def shown(value: object) -> str:
    """A value as its writer would write it, cut where it is long, without what may be a secret."""
    words = shown_text(json.dumps(value, ensure_ascii=False, default=repr))
    return words if len(words) <= SHOWN else f"{words[:SHOWN]}…"


def shown_text(words: str) -> str:
    """A sentence without what may be a secret."""
    return LONG_WORD.sub("…", ADDRESS.sub(r"\1/…", redact(words)))
