"""What the doctor says of one thing that it looked at."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Check:
    """`result` is ok, failed, helps (nothing is wrong, but more would be told) or unknown; `cure` empty where there is nothing to do."""

    what: str
    result: str
    cure: str = ""

    def as_object(self) -> dict[str, Any]:
        """For machines."""
        return asdict(self)
