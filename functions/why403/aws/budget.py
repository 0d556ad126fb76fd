"""How much one diagnosis may ask of AWS."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock


@dataclass(frozen=True, slots=True, kw_only=True)
class RunLimits:
    """For one run of a plan. A lookup beyond them is unreadable, and the diagnosis goes on."""

    calls: int = 400
    seconds: float = 100.0
    threads: int = 16
    """How many calls may be under way at once."""


class Budget:
    """Counts the calls of one run. Safe to share between threads."""

    def __init__(self, limits: RunLimits, clock: Callable[[], float] = time.monotonic) -> None:
        self._left = limits.calls
        self._clock = clock
        self._ends = clock() + limits.seconds
        self._lock = Lock()
        self.calls = 0

    def take(self) -> bool:
        """True, and counted, where one more call may be made."""
        with self._lock:
            if self._left <= 0 or self._clock() >= self._ends:
                return False
            self._left -= 1
            self.calls += 1
            return True

    def seconds_left(self) -> float:
        """Until the run must end; never negative."""
        return max(0.0, self._ends - self._clock())
