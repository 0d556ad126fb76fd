"""DynamoDB tables, indexes and streams: the resource policies and the table's key. No item is read."""

from why403.iam.arn import Arn
from why403.iam.layer import Layer
from why403.iam.place import Place
from why403.policies.service import PolicyService, ask, part_after
from why403.reads import DeclaredRead, Plan, Read
from why403.services.documents import parsed
from why403.services.reading import TargetReading
from why403.services.reply_collector import ReplyCollector

PAGE = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/access-control-resource-based.html"
GONE = frozenset({"ResourceNotFoundException"})
GET_POLICY = DeclaredRead(
    "dynamodb",
    "GetResourcePolicy",
    ("dynamodb:GetResourcePolicy",),
    "The table's or stream's policy may allow or deny the call.",
    absent=("PolicyNotFoundException",),
)
DESCRIBE = DeclaredRead(
    "dynamodb",
    "DescribeTable",
    ("dynamodb:DescribeTable",),
    "Whether the table exists, and the key that encrypts it.",
)


def table_arn(arn: Arn) -> str:
    """The table of a table's, index's or stream's ARN."""
    name = part_after(arn, "table/").partition("/")[0]
    return str(Arn(arn.partition, arn.service, arn.region, arn.account, f"table/{name}"))


def policy_holder(arn: Arn) -> str:
    """A stream has a policy of its own; an index is covered by its table's."""
    return str(arn) if "/stream/" in arn.resource else table_arn(arn)


def probe(arn: Arn) -> Read:
    """Whether there is such a table."""
    return DESCRIBE.of(region=arn.region, TableName=part_after(arn, "table/").partition("/")[0])


def read(arn: Arn, action: str, place: Place) -> Plan[TargetReading]:
    """One round. A table without a key of its own uses one that AWS owns: no policy to see or to mend."""
    del action
    holder = policy_holder(arn)
    collector = ReplyCollector(holder, GONE)
    name = part_after(arn, "table/").partition("/")[0]
    own = arn.account == place.account
    policy, described = yield (
        ask(GET_POLICY, arn, place, ResourceArn=holder),
        ask(DESCRIBE, arn, place, TableName=name if own else table_arn(arn)),
    )
    said, about = collector.take(policy, Layer.RESOURCE), collector.take(described)
    return collector.reading(
        service="dynamodb",
        account=arn.account,
        policy=parsed(
            "stream policy" if holder == str(arn) and "/stream/" in holder else "table policy",
            said.at("Policy"),
        ),
        key_arn=about.text("Table", "SSEDescription", "KMSMasterKeyArn"),
    )


SERVICE = PolicyService(
    stem="dynamodb",
    title="Amazon DynamoDB",
    prefixes=("dynamodb",),
    page=PAGE,
    reads=(GET_POLICY, DESCRIBE),
    read=read,
    holds="table policy, stream policy",
    follows_key=True,
    probe=probe,
)
