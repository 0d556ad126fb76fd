"""Moments as notices write them: UTC, to the minute."""

from datetime import UTC, datetime

MILLISECONDS = 1000


def moment(milliseconds: int) -> str:
    """`2026-11-25 03:51` for milliseconds since the epoch; empty for 0, which means not known."""
    if milliseconds <= 0:
        return ""
    return datetime.fromtimestamp(milliseconds / MILLISECONDS, UTC).strftime("%Y-%m-%d %H:%M")


def moment_of(text: str) -> int:
    """Milliseconds since the epoch of an ISO 8601 time; 0 for a day, which is no moment, and for what is none."""
    try:
        return int(datetime.fromisoformat(text).timestamp() * MILLISECONDS) if "T" in text else 0
    except ValueError:
        return 0


def iso(milliseconds: int) -> str:
    """ISO 8601 in UTC, for machines; empty for 0."""
    if milliseconds <= 0:
        return ""
    return (
        datetime.fromtimestamp(milliseconds / MILLISECONDS, UTC)
        .isoformat(timespec="seconds")
        .replace("+00:00", "Z")
    )
