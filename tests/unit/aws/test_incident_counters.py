"""A thousand invocations at once that count one cause: transactions that meet are cancelled, and nothing is lost."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.exceptions import ClientError
from why403.aws import incident_table_calls
from why403.aws.incident_table_calls import TRANSACTION, TableCalls
from why403.aws.incident_table_counters import Counters
from why403.errors import StoreError
from why403.incidents.table import BatchLines
from why403.incidents.table_keys import PARTITION_KEY, SHARDS, SORT_KEY

INVOCATIONS = 1_000
HOUR_START = 1_764_000_000_000
DAY_NAME = "2025-11-24"
"""Of that hour."""
BATCHES = [f"{number * 0x9E3779B1 % 2**32:08x}{number:024x}" for number in range(INVOCATIONS)]


class Contended:
    """DynamoDB's transactions, all or nothing: one that meets another on an item is cancelled.

    `always` cancels every one, as when one item is written without a pause.
    """

    def __init__(self, *, always: bool = False) -> None:
        self._busy: set[tuple[str, str]] = set()
        self._guard = threading.Lock()
        self._always = always
        self.markers: set[str] = set()
        self.lines: Counter[str] = Counter()
        self.conflicts = self.largest = 0

    def occupy(self, partition: str) -> None:
        """Another writes a day's counter there, and does not come to an end."""
        self._busy.add((partition, f"count#{DAY_NAME}"))

    def transact_write_items(self, *, TransactItems: list[Any]) -> None:  # noqa: N803  # boto3's name
        writes = [write for item in TransactItems for write in item.values()]
        self.largest = max(self.largest, len(writes))
        keys = [_key(write.get("Item") or write["Key"]) for write in writes]
        with self._guard:
            met = [self._always or key in self._busy for key in keys]
            if any(met):
                self.conflicts += 1
                raise _cancelled("TransactionConflict", met)
            self._busy |= set(keys)
        try:
            threading.Event().wait(0.001)
            self._write(writes)
        finally:
            with self._guard:
                self._busy -= set(keys)

    def _write(self, writes: list[Any]) -> None:
        with self._guard:
            stood = ["Item" in write and _key(write["Item"])[0] in self.markers for write in writes]
            if any(stood):
                raise _cancelled("ConditionalCheckFailed", stood)
            self.markers |= {_key(write["Item"])[0] for write in writes if "Item" in write}
            for write in writes:
                values = write.get("ExpressionAttributeValues", {})
                added = sum(int(value["N"]) for name, value in values.items() if name.startswith(":A"))
                if values:
                    self.lines[_key(write["Key"])[0]] += added


def _key(item: Any) -> tuple[str, str]:
    return item[PARTITION_KEY]["S"], item[SORT_KEY]["S"]


def _cancelled(reason: str, which: list[bool]) -> ClientError:
    told: Any = {
        "Error": {"Code": "TransactionCanceledException", "Message": reason},
        "CancellationReasons": [{"Code": reason if this_one else "None"} for this_one in which],
    }
    return ClientError(told, "TransactWriteItems")


def counters_on(client: Contended) -> Counters:
    return Counters(TableCalls(client, "incidents"), retention_days=90)


def lines_of(owner: str, batch: str, lines: int = 1) -> BatchLines:
    return BatchLines(owner, batch, {"A": {HOUR_START: lines}})


def test_a_thousand_invocations_at_once_count_exactly_each_delivered_twice() -> None:
    client = Contended()

    def count(batch: str) -> list[bool]:
        return counters_on(client).add(
            [lines_of("C#f1", batch, 7), lines_of("G#orders", batch, 7)], HOUR_START
        )

    with ThreadPoolExecutor(64) as pool:
        counted = list(pool.map(count, BATCHES * 2))

    assert sum(map(sum, counted)) == 2 * INVOCATIONS
    assert client.lines.total() == 2 * 7 * INVOCATIONS
    assert client.conflicts > 0


def test_more_counters_than_a_transaction_holds_are_counted_in_several() -> None:
    client = Contended()
    counts = [lines_of(f"C#p{number}", BATCHES[0]) for number in range(60)]
    counted = [counters_on(client).add(counts, HOUR_START) for _ in range(2)]

    assert counted == [[True] * 60, [False] * 60]
    assert (client.lines.total(), client.largest <= TRANSACTION) == (60, True)


def test_who_meets_another_in_one_shard_adds_to_the_next_and_stays_there() -> None:
    client = Contended()
    client.occupy(f"C#f1#{int(BATCHES[1][:8], 16) % SHARDS:02d}")
    counters = counters_on(client)
    for batch in BATCHES[1:]:
        counters.add([lines_of("C#f1", batch)], HOUR_START)

    assert [f"C#f1#{(int(BATCHES[1][:8], 16) + 1) % SHARDS:02d}"] == list(client.lines)
    assert client.conflicts == 1


def test_processes_spread_over_as_many_partitions_as_there_are_shards() -> None:
    client = Contended()
    for batch in BATCHES:
        counters_on(client).add([lines_of("C#f1", batch)], HOUR_START)

    assert len(client.lines) == SHARDS
    assert max(client.lines.values()) < 2 * INVOCATIONS / SHARDS


def test_an_item_that_is_never_free_is_given_up_and_the_batch_is_not_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(incident_table_calls, "LONGEST_WAIT_MS", 0)
    client = Contended(always=True)
    with pytest.raises(StoreError, match="delivered again"):
        counters_on(client).add([lines_of("C#f1", BATCHES[0])], HOUR_START)

    assert client.conflicts == incident_table_calls.TRIES
    assert client.markers == set()


class InTransactions:
    """An item that others' transactions hold for so many writes: DynamoDB refuses each, and boto3 tries none again."""

    def __init__(self, held: int) -> None:
        self.held = held
        self.writes = 0

    def update_item(self, **_update: Any) -> dict[str, Any]:
        self.writes += 1
        if self.writes <= self.held:
            told: Any = {"Error": {"Code": "TransactionConflictException", "Message": "ongoing"}}
            raise ClientError(told, "UpdateItem")
        return {}


def test_a_write_of_one_item_that_meets_a_transaction_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(incident_table_calls, "LONGEST_WAIT_MS", 0)
    client = InTransactions(3)

    assert TableCalls(client, "incidents").update({}, UpdateExpression="SET a = :a")
    assert client.writes == 3 + 1


def test_an_item_that_transactions_hold_for_ever_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(incident_table_calls, "LONGEST_WAIT_MS", 0)
    client = InTransactions(1_000)
    with pytest.raises(StoreError, match="delivered again"):
        TableCalls(client, "incidents").update({}, UpdateExpression="SET a = :a")

    assert client.writes == incident_table_calls.TRIES
