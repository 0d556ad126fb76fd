"""A search loses no line in a burst, or says how many; it searches everything twice at most, and side by side."""

import random
from collections.abc import Iterator

import pytest
from why403.aws.log_search import AT_ONCE, LogSearch
from why403.aws.log_search_parts import SearchPart, Window, parts_of, within

from tests.fakes.insights import Insights

START = 1_764_000_000
DAY = 86_400
WINDOW = Window(START, START + DAY)
PARTS = parts_of(["/ecs/web"], WINDOW)
QUIET = {START + minute * 60: 3 for minute in range(1_440)}
MINUTE = {START + 40_000 + second: 700 for second in range(60)}
"""A burst of 42,000 lines in a minute."""


def read(search: LogSearch, parts: tuple[SearchPart, ...]) -> tuple[list[str], int]:
    """The ids of the events, and how many are told as unread."""
    found = list(search.read(parts))
    return [event.id for part in found for event in part.events], sum(part.unread for part in found)


def searching(insights: Insights) -> LogSearch:
    return LogSearch(insights, lambda _seconds: None, lambda _sentence: None)  # type: ignore[arg-type]  # as far as it is used


def test_a_search_that_finds_nothing_reads_nothing_twice() -> None:
    insights = Insights({})

    assert read(searching(insights), PARTS) == ([], 0)
    assert len(insights.searches) == 1


@pytest.mark.parametrize("planned", [True, False])
def test_a_burst_loses_no_line_and_tells_none_twice(planned: bool) -> None:  # noqa: FBT001
    insights = Insights(QUIET | MINUTE)
    search = searching(insights)

    ids, unread = read(search, search.planned(PARTS) if planned else PARTS)

    assert (len(ids), len(set(ids)), unread) == (
        sum(insights.lines.values()),
        sum(insights.lines.values()),
        0,
    )
    assert insights.scanned <= insights.stored * (2 if planned else 3)


def test_what_is_billed_is_what_is_told() -> None:
    insights = Insights(QUIET | MINUTE)
    search = searching(insights)
    read(search, search.planned(PARTS))

    assert search.scanned == insights.scanned


def test_more_lines_in_a_second_than_a_search_returns_are_counted_as_unread() -> None:
    insights = Insights({**QUIET, START + 41: 25_000})
    search = searching(insights)

    ids, unread = read(search, search.planned(PARTS))

    assert (len(ids) + unread, unread) == (sum(insights.lines.values()), 15_000)


@pytest.mark.parametrize(("planned", "told"), [(True, 0), (False, 1)])
def test_a_second_with_just_as_many_lines_as_a_search_returns_is_read_whole_where_it_was_counted(
    planned: bool,  # noqa: FBT001
    told: int,
) -> None:
    insights = Insights({START + 41: 10_000})
    search = searching(insights)
    second = parts_of(["/ecs/web"], Window(START + 41, START + 42))

    assert read(search, search.planned(second) if planned else second)[1] == told


def test_ten_million_lines_are_counted_and_read_evenly_up_to_the_limit() -> None:
    insights = Insights({START + second: 2_778 for second in range(3_600)})
    search = searching(insights)

    counted = search.planned(PARTS)
    chosen = within(counted, 200_000)

    assert sum(part.lines or 0 for part in counted) == 2_778 * 3_600
    assert 190_000 <= sum(part.lines or 0 for part in chosen) <= 210_000
    assert chosen[-1].window.start - chosen[0].window.start > 3_300


def test_searches_run_side_by_side_and_leave_the_quota_to_others() -> None:
    insights = Insights(QUIET | MINUTE)
    search = searching(insights)
    read(search, search.planned(PARTS))

    assert 1 < insights.most_at_once <= AT_ONCE


def test_a_quota_that_others_use_up_is_waited_for() -> None:
    insights = Insights(QUIET | MINUTE)
    search = searching(insights)
    parts = search.planned(PARTS)
    insights.searches |= {
        f"x{number}": (next(iter(insights.searches.values()))[0], 0) for number in range(29)
    }

    ids, unread = read(search, parts)

    assert (len(ids), unread) == (sum(insights.lines.values()), 0)


def test_an_interrupt_stops_what_runs_and_what_is_left_is_read_by_the_next() -> None:
    insights = Insights(QUIET | MINUTE)
    search = searching(insights)
    found = search.read(search.planned(PARTS))
    first = [next(found), next(found)]
    with pytest.raises(KeyboardInterrupt):
        found.throw(KeyboardInterrupt)

    ids, _ = read(searching(insights), search.left)
    both = [*ids, *(event.id for part in first for event in part.events)]

    assert insights.stopped
    assert len(both) == len(set(both)) == sum(insights.lines.values())


def bursts() -> Iterator[dict[int, int]]:
    """Days of random bursts."""
    for seed in range(5):
        chance = random.Random(seed)  # noqa: S311  # the same in every run
        lines = {START + chance.randrange(DAY): chance.choice((1, 90, 2_000)) for _ in range(10)}
        yield {**lines, START + chance.randrange(DAY): 9_999}


@pytest.mark.parametrize("lines", list(bursts()))
def test_whatever_the_bursts_each_line_is_read_once(lines: dict[int, int]) -> None:
    insights = Insights(lines)
    search = searching(insights)

    ids, unread = read(search, search.planned(PARTS))

    assert (len(ids), len(set(ids)), unread) == (sum(lines.values()), sum(lines.values()), 0)
    assert insights.scanned <= insights.stored * 2


@pytest.mark.parametrize("status", ["Failed", "Timeout", "Cancelled"])
def test_searches_that_fail_one_after_another_are_given_up_after_a_few_and_told(status: str) -> None:
    insights = Insights(QUIET)
    insights.status_of = lambda _text: status
    search = searching(insights)

    found = list(search.read(PARTS))

    assert all(part.failed and not part.events for part in found)
    assert (len(found) > 0, search.left) == (True, ())
    assert len(insights.searches) < 50


def test_a_burst_is_read_whole_where_every_count_fails() -> None:
    insights = Insights({START + 40_000: 9_000, START + 40_001: 8_000})
    insights.status_of = lambda text: "Timeout" if "stats" in text else "Complete"

    found = list(searching(insights).read(PARTS))

    ids = {event.id for part in found for event in part.events}
    assert (len(ids), any(part.failed for part in found)) == (17_000, False)
    assert len(insights.searches) < 200


def test_results_that_are_refused_for_a_moment_are_asked_for_again() -> None:
    insights = Insights(QUIET)
    insights.refused = 3

    ids, unread = read(searching(insights), PARTS)

    assert (len(ids), unread) == (sum(QUIET.values()), 0)
