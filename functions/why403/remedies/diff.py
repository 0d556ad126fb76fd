"""The missing permission as a diff that people can read: the policy as it stands against as it would stand."""

import difflib
import json
from collections.abc import Mapping
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
