"""Triage of lines that arrive, no two the same, against the floor of decoding them (base64, gzip, JSON); hostile lines.

CPU time, not the clock's. Decoding, classifying and counting run by turns over the same deliveries, so that all see
the same machine; the answers of templates are kept from one delivery to the next, as in a function that is warm.
"""

from collections.abc import Callable, Iterator
from statistics import median
from time import process_time
from typing import Any

from why403.denials.classify import classify
from why403.incidents.sighting import add_up
from why403.log_events.log_event import LogEvent, decode_subscription

from bench.arriving import case_causes, lines, made_causes, payload
from bench.figure import Figure, median_seconds

LINES = 10_000
"""Of one measurement: a third of a second, long against the clock and short against a busy machine's hiccups."""
ROUNDS = 5
"""The median of four, the first left out: it warms the caches."""
MOST_MICROSECONDS = 30
"""CPU of a line that arrives: 30,000 a second with ten executions of 512 MB (0.29 of a processor each) leave 96."""
NOW = 1_764_000_000_000
"""Milliseconds: a fixed moment, so that runs are alike."""
Way = Callable[[dict[str, Any]], object]
MEGABYTE = 1_000_000
"""Characters: CloudWatch Logs takes no longer event."""
HOSTILE = {
    "no match at all": "abcdefghij ",
    "open quotes": '"',
    "anchors": "is not authorized to perform: ",
    "half sentences": "User: arn:aws:iam::123456789012:user/a is not authorized to perform: s3:GetObject on resource: arn:aws:s3:::b ",
    "errors without an end": "An error occurred (AccessDenied) ",
    "403s": "403 ",
    "ARNs": "arn:aws:s3:::<a",
    "backslashes": "\\",
    "frames": "│ \n",
    "Java services": "(Service: Amazon S3; Status Code: 403; ",
    "operation errors": "operation error S3: ",
    "URLs": "https://a.s3.amazonaws.com/",
    "brackets": "[{(<",
    "spaces in 403 Forbidden": "403 Forbidden" + " " * 500,
}
MOST_MILLISECONDS = 100
"""A fifth of what a megabyte may cost at most, on whatever machine."""


def run() -> Iterator[Figure]:
    """Fifty causes out of the cases, fifty made ones, ten thousand; by deliveries; then each hostile line of a megabyte."""
    for name, causes, sizes in (
        ("50 causes of the cases", case_causes(50), (10, 100, 1_000)),
        ("50 causes, four ids a line", made_causes(50), (1_000,)),
    ):
        for size in sizes:
            yield from _figures(name, causes, size, at_most=MOST_MICROSECONDS)
    yield from _figures("10,000 causes", made_causes(LINES), LINES)
    for name, piece in HOSTILE.items():
        line = LogEvent((piece * (MEGABYTE // len(piece) + 1))[:MEGABYTE])
        seconds = median_seconds(lambda line=line: classify(line), rounds=3)  # type: ignore[misc]
        yield Figure(f"1 MB of {name}", seconds * 1000, "ms", at_most=MOST_MILLISECONDS)


def _figures(name: str, causes: tuple[str, ...], size: int, at_most: float | None = None) -> Iterator[Figure]:
    messages = lines(causes, LINES)
    deliveries = [payload(messages[start : start + size], start) for start in range(0, LINES, size)]
    floor, classified, counted = _by_turns(deliveries, decode_subscription, _classify, _count)
    told = f"{name}, {size:,} lines a delivery"
    yield Figure(f"{told}: decoding, a line", floor, "µs")
    yield Figure(f"{told}: and classifying", classified, "µs")
    yield Figure(f"{told}: and counting", counted, "µs", at_most=at_most)
    yield Figure(f"{told}: all ÷ decoding", counted / floor, "×")


def _by_turns(deliveries: list[dict[str, Any]], *ways: Way) -> list[float]:
    """Median microseconds of CPU a line, for each way to treat the deliveries."""
    taken: list[list[float]] = [[] for _ in ways]
    for _ in range(ROUNDS):
        for way, times in zip(ways, taken, strict=True):
            started = process_time()
            for event in deliveries:
                way(event)
            times.append(process_time() - started)
    return [median(times[1:]) / LINES * 1e6 for times in taken]


def _classify(event: dict[str, Any]) -> None:
    for line in decode_subscription(event):
        classify(line)


def _count(event: dict[str, Any]) -> None:
    add_up(decode_subscription(event), classify, NOW)
