"""`why403 scan`: the denials in log groups' recent events, grouped by cause. It only reads."""

import json
import sys
import time
from collections import Counter
from collections.abc import Iterator

import click

from why403.aws.log_groups import LogGroup, look_up
from why403.aws.log_search import LogSearch, NotSearchableError, SearchInterrupted, Window
from why403.aws.reader import Reader
from why403.aws.whoami import whoami
from why403.cli.app import ran
from why403.cli.options import credentials, seconds
from why403.cli.scan_causes import Causes
from why403.errors import NoAccessError
from why403.log_events.log_event import LogEvent
from why403.reads import Failure, Unreadable

SCANNED, USAGE, NOTHING_READ, INTERRUPTED = 0, 2, 3, 130
DOLLARS_A_GIGABYTE = 0.0076
"""Insights, Tokyo; 0.005 in us-east-1. https://aws.amazon.com/cloudwatch/pricing/"""
MOST_GIGABYTES = 50.0
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
@click.option("--json", "as_json", is_flag=True, help="One object a cause, as JSON Lines.")
def command(log_group: tuple[str, ...], since: int, region: str, max_gb: float, *, as_json: bool) -> int:
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
    now = int(time.time())
    window = Window(now - since, now)
    if not _is_affordable(groups, window, max_gb):
        return USAGE
    causes = Causes(identity.place.account)
    status = _search(LogSearch(reader, time.sleep, _progress), groups, window, causes)
    print(json_lines(causes) if as_json else causes.text(), end="")
    return status


def run(arguments: list[str]) -> int:
    """Search, group and print; the exit status."""
    return ran(command, "why403 scan", arguments)


def _search(search: LogSearch, groups: tuple[LogGroup, ...], window: Window, causes: Causes) -> int:
    try:
        for event in _events(search, groups, window):
            causes.add(event)
    except SearchInterrupted as interrupted:
        for event in interrupted.found:
            causes.add(event)
        _tell("Interrupted: this is what was found until then.")
        return INTERRUPTED
    except KeyboardInterrupt:
        _tell("Interrupted: this is what was found until then.")
        return INTERRUPTED
    except NotSearchableError as refused:
        return _stop(_why_refused(refused), SCANNED if causes.lines else NOTHING_READ)
    return SCANNED


def _events(search: LogSearch, groups: tuple[LogGroup, ...], window: Window) -> Iterator[LogEvent]:
    """Each event once, also where Insights gives up halfway."""
    told: Counter[int] = Counter()
    try:
        for event in search.insights([group.name for group in groups], window):
            told[_mark(event)] += 1
            yield event
    except NotSearchableError as refused:
        _tell(
            f"{_why_refused(refused)} FilterLogEvents is used instead: five calls a second, so this takes longer."
        )
        for group in groups:
            yield from _new(search.filtered(group.name, window), told)


def _new(events: Iterator[LogEvent], told: Counter[int]) -> Iterator[LogEvent]:
    for event in events:
        if told[_mark(event)]:
            told[_mark(event)] -= 1
        else:
            yield event


def _mark(event: LogEvent) -> int:
    return hash((event.log_group, event.log_stream, event.timestamp, event.message))


def json_lines(causes: Causes) -> str:
    """One object a cause, most lines first."""
    return "".join(f"{json.dumps(cause, ensure_ascii=False)}\n" for cause in causes.objects())


def _is_affordable(groups: tuple[LogGroup, ...], window: Window, most: float) -> bool:
    size = sum(group.bytes_within(window.start * 1000, window.end * 1000) for group in groups) / 1e9
    _tell(
        f"{len(groups)} log group(s), about {size:.2f} GB to search: "
        f"about {size * DOLLARS_A_GIGABYTE:.2f} USD with CloudWatch Logs Insights."
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
