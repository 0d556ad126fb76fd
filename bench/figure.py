"""One measured figure and the bar that it is held to."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """`Figure("triage ÷ decoding", 1.4, "×", at_most=2)`; a figure without a bar is only told."""

    what: str
    measured: float
    unit: str
    at_most: float | None = None
    at_least: float | None = None

    def is_met(self) -> bool:
        """Whether it keeps to its bars."""
        return (self.at_most is None or self.measured <= self.at_most) and (
            self.at_least is None or self.measured >= self.at_least
        )

    def __str__(self) -> str:
        bars = [
            f"{words} {bar:g} {self.unit}"
            for words, bar in (("at most", self.at_most), ("at least", self.at_least))
            if bar is not None
        ]
        held = f"   bar: {' and '.join(bars)}{'' if self.is_met() else '   MISSED'}" if bars else ""
        return f"{self.what:<56} {self.measured:>12,.2f} {self.unit}{held}"


def median_seconds(work: Callable[[], object], rounds: int = 7) -> float:
    """The median of `rounds` runs of `work`, in seconds, after one that does not count."""
    work()
    return statistics.median(_seconds(work) for _ in range(rounds))


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
