"""Occurrences over time as the bars of a small chart."""

from dataclasses import dataclass

from why403.notices.moments import moment
from why403.notices.notice import Notice
from why403.notices.words import word

HOUR = 60 * 60 * 1000
HOURS = 72
"""At most the last three days."""
WIDTH, HEIGHT, GAP, LEAST = 720, 96, 0.2, 2


@dataclass(frozen=True, slots=True)
class Bar:
    """One hour, in units of the chart's view box."""

    x: float
    y: float
    width: float
    height: float
    told: str


@dataclass(frozen=True, slots=True)
class Chart:
    """`told` says it in words."""

    width: int
    height: int
    bars: tuple[Bar, ...]
    told: str


def chart_of(notice: Notice) -> Chart | None:
    """The chart; None where no hour is known."""
    counted = dict(notice.occurrences)
    if not counted:
        return None
    last = max(counted) // HOUR * HOUR
    first = max(min(counted) // HOUR * HOUR, last - (HOURS - 1) * HOUR)
    hours = range(first, last + HOUR, HOUR)
    most = max(counted.get(hour, 0) for hour in hours) or 1
    step = WIDTH / len(hours)
    bars = tuple(
        _bar(number * step, step, counted[hour], most, hour)
        for number, hour in enumerate(hours)
        if counted.get(hour)
    )
    values = {"first": moment(first), "last": moment(last), "most": str(most)}
    return Chart(WIDTH, HEIGHT, bars, word("notices.page.chart", notice.language, **values))


def _bar(x: float, step: float, lines: int, most: int, hour: int) -> Bar:
    height = max(LEAST, HEIGHT * lines / most)
    width = min(step * (1 - GAP), 24)
    return Bar(
        round(x, 2), round(HEIGHT - height, 2), round(width, 2), round(height, 2), f"{moment(hour)}: {lines}"
    )
