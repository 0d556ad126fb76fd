"""The register of services whose resources carry policies, and the one plan that reads any of them.

A new service is three files: its own, its line here, its cases in tests/cases/policies/.
"""

from dataclasses import replace
from functools import cache
from importlib import import_module

from why403.iam.arn import Arn, parse_arn
from why403.iam.layer import Layer
from why403.iam.place import Place
from why403.iam.reference import supports_rcp
from why403.policies import caller_reads, endpoint, kms, other_403
from why403.policies.elsewhere import find_elsewhere
from why403.policies.organization import OrganizationReading, read_organization
from why403.policies.resource_tags import GET_RESOURCES, TagReading, read_tags
from why403.policies.service import PolicyService
from why403.reads import DeclaredRead, Plan, counted, settled, together
from why403.services.reading import TargetReading
from why403.services.tags import owner_of

STEMS = (
    "sqs",
    "sns",
    "s3",
    "s3_access_point",
    "kms",
    "secretsmanager",
    "dynamodb",
    "lambda_function",
    "sts",
    "ecr",
    "events",
    "kinesis",
    "logs",
    "efs",
    "opensearch",
    "backup",
    "glacier",
    "codeartifact",
    "glue",
    "ses",
    "ssm",
    "apigateway",
)
"""One a service file of this folder."""
ROUNDS = 3
ROUNDS_OF_AN_ALIAS = 2

SERVICES: tuple[PolicyService, ...] = tuple(import_module(f"{__package__}.{stem}").SERVICE for stem in STEMS)


def _all_reads() -> tuple[DeclaredRead, ...]:
    found = dict.fromkeys(read for service in SERVICES for read in service.reads)
    found |= dict.fromkeys((*caller_reads.READS, *endpoint.READS, GET_RESOURCES, *other_403.READS))
    return tuple(found)


READS: tuple[DeclaredRead, ...] = _all_reads()


@cache
def _by_prefix() -> dict[str, PolicyService]:
    return {prefix: service for service in SERVICES for prefix in service.prefixes}


def service_of(arn: Arn) -> PolicyService | None:
    """Whose resource it is: by the ARN's service and kind of resource, else by its service alone."""
    kind = arn.resource.replace("/", ":").partition(":")[0]
    return _by_prefix().get(f"{arn.service}:{kind}") or _by_prefix().get(arn.service)


def read_target(arn: str, action: str, place: Place) -> Plan[TargetReading]:
    """The policies on the target's side of `action`, its key's included. Three rounds at most.

    `arn` of the reading is the resource that holds the policy: the bucket of an object, the table of an index.
    """
    parsed = parse_arn(arn)
    if parsed is None:
        return TargetReading(arn=arn, service="", unread=frozenset({Layer.RESOURCE}))
    account = parsed.account or place.account
    prefix = action.partition(":")[0] or parsed.service
    target: TargetReading
    organization: OrganizationReading
    tagged: TagReading
    target, organization, tagged = yield from together(
        _read_with_key(parsed, action, place),
        read_organization(account, frozenset({Layer.RCP}))
        if supports_rcp(prefix)
        else settled(OrganizationReading()),
        read_tags(parsed, place),
    )
    target = _under(target, organization)
    tags = {**tagged.tags, **target.tags}
    return replace(
        target,
        tags=tags,
        owner=target.owner or owner_of(tags),
        unreadable=(*target.unreadable, *organization.unreadable, *tagged.unreadable),
    )


def _under(target: TargetReading, organization: OrganizationReading) -> TargetReading:
    """The target and its key with the RCPs that bind their account."""
    key = target.key
    if key is not None and key.account in {"", target.account}:
        key = replace(key, rcp=organization.rcp, unread=key.unread | organization.unread)
    return replace(target, key=key, rcp=organization.rcp, unread=target.unread | organization.unread)


def _read_with_key(arn: Arn, action: str, place: Place) -> Plan[TargetReading]:
    service = service_of(arn)
    if service is None:
        unread = {Layer.RESOURCE} if arn.account not in {"", place.account} else set[Layer]()
        return TargetReading(arn=str(arn), service=arn.service, account=arn.account, unread=frozenset(unread))
    target, spent = yield from counted(service.read(arn, action, place))
    if target.exists is False:
        return (yield from find_elsewhere(service, arn, target, place))
    if not service.follows_key or not target.key_arn:
        return target
    near = Arn(arn.partition, "kms", arn.region or place.region, target.account or place.account, "key")
    key_arn = kms.key_arn(target.key_arn, near)
    if spent + (ROUNDS_OF_AN_ALIAS if key_arn.resource.startswith("alias/") else 1) > ROUNDS:
        key = _unasked(key_arn)
    else:
        key = yield from kms.read(key_arn, "kms:Decrypt", place)
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
