"""The tags of any resource, in one call that all services share.

https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/API_GetResources.html
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from why403.iam.arn import Arn
from why403.iam.place import Place
from why403.incidents.log_groups import DESCRIBE_TAGGED
from why403.reads import BlindSpot, Failure, Plan, Unreadable
from why403.services.declaration import filled
from why403.services.names import parts_of
from why403.services.read_policy import ask
from why403.services.register import resource_of
from why403.services.tags import tags_of

GET_RESOURCES = DESCRIBE_TAGGED.used_for(
    "The target's tags: conditions ask for them, and they name the stack that owns it.", cache_seconds=60
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TagReading:
    """No tags: there are none, or `unreadable` says why they are not known."""

    tags: Mapping[str, str] = field(default_factory=dict)
    unreadable: tuple[BlindSpot, ...] = ()


def tagged_arn(arn: Arn) -> str:
    """The ARN under which the resource's tags are kept: the bucket of an object, the table of an index."""
    resource = resource_of(arn)
    parts = parts_of(resource, arn) if resource is not None else None
    return filled(resource.tagged, parts) if resource is not None and parts else str(arn)


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
