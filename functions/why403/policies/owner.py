"""The stack that a role or resource belongs to, asked of CloudFormation by its physical id.

Two rounds: the stack's resource, and its metadata, which tells whether the CDK made it.
https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStackResources.html
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace

from why403.iam.place import Place
from why403.reads import BlindSpot, DeclaredRead, Failure, Plan, Reply, Unreadable
from why403.services.reading import Owner
from why403.workloads.stack import STACK_RESOURCES

MINUTES = 300
"""Five, in seconds: a resource does not change its stack."""
CDK_PATH = "aws:cdk:path"
DESCRIBE_RESOURCES = STACK_RESOURCES.used_for(
    "Which stack owns the role: the remedy belongs into its template, not into the console."
)
DESCRIBE_RESOURCE = DeclaredRead(
    "cloudformation",
    "DescribeStackResource",
    "Whether the CDK made it, and under which path.",
    cache_seconds=MINUTES,
    absent=("ValidationError",),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerReading:
    """`owner` None: no stack owns it, unless a read failed."""

    owner: Owner | None = None
    unreadable: tuple[BlindSpot, ...] = ()


def read_owner(physical_id: str, place: Place, account: str) -> Plan[OwnerReading]:
    """The stack that owns what has this physical id: a role's name, a queue's URL. Empty: nothing is asked."""
    if not physical_id:
        return OwnerReading()
    where = "" if account == place.account else account
    (found,) = yield (DESCRIBE_RESOURCES.of(account=where, PhysicalResourceId=physical_id),)
    if isinstance(found, Unreadable):
        return OwnerReading(unreadable=_spots(found, physical_id))
    owner = _owner(found.items("StackResources"), physical_id)
    if owner is None:
        return OwnerReading()
    (detail,) = yield (
        DESCRIBE_RESOURCE.of(
            account=where,
            StackName=owner.stack,
            LogicalResourceId=owner.logical_id,
        ),
    )
    if isinstance(detail, Unreadable):
        return OwnerReading(owner=owner, unreadable=_spots(detail, physical_id))
    by_cdk = CDK_PATH in _metadata(detail.text("StackResourceDetail", "Metadata"))
    return OwnerReading(owner=replace(owner, tool="cdk") if by_cdk else owner)


def _owner(resources: tuple[Mapping[str, object], ...], physical_id: str) -> Owner | None:
    for item in resources:
        if item.get("PhysicalResourceId") == physical_id and item.get("StackName"):
            return Owner(
                tool="cloudformation",
                stack=str(item["StackName"]),
                logical_id=str(item.get("LogicalResourceId", "")),
            )
    return None


def _metadata(text: str) -> Mapping[str, object]:
    try:
        found = json.loads(text or "{}")
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _spots(reply: Reply, subject: str) -> tuple[BlindSpot, ...]:
    if isinstance(reply, Unreadable) and reply.failure is not Failure.ABSENT:
        return (reply.spot(subject),)
    return ()
