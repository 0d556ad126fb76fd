"""An API call that a line says has failed, as an SDK's or tool's wrapper words it."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedCall:
    """Empty text where the wrapper does not tell. `start` is the place in the plain text."""

    start: int
    end: int
    service: str = ""
    """An IAM prefix."""
    operation: str = ""
    action: str = ""
    """Where the wrapper names the action, or one follows from its words, without telling the operation."""
    code: str = ""
    """AWS's error code."""
    status: str = ""
    """The HTTP status."""
    resource: str = ""
    """An ARN."""
    name: str = ""
    """The resource's name, where there is no ARN."""
    principal: str = ""

    @classmethod
    def at(cls, match: re.Match[str], **told: str) -> "FailedCall":
        """The call that a pattern found, where it stands."""
        return cls(start=match.start(), end=match.end(), **told)


@dataclass(frozen=True, slots=True)
class Wrapper:
    """How one SDK or tool words a failed call: `read` runs where one of the `gates` stands in the plain text."""

    gates: tuple[str, ...]
    read: Callable[[str], Iterator[FailedCall]]
