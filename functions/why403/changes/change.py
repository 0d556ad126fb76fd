"""A write that may explain a denial: a hint, never a proof."""

from dataclasses import dataclass

from why403.reads import BlindSpot


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """`what` in English, `when` ISO 8601 in UTC, `by` the caller's ARN or empty."""

    what: str
    when: str
    by: str = ""
    resource: str = ""
    operation: str = ""
    seconds_before: int = 0
    """How long before the first denial; negative: after it."""
    before: str = ""
    """The policy as it stood before the change, canonical JSON, where it is known."""
    after: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """The writes that were found, nearest to the first denial first, and what could not be read of them."""

    found: tuple[Change, ...] = ()
    unreadable: tuple[BlindSpot, ...] = ()
