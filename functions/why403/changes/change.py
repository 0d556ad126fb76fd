"""A write that may explain a denial: a hint, never a proof."""

from dataclasses import dataclass


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
