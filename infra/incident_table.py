"""The incident table, laid out as the library says (why403/incidents/table_keys.py)."""

from aws_cdk import RemovalPolicy
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from constructs import Construct
from why403.incidents import table_keys as keys

from infra.outputs import tell
from infra.settings import Settings

READ = ("dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query")
WRITE = (
    "dynamodb:PutItem",
    "dynamodb:UpdateItem",
    "dynamodb:DeleteItem",
    "dynamodb:ConditionCheckItem",
    "dynamodb:BatchWriteItem",
)
"""TransactWriteItems asks for the actions of its parts."""


class IncidentTable(Construct):
    """On demand, expiring, with a stream (the outbox) and point-in-time recovery."""

    def __init__(self, scope: Construct, construct_id: str, settings: Settings) -> None:
        super().__init__(scope, construct_id)
        keep = settings.deletion_protection
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
            deletion_protection=keep,
            removal_policy=RemovalPolicy.RETAIN if keep else RemovalPolicy.DESTROY,
        )
        self.table.add_global_secondary_index(
            index_name=keys.UNRESOLVED_INDEX,
            partition_key=_key(keys.UNRESOLVED_KEY),
            sort_key=_key(keys.RECHECKED_KEY, dynamodb.AttributeType.NUMBER),
            projection_type=dynamodb.ProjectionType.KEYS_ONLY,
        )
        tell(self, "TableName", self.table.table_name, "The incident table")

    def grant_use(self, grantee: iam.IGrantable) -> None:
        """Read and write items; the table itself cannot be altered."""
        iam.Grant.add_to_principal(
            grantee=grantee, actions=[*READ, *WRITE], resource_arns=[self.table.table_arn]
        )

    def grant_list_unresolved(self, grantee: iam.IGrantable) -> None:
        """Query the index of incidents that are not resolved."""
        index = f"{self.table.table_arn}/index/{keys.UNRESOLVED_INDEX}"
        iam.Grant.add_to_principal(grantee=grantee, actions=["dynamodb:Query"], resource_arns=[index])


def _key(name: str, kind: dynamodb.AttributeType = dynamodb.AttributeType.STRING) -> dynamodb.Attribute:
    return dynamodb.Attribute(name=name, type=kind)
