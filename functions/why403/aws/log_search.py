"""Past denials of log groups: CloudWatch Logs Insights searches, FilterLogEvents only where it is not to be had.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from why403.aws.reader import Reader
from why403.incidents.history import FILTER_LOG_EVENTS
from why403.log_events.filter_pattern import FILTER_PATTERN, FILTER_TERMS
from why403.log_events.log_event import LogEvent
from why403.reads import Answer, DeclaredRead, Plan, Read, Reply

START = DeclaredRead(
    "logs",
    "StartQuery",
    ("logs:StartQuery",),
    "Search log groups for past denials.",
    cache_seconds=0,
    by_person=True,
)
RESULTS = DeclaredRead(
    "logs",
    "GetQueryResults",
    ("logs:GetQueryResults",),
    "Fetch what a search found.",
    cache_seconds=0,
    by_person=True,
)
STOP = DeclaredRead(
    "logs",
    "StopQuery",
    ("logs:StopQuery",),
    "End a search that nobody waits for.",
    cache_seconds=0,
    by_person=True,
)
FILTER = FILTER_LOG_EVENTS.used_for(
    "Search a log group where Insights is not to be had.",
    cache_seconds=0,
    timeout_seconds=60.0,
    by_person=True,
)
MOST_GROUPS = 50
"""Insights searches no more log groups at once."""
MOST_RESULTS = 10_000
"""Insights returns no more; a search that finds as many is split in two."""
SHORTEST_SECONDS = 60
POLL_SECONDS = 1.0
DONE = frozenset({"Complete", "Failed", "Cancelled", "Timeout"})


@dataclass(frozen=True, slots=True)
class Window:
    """Seconds since the epoch, `start` inclusive and `end` exclusive."""

    start: int
    end: int

    def halves(self) -> tuple["Window", "Window"]:
        """The same time in two searches."""
        middle = (self.start + self.end) // 2
        return Window(self.start, middle), Window(middle, self.end)


class NotSearchableError(Exception):
    """Insights cannot be asked: `reply` says why."""

    def __init__(self, reply: Reply) -> None:
        super().__init__()
        self.reply = reply


class LogSearch:
    """Yields events as they are found. `progress` is told a sentence from time to time."""

    def __init__(
        self, reader: Reader, sleep: Callable[[float], None], progress: Callable[[str], None]
    ) -> None:
        self._reader = reader
        self._sleep = sleep
        self._progress = progress

    def insights(self, groups: Sequence[str], window: Window) -> Iterator[LogEvent]:
        """Search with Insights, in halves where there is too much; NotSearchableError where it is not to be had."""
        for first in range(0, len(groups), MOST_GROUPS):
            yield from self._query(groups[first : first + MOST_GROUPS], window)

    def filtered(self, group: str, window: Window) -> Iterator[LogEvent]:
        """Search one group with FilterLogEvents, page by page; NotSearchableError where that is refused too."""
        token: dict[str, str] = {}
        pages = 0
        while True:
            read = FILTER.of(
                logGroupName=group,
                startTime=window.start * 1000,
                endTime=window.end * 1000,
                filterPattern=FILTER_PATTERN,
                **token,  # type: ignore[arg-type]  # the operation's own parameter
            )
            answer = self._answer(read)
            pages += 1
            self._progress(f"{group}: {pages} pages read")
            for event in answer.items("events"):
                yield LogEvent(
                    message=str(event.get("message", "")),
                    log_group=group,
                    log_stream=str(event.get("logStreamName", "")),
                    timestamp=int(event.get("timestamp") or 0),
                    id=str(event.get("eventId", "")),
                )
            if not answer.text("nextToken"):
                return
            token = {"nextToken": answer.text("nextToken")}

    def _query(self, groups: Sequence[str], window: Window) -> Iterator[LogEvent]:
        found = self._run(groups, window)
        if len(found) < MOST_RESULTS or window.end - window.start <= SHORTEST_SECONDS:
            yield from found
            return
        for half in window.halves():
            yield from self._query(groups, half)

    def _run(self, groups: Sequence[str], window: Window) -> list[LogEvent]:
        """One search to its end; what it has so far where somebody interrupts it."""
        query = self._answer(
            START.of(
                logGroupNames=list(groups),
                startTime=window.start,
                endTime=window.end - 1,
                queryString=query_string(),
                limit=MOST_RESULTS,
            )
        ).text("queryId")
        found: list[LogEvent] = []
        try:
            while True:
                answer = self._answer(RESULTS.of(queryId=query))
                found = [_event(row) for row in _rows(answer)]
                self._progress(_scanned(answer, len(found)))
                if answer.text("status") in DONE:
                    return found
                self._sleep(POLL_SECONDS)
        except KeyboardInterrupt as interrupt:
            self._reader.run(_one(STOP.of(queryId=query)))
            raise SearchInterrupted(tuple(found)) from interrupt

    def _answer(self, read: Read) -> Answer:
        reply = self._reader.run(_one(read))
        if not isinstance(reply, Answer):
            raise NotSearchableError(reply)
        return reply


class SearchInterrupted(KeyboardInterrupt):  # an interrupt, not an error
    """Somebody pressed Ctrl-C; `found` is what the search had until then."""

    def __init__(self, found: tuple[LogEvent, ...]) -> None:
        super().__init__()
        self.found = found


def query_string() -> str:
    """The filter pattern as an Insights query: the same terms, any of which may stand in the message."""
    either = "|".join(re.escape(term).replace("/", r"\/").replace(r"\ ", " ") for term in FILTER_TERMS)
    return f"fields @timestamp, @log, @logStream, @message, @ptr | filter @message like /{either}/ | sort @timestamp asc"


def _one(read: Read) -> Plan[Reply]:
    (reply,) = yield (read,)
    return reply


def _rows(answer: Answer) -> list[dict[str, str]]:
    results = answer.at("results")
    return [
        {str(cell.get("field")): str(cell.get("value", "")) for cell in row}
        for row in (results if isinstance(results, list) else [])
    ]


def _event(row: dict[str, str]) -> LogEvent:
    account, _, group = row.get("@log", "").partition(":")
    return LogEvent(
        message=row.get("@message", ""),
        log_group=group or account,
        log_stream=row.get("@logStream", ""),
        timestamp=_milliseconds(row.get("@timestamp", "")),
        id=row.get("@ptr", ""),
        account=account if group else "",
    )


def _milliseconds(text: str) -> int:
    """Insights writes `2026-11-25 03:04:05.678`, in UTC."""
    try:
        return int(datetime.fromisoformat(f"{text}+00:00").timestamp() * 1000)
    except ValueError:
        return 0


def _scanned(answer: Answer, found: int) -> str:
    scanned = answer.at("statistics", "bytesScanned")
    gigabytes = float(scanned) / 1e9 if isinstance(scanned, (int, float)) else 0.0
    return f"{answer.text('status') or 'Running'}: {gigabytes:.2f} GB searched, {found} lines found"
