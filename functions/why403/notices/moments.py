"""Moments and spans as notices write them: UTC, to the minute."""

from datetime import UTC, datetime
from itertools import islice

from why403.notices.words import Language, word

MILLISECONDS = 1000
"""Of a second."""
UNITS = (("days", 86_400_000), ("hours", 3_600_000), ("minutes", 60_000))


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


def utc(milliseconds: int, language: Language) -> str:
    """`2026-11-25 03:51 UTC`; empty for 0."""
    told = moment(milliseconds)
    return word("notices.page.utc", language, time=told) if told else ""


def span(milliseconds: int, language: Language) -> str:
    """`2 h 14 min`, `3 d 4 h`: the two largest units; empty for less than a minute."""
    parts: list[str] = []
    left = max(0, milliseconds)
    for unit, size in UNITS:
        number, left = divmod(left, size)
        if number or parts:
            parts.append(word(f"notices.span.{unit}", language, number=str(number)) if number else "")
    return " ".join(filter(None, islice(parts, 2)))


def iso(milliseconds: int) -> str:
    """ISO 8601 in UTC, for machines; empty for 0."""
    if milliseconds <= 0:
        return ""
    return (
        datetime.fromtimestamp(milliseconds / MILLISECONDS, UTC)
        .isoformat(timespec="seconds")
        .replace("+00:00", "Z")
    )
