"""Counts lines exactly, however often a batch is delivered and however many invocations count at once.

A batch leaves a marker and adds to a counter in one transaction: the marker's condition makes the second delivery
of the same batch add nothing. A counter is split into shards by batch, because one item takes 1,000 writes a
second and two transactions that meet on one item cancel each other.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-sharding.html
"""

from collections import Counter
from collections.abc import Iterable, Mapping

from why403.aws.incident_table_calls import Item, TableCalls
from why403.aws.incident_table_items import day_name, day_of, hour_name, hours_of, item, key, number, text
from why403.incidents.hours import DAY, HOUR
from why403.incidents.table_keys import (
    COUNT,
    EXPIRES,
    ITEM_KIND,
    LAYOUT,
    LAYOUT_KEY,
    MARKER,
    PARTITION_KEY,
    SHARDS,
    Partition,
)

MARKER_DAYS = 15
"""Longer than a dead-letter queue keeps a batch (14 days): one that is redriven on its last day counts once."""


class Counters:
    """Owners are an incident (`I#…`) or a log group (`G#…`)."""

    def __init__(self, calls: TableCalls, retention_days: int) -> None:
        self._calls = calls
        self._retention_ms = retention_days * DAY

    def add(self, owner: str, batch: str, hours: Mapping[int, int], now: int) -> bool:
        """Count the lines of a batch; False where it was counted before."""
        counted = key(Partition.MARKER.of(f"{owner}#{batch}"), "counted")
        marker = item(MARKER, counted, (now + MARKER_DAYS * DAY) // 1000)
        first_time = {"Item": marker, "ConditionExpression": f"attribute_not_exists({PARTITION_KEY})"}
        shard = int(batch[:8], 16) % SHARDS
        days = sorted({day_of(hour) for hour in hours})
        adds = [("Update", self._addition(owner, shard, day, hours)) for day in days]
        return self._calls.transact(("Put", first_time), *adds)

    def hours(self, owner: str) -> dict[int, int]:
        """The start of the hour → lines, oldest first."""
        return total(self._calls.query(owner, f"{COUNT}#"))

    def _addition(self, owner: str, shard: int, day: int, hours: Mapping[int, int]) -> Item:
        lines = {
            hour_name((hour - day) // HOUR): number for hour, number in hours.items() if day_of(hour) == day
        }
        adds = ", ".join(f"{name} :{name}" for name in lines)
        return {
            "Key": key(owner, f"{COUNT}#{day_name(day)}#{shard:02d}"),
            "UpdateExpression": f"SET #item = :item, #day = :day, {EXPIRES} = :expires, {LAYOUT_KEY} = :layout ADD {adds}",
            "ExpressionAttributeNames": {"#item": ITEM_KIND, "#day": "day"},
            "ExpressionAttributeValues": {
                ":item": text(COUNT),
                ":day": number(day),
                ":layout": number(LAYOUT),
                ":expires": number((day + DAY + self._retention_ms) // 1000),
                **{f":{name}": number(count) for name, count in lines.items()},
            },
        }


def total(items: Iterable[Item]) -> dict[int, int]:
    """The shards' counts added up, by the start of the hour, oldest first; other items are passed over."""
    lines: Counter[int] = Counter()
    for one in items:
        if one[ITEM_KIND]["S"] == COUNT:
            lines.update(hours_of(one))
    return dict(sorted(lines.items()))
