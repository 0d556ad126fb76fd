"""Policy documents as data: the statements in them, and documents with a statement more or another one.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html

The missing permission as a diff that people can read: the policy as it stands against as it would stand.
"""

import difflib
import json
from collections.abc import Iterable, Mapping
from typing import Any


def canonical(document: Mapping[str, Any] | None) -> str:
    """Indented JSON in the document's own order of keys; empty where there is no document."""
    return "" if document is None else json.dumps(document, indent=2, ensure_ascii=True) + "\n"


def compact(document: Mapping[str, Any]) -> str:
    """One line of JSON, ASCII only, without blanks: what a command carries."""
    return json.dumps(document, separators=(",", ":"), ensure_ascii=True)


def unified(name: str, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> str:
    """A unified diff; empty where the policy as it would stand is not known."""
    if after is None:
        return ""
    lines = difflib.unified_diff(
        canonical(before).splitlines(keepends=True),
        canonical(after).splitlines(keepends=True),
        f"{_one_line(name)} (as it stands)" if before is not None else "/dev/null",
        f"{_one_line(name)} (as it would stand)",
    )
    return "".join(lines)


def _one_line(text: str) -> str:
    return text.encode("unicode_escape").decode("ascii")


VERSION = "2012-10-17"
"""The grammar's version that knows policy variables."""


def statements_of(document: Mapping[str, Any] | str | None) -> tuple[Mapping[str, Any], ...]:
    """The statements, whether the document holds a list or a single one; () where it is no JSON object."""
    if not isinstance(document, Mapping):
        return ()
    held = document.get("Statement", ())
    if isinstance(held, Mapping):
        return (held,)
    return tuple(each for each in held if isinstance(each, Mapping))


def document_of(statements: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """A new document that holds `statements`."""
    return {"Version": VERSION, "Statement": [dict(each) for each in statements]}


def with_added(document: Mapping[str, Any] | None, added: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """`document` with statements more; everything else in it is kept."""
    if document is None:
        return document_of(added)
    return {**document, "Statement": [*_held(document), *(dict(each) for each in added)]}


def with_replaced(document: Mapping[str, Any], index: int, statement: Mapping[str, Any]) -> dict[str, Any]:
    """`document` with another statement at `index`."""
    held = _held(document)
    held[index] = dict(statement)
    return {**document, "Statement": held}


def _held(document: Mapping[str, Any]) -> list[Any]:
    held = document.get("Statement", [])
    return [held] if isinstance(held, Mapping) else list(held)


def listed(value: object) -> tuple[str, ...]:
    """An element that may be one string or several, as several."""
    if isinstance(value, str):
        return (value,)
    return tuple(str(each) for each in value) if isinstance(value, (list, tuple)) else ()


def shortest(values: Iterable[str]) -> str | list[str]:
    """One value as a string, several as a list, each once and in their order."""
    several = list(dict.fromkeys(values))
    return several[0] if len(several) == 1 else several


def taken_sids(document: Mapping[str, Any] | str | None) -> frozenset[str]:
    """The Sids in use: they must be unique in a document."""
    return frozenset(str(each["Sid"]) for each in statements_of(document) if "Sid" in each)
