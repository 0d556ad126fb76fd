"""The daily count of lines: what matches in the log groups, against what was counted.

CloudWatch Logs may drop what a function cannot take in time; nothing tells of it but the difference. Hours are
compared whole, by the events' own times, six hours after the fact: until then a delivery may still be tried again.
https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from why403.denials.filter_terms import filter_pattern
from why403.iam.glob import is_wild
from why403.incidents import history
from why403.incidents.hours import DAY, HOUR, start_of_hour
from why403.incidents.log_groups import (
    DESCRIBE_FILTERS,
    DESCRIBE_LOG_GROUPS,
    DESCRIBE_TAGGED,
    LogGroups,
    group_of_arn,
    group_with_tags,
)
from why403.incidents.metric_names import Metric
from why403.incidents.table import IncidentTable
from why403.reads import Answer, BlindSpot, Failure, Plan, Unreadable

NO_TAGS: Mapping[str, str] = MappingProxyType({})
MOST_TOLD = 20
"""Rows of a message: who sees twenty groups with missing lines looks for one reason, and the count tells the rest."""
WHAT_IT_MEANS = (
    "CloudWatch Logs drops what a function cannot take in time, or has not been let to send. An incident may have "
    "gone untold. Look for it with: why403 scan --log-group <group> --since 48h; the runbook lines-uncounted says "
    "how to find the reason (throttles, a missing permission, a filter that was removed)."
)
SETTLED_MS = 6 * HOUR
"""Lambda tries an asynchronous event for six hours at most."""
WINDOW_HOURS = 24
"""It runs once a day, and each hour is to be counted once."""
PAGES = 10
"""Pages of an hour that are read at most: some 10 MB of matching lines. An hour with more is left unchecked."""
GROUP_PAGES = 100
"""Pages of a glob or of tags: 5,000 log groups, for which a run waits some two minutes at its share of DescribeLogGroups."""
GROUPS = 40
"""Log groups of one run: FilterLogEvents takes a few calls a second in an account."""
HOURS_A_ROUND = 6
"""Reads asked at once: FilterLogEvents takes some five a second; a whole round that fails is no hour's own fault."""
FILTER_LOG_EVENTS = history.FILTER_LOG_EVENTS.used_for(
    "Counting yesterday's matching lines against the lines that reached us, to tell of dropped ones.",
    cache_seconds=0,
    timeout_seconds=60.0,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Uncounted:
    """An hour of a log group with more matching lines than were counted."""

    log_group: str
    hour: int
    matching: int
    counted: int

    @property
    def lines(self) -> int:
        """How many are missing."""
        return self.matching - self.counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciliation:
    """What one run found. `unchecked`: (log group, hour) pairs that could not be counted."""

    uncounted: tuple[Uncounted, ...] = ()
    unchecked: int = 0
    unreadable: tuple[BlindSpot, ...] = ()
    groups_left: int = 0
    """Log groups beyond the budget: they take turns, day by day."""

    @property
    def missing(self) -> int:
        """Lines that were never counted."""
        return sum(hour.lines for hour in self.uncounted)

    @property
    def metrics(self) -> Mapping[Metric, int]:
        """What to publish of it."""
        return {Metric.LINES_UNCOUNTED: self.missing, Metric.HOURS_UNCHECKED: self.unchecked}


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundGroups:
    """The log groups that the settings mean; what could not be listed is no proof that there are none."""

    names: tuple[str, ...]
    unreadable: tuple[BlindSpot, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupCount:
    """The matching lines of a log group by the start of the hour; hours that could not be counted are not in it."""

    log_group: str
    hours: Mapping[int, int]
    unchecked: int = 0
    unreadable: tuple[BlindSpot, ...] = ()


def reconcile(
    table: IncidentTable,
    ask: Callable[[Plan[Any]], Any],
    log_groups: LogGroups,
    tags: Mapping[str, str] = NO_TAGS,
    *,
    now: int,
) -> Reconciliation:
    """Compare the last 24 settled hours of each log group, those with all of the tags among them. `ask` runs a plan (aws/reader.py)."""
    hours = window(now)
    found: FoundGroups = ask(find_groups(log_groups, tags))
    uncounted: list[Uncounted] = []
    unreadable = list(found.unreadable)
    unchecked = len(hours) * len(found.unreadable)
    for group in _todays(found.names, now):
        matching = ask(count_matching(group, hours))
        counted = table.group_lines(group, hours[0], hours[-1])
        missing = tuple(compare(matching, counted))
        uncounted += due(missing, counted, ask(watched_since(group))) if missing else ()
        unreadable += matching.unreadable
        unchecked += matching.unchecked
    return Reconciliation(
        uncounted=tuple(uncounted),
        unchecked=unchecked,
        unreadable=tuple(dict.fromkeys(unreadable)),
        groups_left=max(0, len(found.names) - GROUPS),
    )


def report(found: Reconciliation) -> str:
    """Plain text for whoever runs why403: what is missing or unknown, what it means, what to do. Empty: nothing is."""
    parts = [part for part in (_told_missing(found), _told_unreadable(found)) if part]
    return "\n\n".join(parts)


def _told_missing(found: Reconciliation) -> str:
    if not found.uncounted:
        return ""
    told = sorted(found.uncounted, key=lambda hour: -hour.lines)[:MOST_TOLD]
    more = len(found.uncounted) - len(told)
    lines = [
        f"{found.missing:,} log lines of denials never reached why403, in {len(found.uncounted)} hours:",
        *(
            f"  {_hour(hour.hour)}  {hour.log_group}: {hour.matching:,} match, {hour.counted:,} were counted"
            for hour in told
        ),
        *([f"  … and {more} hours more"] if more else []),
        "",
        WHAT_IT_MEANS,
    ]
    return "\n".join(lines)


def _told_unreadable(found: Reconciliation) -> str:
    if not found.unreadable:
        return ""
    told = found.unreadable[:MOST_TOLD]
    lines = [
        "Whether lines are missing could not be found out everywhere:",
        *(f"  {spot.subject}: {spot.call} answered {spot.error}" for spot in told),
        *([f"  … and {len(found.unreadable) - len(told)} more"] if len(found.unreadable) > len(told) else []),
        "Let the role of why403's recheck function make these calls (docs/permissions.md), or wait for tomorrow's count.",
    ]
    return "\n".join(lines)


def _todays(groups: tuple[str, ...], now: int) -> tuple[str, ...]:
    """All of them where the budget allows, else another part each day."""
    if len(groups) <= GROUPS:
        return groups
    start = (now // DAY * GROUPS) % len(groups)
    return (*groups[start:], *groups[:start])[:GROUPS]


def _hour(start: int) -> str:
    return datetime.fromtimestamp(start / 1000, UTC).strftime("%Y-%m-%d %H:00 UTC")


def window(now: int) -> tuple[int, ...]:
    """The starts of the 24 whole hours that are settled at `now`, oldest first."""
    end = start_of_hour(now - SETTLED_MS)
    return tuple(end - HOUR * back for back in range(WINDOW_HOURS, 0, -1))


def find_groups(log_groups: LogGroups, tags: Mapping[str, str]) -> Plan[FoundGroups]:
    """The names that the settings mean: those without a wildcard as they stand, globs and tags looked up. One round."""
    named = [glob for glob in log_groups.include if not is_wild(glob)]
    reads = {glob: _groups_like(glob) for glob in log_groups.include if is_wild(glob)}
    if tags:
        reads["log_group_tags"] = DESCRIBE_TAGGED.of(pages=GROUP_PAGES, **group_with_tags(tags))
    replies = (yield tuple(reads.values())) if reads else ()
    listed: list[str] = []
    tagged: list[str] = []
    unreadable: list[BlindSpot] = []
    for (asked, read), reply in zip(reads.items(), replies, strict=True):
        match reply:
            case Answer():
                listed += [str(group.get("logGroupName", "")) for group in reply.items("logGroups")]
                arns = (str(found.get("ResourceARN", "")) for found in reply.items("ResourceTagMappingList"))
                tagged += map(group_of_arn, arns)
                if reply.truncated:
                    unreadable.append(BlindSpot(read.call, f"more than {GROUP_PAGES} pages", subject=asked))
            case Unreadable():
                unreadable.append(reply.spot(asked))
    meant = replace(log_groups, tagged=frozenset(tagged))
    return FoundGroups(
        names=tuple(filter(meant.accept, dict.fromkeys((*named, *listed, *tagged)))),
        unreadable=tuple(unreadable),
    )


def count_matching(log_group: str, hours: Sequence[int]) -> Plan[GroupCount]:
    """Count the lines that the subscription should have sent, hour by hour, some hours a round."""
    counted: dict[int, int] = {}
    unreadable: list[BlindSpot] = []
    for start in range(0, len(hours), HOURS_A_ROUND):
        asked = hours[start : start + HOURS_A_ROUND]
        replies = yield tuple(_lines_of(log_group, hour) for hour in asked)
        for hour, reply in zip(asked, replies, strict=True):
            match reply:
                case Answer(truncated=False):
                    counted[hour] = len({_event_id(event) for event in reply.items("events")})
                case Answer():
                    continue
                case Unreadable(failure=Failure.ABSENT):
                    counted[hour] = 0
                case Unreadable():
                    unreadable.append(reply.spot(log_group))
        if len(unreadable) >= HOURS_A_ROUND:
            break
    return GroupCount(
        log_group=log_group,
        hours=counted,
        unchecked=len(hours) - len(counted),
        unreadable=tuple(dict.fromkeys(unreadable)),
    )


def compare(matching: GroupCount, counted: Mapping[int, int]) -> Iterable[Uncounted]:
    """The hours of which fewer lines were counted than match. More is none of it: lines expire from the group."""
    for hour, lines in sorted(matching.hours.items()):
        if lines > counted.get(hour, 0):
            yield Uncounted(
                log_group=matching.log_group, hour=hour, matching=lines, counted=counted.get(hour, 0)
            )


def watched_since(log_group: str) -> Plan[int]:
    """When the group's filter of ours was put there, known by its pattern; 0 where none is, or that cannot be read."""
    (reply,) = yield (DESCRIBE_FILTERS.of(logGroupName=log_group),)
    filters = reply.items("subscriptionFilters") if isinstance(reply, Answer) else ()
    ours = (one for one in filters if one.get("filterPattern") == filter_pattern())
    return min((int(one.get("creationTime") or 0) for one in ours), default=0)


def due(missing: Sequence[Uncounted], counted: Mapping[int, int], since: int) -> tuple[Uncounted, ...]:
    """Without the hours that began before the group was watched: it was just named, or tagged.

    A group of which lines had come before that lost its filter and has it again: what was lost between is told.
    """
    if any(lines for hour, lines in counted.items() if hour + HOUR <= since):
        return tuple(missing)
    return tuple(one for one in missing if one.hour >= since)


def _lines_of(log_group: str, hour: int) -> Any:  # noqa: ANN401
    return FILTER_LOG_EVENTS.of(
        logGroupName=log_group,
        filterPattern=filter_pattern(),
        startTime=hour,
        endTime=hour + HOUR - 1,
        pages=PAGES,
    )


def _groups_like(glob: str) -> Any:  # noqa: ANN401
    prefix = glob.partition("*")[0].partition("?")[0]
    return DESCRIBE_LOG_GROUPS.of(pages=GROUP_PAGES, **({"logGroupNamePrefix": prefix} if prefix else {}))


def _event_id(event: Mapping[str, Any]) -> str:
    return str(event.get("eventId", ""))
