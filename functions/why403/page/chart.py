"""Occurrences over time as the bars of a small chart, with what was changed or deployed in between."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from why403.incidents.hours import HOUR
from why403.notices.changes_told import change_told
from why403.notices.moments import moment
from why403.notices.notice import Notice
from why403.notices.words import word

HOURS = 72
"""At most the last three days."""
LEAST_HOURS = 3
"""Fewer hours with lines are a sentence, not a chart."""
WIDTH, HEIGHT, GAP, LEAST = 720, 96, 0.2, 2
"""The view box's units: as wide as the page's text, a gap of a fifth of a bar, and two for one line, to be seen."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One hour, in units of the chart's view box."""

    x: float
    y: float
    width: float
    height: float
    told: str


@dataclass(frozen=True, slots=True)
class Marker:
    """Something that was changed or deployed, where it lies in time."""

    x: float
    told: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """`told` says it in words; `first`, `last` and `most` stand at the axes."""

    width: int
    height: int
    bars: tuple[Bar, ...]
    markers: tuple[Marker, ...]
    first: str
    last: str
    most: str
    told: str


def chart_of(notice: Notice) -> Chart | None:
    """The chart; None where fewer than three hours have lines."""
    counted = dict(notice.occurrences)
    if len(counted) < LEAST_HOURS:
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
    values = {"first": moment(first), "last": moment(last), "most": f"{most:,}"}
    return Chart(
        width=WIDTH,
        height=HEIGHT,
        bars=bars,
        markers=tuple(_markers(notice, first, last + HOUR)),
        first=values["first"],
        last=values["last"],
        most=values["most"],
        told=word("notices.page.chart", notice.language, **values),
    )


def _bar(x: float, step: float, lines: int, most: int, hour: int) -> Bar:
    height = max(LEAST, HEIGHT * lines / most)
    width = min(step * (1 - GAP), 24)
    return Bar(
        round(x, 2),
        round(HEIGHT - height, 2),
        round(width, 2),
        round(height, 2),
        f"{moment(hour)}: {lines:,}",
    )


def _markers(notice: Notice, first: int, end: int) -> Iterator[Marker]:
    told = notice.diagnosis
    deployed = word("notices.page.deployed", notice.language)
    events = [(change.when, change_told(change.what, notice.language)) for change in told.changes]
    events += [(told.workload.started, deployed)] if told.workload.started else []
    for when, what in events:
        try:
            at = int(datetime.fromisoformat(when).timestamp() * 1000)
        except ValueError:
            continue
        if first <= at < end:
            yield Marker(round(WIDTH * (at - first) / (end - first), 2), f"{moment(at)} · {what}")
