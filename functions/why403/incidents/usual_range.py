"""Whether an expected denial comes as often as it used to."""

from collections.abc import Iterable
from statistics import median

from why403.incidents.hours import DAY, start_of_hour

ALWAYS_USUAL = 10
"""So many lines in an hour never surprise."""
TIMES_THE_MEDIAN = 5
"""A judgement: twice or thrice is what retries do by chance, five times a loop or another cause (docs/settings.md says it)."""
LOOKED_BACK = 7 * DAY
"""A whole week, so that weekends and weekly jobs are in it."""


def is_unusual(occurrences: Iterable[tuple[int, int]], now: int, *, count: int | None = None) -> bool:
    """Whether the hour of `now` has more lines than 10 and than five times its usual hour.

    The usual hour is the median over the hours of the last seven days that had lines, the present one left out.
    Where there is none yet, 10 lines an hour are the limit. `count` replaces the present hour's lines.
    """
    present = start_of_hour(now)
    lines = {hour: number for hour, number in occurrences if present - LOOKED_BACK <= hour <= present}
    this_hour = lines.pop(present, 0) if count is None else count
    usual = median(lines.values()) if lines else 0
    return this_hour > max(ALWAYS_USUAL, TIMES_THE_MEDIAN * usual)
