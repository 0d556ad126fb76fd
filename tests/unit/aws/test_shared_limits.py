"""Processes that run at once keep to an account's limits together, though none knows of the others."""

import heapq

import pytest
from why403.aws.open_reader import AT_ONCE
from why403.aws.rates import Rates, rate_of

SECONDS = 60


def asked(call: str, share: float) -> int:
    """Calls of AT_ONCE processes that all ask as fast as they may for a minute, by a clock of the test's own."""
    now = 0.0
    processes = [Rates(lambda: now, share) for _ in range(AT_ONCE)]
    turns = [(0.0, number) for number in range(AT_ONCE)]
    calls = 0
    while turns[0][0] < SECONDS:
        now, number = heapq.heappop(turns)
        wait = processes[number].reserve(call)
        calls += now + wait < SECONDS
        heapq.heappush(turns, (now + max(wait, 0.05), number))
    return calls


@pytest.mark.parametrize(
    "call", ["cloudtrail:LookupEvents", "logs:FilterLogEvents", "organizations:DescribePolicy"]
)
def test_six_processes_ask_no_more_than_the_account_may(call: str) -> None:
    per_second, burst = rate_of(call)

    assert asked(call, 1 / AT_ONCE) <= per_second * SECONDS + burst * AT_ONCE
    assert asked(call, 1.0) > 2 * per_second * SECONDS


def test_what_is_no_limit_of_the_account_is_not_divided() -> None:
    assert rate_of("ecs:DescribeTasks", 1 / AT_ONCE) == rate_of("ecs:DescribeTasks")
