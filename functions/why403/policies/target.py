"""The one plan that reads the policies on the target's side of a call."""

from dataclasses import replace

from why403.iam.arn import Arn, parse_arn
from why403.iam.layer import Layer
from why403.iam.place import Place
from why403.iam.reference import supports_rcp
from why403.message import Message
from why403.policies.elsewhere import find_elsewhere
from why403.policies.organization import OrganizationReading, read_organization
from why403.policies.reading import Remembered
from why403.policies.resource_tags import TagReading, read_tags
from why403.reads import Plan, counted, settled, together, without
from why403.services import kms
from why403.services import register as services
from why403.services.read_policy import read_resource
from why403.services.reading import TargetReading
from why403.services.tags import owner_of

ROUNDS = 3
"""Of the five that a diagnosis has: the workload and the caller are read beside."""
ROUNDS_OF_AN_ALIAS = 2
"""An alias has to be resolved to its key before the key's policy can be asked for."""


def read_target(arn: str, action: str, place: Place, before: Remembered | None = None) -> Plan[TargetReading]:
    """The policies on the target's side of `action`, its key's included. Three rounds at most.

    `arn` of the reading is the resource that holds the policy: the bucket of an object, the table of an index.
    `before`: what it settles is not read again, and tags where something asks for them (`with_tags`).
    """
    parsed = parse_arn(arn)
    if parsed is None:
        return TargetReading(arn=arn, service="", unread=frozenset({Layer.RESOURCE}))
    account = parsed.account or place.account
    prefix = action.partition(":")[0] or parsed.service
    target: TargetReading
    organization: OrganizationReading
    tagged: TagReading
    known = before.organization(Layer.RCP) if before else None
    if not supports_rcp(prefix):
        known = OrganizationReading()
    plan = _read_with_key(parsed, action, place, before)
    target, organization, tagged = yield from together(
        without(plan, lambda read: read.declared.on_outsiders) if before and before.is_own else plan,
        read_organization(account, frozenset({Layer.RCP})) if known is None else settled(known),
        settled(TagReading()) if before else read_tags(parsed, place),
    )
    target = _under(target, organization)
    target = replace(target, unreadable=(*target.unreadable, *organization.unreadable))
    return _tagged(target, tagged)


def with_tags(target: TargetReading, arn: str, place: Place) -> Plan[TargetReading]:
    """The reading of `arn` with its tags: one round."""
    parsed = parse_arn(arn)
    return target if parsed is None else _tagged(target, (yield from read_tags(parsed, place)))


def _tagged(target: TargetReading, tagged: TagReading) -> TargetReading:
    tags = {**tagged.tags, **target.tags}
    owner = target.owner or owner_of(tags)
    return replace(target, tags=tags, owner=owner, unreadable=(*target.unreadable, *tagged.unreadable))


def _under(target: TargetReading, organization: OrganizationReading) -> TargetReading:
    """The target and its key with the RCPs that bind their account."""
    key = target.key
    if key is not None and key.account in {"", target.account}:
        key = replace(key, rcp=organization.rcp, unread=key.unread | organization.unread)
    return replace(target, key=key, rcp=organization.rcp, unread=target.unread | organization.unread)


def _read_with_key(arn: Arn, action: str, place: Place, before: Remembered | None) -> Plan[TargetReading]:
    resource = services.resource_of(arn)
    if resource is None:
        foreign = arn.account not in {"", place.account} and not services.is_declared(arn.service)
        unread = frozenset({Layer.RESOURCE}) if foreign else frozenset[Layer]()
        return TargetReading(arn=str(arn), service=arn.service, account=arn.account, unread=unread)
    target, spent = yield from counted(read_resource(resource, arn, action, place))
    if target.exists is False and action.partition(":")[2] in resource.below.split():
        return replace(target, exists=None)
    if target.exists is False:
        return (yield from find_elsewhere(resource, arn, target, place))
    if target.exists is None and target.unreadable and arn.account in {"", place.account}:
        unsure = Message("policies.existence-unread", {"target": target.arn})
        target = replace(target, findings=(*target.findings, unsure))
    if not resource.key or not target.key_arn or (before is not None and before.key_passed):
        return target
    near = Arn(arn.partition, "kms", arn.region or place.region, target.account or place.account, "key")
    key_arn = kms.key_arn(target.key_arn, near)
    if spent + (ROUNDS_OF_AN_ALIAS if key_arn.resource.startswith("alias/") else 1) > ROUNDS:
        key = _unasked(key_arn)
    else:
        plan = kms.read(key_arn, "kms:Decrypt", place)
        is_known = before is not None and key_arn.resource.startswith(
            "key/"
        )  # who manages it stays as it was
        key = yield from (without(plan, lambda read: read.declared is kms.DESCRIBE) if is_known else plan)
    return replace(target, key=key, key_arn=str(key_arn))


def _unasked(key: Arn) -> TargetReading:
    """A key for which no round is left."""
    return TargetReading(
        arn=str(key),
        service="kms",
        account=key.account,
        managed_by_aws=key.resource.startswith("alias/aws/"),
        unread=frozenset({Layer.RESOURCE, Layer.GRANT}),
    )
