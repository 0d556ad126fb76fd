"""What grows with an account: AWS calls and CPU of the search for a workload, over 10, 100 and 1,000 families.

The account is answered page by page (tests/fakes/large_account.py), so that calls count as AWS counts them; it has
twelve clusters from a hundred families on, and four functions a family.
"""

import time
from collections.abc import Callable, Iterable
from itertools import pairwise

from why403.denials.denial import Denial, Verdict
from why403.log_events.log_event import LogEvent
from why403.survey import survey
from why403.workloads.find import find_workload
from why403.workloads.workload import Hints

from bench.figure import Figure
from tests.fakes.large_account import PLACE, TASK, LargeAccount
from tests.fakes.workload_index import InMemoryWorkloadIndex

NOW = 1_764_000_000_000
"""Milliseconds: a fixed moment, so that runs are alike."""
FAMILIES = (10, 100, 1_000)
"""Tenfold each time: what grows with them shows as ten, what does not as one."""
ROUNDS = 20
"""Times a search is measured: one alone is shorter than the clock's ticks are exact."""
MOST_CALLS = 20
"""Of a diagnosis's 45: the rest is for policies, target and changes."""
FLAT = 1.5
"""CPU of what does not look at all families may grow by the clusters alone."""


def run() -> Iterable[Figure]:
    """By the stream's task and by the index the law is flat; a survey's is linear, and nobody waits for it."""
    cpu: dict[tuple[str, int], float] = {}
    surveyed: dict[int, int] = {}
    for families in FAMILIES:
        account = LargeAccount(families=families, clusters=min(12, families // 8), functions=4 * families)
        index = InMemoryWorkloadIndex()
        surveyed[families] = _survey(account, index)
        family = account.families[families // 2]
        account.running = (account.clusters[-1], f"{account.running[1].rpartition('/')[0]}/{family}:3")
        group = account.group_of(family)
        for way, stream, hints in (
            ("the stream's task", f"run/app/{TASK}", Hints()),
            ("the index", "app", index.look_up(group, NOW)),
            ("the index, the task gone", f"run/app/{TASK}", index.look_up(group, NOW)),
            ("names alone", "app", Hints()),
        ):
            account.gone = "gone" in way
            calls, cpu[way, families] = _measured(account, group, stream, hints)
            most = None if way == "names alone" else MOST_CALLS
            yield Figure(f"calls, {families:,} families, by {way}", calls, "calls", at_most=most)
        yield Figure(f"calls of a survey, {families:,} families", surveyed[families], "calls")
    for fewer, more in pairwise(FAMILIES):
        for way in ("the stream's task", "the index"):
            ratio = cpu[way, more] / cpu[way, fewer]
            bar = FLAT if fewer > FAMILIES[0] else None
            yield Figure(f"CPU by {way}, {more:,} ÷ {fewer:,} families", ratio, "×", at_most=bar)
        linear = surveyed[more] / surveyed[fewer] / (more / fewer)
        yield Figure(f"calls of a survey a family, {more:,} ÷ {fewer:,}", linear, "×", at_most=1.1)


def _survey(account: LargeAccount, index: InMemoryWorkloadIndex) -> int:
    calls = 0

    def has_time() -> bool:
        nonlocal calls
        calls += account.calls
        return True

    account.calls = 0
    survey(index, account.run, PLACE, now=NOW, has_time=has_time)
    return calls + account.calls


def _measured(account: LargeAccount, group: str, stream: str, hints: Hints) -> tuple[int, float]:
    def once() -> None:
        denial = Denial(verdict=Verdict.MISSING_PERMISSION)
        account.run(find_workload(denial, LogEvent("AccessDenied", group, stream), PLACE, hints))

    once()
    return account.calls, _cpu(once)


def _cpu(work: Callable[[], None]) -> float:
    start = time.process_time()
    for _ in range(ROUNDS):
        work()
    return (time.process_time() - start) / ROUNDS
