"""Triage, deployed: a delivery is written to the function's own table."""

import signal
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from why403.aws.incident_table import DynamoIncidentTable, milliseconds
from why403.aws.session import client
from why403.aws.workload_index import open_index
from why403.denials.classify import classify
from why403.environment import TriageEnvironment
from why403.incidents.incident import Incident, Sample
from why403.incidents.line_budget import TICK, LineBudget
from why403.incidents.watch import OwnRoles, parse_watch
from why403.triage import Triaged, triage

CLIENTS = ("dynamodb",)
STORM = 10
"""Causes in one delivery from which on it is a storm: the heads of fewer are read in some milliseconds, and always anew."""
REMEMBERED_MS = 1_000
"""So much a read may lag as it is: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.ReadConsistency.html"""
MOST_REMEMBERED = 2_000
"""Heads of some 4 KB; forgotten all at once."""


def run(event: Mapping[str, Any]) -> Triaged:
    """`event` as CloudWatch Logs sends it; PayloadError where it is none, else the table's errors."""
    told = TriageEnvironment.read()
    own = OwnRoles(told.own_account, frozenset(told.own_roles), frozenset(told.read_roles))
    watch = parse_watch(told.log_groups, told.expected, own, redact_emails=told.redact_emails)
    table = _table(client("dynamodb"), told.table_name, told.retention_days)
    roles = open_index(told.table_name).roles
    budget = LineBudget(classify)
    with ticking(budget.tick):
        return triage(
            event, watch=watch, table=table, classify=budget.classify, now=milliseconds(), roles=roles
        )


@lru_cache(1)
def _table(client: Any, name: str, retention_days: int) -> "StormTable":  # noqa: ANN401  # boto3's clients have no static type
    """The same from one delivery to the next."""
    return StormTable(client, name, retention_days=retention_days, clock=milliseconds)


class StormTable(DynamoIncidentTable):
    """The table as triage sees it: in a storm no head is read twice in a second.

    A head may lag as it is, and what is written of one hangs on its version or on what is stored. What is written here is
    read anew.
    """

    def __init__(
        self,
        client: Any,  # noqa: ANN401  # as above
        table_name: str,
        *,
        retention_days: int,
        clock: Callable[[], int],
    ) -> None:
        super().__init__(client, table_name, retention_days=retention_days, clock=clock)
        self._remembered: dict[str, tuple[int, Incident]] = {}

    def heads(self, fingerprints: Sequence[str]) -> Mapping[str, Incident]:
        """Those of the incidents that exist, without counts."""
        if len(fingerprints) < STORM:
            return super().heads(fingerprints)
        now = self._clock()
        if len(self._remembered) > MOST_REMEMBERED:
            self._remembered.clear()
        remembered = ((fingerprint, self._remembered.get(fingerprint)) for fingerprint in fingerprints)
        found = {key: kept[1] for key, kept in remembered if kept and 0 <= now - kept[0] < REMEMBERED_MS}
        missing = [fingerprint for fingerprint in fingerprints if fingerprint not in found]
        if missing:
            read = super().heads(missing)
            self._remembered.update({key: (now, incident) for key, incident in read.items()})
            found.update(read)
        return found

    def save(self, incident: Incident, *, expected: Incident) -> bool:
        """False where another saved in between."""
        self._remembered.pop(incident.fingerprint, None)
        return super().save(incident, expected=expected)

    def saw(self, incident: Incident, sample: Sample | None) -> None:
        """Widen times, streams and samples."""
        self._remembered.pop(incident.fingerprint, None)
        super().saw(incident, sample)


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
