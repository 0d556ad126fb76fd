"""A DynamoDB client that adds up the request units that its calls would be billed.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
"""

from collections import Counter
from math import ceil
from typing import Any

from why403.incidents.table_keys import PARTITION_KEY, RECHECKED_KEY, SORT_KEY, UNRESOLVED_KEY

Item = dict[str, Any]
WRITE_BYTES = 1_024
"""Of a unit: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html"""
READ_BYTES = 4_096
"""Of a unit, by the same page."""
TRANSACTION = 2
"""A write within a transaction is billed twice."""


class Meter:
    """Passes calls on to boto3's `client`. Refused conditional writes are billed too, and counted."""

    def __init__(self, client: Any, table_name: str) -> None:  # noqa: ANN401  # boto3's clients have no static type
        self._client = client
        self._table = table_name
        self.write_units = 0.0
        self.read_units = 0.0
        self.calls: Counter[str] = Counter()

    def put_item(self, **call: Any) -> Any:  # noqa: ANN401
        """One item, written whole."""
        return self._write("put_item", call, [(_key(call["Item"]), 1)])

    def update_item(self, **call: Any) -> Any:  # noqa: ANN401
        """One item, changed."""
        return self._write("update_item", call, [(call["Key"], 1)])

    def transact_write_items(self, **call: Any) -> Any:  # noqa: ANN401
        """All or nothing."""
        writes = [write for item in call["TransactItems"] for write in item.values()]
        keys = [(write.get("Key") or _key(write["Item"]), TRANSACTION) for write in writes]
        return self._write("transact_write_items", call, keys)

    def get_item(self, **call: Any) -> Any:  # noqa: ANN401
        """One item, as it stands now."""
        answer = self._client.get_item(**call)
        self._read("get_item", [answer.get("Item", {})], each=1)
        return answer

    def query(self, **call: Any) -> Any:  # noqa: ANN401
        """Items of a partition: their sizes are added up before they are rounded."""
        answer = self._client.query(**call)
        size = sum(map(size_of, answer["Items"]))
        self.calls["query"] += 1
        self.read_units += max(1, ceil(size / READ_BYTES)) * (1 if call.get("ConsistentRead") else 0.5)
        return answer

    def batch_get_item(self, **call: Any) -> Any:  # noqa: ANN401
        """Many items, perhaps a second old: half a unit each; one that is not there is billed as well."""
        answer = self._client.batch_get_item(**call)
        found = answer["Responses"].get(self._table, [])
        missing = len(call["RequestItems"][self._table]["Keys"]) - len(found)
        self._read("batch_get_item", [*found, *([{}] * missing)], each=0.5)
        return answer

    def _write(self, operation: str, call: Item, keys: list[tuple[Item, int]]) -> Any:  # noqa: ANN401
        before = [self._stored(key) for key, _ in keys]
        self.calls[operation] += 1
        try:
            return getattr(self._client, operation)(**call)
        finally:
            for old, (key, factor) in zip(before, keys, strict=True):
                new = self._stored(key)
                self.write_units += factor * max(1, ceil(max(size_of(old), size_of(new)) / WRITE_BYTES))
                self.write_units += factor * _index_writes(old, new)

    def _read(self, operation: str, items: list[Item], *, each: float) -> None:
        self.calls[operation] += 1
        self.read_units += sum(each * max(1, ceil(size_of(item) / READ_BYTES)) for item in items)

    def _stored(self, key: Item) -> Item:
        found: Item = self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True).get(
            "Item", {}
        )
        return found


def size_of(item: Item) -> int:
    """Bytes of an item as DynamoDB counts them, names included; numbers rounded up."""
    return sum(len(name.encode()) + _value_size(value) for name, value in item.items())


def _value_size(value: Item) -> int:
    ((kind, content),) = value.items()
    match kind:
        case "S":
            return len(content.encode())
        case "N":
            return len(content) // 2 + 2
        case "SS":
            return sum(len(text.encode()) for text in content) + 3
        case "B":
            return len(content)
        case "L":
            return sum(map(_value_size, content)) + len(content) + 3
    raise ValueError(f"no attribute of the incident table is of the type {kind}")


def _key(item: Item) -> Item:
    return {PARTITION_KEY: item[PARTITION_KEY], SORT_KEY: item[SORT_KEY]}


def _index_writes(old: Item, new: Item) -> int:
    """The index of unresolved incidents: an entry added or removed is one write, one that moves two."""
    was, becomes = (_entry(old), _entry(new))
    if was == becomes:
        return 0
    return (was is not None) + (becomes is not None)


def _entry(item: Item) -> str | None:
    return item[RECHECKED_KEY]["N"] if UNRESOLVED_KEY in item else None
