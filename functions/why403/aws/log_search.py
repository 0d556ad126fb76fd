"""Past denials of log groups: CloudWatch Logs Insights searches, FilterLogEvents only where it is not to be had.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html
"""

import re
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass

from why403.aws.log_search_parts import (
    MOST_RESULTS,
    SearchPart,
    Window,
    bin_seconds,
    counts_of,
    cut,
    milliseconds_of,
)
from why403.aws.reader import Reader
from why403.denials.filter_terms import filter_pattern, filter_terms
from why403.incidents.history import FILTER_LOG_EVENTS
from why403.log_events.log_event import LogEvent
from why403.reads import Answer, DeclaredRead, Failure, Read, Reply, asked

START = DeclaredRead(
    "logs", "StartQuery", "Search log groups for past denials.", cache_seconds=0, by_person=True
)
RESULTS = DeclaredRead(
    "logs", "GetQueryResults", "Fetch what a search found.", cache_seconds=0, by_person=True
)
STOP = DeclaredRead(
    "logs", "StopQuery", "End a search that nobody waits for.", cache_seconds=0, by_person=True
)
FILTER = FILTER_LOG_EVENTS.used_for(
    "Search a log group where Insights is not to be had.",
    cache_seconds=0,
    timeout_seconds=60.0,
    by_person=True,
)
AT_ONCE = 8
"""Of the 30 searches that an account may have under way, people's and dashboards' included.

https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_StartQuery.html
"""
POLL_SECONDS = 1.0
"""A search takes seconds; GetQueryResults asked faster spends the account's few calls a second."""
MOST_FAILED = 8
"""Searches that may fail before what else fails is given up: cut in halves for ever, a day is searched seventeen times."""
MOST_REFUSED = 10
"""Times that results may be refused one after another: others ask for theirs at the account's few calls a second."""
TRANSIENT = frozenset({Failure.THROTTLED, Failure.SLOW, Failure.UNAVAILABLE})
COMPLETE = "Complete"
DONE = frozenset({COMPLETE, "Failed", "Cancelled", "Timeout"})


@dataclass(frozen=True, slots=True, kw_only=True)
class PartRead:
    """A part that was read to its end. `unread`: lines that match and that no search returns.

    `failed`: its search failed for good, and what it would have found is not known.
    """

    events: tuple[LogEvent, ...] = ()
    unread: int = 0
    failed: bool = False


class NotSearchableError(Exception):
    """Insights cannot be asked: `reply` says why."""

    def __init__(self, reply: Reply) -> None:
        super().__init__()
        self.reply = reply


class LogSearch:
    """Reads parts side by side. `progress` is told a sentence from time to time; `left` holds what is still to be read."""

    def __init__(
        self, reader: Reader, sleep: Callable[[float], None], progress: Callable[[str], None]
    ) -> None:
        self._reader = reader
        self._sleep = sleep
        self._progress = progress
        self._running: dict[str, tuple[SearchPart, str]] = {}
        self.left: tuple[SearchPart, ...] = ()
        self._failed = self._refused = 0
        self.scanned = 0.0
        """Bytes that Insights has searched, and bills."""

    def planned(self, parts: Sequence[SearchPart]) -> tuple[SearchPart, ...]:
        """The parts cut so that each holds no more lines than one search returns: one pass, which counts.

        NotSearchableError where Insights is not to be had.
        """
        found: list[SearchPart] = []
        for whole in parts:
            seconds = bin_seconds(whole.window)
            asked = [(part, count_string(seconds)) for part in counts_of(whole)]
            with closing(self._together(asked)) as counted:
                for part, rows in counted:
                    found += cut(part, rows, seconds) if rows is not None else part.halves()
        return tuple(sorted(found, key=lambda part: part.window.start))

    def read(self, parts: Sequence[SearchPart]) -> Generator[PartRead, None, None]:
        """Each part's events, once: one pass. A part that turns out to hold more is cut and read again.

        NotSearchableError where Insights is not to be had; KeyboardInterrupt once the searches under way are stopped.
        """
        self.left = tuple(parts)
        while self.left:
            failed: list[SearchPart] = []
            too_full: list[SearchPart] = []
            with closing(self._together([(part, query_string()) for part in self.left])) as ended:
                for part, rows in ended:
                    full = rows is None or len(rows) >= MOST_RESULTS
                    self._failed += rows is None
                    is_lost = rows is None and self._failed > MOST_FAILED
                    if full and part.window.seconds > 1 and not is_lost:
                        (failed if rows is None else too_full).append(part)
                        continue
                    self.left = tuple(one for one in self.left if one != part)
                    events = tuple(_event(row) for row in rows or ())
                    unread = (part.lines or 0) if rows is None else _unread(part, events) if full else 0
                    yield PartRead(events=events, unread=unread, failed=rows is None)
            if self.left:
                halves = (half for part in failed for half in part.halves())
                self.left = (*halves, *self.planned(too_full))

    def filtered(self, group: str, window: Window) -> Iterator[LogEvent]:
        """Search one group with FilterLogEvents, page by page; NotSearchableError where that is refused too."""
        token: dict[str, str] = {}
        pages = 0
        while True:
            read = FILTER.of(
                logGroupName=group,
                startTime=window.start * 1000,
                endTime=window.end * 1000,
                filterPattern=filter_pattern(),
                **token,  # type: ignore[arg-type]  # the operation's own parameter
            )
            (answer,) = self._answers((read,))
            if not isinstance(answer, Answer):
                raise NotSearchableError(answer)
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

    def _together(
        self, searches: Sequence[tuple[SearchPart, str]]
    ) -> Generator[tuple[SearchPart, list[dict[str, str]] | None], None, None]:
        """Each search's rows as it ends, None where it failed; at most AT_ONCE are under way."""
        waiting = deque(searches)
        try:
            while waiting or self._running:
                self._start(waiting)
                yield from self._ended()
                if self._running:
                    self._progress(
                        f"{len(waiting) + len(self._running)} searches to go, {self.scanned / 1e9:.2f} GB searched"
                    )
                    self._sleep(POLL_SECONDS)
        finally:
            if self._running:
                self._answers(tuple(STOP.of(queryId=query) for query in self._running))
                self._running.clear()

    def _start(self, waiting: deque[tuple[SearchPart, str]]) -> None:
        """What there is no room for waits for the next turn, as long as another is under way."""
        chosen = [waiting.popleft() for _ in range(min(AT_ONCE - len(self._running), len(waiting)))]
        for (part, text), reply in zip(
            chosen, self._answers(tuple(_query(*one) for one in chosen)), strict=True
        ):
            if isinstance(reply, Answer):
                self._running[reply.text("queryId")] = (part, text)
            else:
                waiting.append((part, text))
                refused = reply
        if chosen and not self._running:
            raise NotSearchableError(refused)

    def _ended(self) -> Iterator[tuple[SearchPart, list[dict[str, str]] | None]]:
        replies = self._answers(tuple(RESULTS.of(queryId=query) for query in self._running))
        for query, reply in zip(list(self._running), replies, strict=True):
            if not isinstance(reply, Answer):
                self._refused += 1
                if reply.failure in TRANSIENT and self._refused <= MOST_REFUSED:
                    continue
                raise NotSearchableError(reply)
            self._refused = 0
            if reply.text("status") in DONE:
                part, _ = self._running.pop(query)
                searched = reply.at("statistics", "bytesScanned")
                self.scanned += float(searched) if isinstance(searched, (int, float)) else 0.0
                yield part, _rows(reply) if reply.text("status") == COMPLETE else None

    def _answers(self, reads: tuple[Read, ...]) -> tuple[Reply, ...]:
        return self._reader.run(asked(reads)) if reads else ()


def query_string() -> str:
    """The filter pattern as an Insights query: the same terms, any of which may stand in the message."""
    return f"fields @timestamp, @log, @logStream, @message, @ptr | {_filter()} | sort @timestamp asc"


def count_string(seconds: int) -> str:
    """How many lines match, by bins of so many seconds."""
    return f"{_filter()} | stats count(*) as lines by bin({seconds}s) as at | sort at asc"


def _filter() -> str:
    either = "|".join(re.escape(term).replace("/", r"\/").replace(r"\ ", " ") for term in filter_terms())
    return f"filter @message like /{either}/"


def _query(part: SearchPart, text: str) -> Read:
    return START.of(
        logGroupNames=list(part.groups),
        startTime=part.window.start,
        endTime=part.window.end - 1,
        queryString=text,
        limit=MOST_RESULTS,
    )


def _rows(answer: Answer) -> list[dict[str, str]]:
    results = answer.at("results")
    return [
        {str(cell.get("field")): str(cell.get("value", "")) for cell in row}
        for row in (results if isinstance(results, list) else [])
    ]


def _unread(part: SearchPart, events: Sequence[LogEvent]) -> int:
    """What a full search of one second left; where nobody counted it, one line at least."""
    return max(part.lines - len(events), 0) if part.lines is not None else 1


def _event(row: dict[str, str]) -> LogEvent:
    account, _, group = row.get("@log", "").partition(":")
    return LogEvent(
        message=row.get("@message", ""),
        log_group=group or account,
        log_stream=row.get("@logStream", ""),
        timestamp=milliseconds_of(row.get("@timestamp", "")),
        id=row.get("@ptr", ""),
        account=account if group else "",
    )
