"""The daily count of lines: what matches in the log groups, against what was counted."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from why403.incidents.hours import DAY
from why403.incidents.log_groups import LogGroups
from why403.incidents.metric_names import Metric
from why403.incidents.reconciliation import (
    GROUPS,
    FoundGroups,
    Uncounted,
    compare,
    count_matching,
    find_groups,
    window,
)
from why403.incidents.table import IncidentTable
from why403.reads import BlindSpot, Plan

NO_TAGS: Mapping[str, str] = MappingProxyType({})
MOST_TOLD = 20
"""Rows of a message: who sees twenty groups with missing lines looks for one reason, and the count tells the rest."""
WHAT_IT_MEANS = (
    "CloudWatch Logs drops what a function cannot take in time, or has not been let to send. An incident may have "
    "gone untold. Look for it with: why403 scan --log-group <group> --since 48h; the runbook lines-uncounted says "
    "how to find the reason (throttles, a missing permission, a filter that was removed)."
)


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
        uncounted += compare(matching, table.group_lines(group, hours[0], hours[-1]))
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
