"""No API is called faster than its account allows: a storm must not take the quota from the application.

Each process keeps to its share. What an account allows all callers together has one lane: whoever calls takes a turn in
the table first, the moment from which on the next call may be made. It is moved on by a conditional write: one where
nobody waits, a second where somebody does.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/WorkingWithItems.html
Figures: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html and
https://docs.aws.amazon.com/awscloudtrail/latest/userguide/WhatIsCloudTrail-Limits.html; where a service
publishes none, a careful one.
"""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from threading import Lock
from typing import Any, Protocol

from why403.aws.incident_table import milliseconds
from why403.aws.incident_table_calls import TableCalls
from why403.aws.incident_table_items import item, key, number
from why403.errors import StoreError
from why403.incidents.table_keys import LANE, Partition

DEFAULT = "_default"
KEPT_SECONDS = 24 * 60 * 60
"""A day: no turn is given that far ahead, and the table lets go of a channel in which nobody speaks."""
NEXT = "next_turn"


class Lanes(Protocol):
    """Turns that processes share: aws/rates.py."""

    def wait(self, lane: str, every: float, within: float) -> float:
        """Seconds until our turn comes; more than `within` where none was taken. StoreError where nobody can tell."""


@dataclass(slots=True)
class _Bucket:
    tokens: float
    filled_at: float


class Rates:
    """A token bucket for each API, account and Region. Safe to share between threads.

    Of what rates.json calls an account's, `lanes` gives each call its turn among those of all processes. Without them,
    and where they fail, `share` is the part that this process may take: each would take the whole of it.
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        share: float = 1.0,
        lanes: Lanes | None = None,
    ) -> None:
        self._clock = clock
        self._share = share
        self._lanes = lanes
        self._buckets: dict[tuple[str, str, str], _Bucket] = {}
        self._lock = Lock()

    def reserve(self, call: str, account: str = "", region: str = "", within: float = 60.0) -> float:
        """Take a turn of `call` (`logs:FilterLogEvents`); the seconds to wait until it comes.

        Of a lane none is taken that would come later than `within`.
        """
        if self._lanes is not None and is_accounts(call):
            try:
                return self._lanes.wait(f"{call} {account} {region}", 1 / rate_of(call)[0], within)
            except StoreError:
                pass  # its own share then, as without lanes
        per_second, burst = rate_of(call, self._share)
        with self._lock:
            now = self._clock()
            bucket = self._buckets.setdefault((call, account, region), _Bucket(burst, now))
            bucket.tokens = min(burst, bucket.tokens + (now - bucket.filled_at) * per_second)
            bucket.filled_at = now
            bucket.tokens -= 1
            return max(0.0, -bucket.tokens / per_second)


class TableLanes:
    """`client` is boto3's DynamoDB client; `clock` gives milliseconds since the epoch."""

    def __init__(
        self,
        client: Any,  # noqa: ANN401  # boto3's clients have no static type
        table_name: str,
        clock: Callable[[], int] = milliseconds,
    ) -> None:
        self._calls = TableCalls(client, table_name)
        self._clock = clock

    def wait(self, lane: str, every: float, within: float) -> float:
        """Seconds until the turn that was taken comes, where a lane has one `every` so many.

        None is taken where it would come later than `within`: more than that is told. StoreError where the table fails.
        """
        now, gap = self._clock(), round(every * 1000)
        at = key(Partition.LANE.of(lane), "turn")
        if self._took_free(at, now, gap):
            return 0.0
        latest = now + round(within * 1000)
        added = {":gap": number(gap), ":latest": number(latest)}
        moved = self._calls.changed(
            at,
            UpdateExpression=f"ADD {NEXT} :gap",
            ConditionExpression=f"{NEXT} <= :latest",
            ExpressionAttributeValues=added,
        )
        if moved is None:
            return within + every
        return max(0, int(moved[NEXT]["N"]) - gap - now) / 1000

    def _took_free(self, at: dict[str, Any], now: int, gap: int) -> bool:
        """Whether nobody had a turn now or later, and this one is ours."""
        written = {**item(LANE, {}, now // 1000 + KEPT_SECONDS), NEXT: number(now + gap)}
        return self._calls.update(
            at,
            UpdateExpression="SET " + ", ".join(f"#{name} = :{name}" for name in written),
            ConditionExpression=f"attribute_not_exists(#{NEXT}) OR #{NEXT} <= :now",
            ExpressionAttributeNames={f"#{name}": name for name in written},
            ExpressionAttributeValues={
                **{f":{name}": value for name, value in written.items()},
                ":now": number(now),
            },
        )


def is_accounts(call: str) -> bool:
    """Whether all callers of an account share its limit."""
    return bool(_table().get(call, {}).get("account"))


def rate_of(call: str, share: float = 1.0) -> tuple[float, float]:
    """Calls a second, and how many may go at once: of an account's own limit only a share, but for the first calls."""
    table = _table()
    rate = table.get(call, table[DEFAULT])
    part = share if is_accounts(call) else 1.0
    return rate["per_second"] * part, rate["burst"]


@lru_cache(maxsize=1)
def _table() -> dict[str, dict[str, float]]:
    table: dict[str, dict[str, float]] = json.loads(
        resources.files("why403.aws").joinpath("rates.json").read_text("utf-8")
    )
    return table
