"""The incident table's schema, made in moto or an emulator as infra/ declares it."""

from typing import Any

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


def _keys(partition: str, sort: str) -> list[dict[str, str]]:
    return [
        {"AttributeName": partition, "KeyType": "HASH"},
        {"AttributeName": sort, "KeyType": "RANGE"},
    ]
