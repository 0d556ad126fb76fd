"""KMS keys: the key policy, the grants, and who manages the key.

An alias is resolved first: GetKeyPolicy takes no alias. https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyPolicy.html
"""

from collections.abc import Mapping
from typing import Any

from why403.iam.arn import Arn, parse_arn
from why403.iam.layer import Layer
from why403.iam.place import Place
from why403.message import Message
from why403.policies.service import PolicyService, ask
from why403.reads import Answer, DeclaredRead, Plan, Read, Reply
from why403.services.documents import parsed
from why403.services.reading import Grant, TargetReading
from why403.services.reply_collector import ReplyCollector

PAGE = "https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html"
GONE = frozenset({"NotFoundException"})
USABLE = frozenset({"", "Enabled", "Creating", "Updating"})
GRANT_PAGES = 5
DESCRIBE = DeclaredRead(
    "kms",
    "DescribeKey",
    ("kms:DescribeKey",),
    "Which key an alias names, whether AWS manages it, and whether it is enabled.",
)
GET_POLICY = DeclaredRead(
    "kms",
    "GetKeyPolicy",
    ("kms:GetKeyPolicy",),
    "Without the key policy's leave nobody may use the key, whatever the caller's own policies say.",
)
LIST_GRANTS = DeclaredRead(
    "kms", "ListGrants", ("kms:ListGrants",), "A grant may allow what neither policy allows."
)


def key_arn(named: str, near: Arn) -> Arn:
    """The key or alias that a resource names, as an ARN: an id or alias is in the Region and account of `near`."""
    whole = parse_arn(named)
    if whole is not None:
        return whole
    resource = named if named.startswith(("alias/", "key/")) else f"key/{named}"
    return Arn(near.partition, "kms", near.region, near.account, resource)


def read(arn: Arn, action: str, place: Place) -> Plan[TargetReading]:
    """One round for a key, two for an alias."""
    del action
    collector = ReplyCollector(str(arn), GONE)
    if arn.resource.startswith("alias/"):
        (described,) = yield (ask(DESCRIBE, arn, place, KeyId=str(arn)),)
        about = collector.take(described, Layer.RESOURCE, Layer.GRANT)
        found = parse_arn(about.text("KeyMetadata", "Arn"))
        if found is None:
            return _reading(collector, arn, about, None, ())
        arn, collector.subject = found, str(found)
        policy, grants = yield _policies(arn, place)
    else:
        described, policy, grants = yield (ask(DESCRIBE, arn, place, KeyId=str(arn)), *_policies(arn, place))
        about = collector.take(described)
    return _reading(collector, arn, about, policy, _grants(collector, grants))


def _policies(arn: Arn, place: Place) -> tuple[Read, Read]:
    return (
        ask(GET_POLICY, arn, place, KeyId=str(arn), PolicyName="default"),
        ask(LIST_GRANTS, arn, place, KeyId=str(arn), pages=GRANT_PAGES),
    )


def _reading(
    collector: ReplyCollector, arn: Arn, about: Answer, policy: Reply | None, grants: tuple[Grant, ...]
) -> TargetReading:
    said = collector.take(policy, Layer.RESOURCE) if policy is not None else about
    state = about.text("KeyMetadata", "KeyState")
    if state not in USABLE:
        collector.findings.append(Message("policies.key-not-usable", {"key": str(arn), "state": state}))
    by_aws = about.text("KeyMetadata", "KeyManager") == "AWS" or arn.resource.startswith("alias/aws/")
    if by_aws and not said.at("Policy"):
        collector.unread.add(Layer.RESOURCE)  # AWS makes the key at its first use, with a policy of its own
    return collector.reading(
        service="kms",
        account=about.text("KeyMetadata", "AWSAccountId") or arn.account,
        policy=parsed("key policy", said.at("Policy")),
        grants=grants,
        managed_by_aws=by_aws,
    )


def _grants(collector: ReplyCollector, reply: Reply) -> tuple[Grant, ...]:
    return tuple(_grant(item) for item in collector.take(reply, Layer.GRANT).items("Grants"))


def _grant(item: Mapping[str, Any]) -> Grant:
    constraints = item.get("Constraints") or {}
    return Grant(
        id=str(item.get("GrantId", "")),
        grantee=str(item.get("GranteePrincipal") or item.get("GranteeServicePrincipal") or ""),
        operations=tuple(str(operation) for operation in item.get("Operations") or ()),
        encryption_context_equals=_pairs(constraints, "EncryptionContextEquals"),
        encryption_context_subset=_pairs(constraints, "EncryptionContextSubset"),
    )


def _pairs(constraints: object, name: str) -> tuple[tuple[str, str], ...]:
    pairs = constraints.get(name) if isinstance(constraints, Mapping) else None
    if not isinstance(pairs, Mapping):
        return ()
    return tuple(sorted((str(key), str(value)) for key, value in pairs.items()))


SERVICE = PolicyService(
    stem="kms",
    title="AWS KMS",
    prefixes=("kms",),
    page=PAGE,
    reads=(DESCRIBE, GET_POLICY, LIST_GRANTS),
    read=read,
    holds="key policy, grants",
    probe=None,
)
