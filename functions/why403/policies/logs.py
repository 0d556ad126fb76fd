"""CloudWatch Logs: the account's resource policies for logs, and the log group's key. No log event is read here."""

from why403.iam.arn import Arn
from why403.iam.layer import Layer
from why403.iam.place import Place
from why403.policies.service import PolicyService, ask, part_after
from why403.reads import Answer, DeclaredRead, Plan, Read
from why403.services.documents import joined, parsed
from why403.services.reading import TargetReading
from why403.services.reply_collector import ReplyCollector

PAGE = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/iam-access-control-overview-cwl.html"
PAGES = 2
DESCRIBE_POLICIES = DeclaredRead(
    "logs",
    "DescribeResourcePolicies",
    ("logs:DescribeResourcePolicies",),
    "The account's policies for logs may allow or deny the call.",
)
DESCRIBE_GROUPS = DeclaredRead(
    "logs",
    "DescribeLogGroups",
    ("logs:DescribeLogGroups",),
    "Whether the log group exists, and the key that encrypts it.",
)


def group_name(arn: Arn) -> str:
    """The group of a log group's or log stream's ARN, whose name may hold slashes but no colon."""
    return part_after(arn, "log-group:").partition(":")[0]


def probe(arn: Arn) -> Read:
    """The groups whose names begin like this one."""
    return DESCRIBE_GROUPS.of(region=arn.region, logGroupNamePrefix=group_name(arn), limit=5)


def shows(arn: Arn, answer: Answer) -> bool:
    """Whether the groups listed hold this one."""
    return any(item.get("logGroupName") == group_name(arn) for item in answer.items("logGroups"))


def read(arn: Arn, action: str, place: Place) -> Plan[TargetReading]:
    """One round. An absent group is shown by a list without it."""
    del action
    name = group_name(arn)
    group = Arn(arn.partition, arn.service, arn.region, arn.account, f"log-group:{name}")
    collector = ReplyCollector(str(group))
    policies, groups = yield (
        ask(DESCRIBE_POLICIES, arn, place, pages=PAGES),
        ask(DESCRIBE_GROUPS, arn, place, pages=PAGES, logGroupNamePrefix=name),
    )
    said = collector.take(policies, Layer.RESOURCE)
    found = collector.take(groups)
    mine = [item for item in found.items("logGroups") if item.get("logGroupName") == name]
    collector.exists = None
    if isinstance(groups, Answer) and (mine or not found.truncated):
        collector.exists = bool(mine)
    return collector.reading(
        service="logs",
        account=arn.account,
        policy=joined(
            "logs resource policies",
            (
                parsed(str(item.get("policyName", "logs resource policy")), item.get("policyDocument"))
                for item in said.items("resourcePolicies")
                if _concerns(str(item.get("resourceArn") or ""), str(group))
            ),
        ),
        key_arn=str(mine[0].get("kmsKeyId") or "") if mine else "",
    )


def _concerns(resource: str, group: str) -> bool:
    """A policy of the account names no resource; one of a log group names that group, with or without `:*`."""
    return not resource or resource.removesuffix(":*") == group


SERVICE = PolicyService(
    stem="logs",
    title="Amazon CloudWatch Logs",
    prefixes=("logs",),
    page=PAGE,
    reads=(DESCRIBE_POLICIES, DESCRIBE_GROUPS),
    read=read,
    holds="resource policies for logs",
    follows_key=True,
    probe=probe,
    shows=shows,
)
