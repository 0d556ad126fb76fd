"""The daily count of lines, from data: what is missing, what could not be read, and what is left for another day."""

from collections.abc import Mapping
from typing import Any

import pytest
from why403.denials.filter_terms import filter_pattern
from why403.incidents.hours import HOUR, start_of_hour
from why403.incidents.log_groups import LogGroups
from why403.incidents.metric_names import Metric
from why403.incidents.reconcile import (
    GROUPS,
    NO_TAGS,
    SETTLED_MS,
    WINDOW_HOURS,
    Reconciliation,
    reconcile,
    report,
    window,
)
from why403.incidents.table import BatchLines

from tests.fakes.answers import Answers, FakeReader
from tests.fakes.incident_table import InMemoryIncidentTable

NOW = 1_764_000_000_000
HOURS = window(NOW)
FILTER, DESCRIBE = "logs:FilterLogEvents", "logs:DescribeLogGroups"
FILTERS = "logs:DescribeSubscriptionFilters"
TAGGED = "resourcegroupstaggingapi:GetResources"
ARN = "arn:aws:logs:eu-central-1:123456789012"
NOTHING: dict[str, Any] = {"data": {"events": []}}


def lines(number: int, hour: int, **more: Any) -> dict[str, Any]:
    """`number` events of an hour."""
    events = [{"eventId": f"{hour}-{n}"} for n in range(number)]
    return {"when": {"startTime": hour}, "data": {"events": events}, **more}


def count(
    answers: Answers,
    *include: str,
    counted: dict[int, int] | None = None,
    now: int = NOW,
    tags: Mapping[str, str] = NO_TAGS,
) -> Reconciliation:
    table = InMemoryIncidentTable()
    table.count_lines([BatchLines.of_group("/ecs/orders", "b", counted or {})], now)
    groups = LogGroups(include or (() if tags else ("/ecs/orders",)), exclude=("/why403/*",))
    return reconcile(table, FakeReader(answers).run, groups, tags, now=now)


def test_the_window_is_a_day_of_whole_hours_that_are_settled() -> None:
    assert len(HOURS) == WINDOW_HOURS
    assert HOURS[-1] + HOUR <= NOW - SETTLED_MS < HOURS[-1] + 2 * HOUR
    assert all(hour == start_of_hour(hour) for hour in HOURS)


def test_as_many_lines_as_were_counted_tell_nothing() -> None:
    found = count({FILTER: [lines(3, HOURS[0]), NOTHING]}, counted={HOURS[0]: 3})

    assert (found.missing, found.unchecked, report(found)) == (0, 0, "")


def test_more_counted_than_still_match_tell_nothing() -> None:
    assert count({FILTER: NOTHING}, counted={HOURS[0]: 3}).missing == 0


def test_missing_lines_are_told_hour_by_hour() -> None:
    found = count({FILTER: [lines(3, HOURS[0]), lines(1, HOURS[5]), NOTHING]}, counted={HOURS[0]: 1})

    assert [(hour.hour, hour.lines) for hour in found.uncounted] == [(HOURS[0], 2), (HOURS[5], 1)]
    assert found.metrics[Metric.LINES_UNCOUNTED] == 3
    assert "3 log lines of denials never reached why403, in 2 hours" in report(found)


@pytest.mark.parametrize(
    ("pattern", "counted", "missing"),
    [
        (filter_pattern(), {}, 4),
        (filter_pattern(), {HOURS[1]: 1}, 7),
        ("?another", {}, 7),
    ],
    ids=["it was just named", "it had lost its filter", "the filter is another's"],
)
def test_lines_from_before_a_group_was_watched_were_never_to_arrive(
    pattern: str, counted: dict[int, int], missing: int
) -> None:
    made = {"filterPattern": pattern, "creationTime": HOURS[5] + 60_000}
    matching = [lines(2, HOURS[0]), lines(1, HOURS[5]), lines(4, HOURS[6]), NOTHING]
    found = count({FILTER: matching, FILTERS: {"data": {"subscriptionFilters": [made]}}}, counted=counted)

    assert found.missing == missing


def test_an_event_that_two_pages_tell_counts_once() -> None:
    twice = lines(2, HOURS[0])
    twice["data"]["events"] *= 2

    assert count({FILTER: [twice, NOTHING]}, counted={HOURS[0]: 2}).missing == 0


def test_an_hour_with_more_pages_than_are_read_is_unchecked_and_not_missing() -> None:
    found = count({FILTER: [lines(5, HOURS[0], truncated=True), NOTHING]})

    assert (found.missing, found.unchecked) == (0, 1)


def test_a_group_that_is_gone_misses_no_line_and_is_no_blind_spot() -> None:
    found = count({FILTER: {"error": "ResourceNotFoundException"}})

    assert (found.missing, found.unchecked, found.unreadable, report(found)) == (0, 0, (), "")


@pytest.mark.parametrize("error", ["AccessDeniedException", "ThrottlingException"])
def test_a_group_that_cannot_be_read_is_told_as_that_and_not_asked_to_the_end(error: str) -> None:
    found = count({FILTER: {"error": error}})

    assert (found.missing, found.unchecked) == (0, WINDOW_HOURS)
    assert f"/ecs/orders: logs:FilterLogEvents answered {error}" in report(found)


def test_groups_that_cannot_be_listed_are_not_taken_for_none() -> None:
    found = count({DESCRIBE: {"error": "AccessDeniedException"}}, "/ecs/*")

    assert found.unchecked == WINDOW_HOURS
    assert "/ecs/*: logs:DescribeLogGroups answered AccessDeniedException" in report(found)


def test_groups_of_a_glob_are_looked_up_and_those_beside_it_are_not_counted() -> None:
    listed = {"data": {"logGroups": [{"logGroupName": name} for name in ("/ecs/orders", "/ecs-old")]}}
    found = count({DESCRIBE: listed, FILTER: [lines(1, HOURS[0]), NOTHING]}, "/ecs*/*")

    assert {hour.log_group for hour in found.uncounted} == {"/ecs/orders"}


def test_a_glob_that_means_more_groups_than_are_listed_is_told_as_that() -> None:
    listed: Any = {"data": {"logGroups": [{"logGroupName": "/ecs/orders"}]}, "truncated": True}
    found = count({DESCRIBE: listed, FILTER: NOTHING}, "/ecs/*")

    assert "/ecs/*: logs:DescribeLogGroups answered more than 100 pages" in report(found)


def test_groups_that_carry_the_tags_are_counted_but_never_our_own() -> None:
    arns = (f"{ARN}:log-group:{name}" for name in ("/why403/why403/triage", "/ecs/orders"))
    tagged: Any = {"data": {"ResourceTagMappingList": [{"ResourceARN": arn} for arn in arns]}}
    reader: Answers = {TAGGED: tagged, FILTER: [lines(2, HOURS[0]), NOTHING]}

    assert [hour.log_group for hour in count(reader, tags={"why403": "on"}).uncounted] == ["/ecs/orders"]
    assert count(reader, "/ecs/none").missing == 2


def test_tags_that_cannot_be_looked_up_are_told_and_what_is_named_is_counted() -> None:
    reader: Answers = {TAGGED: {"error": "AccessDeniedException"}, FILTER: [lines(2, HOURS[0]), NOTHING]}
    found = count(reader, "/ecs/orders", tags={"why403": "on"})

    assert "log_group_tags: resourcegroupstaggingapi:GetResources answered AccessDeniedException" in report(
        found
    )
    assert found.missing == 2


def test_more_groups_than_a_run_takes_have_their_turns() -> None:
    names = [f"/ecs/{number:03}" for number in range(GROUPS + 5)]
    asked = set()
    for day in range(len(names)):
        reader = FakeReader({FILTER: NOTHING})
        found = reconcile(
            InMemoryIncidentTable(), reader.run, LogGroups(tuple(names)), now=NOW + day * 24 * HOUR
        )
        asked |= {str(read.parameters["logGroupName"]) for read in reader.asked}

        assert found.groups_left == 5
    assert asked == set(names)
