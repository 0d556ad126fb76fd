"""How a search of log groups is cut, so that each part holds no more lines than one search returns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

MOST_GROUPS = 50
"""Insights searches no more log groups at once."""
MOST_RESULTS = 10_000
"""Insights returns no more of one search, rows of a count included."""
FULL = 8_000
"""Lines that one search is planned for: those that arrive late must fit as well."""
MOST_BINS = 9_000
"""Rows that a count is asked for: no more than one answer holds."""
MOST_COUNTS = 140
"""Counts of one part, each over a time of its own: two weeks by the second."""


@dataclass(frozen=True, slots=True)
class Window:
    """Seconds since the epoch, `start` inclusive and `end` exclusive."""

    start: int
    end: int

    @property
    def seconds(self) -> int:
        """How long it is."""
        return self.end - self.start

    def halves(self) -> tuple["Window", "Window"]:
        """The same time in two searches."""
        middle = (self.start + self.end) // 2
        return Window(self.start, middle), Window(middle, self.end)


@dataclass(frozen=True, slots=True)
class SearchPart:
    """A search of its own: some groups over some time. `lines` match, where they were counted; else None."""

    groups: tuple[str, ...]
    window: Window
    lines: int | None = None

    def halves(self) -> tuple["SearchPart", ...]:
        """Two searches in its place; itself where it is of one second."""
        if self.window.seconds <= 1:
            return (self,)
        return tuple(SearchPart(self.groups, half) for half in self.window.halves())


def parts_of(groups: Sequence[str], window: Window) -> tuple[SearchPart, ...]:
    """The fewest searches that take all the groups."""
    return tuple(
        SearchPart(tuple(groups[first : first + MOST_GROUPS]), window)
        for first in range(0, len(groups), MOST_GROUPS)
    )


def within(parts: Sequence[SearchPart], most: int) -> tuple[SearchPart, ...]:
    """Parts of about `most` lines in all, spread evenly over the time where that leaves some out."""
    lines = sum(part.lines or 0 for part in parts)
    if lines <= most:
        return tuple(parts)
    kept, told = [], 0
    for number, part in enumerate(parts):
        if told <= most * number / len(parts):
            kept.append(part)
            told += part.lines or 0
    return tuple(kept)


def bin_seconds(window: Window) -> int:
    """Seconds that a count takes together: one, up to two weeks."""
    return max(1, -(-window.seconds // (MOST_BINS * MOST_COUNTS)))


def counts_of(part: SearchPart) -> list[SearchPart]:
    """The part in times so short that each has a row for every bin: counted, they are one pass together."""
    step = bin_seconds(part.window) * MOST_BINS
    starts = range(part.window.start, part.window.end, step)
    return [SearchPart(part.groups, Window(start, min(start + step, part.window.end))) for start in starts]


def cut(part: SearchPart, rows: Sequence[Mapping[str, str]], seconds: int) -> list[SearchPart]:
    """Searches of FULL lines at most each, none where nothing matches; a bin that is fuller stands alone."""
    counted = sorted((milliseconds_of(row.get("at", "")) // 1000, int(row.get("lines", "0"))) for row in rows)
    parts: list[SearchPart] = []
    for at, lines in counted:
        start, end = max(at, part.window.start), min(at + seconds, part.window.end)
        last = parts[-1] if parts else None
        if last is not None and (last.lines or 0) + lines <= FULL:
            parts[-1] = replace(last, window=Window(last.window.start, end), lines=(last.lines or 0) + lines)
        else:
            parts.append(SearchPart(part.groups, Window(start, end), lines))
    return parts


def milliseconds_of(text: str) -> int:
    """Insights writes `2026-11-25 03:04:05.678`, in UTC."""
    try:
        return int(datetime.fromisoformat(f"{text}+00:00").timestamp() * 1000)
    except ValueError:
        return 0
