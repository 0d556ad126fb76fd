"""What is known of log groups before they are searched or subscribed to.

https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeLogGroups.html
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import get_close_matches
from typing import Any

from why403.aws.reader import Reader
from why403.incidents.log_groups import DESCRIBE_FILTERS, DESCRIBE_LOG_GROUPS
from why403.reads import Answer, DeclaredRead, Read, Reply, Unreadable, asked

GROUPS = DESCRIBE_LOG_GROUPS.used_for(
    "See whether a log group is there, and its size.", cache_seconds=60, by_person=True
)
FILTERS = DESCRIBE_FILTERS.used_for("See whether a subscription filter is free.", by_person=True)
LETTERS_THAT_HOLD = 3
"""Of a name without folders: what somebody who mistypes a name has right as a rule."""
LIKE = 0.7
"""How much of two names is the same, by difflib's count: `scout-admin-dv` and `scout-admin-dev` 0.97."""


INGESTED = DeclaredRead(
    "cloudwatch",
    "GetMetricStatistics",
    "See how much a log group took in: the most that a search of it reads.",
    by_person=True,
)
MOST_POINTS = 1_440
"""GetMetricStatistics returns no more points."""
AROUND_SECONDS = 3_600
"""Lines arrive some time after the moment that they are of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogGroup:
    """`retention_days` 0: kept for ever."""

    name: str
    stored_bytes: int = 0
    retention_days: int = 0
    log_class: str = ""
    """`STANDARD`, `INFREQUENT_ACCESS`, `DELIVERY`."""


def look_up(reader: Reader, names: tuple[str, ...]) -> tuple[tuple[LogGroup, ...], dict[str, str]]:
    """The groups that are there, and for the others why not: `absent`, or AWS's error code."""
    replies: tuple[Reply, ...] = reader.run(
        asked(tuple(GROUPS.of(logGroupNamePrefix=name) for name in names))
    )
    found, missing = [], {}
    for name, reply in zip(names, replies, strict=True):
        if isinstance(reply, Unreadable):
            missing[name] = reply.error
            continue
        group = next((one for one in reply.items("logGroups") if one.get("logGroupName") == name), None)
        if group is None:
            missing[name] = "absent"
            continue
        found.append(
            LogGroup(
                name=name,
                stored_bytes=int(group.get("storedBytes") or 0),
                retention_days=int(group.get("retentionInDays") or 0),
                log_class=str(group.get("logGroupClass") or ""),
            )
        )
    return tuple(found), missing


def names_like(reader: Reader, name: str) -> tuple[str, ...]:
    """Up to three groups that are there and may have been meant by a name that is not."""
    folder, _, last = name.rpartition("/")
    begins = f"{folder}/" if folder else name[:LETTERS_THAT_HOLD]
    reads = [GROUPS.of(logGroupNamePrefix=begins)] if begins else []
    if last:
        reads.append(GROUPS.of(logGroupNamePattern=last))
    replies: tuple[Reply, ...] = reader.run(asked(tuple(reads)))
    there = {str(group.get("logGroupName", "")) for reply in replies for group in _groups(reply)}
    return tuple(get_close_matches(name, sorted(there), n=3, cutoff=LIKE))


def bytes_within(reader: Reader, groups: tuple[LogGroup, ...], start: int, end: int) -> int:
    """The most that a search of the groups from `start` to `end` (seconds) reads.

    What they took in over that time, as CloudWatch's metric tells; all that they store where it cannot be read.
    """
    replies = reader.run(asked(_ingested(tuple(group.name for group in groups), start, end)))
    return sum(
        sum(int(point.get("Sum") or 0) for point in reply.items("Datapoints"))
        if isinstance(reply, Answer) and reply.items("Datapoints")
        else group.stored_bytes
        for group, reply in zip(groups, replies, strict=True)
    )


def _ingested(names: tuple[str, ...], start: int, end: int) -> tuple[Read, ...]:
    first, last = start - AROUND_SECONDS, end + AROUND_SECONDS
    period = (-(-(last - first) // MOST_POINTS) // 60 + 1) * 60
    return tuple(
        INGESTED.of(
            Namespace="AWS/Logs",
            MetricName="IncomingBytes",
            Dimensions=[{"Name": "LogGroupName", "Value": name}],
            StartTime=datetime.fromtimestamp(first, UTC),
            EndTime=datetime.fromtimestamp(last, UTC),
            Period=period,
            Statistics=["Sum"],
        )
        for name in names
    )


def filters_of(reader: Reader, name: str) -> tuple[Mapping[str, Any], ...] | Unreadable:
    """The group's subscription filters, as AWS writes them."""
    (reply,) = reader.run(asked((FILTERS.of(logGroupName=name),)))
    return reply.items("subscriptionFilters") if isinstance(reply, Answer) else reply


def _groups(reply: Reply) -> list[Mapping[str, Any]]:
    return list(reply.items("logGroups")) if isinstance(reply, Answer) else []
