"""A thousand invocations at once that count one cause: transactions that meet are cancelled, and nothing is lost."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.exceptions import ClientError
from why403.aws import incident_table_calls
from why403.aws.incident_table_calls import TableCalls
from why403.aws.incident_table_counters import Counters
from why403.errors import StoreError
from why403.incidents.table_keys import PARTITION_KEY, SHARDS, SORT_KEY

INVOCATIONS = 1_000
HOUR_START = 1_764_000_000_000
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
        self.conflicts = 0

    def transact_write_items(self, *, TransactItems: list[Any]) -> None:  # noqa: N803  # boto3's name
        (marker,), (addition,) = (list(item.values()) for item in TransactItems)
        keys = {_key(marker["Item"]), _key(addition["Key"])}
        with self._guard:
            if self._always or keys & self._busy:
                self.conflicts += 1
                raise _cancelled("TransactionConflict")
            self._busy |= keys
        try:
            threading.Event().wait(0.001)
            self._write(marker["Item"][PARTITION_KEY]["S"], addition)
        finally:
            with self._guard:
                self._busy -= keys

    def _write(self, marker: str, addition: Any) -> None:
        with self._guard:
            if marker in self.markers:
                raise _cancelled("ConditionalCheckFailed")
            self.markers.add(marker)
            values = addition["ExpressionAttributeValues"]
            added = sum(int(value["N"]) for name, value in values.items() if name.startswith(":A"))
            self.lines[addition["Key"][PARTITION_KEY]["S"]] += added


def _key(item: Any) -> tuple[str, str]:
    return item[PARTITION_KEY]["S"], item[SORT_KEY]["S"]


def _cancelled(reason: str) -> ClientError:
    told: Any = {
        "Error": {"Code": "TransactionCanceledException", "Message": reason},
        "CancellationReasons": [{"Code": "None"}, {"Code": reason}],
    }
    return ClientError(told, "TransactWriteItems")


def counters_on(client: Contended) -> Counters:
    return Counters(TableCalls(client, "incidents"), retention_days=90)


def test_a_thousand_invocations_at_once_count_exactly_each_delivered_twice() -> None:
    client = Contended()
    counters = counters_on(client)

    with ThreadPoolExecutor(64) as pool:
        counted = list(
            pool.map(
                lambda batch: counters.add("C#f1", batch, {"A": {HOUR_START: 7}}, HOUR_START), BATCHES * 2
            )
        )

    assert sum(counted) == INVOCATIONS
    assert client.lines.total() == 7 * INVOCATIONS
    assert client.conflicts > 0


def test_the_batches_of_one_cause_spread_over_as_many_partitions_as_there_are_shards() -> None:
    client = Contended()
    counters = counters_on(client)
    for batch in BATCHES:
        counters.add("C#f1", batch, {"A": {HOUR_START: 1}}, HOUR_START)

    assert len(client.lines) == SHARDS
    assert max(client.lines.values()) < 2 * INVOCATIONS / SHARDS


def test_an_item_that_is_never_free_is_given_up_and_the_batch_is_not_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(incident_table_calls, "LONGEST_WAIT_MS", 0)
    client = Contended(always=True)
    with pytest.raises(StoreError, match="delivered again"):
        counters_on(client).add("C#f1", BATCHES[0], {"A": {HOUR_START: 1}}, HOUR_START)

    assert client.conflicts == incident_table_calls.TRIES
    assert client.markers == set()
