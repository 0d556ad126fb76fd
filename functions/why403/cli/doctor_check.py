"""What the doctor says of one thing that it looked at."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

MOST_NAMED = 20
"""Of what is wrong for one reason: who sees twenty looks for that."""


@dataclass(frozen=True, slots=True)
class Check:
    """`result` is ok, failed, helps (nothing is wrong, but more would be told) or unknown; `cure` empty where there is nothing to do."""

    what: str
    result: str
    cure: str = ""

    def as_object(self) -> dict[str, Any]:
        """For machines."""
        return asdict(self)


def listed_names(names: Sequence[str]) -> str:
    """The first of many, and how many more there are."""
    more = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" … and {more:,} more" if more > 0 else "")
