"""A line that takes more than it may is counted, kept cut and told; the others of its delivery are read."""

import re
from collections.abc import Callable

import pytest
from why403.denials.classify import classify
from why403.denials.denial import Denial, Kind, Verdict
from why403.deployed.triage import ticking
from why403.incidents.line_budget import A_LINE, FEW, GIVEN_UP, LineBudget
from why403.incidents.log_groups import LogGroups
from why403.incidents.sighting import KEPT
from why403.incidents.watch import Watch
from why403.log_events.log_event import LogEvent
from why403.triage import triage

from tests.fakes.incident_table import InMemoryIncidentTable
from tests.fakes.subscription import denied, payload

NOW = 1_764_000_000_000
REAL = denied("orders-task", "sqs:SendMessage", "arn:aws:sqs:us-east-1:123456789012:orders")
COSTLY = "AccessDenied COSTLY " + "x" * 100_000
CATASTROPHE = re.compile(r"(?:a|a)+$")
"""Exponential: on forty letters and another one it takes days."""


def reader(taken: Callable[[str], int]) -> LineBudget:
    """Lines take so many ticks."""

    def read(event: LogEvent) -> tuple[Denial, ...]:
        for _ in range(taken(event.message)):
            budget.tick()
        return classify(event)

    budget = LineBudget(read)
    return budget


def test_the_rest_of_the_delivery_goes_on_and_the_line_is_counted_kept_cut_and_told() -> None:
    table = InMemoryIncidentTable()
    budget = reader(lambda line: 10**9 if "COSTLY" in line else 1)
    lines = [
        {"id": f"{number:056d}", "timestamp": NOW, "message": message}
        for number, message in enumerate((REAL, COSTLY, REAL, COSTLY))
    ]
    watch = Watch(log_groups=LogGroups(("*",)))
    done = triage(payload(lines), watch=watch, table=table, classify=budget.classify, now=NOW)
    found = {incident.denial.kind: incident for incident in table.everything().values()}

    assert (done.lines, done.opened) == (4, 2)
    assert found[Kind.NONE].count == 2
    assert found[Kind.UNREAD_LINE].count == 2
    assert [len(sample.message) for sample in found[Kind.UNREAD_LINE].samples] == [KEPT]


def test_a_line_may_take_all_of_its_budget_and_each_begins_anew() -> None:
    budget = reader(lambda _line: A_LINE)
    read = [budget.classify(LogEvent(REAL))[0].verdict for _ in range(10)]

    assert set(read) == {Verdict.MISSING_PERMISSION}


def test_many_such_lines_take_little_each_in_the_end() -> None:
    taken: list[int] = []

    def read(_event: LogEvent) -> tuple[Denial, ...]:
        taken.append(0)
        while True:
            taken[-1] += 1
            budget.tick()

    budget = LineBudget(read)
    for _ in range(50):
        budget.classify(LogEvent(COSTLY))

    assert taken[0] == A_LINE + 1
    assert taken[-1] == FEW + 1
    assert sum(taken) < 2 * GIVEN_UP + 50 * (FEW + 1)


def test_what_ticks_between_lines_gives_up_nothing() -> None:
    budget = LineBudget(classify)
    for _ in range(1_000):
        budget.tick()

    assert budget.classify(LogEvent(REAL))[0].verdict is Verdict.MISSING_PERMISSION


def test_code_that_catches_every_exception_does_not_keep_a_line() -> None:
    def read(_event: LogEvent) -> tuple[Denial, ...]:
        while True:
            try:
                budget.tick()
            except Exception:  # noqa: BLE001, S112  # that is what is tried
                continue

    budget = LineBudget(read)

    assert budget.classify(LogEvent(REAL))[0].kind is Kind.UNREAD_LINE


@pytest.mark.parametrize("work", [CATASTROPHE.search, lambda text: [0 for _ in iter(lambda: text, "")]])
def test_a_pattern_that_would_take_days_is_given_up_by_cpu_time(work: Callable[[str], object]) -> None:
    def read(event: LogEvent) -> tuple[Denial, ...]:
        if event.message.startswith("a"):
            work(event.message)
        return classify(event)

    budget = LineBudget(read)
    with ticking(budget.tick):
        told = [budget.classify(LogEvent(line))[0].kind for line in ("a" * 40 + "!", REAL)]

    assert told == [Kind.UNREAD_LINE, Kind.NONE]
