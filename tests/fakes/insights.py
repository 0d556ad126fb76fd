"""CloudWatch Logs Insights as AWS documents it: 10,000 rows a search, whole seconds, 30 searches at once, bytes billed.

https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_StartQuery.html
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from why403.reads import Answer, Failure, Plan, Read, Reply, Unreadable

MOST_ROWS = 10_000
MOST_AT_ONCE = 30
BYTES_A_LINE = 1_000
POLLS = 2
"""A search is found running once before it is complete."""


class Insights:
    """A log group with so many matching lines in each second (`lines`). Has `run` as aws/reader.py has."""

    def __init__(self, lines: Mapping[int, int], message: str = "AccessDenied") -> None:
        self.lines = dict(lines)
        self.message = message
        self.searches: dict[str, tuple[Read, int]] = {}
        self.most_at_once = 0
        self.scanned = 0
        self.stopped: list[str] = []
        self.status_of: Callable[[str], str] = lambda _text: "Complete"
        """How a search of this text ends: AWS documents Complete, Failed, Cancelled and Timeout."""
        self.refused = 0
        """So many questions for results are answered with a throttle first."""

    @property
    def stored(self) -> int:
        """Bytes of all lines."""
        return sum(self.lines.values()) * BYTES_A_LINE

    def run(self, plan: Plan[Any]) -> Any:
        """The plan's result."""
        try:
            reads = next(plan)
            while True:
                reads = plan.send(tuple(self._reply(read) for read in reads))
        except StopIteration as end:
            return end.value

    def _reply(self, read: Read) -> Reply:
        match read.declared.operation:
            case "StartQuery":
                return self._start(read)
            case "GetQueryResults":
                return self._results(read)
            case "StopQuery":
                self.stopped.append(str(read.parameters["queryId"]))
                return Answer(read, {"success": True})
            case _:
                return Unreadable(read, Failure.UNAVAILABLE, "NotAnswered")

    def _start(self, read: Read) -> Reply:
        running = sum(polls < POLLS for _, polls in self.searches.values())
        if running >= MOST_AT_ONCE:
            return Unreadable(read, Failure.THROTTLED, "LimitExceededException")
        self.most_at_once = max(self.most_at_once, running + 1)
        query = f"q{len(self.searches)}"
        self.searches[query] = (read, 0)
        return Answer(read, {"queryId": query})

    def _results(self, read: Read) -> Reply:
        if self.refused:
            self.refused -= 1
            return Unreadable(read, Failure.THROTTLED, "ThrottlingException")
        query = str(read.parameters["queryId"])
        asked, polls = self.searches[query]
        self.searches[query] = (asked, polls + 1)
        if polls + 1 < POLLS:
            return Answer(read, {"status": "Running", "results": []})
        start, end = int(str(asked.parameters["startTime"])), int(str(asked.parameters["endTime"]))
        within = {second: lines for second, lines in self.lines.items() if start <= second <= end}
        billed = sum(within.values()) * BYTES_A_LINE
        self.scanned += billed
        text = str(asked.parameters["queryString"])
        status = self.status_of(text)
        if status != "Complete":
            return Answer(read, {"status": status, "results": [], "statistics": {"bytesScanned": billed}})
        bins = re.search(r"by bin\((\d+)s\)", text)
        rows = _counted(within, int(bins[1])) if bins else self._found(within)
        return Answer(
            read, {"status": "Complete", "results": rows[:MOST_ROWS], "statistics": {"bytesScanned": billed}}
        )

    def _found(self, within: Mapping[int, int]) -> list[list[dict[str, str]]]:
        rows: list[list[dict[str, str]]] = []
        for second, lines in sorted(within.items()):
            moment = _moment(second)
            for number in range(min(lines, MOST_ROWS - len(rows))):
                told = {
                    "@timestamp": moment,
                    "@log": "123456789012:/ecs/web",
                    "@logStream": "web/1",
                    "@message": self.message,
                    "@ptr": f"{second}-{number}",
                }
                rows.append([{"field": name, "value": value} for name, value in told.items()])
        return rows


def _counted(within: Mapping[int, int], seconds: int) -> list[list[dict[str, str]]]:
    counts: Counter[int] = Counter()
    for second, lines in within.items():
        counts[second - second % seconds] += lines
    return [
        [{"field": "at", "value": _moment(at)}, {"field": "lines", "value": str(lines)}]
        for at, lines in sorted(counts.items())
    ]


def _moment(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%d %H:%M:%S.000")
