"""The tags of any resource, in one call that all services share.

https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/API_GetResources.html
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from why403.iam.arn import Arn
from why403.iam.place import Place
from why403.policies.service import ask
from why403.reads import BlindSpot, DeclaredRead, Failure, Plan, Unreadable
from why403.services.tags import tags_of

TAGGED_AT = {
    "dynamodb": ("/", 2),
    "kinesis": ("/", 2),
    "es": ("/", 2),
    "lambda": (":", 2),
    "logs": (":", 2),
    "s3": ("/", 1),
    "sns": (":", 1),
}
"""Where a resource's ARN is longer than that of what carries its tags: the separator, and how many parts to keep."""
GET_RESOURCES = DeclaredRead(
    "resourcegroupstaggingapi",
    "GetResources",
    ("tag:GetResources",),
    "The target's tags: conditions ask for them, and they name the stack that owns it.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TagReading:
    """No tags: there are none, or `unreadable` says why they are not known."""

    tags: Mapping[str, str] = field(default_factory=dict)
    unreadable: tuple[BlindSpot, ...] = ()


def tagged_arn(arn: Arn) -> str:
    """The ARN under which the resource's tags are kept: the bucket of an object, the table of an index."""
    separator, parts = TAGGED_AT.get(arn.service, ("", 0))
    resource = separator.join(arn.resource.split(separator)[:parts]) if separator else arn.resource
    return str(Arn(arn.partition, arn.service, arn.region, arn.account, resource))


def read_tags(arn: Arn, place: Place) -> Plan[TagReading]:
    """One round; none for IAM, whose own reads tell the tags, and for a pattern."""
    if arn.service in {"iam", "sts"} or "*" in tagged_arn(arn):
        return TagReading()
    (reply,) = yield (ask(GET_RESOURCES, arn, place, ResourceARNList=[tagged_arn(arn)]),)
    if isinstance(reply, Unreadable):
        spots = () if reply.failure is Failure.ABSENT else (reply.spot(tagged_arn(arn)),)
        return TagReading(unreadable=spots)
    found = reply.items("ResourceTagMappingList")
    return TagReading(tags=tags_of(tag for item in found for tag in item.get("Tags") or ()))
