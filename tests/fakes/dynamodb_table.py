"""The incident table's schema, made in moto or an emulator as infra/ declares it."""

from typing import Any

from moto.core.model import StructureShape
from moto.core.serialize import BaseJSONSerializer
from moto.dynamodb.models.table import StreamRecord
from why403.aws.incident_table import DynamoIncidentTable
from why403.incidents import table_keys as keys

NOW = 1_764_000_000_000


def make_table(client: Any, name: str) -> DynamoIncidentTable:
    """A new, empty table of that name."""
    text = {keys.PARTITION_KEY, keys.SORT_KEY, keys.UNRESOLVED_KEY}
    client.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[
            {"AttributeName": attribute, "AttributeType": "S" if attribute in text else "N"}
            for attribute in (*sorted(text), keys.RECHECKED_KEY)
        ],
        KeySchema=_keys(keys.PARTITION_KEY, keys.SORT_KEY),
        GlobalSecondaryIndexes=[
            {
                "IndexName": keys.UNRESOLVED_INDEX,
                "KeySchema": _keys(keys.UNRESOLVED_KEY, keys.RECHECKED_KEY),
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            }
        ],
        StreamSpecification={"StreamEnabled": True, "StreamViewType": keys.STREAM_VIEW},
    )
    return DynamoIncidentTable(client, name, retention_days=90, clock=lambda: NOW)


_every_type = BaseJSONSerializer._serialize_type_structure  # noqa: SLF001  # moto has no other place for it


def _types_that_are_there(
    self: BaseJSONSerializer, serialized: Any, value: Any, shape: StructureShape, key: str
) -> None:
    """As moto does it, but that the value of an attribute is not asked for each of the ten types that it may have."""
    if shape.name != "AttributeValue" or not key or not isinstance(value, dict):
        _every_type(self, serialized, value, shape, key)
        return
    written: dict[str, Any] = {}
    for kind in value:
        self._serialize_structure_member(written, value, shape.members[kind], kind)
    self._default_serialize(serialized, written, shape, key)


BaseJSONSerializer._serialize_type_structure = _types_that_are_there  # type: ignore[method-assign]  # noqa: SLF001  # as above
StreamRecord.__deepcopy__ = lambda self, _memo: self  # type: ignore[attr-defined]
"""Nobody changes one, and moto copies all of them for each item of a transaction."""


def _keys(partition: str, sort: str) -> list[dict[str, str]]:
    return [
        {"AttributeName": partition, "KeyType": "HASH"},
        {"AttributeName": sort, "KeyType": "RANGE"},
    ]
