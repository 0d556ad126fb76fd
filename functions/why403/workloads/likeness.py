"""How alike two names are, part by part: `scout-admin-dev` and `/ecs/scout-admin`."""

import re

_PART = re.compile(r"[a-z]+|\d+")
"""Letters and digits apart: `web2` and `web` are alike, `scout-admin` and `ScoutAdmin` the same."""
_COMMON = frozenset({
    "aws", "ecs", "log", "logs", "group", "app", "application", "service", "task", "definition", "td", "stack",
    "container", "lambda", "function",
})  # fmt: skip
"""Parts that most names have, which therefore say nothing."""


def likeness(first: str, second: str) -> float:
    """Between 0 (nothing in common) and 1 (the same parts). Parts that every name has do not count."""
    one, other = _parts(first), _parts(second)
    if not one or not other:
        return 0.0
    return len(one & other) / len(one | other)


def _parts(name: str) -> set[str]:
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name).lower()
    return set(_PART.findall(spaced)) - _COMMON
