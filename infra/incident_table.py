"""The incident table, laid out as the library says (why403/incidents/table_keys.py)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aws_cdk import RemovalPolicy
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from constructs import Construct
from why403.incidents import table_keys as keys

from infra.outputs import tell
from infra.settings import Settings


@dataclass(frozen=True, slots=True)
class Right:
    """Operations on items behind some prefixes; `attributes`: the only ones that may be written, beside the keys."""

    operations: tuple[str, ...]
    behind: tuple[keys.Partition, ...]
    attributes: tuple[str, ...] = ()


_AT = keys.Partition
_READ_INCIDENTS = Right(("Query",), (_AT.INCIDENT,))
_READ_HEADS = Right(("BatchGetItem",), (_AT.INCIDENT,))
_READ_COUNTS = Right(("BatchGetItem", "Query"), (_AT.COUNT,))
_READ_DIAGNOSES = Right(("GetItem",), (_AT.DIAGNOSIS,))
_MOVE_ON = Right(("UpdateItem",), (_AT.INCIDENT,), keys.LIFE_CYCLE)
_TELL = Right(("PutItem",), (_AT.TURN,))
_RIGHTS: Mapping[str, tuple[Right, ...]] = {
    "triage": (
        Right(("BatchGetItem", "GetItem", "Query", "PutItem", "UpdateItem"), (_AT.INCIDENT,)),
        _READ_COUNTS,
        Right(("UpdateItem",), (_AT.COUNT, _AT.GROUP)),
        Right(("GetItem", "PutItem"), (_AT.NEW,)),
        Right(("PutItem",), (_AT.MARKER, _AT.TURN)),
        Right(("Query",), (_AT.TURN, _AT.RECEIPT, _AT.WRITER)),
        _READ_DIAGNOSES,
    ),
    "diagnose": (
        _READ_INCIDENTS,
        _READ_COUNTS,
        _MOVE_ON,
        Right(("PutItem",), (_AT.DIAGNOSIS,)),
        Right(("GetItem", "Query", "PutItem"), (_AT.WRITER,)),
        Right(("UpdateItem",), (_AT.LANE,)),
    ),
    "subscribe": (Right(("GetItem", "PutItem"), (_AT.SUBSCRIBER,)),),
    "survey": (Right(("GetItem", "PutItem"), (_AT.WRITER,)),),
    "notify": (
        _READ_INCIDENTS,
        _READ_COUNTS,
        _READ_DIAGNOSES,
        Right(("Query", "UpdateItem"), (_AT.RECEIPT,)),
        Right(("GetItem", "PutItem"), (_AT.NEW,)),
        Right(("Query", "PutItem", "DeleteItem"), (_AT.HELD,)),
    ),
    "recheck": (
        _READ_INCIDENTS,
        _READ_COUNTS,
        Right(("BatchGetItem",), (_AT.GROUP,)),
        _READ_DIAGNOSES,
        _MOVE_ON,
        _TELL,
        Right(("GetItem", "Query"), (_AT.WRITER,)),
        Right(("UpdateItem",), (_AT.LANE,)),
    ),
    "fix_page": (
        _READ_INCIDENTS,
        _READ_COUNTS,
        Right(("GetItem",), (_AT.DIAGNOSIS, _AT.LINK)),
        _MOVE_ON,
        Right(("PutItem",), (_AT.TURN, _AT.LINK)),
    ),
    "slack_app": (_READ_INCIDENTS, _READ_COUNTS, _MOVE_ON, Right(("PutItem",), (_AT.TURN, _AT.LINK))),
    "console": (_READ_INCIDENTS, _READ_HEADS, _READ_COUNTS, _READ_DIAGNOSES),
}
"""What each function does, by the items that it does it to. TransactWriteItems asks for the rights of its parts."""
RIGHTS = {
    **_RIGHTS,
    "console_act": _RIGHTS["fix_page"],
    "fix_page": (*_RIGHTS["fix_page"], _READ_HEADS),
}
"""The same of every function: the console acts as the page does, and looks without writing."""
LISTING: Mapping[str, tuple[str, ...]] = {
    "notify": (keys.WATCHED, keys.SILENCED),
    "recheck": (keys.WATCHED,),
    "console": (keys.WATCHED,),
    "fix_page": (keys.WATCHED,),
}
"""Who looks for which incidents: for the weekly letter, to judge them anew, to list them."""


class IncidentTable(Construct):
    """On demand, expiring, with a stream (the outbox) and point-in-time recovery; kept whatever becomes of the stack."""

    def __init__(self, scope: Construct, construct_id: str, settings: Settings) -> None:
        super().__init__(scope, construct_id)
        self.table = dynamodb.Table(
            self,
            "Table",
            partition_key=_key(keys.PARTITION_KEY),
            sort_key=_key(keys.SORT_KEY),
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            max_write_request_units=settings.table_writes_per_second or None,
            stream=dynamodb.StreamViewType[keys.STREAM_VIEW],
            time_to_live_attribute=keys.EXPIRES,
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            deletion_protection=settings.deletion_protection,
            removal_policy=RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
        )
        self.table.add_global_secondary_index(
            index_name=keys.UNRESOLVED_INDEX,
            partition_key=_key(keys.UNRESOLVED_KEY),
            sort_key=_key(keys.RECHECKED_KEY, dynamodb.AttributeType.NUMBER),
            projection_type=dynamodb.ProjectionType.KEYS_ONLY,
        )
        tell(self, "TableName", self.table.table_name, "The incident table")

    def grant_use(self, grantee: iam.IGrantable, function: str) -> None:
        """What the function of that stem does, and nothing else; the table itself cannot be altered.

        https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
        """
        for right in RIGHTS[function]:
            leading = {"dynamodb:LeadingKeys": [f"{prefix}*" for prefix in right.behind]}
            conditions: dict[str, Mapping[str, Sequence[str]]] = {"ForAllValues:StringLike": leading}
            if right.attributes:
                written = [keys.PARTITION_KEY, keys.SORT_KEY, *right.attributes]
                conditions["ForAllValues:StringEquals"] = {"dynamodb:Attributes": written}
            self._grant(grantee, right.operations, self.table.table_arn, conditions)
        if function in LISTING:
            index = f"{self.table.table_arn}/index/{keys.UNRESOLVED_INDEX}"
            self._grant(
                grantee,
                ("Query",),
                index,
                {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": list(LISTING[function])}},
            )

    def _grant(
        self, grantee: iam.IGrantable, operations: Sequence[str], arn: str, conditions: Mapping[str, object]
    ) -> None:
        grantee.grant_principal.add_to_principal_policy(
            iam.PolicyStatement(
                actions=[f"dynamodb:{operation}" for operation in operations],
                resources=[arn],
                conditions=conditions,
            )
        )


def _key(name: str, kind: dynamodb.AttributeType = dynamodb.AttributeType.STRING) -> dynamodb.Attribute:
    return dynamodb.Attribute(name=name, type=kind)
