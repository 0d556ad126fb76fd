"""Triage, deployed: a delivery is written to the function's own table."""

import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from why403.aws.incident_table import milliseconds, open_table
from why403.aws.workload_index import open_index
from why403.denials.classify import classify
from why403.environment import TriageEnvironment
from why403.incidents.line_budget import TICK, LineBudget
from why403.incidents.watch import OwnRoles, parse_watch
from why403.triage import Triaged, triage

CLIENTS = ("dynamodb",)


def run(event: Mapping[str, Any]) -> Triaged:
    """`event` as CloudWatch Logs sends it; PayloadError where it is none, else the table's errors."""
    told = TriageEnvironment.read()
    own = OwnRoles(told.own_account, frozenset(told.own_roles), frozenset(told.read_roles))
    watch = parse_watch(told.log_groups, told.expected, own, redact_emails=told.redact_emails)
    table = open_table(told.table_name, told.retention_days)
    roles = open_index(told.table_name).roles
    budget = LineBudget(classify)
    with ticking(budget.tick):
        return triage(
            event, watch=watch, table=table, classify=budget.classify, now=milliseconds(), roles=roles
        )


@contextmanager
def ticking(tick: Callable[[], None]) -> Iterator[None]:
    """`tick` is called from within whatever runs, a search of a pattern too, for each TICK of CPU time that goes by.

    Signals reach the main thread only, in which Lambda calls a function; elsewhere nobody ticks.
    https://docs.python.org/3/library/signal.html#signal.setitimer
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGVTALRM, lambda _number, _frame: tick())
    signal.setitimer(signal.ITIMER_VIRTUAL, TICK, TICK)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
