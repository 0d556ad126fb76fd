"""Values in AWS's answers, as a workload keeps them."""

from collections.abc import Mapping, Sequence
from typing import Any


def entries(container: Mapping[str, Any], name: str) -> tuple[Mapping[str, Any], ...]:
    """The list of objects under a name; what is no object is left out."""
    listed = container.get(name)
    if not isinstance(listed, Sequence) or isinstance(listed, str):
        return ()
    return tuple(entry for entry in listed if isinstance(entry, Mapping))


def environment_of(container: Mapping[str, Any]) -> dict[str, str]:
    """A container's plain environment: names and values."""
    return {
        str(entry.get("name")): str(entry.get("value", ""))
        for entry in entries(container, "environment")
        if entry.get("name")
    }


def iso(moment: object) -> str:
    """A time of an answer as ISO 8601; text stays as it is, nothing is empty."""
    if moment is None:
        return ""
    isoformat = getattr(moment, "isoformat", None)
    return str(isoformat()) if callable(isoformat) else str(moment)
