"""A budget for each line: whatever a line does to a pattern, it takes its delivery no further than this.

Patterns take linear time, under test, and a line has a megabyte at most: this is for what the tests did not find. Work is
counted in ticks of CPU time that somebody else tells (deployed/triage.py); a line that takes too many is given up and told
as one that was not read, and the next one is read.
"""

from why403.denials.denial import Denial, Kind, Verdict
from why403.incidents.sighting import KEPT, Classify
from why403.log_events.log_event import LogEvent

TICK = 0.05
"""Seconds of CPU from one tick to the next."""
A_LINE = 20
"""Ticks that a line may take: a second, where a megabyte takes half of one at most."""
GIVEN_UP = 100
"""Ticks that the given up lines of one delivery may take together, of the 17 CPU seconds that triage has; then each may take
FEW."""
FEW = 2
"""Ticks: 0.05 to 0.1 CPU seconds, where an ordinary line takes 30 microseconds."""


class _OverBudgetError(BaseException):
    """Raised in the middle of whatever the line is put through; no `except Exception` there may keep it."""


class LineBudget:
    """Of one delivery. `classify` is asked line by line; while it works, `tick` is called from within."""

    def __init__(self, classify: Classify) -> None:
        self._classify = classify
        self._is_reading = False
        self._taken = 0
        self._given_up = 0

    def classify(self, event: LogEvent) -> tuple[Denial, ...]:
        """What the line denies, or that it was not read."""
        try:
            return self._read(event)
        except _OverBudgetError:
            self._given_up += self._taken
            return (unread(event),)

    def tick(self) -> None:
        """A tick of CPU time went by; the line under which it did may be given up here."""
        self._taken += 1
        if self._is_reading and self._taken > (A_LINE if self._given_up < GIVEN_UP else FEW):
            self._is_reading = False
            raise _OverBudgetError

    def _read(self, event: LogEvent) -> tuple[Denial, ...]:
        self._taken, self._is_reading = 0, True
        try:
            return self._classify(event)
        finally:
            self._is_reading = False


def unread(event: LogEvent) -> Denial:
    """It is told: such a line may hide a denial, or have been written to stop us."""
    return Denial(
        verdict=Verdict.AWS_403_NOT_IAM, kind=Kind.UNREAD_LINE, level="ERROR", excerpt=event.message[:KEPT]
    )
