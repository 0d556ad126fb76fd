"""Counts lines exactly, however often a batch is delivered and however many invocations count at once.

A batch leaves a marker and adds to a counter in one transaction: the marker's condition makes the second delivery
of the same batch add nothing. Incidents that began together share a counter, so that a batch with lines of all of
them writes once and not once an incident; several counters are written in one transaction, each with its own marker.
A counter is split into shards, each a partition of its own: one takes 1,000 write units a second, and two transactions that
meet on one item cancel each other. A process stays in the shard where it met nobody and goes on to the next where it did, so
that up to as many processes as there are shards soon have one each: the shards are read together, whoever wrote them.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-sharding.html
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from itertools import islice

from why403.aws.incident_table_calls import (
    ADDITIONS,
    CONDITION,
    TRANSACTION,
    TRIES,
    Item,
    TableCalls,
    never_free,
    wait,
)
from why403.aws.incident_table_items import day_name, day_of, item, key, number, text
from why403.errors import StoreError
from why403.incidents.hours import DAY, HOUR
from why403.incidents.incident import HeldBack
from why403.incidents.table import MAX_HELD_BACK, BatchLines
from why403.incidents.table_keys import (
    COUNT,
    EXPIRES,
    HELD_BACK,
    ITEM_KIND,
    LAYOUT,
    LAYOUT_KEY,
    MARKER,
    NEW,
    PARTITION_KEY,
    SHARDS,
    Partition,
)

MARKER_DAYS = 15
"""Longer than a dead-letter queue keeps a batch (14 days): one that is redriven on its last day counts once."""
FEW_DAYS = 50
"""Read by their keys, 100 a call: of more days, a query a shard takes fewer calls."""
Lines = Mapping[str, Mapping[int, int]]
"""Slot → start of the hour → lines."""
BatchId = tuple[str, str]
"""An owner, and a batch that is counted there."""
Writes = tuple[BatchLines, list[tuple[str, Item]]]
"""What is to be counted, and its writes: the marker first."""


class Counters:
    """Owners are a pack of incidents (`C#…`) or a log group (`G#…`)."""

    def __init__(self, calls: TableCalls, retention_days: int) -> None:
        self._calls = calls
        self._retention_ms = retention_days * DAY
        self._shard: int | None = None
        """Where this process adds: by its first batch, until it meets another there."""

    def add(self, counts: Sequence[BatchLines], now: int) -> list[bool]:
        """Count them; for each whether it was for the first time. StoreError where some could not be counted."""
        is_first: dict[BatchId, bool] = {}
        together: list[Writes] = []
        for count in counts:
            writes = self._writes(count, now)
            if sum(len(one) for _, one in together) + len(writes) > TRANSACTION:
                is_first |= self._add(together, now)
                together = []
            together.append((count, writes))
        if together:
            is_first |= self._add(together, now)
        return [is_first[count.owner, count.batch] for count in counts]

    def _add(self, together: Sequence[Writes], now: int) -> dict[BatchId, bool]:
        """One transaction: tried again without what was counted before, and in other shards where it met another."""
        is_first = {(count.owner, count.batch): True for count, _ in together}
        attempt = 0
        while together:
            reasons = self._calls.cancelled([write for _, writes in together for write in writes])
            if not reasons:
                break
            before = _counted_before(together, reasons)
            is_first |= dict.fromkeys(before, False)
            together = [one for one in together if (one[0].owner, one[0].batch) not in before]
            if before:
                continue
            attempt += 1
            if attempt == TRIES:
                raise never_free()
            wait(attempt - 1)
            self._shard = ((self._shard or 0) + 1) % SHARDS
            together = [(count, self._writes(count, now)) for count, _ in together]
        return is_first

    def _writes(self, count: BatchLines, now: int) -> list[tuple[str, Item]]:
        counted = key(Partition.MARKER.of(f"{count.owner}#{count.batch}"), "counted")
        marker = item(MARKER, counted, (now + MARKER_DAYS * DAY) // 1000)
        first_time = {"Item": marker, "ConditionExpression": f"attribute_not_exists({PARTITION_KEY})"}
        if self._shard is None:
            self._shard = int(count.batch[:8], 16) % SHARDS
        adds = [("Update", addition) for addition in self._additions(count.owner, self._shard, count.lines)]
        return [("Put", first_time), *adds]

    def hours(self, owner: str, slot: str, first: int, last: int) -> dict[int, int]:
        """The start of the hour → lines, oldest first, of the days from the one time to the other."""
        days = range(day_of(first), day_of(last) + DAY, DAY)
        lines: Counter[int] = Counter()
        for one in self._of_few(owner, days) if len(days) <= FEW_DAYS else self._of_all(owner):
            if int(one["day"]["N"]) in days:
                lines.update(_hours_of(one, slot))
        return dict(sorted(lines.items()))

    def admit(self, owner: str, hour: int, causes: Sequence[str], room: int) -> list[str]:
        """The causes let in: what was there before, and ours behind it while there is room."""
        where = key(Partition.NEW.of(owner), f"{NEW}#{hour}")
        return self._added(item(NEW, where, (hour + 2 * DAY) // 1000), where, causes, room)

    def hold_back(self, fingerprint: str, causes: Sequence[HeldBack], now: int) -> None:
        """Add them to the two lists of a flood while there is room."""
        for which, are_known in (("known", True), ("others", False)):
            listed = [json.dumps(asdict(cause)) for cause in causes if cause.is_known is are_known]
            where = key(Partition.INCIDENT.of(fingerprint), f"{HELD_BACK}#{which}")
            if listed:
                head = item(HELD_BACK, where, (now + self._retention_ms) // 1000)
                self._added(head, where, listed, MAX_HELD_BACK)

    def _added(self, head: Item, where: Item, causes: Sequence[str], room: int) -> list[str]:
        """What a list holds, ours behind it while there is room."""
        for attempt in range(TRIES):
            stored = self._calls.get(where)
            known = [one["S"] for one in stored["causes"]["L"]] if stored else []
            fresh = [cause for cause in dict.fromkeys(causes) if cause not in known][: room - len(known)]
            if not fresh or self._calls.put(
                {**head, "causes": {"L": [text(cause) for cause in (*known, *fresh)]}},
                ConditionExpression=f"attribute_not_exists({PARTITION_KEY}) OR size(causes) = :known",
                ExpressionAttributeValues={":known": number(len(known))},
            ):
                return [*known, *fresh]
            wait(attempt)
        raise StoreError(
            f"Others wrote a list of new causes {TRIES} times while ours were to be added. The delivery is tried again."
        )

    def _of_few(self, owner: str, days: range) -> Iterator[Item]:
        keys = [_key(owner, shard, day) for day in days for shard in range(SHARDS)]
        return self._calls.get_many(keys, as_it_stands=True)

    def _of_all(self, owner: str) -> Iterator[Item]:
        for shard in range(SHARDS):
            yield from self._calls.query(f"{owner}#{shard:02d}")

    def _additions(self, owner: str, shard: int, lines: Lines) -> Iterator[Item]:
        """One for each day, and where a day has more than one update may hold, in the next shards."""
        by_day: dict[int, list[tuple[str, int]]] = {}
        for slot, hours in lines.items():
            for hour, count in hours.items():
                by_day.setdefault(day_of(hour), []).append((_attribute(slot, hour), count))
        for day, counts in sorted(by_day.items()):
            for start in range(0, len(counts), ADDITIONS):
                where = _key(owner, (shard + start // ADDITIONS) % SHARDS, day)
                yield self._addition(where, day, counts[start : start + ADDITIONS])

    def _addition(self, where: Item, day: int, counts: Sequence[tuple[str, int]]) -> Item:
        adds = ", ".join(f"{name} :{name}" for name, _ in counts)
        return {
            "Key": where,
            "UpdateExpression": f"SET #item = :item, #day = :day, {EXPIRES} = :expires, {LAYOUT_KEY} = :layout ADD {adds}",
            "ExpressionAttributeNames": {"#item": ITEM_KIND, "#day": "day"},
            "ExpressionAttributeValues": {
                ":item": text(COUNT),
                ":day": number(day),
                ":layout": number(LAYOUT),
                ":expires": number((day + DAY + self._retention_ms) // 1000),
                **{f":{name}": number(count) for name, count in counts},
            },
        }


def _counted_before(together: Sequence[Writes], reasons: Sequence[str]) -> set[BatchId]:
    """Those whose marker stood there: DynamoDB gives a reason for each write, in their order."""
    told = iter(reasons)
    found = set()
    for count, writes in together:
        if CONDITION in list(islice(told, len(writes))):
            found.add((count.owner, count.batch))
    return found


def _key(owner: str, shard: int, day: int) -> Item:
    return key(f"{owner}#{shard:02d}", f"{COUNT}#{day_name(day)}")


def _attribute(slot: str, hour: int) -> str:
    """`A00`: short, for its name is billed with each write; a digit in it, so that it is no reserved word."""
    return f"{slot}{hour % DAY // HOUR:02d}"


def _hours_of(counter: Item, slot: str) -> dict[int, int]:
    day = int(counter["day"]["N"])
    hours = ((hour, counter.get(_attribute(slot, hour))) for hour in range(day, day + DAY, HOUR))
    return {hour: int(count["N"]) for hour, count in hours if count}
