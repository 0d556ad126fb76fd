"""Policy text with variables: `${aws:username}`, `${key, 'default'}`, `${*}`, `${?}`, `${$}`.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from why403.iam.glob import Test, Token, Wild, compile_glob, tokens

VARIABLE = re.compile(r"\$\{([^{}]*)\}")
"""No braces within: IAM nests no variables."""
_SPECIAL = frozenset({"*", "?", "$"})


class NoValue(Enum):
    """Why a variable has no value: the call does not carry the key, or nobody knows."""

    ABSENT = "absent"
    UNKNOWN = "unknown"


Lookup = Callable[[str], str | NoValue]
"""Takes a condition key in lower case."""


@dataclass(frozen=True, slots=True)
class Variable:
    """`key` in lower case; `default` stands in where the call does not carry it."""

    key: str
    default: str | None = None


Part = Token | Variable


class Template:
    """Text of a policy, ready to be compared. `test` is there where it has no variable."""

    __slots__ = ("parts", "test", "text")

    def __init__(self, text: str, parts: tuple[Part, ...]) -> None:
        self.text = text
        self.parts = parts
        plain = [part for part in parts if not isinstance(part, Variable)]
        self.test: Test | None = compile_glob(plain) if len(plain) == len(parts) else None

    def matches(self, value: str, lookup: Lookup) -> bool | NoValue:
        """Whether `value` is meant. ABSENT: a variable has no value; UNKNOWN: its value would decide."""
        if self.test is not None:
            return self.test(value)
        filled, lacking = self._fill(lookup)
        if lacking is NoValue.UNKNOWN and not compile_glob(filled)(value):
            return False
        return compile_glob(filled)(value) if lacking is None else lacking

    def meaning(self, lookup: Lookup) -> str | None:
        """The text with its variables' values; None where it has none, or one of them has no value."""
        filled, lacking = self._fill(lookup)
        if self.test is not None or lacking is not None:
            return None
        return "".join(part.value if isinstance(part, Wild) else part for part in filled)

    def _fill(self, lookup: Lookup) -> tuple[list[Token], NoValue | None]:
        """The parts with the variables' values, as literals; an unknown one could be anything."""
        filled: list[Token] = []
        lacking: NoValue | None = None
        for part in self.parts:
            if not isinstance(part, Variable):
                filled.append(part)
                continue
            value = lookup(part.key)
            if value is NoValue.ABSENT and part.default is not None:
                value = part.default
            if isinstance(value, str):
                filled.append(value)
                continue
            filled.append(Wild.ANY)
            lacking = NoValue.ABSENT if NoValue.ABSENT in (lacking, value) else value
        return filled, lacking


def parse_template(text: str, *, variables: bool, wildcards: bool) -> Template:
    """Read `text`; without `variables` (no Version 2012-10-17) a `${…}` is itself, without `wildcards` a `*`."""
    parts: list[Part] = []
    at = 0
    for found in VARIABLE.finditer(text) if variables else ():
        parts.extend(_plain(text[at : found.start()], wildcards=wildcards))
        parts.append(_variable(found.group(1)))
        at = found.end()
    parts.extend(_plain(text[at:], wildcards=wildcards))
    return Template(text, tuple(parts))


def _plain(text: str, *, wildcards: bool) -> tuple[Token, ...]:
    return tokens(text) if wildcards else (text,) * bool(text)


def _variable(inside: str) -> Part:
    if inside in _SPECIAL:
        return inside
    key, comma, rest = (part.strip() for part in inside.partition(","))
    if comma and key and len(rest) > 1 and rest[0] == rest[-1] == "'":
        return Variable(key.lower(), rest[1:-1])
    return Variable(inside.strip().lower())


def split_segments(text: str, limit: int) -> list[str]:
    """Cut `text` at its first `limit` colons; the colon inside a `${aws:username}` is no cut."""
    if "${" not in text:
        return text.split(":", limit)
    hidden = VARIABLE.sub(lambda found: found.group().replace(":", "\0"), text)
    return [part.replace("\0", ":") for part in hidden.split(":", limit)]
