"""CloudWatch Logs: the account's resource policies for logs, and the log group's key. No log event is read here."""

from collections.abc import Mapping
from typing import Any

from why403.iam.arn import Arn
from why403.iam.layer import Policy
from why403.iam.place import Place
from why403.incidents.log_groups import DESCRIBE_LOG_GROUPS
from why403.reads import Answer
from why403.services.declaration import Block, Draft, Listing, Resource, Role, Service, ServiceRead, declared
from why403.services.documents import joined, parsed

PAGES = 2
"""Of 50 each: an account has ten resource policies a Region by quota; groups are asked for by prefix."""
DESCRIBE_POLICIES = declared(
    "logs:DescribeResourcePolicies", "The account's policies for logs may allow or deny the call."
)
DESCRIBE_GROUPS = DESCRIBE_LOG_GROUPS.used_for(
    "Whether the log group exists, and its key; where a line names none, those that it may have meant.",
    cache_seconds=60,
)


def group_of(arn: Arn, answer: Answer) -> Mapping[str, Any]:
    """The group of a log group's or log stream's ARN, among those listed; empty where it is not."""
    name = arn.resource.removeprefix("log-group:").partition(":")[0]
    return next((item for item in answer.items("logGroups") if item.get("logGroupName") == name), {})


def policies_for(arn: Arn, said: Answer) -> Policy | None:
    """Those of the account name no resource; one of a log group names that group, with or without `:*`."""
    name = arn.resource.removeprefix("log-group:").partition(":")[0]
    group = str(Arn(arn.partition, arn.service, arn.region, arn.account, f"log-group:{name}"))
    mine = (
        item
        for item in said.items("resourcePolicies")
        if str(item.get("resourceArn") or group).removesuffix(":*") == group
    )
    return joined(
        "logs resource policies",
        (
            parsed(str(item.get("policyName", "logs resource policy")), item.get("policyDocument"))
            for item in mine
        ),
    )


def listed_arn(entry: Mapping[str, Any], place: Place) -> str:
    """A policy names a group with `:*` behind it."""
    del place
    return f"{str(entry['arn']).removesuffix(':*')}:*" if entry.get("arn") else ""


SERVICE = Service(
    prefix="logs",
    name="CloudWatchLogs",
    title="Amazon CloudWatch Logs",
    page="https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/iam-access-control-overview-cwl.html",
    resources=(
        Resource(
            kind="log group",
            arn="logs:log-group:{name}",
            letters="-_./#",
            listed=Listing(DESCRIBE_GROUPS, within="logGroups", names=listed_arn),
            hints=("LOG_GROUP", "LOGGROUP", "CLOUDWATCH"),
            asked=ServiceRead(DESCRIBE_POLICIES, shows=False, pages=PAGES),
            described=ServiceRead(
                DESCRIBE_GROUPS,
                {"logGroupNamePrefix": "{name}"},
                shows=lambda arn, answer: bool(group_of(arn, answer)),
                pages=PAGES,
            ),
            policy=policies_for,
            key=lambda arn, answer: str(group_of(arn, answer).get("kmsKeyId") or ""),
            draft=Draft(
                called="logs resource policy",
                beside=True,
                most=5_120,
                cli="logs put-resource-policy --policy-name {policy} --policy-document {document}",
                read_back="logs describe-resource-policies",
                terraform=Block(
                    "aws_cloudwatch_log_resource_policy", {"policy_name": "{policy}"}, "policy_document"
                ),
                cloudformation=Block(
                    "AWS::Logs::ResourcePolicy", {"PolicyName": "{policy}"}, "PolicyDocument"
                ),
                cdk="aws_logs.CfnResourcePolicy",
            ),
        ),
    ),
    roles=(
        Role(
            "writer",
            asked="CreateLogStream PutLogEvents CreateLogGroup",
            grants={
                "{arn}": "CreateLogGroup",
                "{arn}:log-stream:*": "CreateLogStream PutLogEvents DescribeLogStreams",
            },
        ),
    ),
    neighbours="CreateLogStream PutLogEvents CreateLogGroup DeleteLogGroup GetLogEvents",
    tries={"DescribeLogStreams": "logs describe-log-streams --log-group-name {name} --limit 1"},
    unrecorded="FilterLogEvents GetLogEvents PutLogEvents",
)
