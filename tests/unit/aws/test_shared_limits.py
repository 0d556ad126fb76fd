"""Processes that run at once keep to an account's limits together: by turns in the table, else by shares."""

import heapq
from collections.abc import Iterator
from itertools import pairwise

import boto3
import pytest
from moto import mock_aws
from why403.aws.open_reader import AT_ONCE
from why403.aws.rates import Lanes, Rates, TableLanes, rate_of

from tests.fakes.dynamodb_table import NOW, make_table

SECONDS = 60
SLOW = ["cloudtrail:LookupEvents", "logs:FilterLogEvents", "organizations:DescribePolicy"]
LOOKUP = "cloudtrail:LookupEvents"


class Clock:
    """Seconds since the beginning, as the test sets them."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def milliseconds(self) -> int:
        return NOW + round(self.seconds * 1000)


@pytest.fixture
def table() -> Iterator[tuple[Lanes, Clock]]:
    """Turns in a table, and the clock of all who take them."""
    with mock_aws():
        client = boto3.client("dynamodb", "us-east-1")
        make_table(client, "incidents")
        clock = Clock()
        yield TableLanes(client, "incidents", clock.milliseconds), clock


def asked(
    call: str, share: float = 1.0, lanes: Lanes | None = None, clock: Clock | None = None
) -> list[float]:
    """When AT_ONCE processes call that all ask as fast as they may for a minute, by a clock of the test's own."""
    clock = clock or Clock()
    seconds = SECONDS if lanes is None else 3
    processes = [Rates(lambda: clock.seconds, share, lanes) for _ in range(AT_ONCE)]
    turns = [(0.0, number) for number in range(AT_ONCE)]
    calls: list[float] = []
    while turns[0][0] < seconds:
        clock.seconds, number = heapq.heappop(turns)
        wait = processes[number].reserve(call)
        calls += [clock.seconds + wait]
        heapq.heappush(turns, (clock.seconds + max(wait, 0.05), number))
    return sorted(moment for moment in calls if moment < seconds)


@pytest.mark.parametrize("call", SLOW)
def test_six_processes_ask_no_more_than_the_account_may(call: str) -> None:
    per_second, burst = rate_of(call)

    assert len(asked(call, 1 / AT_ONCE)) <= per_second * SECONDS + burst * AT_ONCE
    assert len(asked(call)) > 2 * per_second * SECONDS


def test_with_turns_in_the_table_six_processes_call_as_one_would_from_the_first_second(
    table: tuple[Lanes, Clock],
) -> None:
    lanes, clock = table
    moments = asked(LOOKUP, 1 / AT_ONCE, lanes, clock)
    gaps = [round(later - earlier, 3) for earlier, later in pairwise(moments)]

    assert [1 / rate_of(LOOKUP)[0]] * 5 == gaps


def test_who_would_wait_too_long_takes_no_turn(table: tuple[Lanes, Clock]) -> None:
    lanes, clock = table
    rates = Rates(lambda: clock.seconds, 1.0, lanes)
    waits = [rates.reserve(LOOKUP, within=0.6) for _ in range(5)]

    assert [wait <= 0.6 for wait in waits] == [True, True, False, False, False]

    clock.seconds = 1.0

    assert rates.reserve(LOOKUP, within=0.6) == 0


def test_another_account_region_or_call_has_a_lane_of_its_own(table: tuple[Lanes, Clock]) -> None:
    lanes, clock = table
    rates = Rates(lambda: clock.seconds, 1.0, lanes)
    asked_for = [(LOOKUP, ""), (LOOKUP, "111122223333"), ("logs:FilterLogEvents", "")]

    assert [rates.reserve(call, account) for call, account in asked_for] == [0, 0, 0]


def test_where_the_table_is_away_each_process_keeps_to_its_share() -> None:
    with mock_aws():
        away = TableLanes(boto3.client("dynamodb", "us-east-1"), "incidents", Clock().milliseconds)
        rates = Rates(lambda: 0.0, 1 / AT_ONCE, away)
        waits = [rates.reserve(LOOKUP) for _ in range(3)]

    assert waits == [0, 0, AT_ONCE / 2]


def test_what_is_no_limit_of_the_account_is_not_divided() -> None:
    assert rate_of("ecs:DescribeTasks", 1 / AT_ONCE) == rate_of("ecs:DescribeTasks")
