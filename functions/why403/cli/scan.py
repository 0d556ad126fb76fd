"""`why403 scan`: the denials in log groups' recent events, grouped by cause. It only reads."""

import sys
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass

import click

from why403.aws.log_groups import bytes_within, look_up
from why403.aws.log_search import LogSearch, NotSearchableError
from why403.aws.log_search_parts import SearchPart, Window, parts_of, within
from why403.aws.reader import Reader
from why403.aws.whoami import whoami
from why403.cli.options import credentials, seconds
from why403.cli.scan_causes import Causes, ScanState
from why403.cli.terminal import json_line
from why403.errors import NoAccessError
from why403.notices.inert import WHOLE, inert
from why403.reads import Failure, Unreadable

SCANNED, USAGE, NOTHING_READ, INTERRUPTED = 0, 2, 3, 130
"""Exit statuses; 130 is a shell's own for Ctrl-C, 128 and the signal's number."""
DOLLARS_A_GIGABYTE = {"us-east-1": 0.005, "ap-northeast-1": 0.0076}
"""What Insights asks for a gigabyte that it searches. https://aws.amazon.com/cloudwatch/pricing/"""
AT_MOST_DOLLARS = 0.01
"""For the Regions whose price is not noted above: more than any that is, so that the estimate stays an upper bound."""
PLANNED_FROM = 1e9
"""Bytes from which on lines are counted before they are read: two passes, whatever there is. Below, mostly one."""
PASSES, PASSES_OF_LITTLE = 2, 3
"""The most that a scan searches everything: to count and to read; of little, to read, count and read again."""
MOST_LINES = 200_000
"""Six seconds of CPU at 30 microseconds each, and twenty answers of Insights' 10,000 rows."""
MOST_GIGABYTES = 50.0
"""A quarter of a dollar in us-east-1: what one runs without asking."""
EXAMPLES = """\
\b
examples:
  why403 scan --log-group scout-admin-dev --since 24h
  why403 scan --log-group /aws/lambda/orders --log-group /ecs/web --since 7d --json
\b
exit status: 0 scanned, 2 usage, 3 nothing could be read, 130 interrupted (what was found is printed)"""


@click.command("scan", epilog=EXAMPLES)
@click.option("--log-group", multiple=True, required=True, help="Where to search; may be repeated.")
@click.option("--since", default="24h", callback=seconds, help="How far back: 30m, 24h, 7d (default: 24h).")
@credentials
@click.option("--max-gb", type=float, default=MOST_GIGABYTES, help="Ask before searching more (default: 50).")
@click.option(
    "--max-lines",
    type=click.IntRange(min=1),
    default=MOST_LINES,
    help="Read about so many lines, evenly spread, and count the others (default: 200,000).",
)
@click.option("--state", default="", help="A file to go on from, should this scan be interrupted.")
@click.option("--json", "as_json", is_flag=True, help="One object a cause, as JSON Lines.")
def command(  # one for each option
    log_group: tuple[str, ...],
    since: int,
    region: str,
    max_gb: float,
    max_lines: int,
    state: str,
    *,
    as_json: bool,
) -> int:
    """Find the denials in log groups' recent events, and group them by cause."""
    try:
        identity = whoami(region)
    except NoAccessError as error:
        return _stop(str(error), NOTHING_READ)
    reader = Reader(identity.place)
    groups, missing = look_up(reader, tuple(dict.fromkeys(log_group)))
    for name, code in missing.items():
        _tell(f"{name}: {_why_missing(code, identity.place.region)}")
    if not groups:
        return NOTHING_READ
    names = tuple(group.name for group in groups)
    causes, kept = Causes(identity.place.account), ScanState(state)
    left = kept.found(names, causes)
    search = LogSearch(reader, time.sleep, _progress)
    now = int(time.time())
    scan = Scan(search, names, Window(max(0, now - since), now), causes, kept, max_lines)
    if left is not None:
        _tell(f"Going on from {state}: {len(left)} searches to go.")
        status = scan.finish(left)
    else:
        size = bytes_within(reader, groups, now - since, now)
        if not _is_affordable(size, len(groups), identity.place.region, max_gb):
            return USAGE
        status = scan.begin(planned=size >= PLANNED_FROM)
    print(json_lines(causes) if as_json else inert(causes.text(), WHOLE), end="")
    return status


@dataclass(frozen=True, slots=True)
class Scan:
    """One scan: what it searches, and what it found so far."""

    search: LogSearch
    groups: tuple[str, ...]
    window: Window
    causes: Causes
    kept: ScanState
    most: int
    """Lines to read."""

    def begin(self, *, planned: bool) -> int:
        """From the start; the exit status."""
        parts = parts_of(self.groups, self.window)
        return self._told(lambda: self._read(parts, planned=planned))

    def finish(self, left: tuple[SearchPart, ...]) -> int:
        """What an interrupted scan left; the exit status."""
        return self._told(lambda: self._read(left, planned=False))

    def _planned(self, parts: tuple[SearchPart, ...]) -> tuple[SearchPart, ...]:
        """Counted and cut; where there are more lines than are to be read, some of the parts."""
        counted = self.search.planned(parts)
        chosen = within(counted, self.most)
        self.causes.unread += sum(part.lines or 0 for part in set(counted) - set(chosen))
        return chosen

    def _told(self, read: Callable[[], None]) -> int:
        try:
            read()
        except KeyboardInterrupt:
            again = f" The same command goes on from {self.kept.path}." if self.kept.path else ""
            _tell(f"Interrupted: this is what was found until then.{again}")
            return INTERRUPTED
        except NotSearchableError as refused:
            return _stop(_why_refused(refused), SCANNED if self.causes.lines else NOTHING_READ)
        self.kept.drop()
        if self.causes.failed:
            _tell(
                f"{self.causes.failed} searches failed again and again: what they would have found is not counted. "
                "Try a shorter --since, or fewer groups."
            )
        if self.causes.unread:
            _tell(
                f"{self.causes.unread:,} more lines match and were not read: every count is one of at least so many. "
                "A larger --max-lines reads them."
            )
        return NOTHING_READ if self.causes.failed and not self.causes.lines else SCANNED

    def _read(self, parts: tuple[SearchPart, ...], *, planned: bool) -> None:
        """Each event once, also where Insights gives up halfway."""
        self.search.left = parts
        try:
            chosen = self._planned(parts) if planned else parts
            self.kept.keep(self.groups, chosen, self.causes)
            with closing(self.search.read(chosen)) as found:
                for part in found:
                    for event in part.events:
                        self.causes.add(event)
                    self.causes.unread += part.unread
                    self.causes.failed += part.failed
                    self.kept.keep(self.groups, self.search.left, self.causes)
        except NotSearchableError as refused:
            _tell(
                f"{_why_refused(refused)} FilterLogEvents is used instead: five calls a second, so this takes longer."
            )
            for left in self.search.left:
                for group in left.groups:
                    for event in self.search.filtered(group, left.window):
                        self.causes.add(event)


def json_lines(causes: Causes) -> str:
    """One object a cause, most lines first."""
    return "".join(f"{json_line(cause)}\n" for cause in causes.objects())


def _is_affordable(searched: int, groups: int, region: str, most: float) -> bool:
    size = searched / 1e9
    passes = PASSES if searched >= PLANNED_FROM else PASSES_OF_LITTLE
    price = DOLLARS_A_GIGABYTE.get(region, AT_MOST_DOLLARS)
    noted = "" if region in DOLLARS_A_GIGABYTE else f", reckoned with {price} USD a GB for {region}"
    _tell(
        f"{groups} log group(s), at most {size:.2f} GB, searched at most {passes} times: "
        f"at most {size * passes * price:.2f} USD with CloudWatch Logs Insights{noted}."
    )
    if size <= most:
        return True
    if not sys.stdin.isatty():
        _tell(f"That is more than --max-gb {most:g}. Choose a shorter --since, or a larger --max-gb.")
        return False
    sys.stderr.write(f"That is more than --max-gb {most:g}. Go on? [y/N] ")
    return sys.stdin.readline().strip().lower() in {"y", "yes"}


def _why_missing(error: str, region: str) -> str:
    if error == "absent":
        return f"there is no such log group in {region}. Is it the right Region (--region) and account?"
    return f"it could not be looked up ({error}). It takes logs:DescribeLogGroups."


def _why_refused(refused: NotSearchableError) -> str:
    reply = refused.reply
    if not isinstance(reply, Unreadable):
        return "The search ended without an answer."
    cure = f" It takes {reply.cure}." if reply.failure is Failure.REFUSED and reply.cure else ""
    return f"{reply.read.call} failed ({reply.error}).{cure}"


def _progress(sentence: str) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\033[K{sentence}")
        sys.stderr.flush()
    else:
        _tell(sentence)


def _tell(sentence: str) -> None:
    start = "\r\033[K" if sys.stderr.isatty() else ""
    print(f"{start}why403 scan: {sentence}", file=sys.stderr)


def _stop(sentence: str, status: int) -> int:
    _tell(sentence)
    return status
