"""KMS keys: the key policy, the grants, and who manages the key.

An alias is resolved first: GetKeyPolicy takes no alias. https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyPolicy.html
"""

from collections.abc import Mapping, Sequence
from typing import Any

from why403.iam.arn import Arn, parse_arn
from why403.iam.layer import Layer
from why403.iam.place import Place
from why403.message import Message
from why403.reads import Answer, Plan, Read, Reply
from why403.services.declaration import Block, Draft, Listing, Resource, Role, Service, ServiceRead, declared
from why403.services.documents import parsed
from why403.services.names import plain_arn
from why403.services.read_policy import read_of
from why403.services.reading import Grant, TargetReading
from why403.services.reply_collector import ReplyCollector, existence

GONE = ("NotFoundException",)
USABLE = frozenset({"", "Enabled", "Creating", "Updating"})
GRANT_PAGES = 5
"""Of 50 grants each: keys of a big application have hundreds, and each page is a call."""
ID_LENGTH = 36
"""A key's id is a UUID; a multi-Region key's begins with `mrk-`."""
LIST = declared("kms:ListAliases", "Where a line names no key: those that it may have meant.")
DESCRIBE = declared(
    "kms:DescribeKey", "Which key an alias names, whether AWS manages it, and whether it is enabled."
)
GET_POLICY = declared(
    "kms:GetKeyPolicy",
    "Without the key policy's leave nobody may use the key, whatever the caller's own policies say.",
)
LIST_GRANTS = declared("kms:ListGrants", "A grant may allow what neither policy allows.")


def key_arn(named: str, near: Arn) -> Arn:
    """The key or alias that a resource names, as an ARN: an id or alias is in the Region and account of `near`."""
    whole = parse_arn(named)
    if whole is not None:
        return whole
    resource = named if named.startswith(("alias/", "key/")) else f"key/{named}"
    return Arn(near.partition, "kms", near.region, near.account, resource)


KEY_ID = {"KeyId": "{called}"}
DESCRIBED = ServiceRead(DESCRIBE, KEY_ID, gone=GONE)
POLICY = ServiceRead(GET_POLICY, {**KEY_ID, "PolicyName": "default"}, gone=GONE)
GRANTS = ServiceRead(LIST_GRANTS, KEY_ID, gone=GONE, pages=GRANT_PAGES)


def read(arn: Arn, action: str, place: Place) -> Plan[TargetReading]:
    """One round for a key, two for an alias."""
    del action
    collector = ReplyCollector(str(arn))
    if not arn.resource.startswith("alias/"):
        described, *rest = yield _reads(arn, place, DESCRIBED, POLICY, GRANTS)
        return _reading(collector, arn, described, collector.take(described), rest)
    (described,) = yield _reads(arn, place, DESCRIBED)
    about = collector.take(described, Layer.RESOURCE, Layer.GRANT)
    found = parse_arn(about.text("KeyMetadata", "Arn"))
    if found is None:
        return _reading(collector, arn, described, about, ())
    collector.subject = str(found)
    held = yield _reads(found, place, POLICY, GRANTS)
    return _reading(collector, found, described, about, held)


def _reads(arn: Arn, place: Place, *calls: ServiceRead) -> tuple[Read, ...]:
    return tuple(read_of(KEY, call, arn, place) for call in calls)


def _reading(
    collector: ReplyCollector, arn: Arn, described: Reply, about: Answer, held: Sequence[Reply]
) -> TargetReading:
    """`held` are the replies about policy and grants; none where it is not known which key an alias names."""
    said, granted = (
        (collector.take(held[0], Layer.RESOURCE), collector.take(held[1], Layer.GRANT))
        if held
        else (about, about)
    )
    state = about.text("KeyMetadata", "KeyState")
    if state not in USABLE:
        collector.findings.append(Message("policies.key-not-usable", {"key": str(arn), "state": state}))
    by_aws = about.text("KeyMetadata", "KeyManager") == "AWS" or arn.resource.startswith("alias/aws/")
    if by_aws and not said.at("Policy"):
        collector.unread.add(Layer.RESOURCE)  # AWS makes the key at its first use, with a policy of its own
    return collector.reading(
        service="kms",
        account=about.text("KeyMetadata", "AWSAccountId") or arn.account,
        exists=existence(arn, zip((DESCRIBED, POLICY, GRANTS), (described, *held), strict=False)),
        policy=parsed("key policy", said.at("Policy")),
        grants=tuple(_grant(item) for item in granted.items("Grants")),
        managed_by_aws=by_aws,
    )


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


def named(text: str, place: Place) -> str | None:
    """From a key's id or an alias with or without `alias/`."""
    if len(text) == ID_LENGTH or text.startswith("mrk-"):
        return plain_arn("kms:key/{name}", text, place, "-")
    return plain_arn("kms:alias/{name}", text.removeprefix("alias/"), place, "-_/")


def listed_key(alias: Mapping[str, Any], place: Place) -> str:
    """The key behind an alias, as an ARN: a policy never names an alias."""
    del place
    owner = str(alias.get("AliasArn", "")).rpartition(":")[0]
    return f"{owner}:key/{alias['TargetKeyId']}" if alias.get("TargetKeyId") else ""


KEY = Resource(
    kind="key",
    arn="kms:key/{name}",
    within=("alias/{alias}",),
    holder="{called}",
    letters="-_/",
    listed=Listing(LIST, within="Aliases", names=listed_key),
    hints=("KMS", "KEY"),
    named=named,
    elsewhere=False,
    read=read,
    reads=(DESCRIBE, GET_POLICY, LIST_GRANTS),
    draft=Draft(
        called="key policy",
        most=32_768,
        statement_resource="*",
        cli="kms put-key-policy --key-id {called} --policy-name default --policy {document}",
        read_back="kms get-key-policy --key-id {called} --policy-name default",
        terraform=Block("aws_kms_key_policy", {"key_id": "{called}"}, "policy"),
        cloudformation=Block("AWS::KMS::Key", {}, "KeyPolicy", owned=True),
        cdk="aws_kms.CfnKey",
    ),
)
SERVICE = Service(
    prefix="kms",
    name="KMS",
    title="AWS KMS",
    page="https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html",
    resources=(KEY,),
    roles=(
        Role("reader", asked="Decrypt", grants={"same": "Decrypt DescribeKey"}),
        Role(
            "writer", asked="GenerateDataKey Encrypt", grants={"same": "Decrypt GenerateDataKey DescribeKey"}
        ),
    ),
    neighbours="Decrypt Encrypt GenerateDataKey DescribeKey CreateGrant PutKeyPolicy ScheduleKeyDeletion",
    tries={
        "DescribeKey": "kms describe-key --key-id {called}",
        "GenerateDataKey": "kms generate-data-key --key-id {called} --key-spec AES_256 --query KeyId",
    },
    changes={
        "PutKeyPolicy": "the policy of key {keyId} was written",
        "RevokeGrant": "a grant of key {keyId} was revoked",
        "RetireGrant": "a grant of key {keyId} was retired",
        "CreateGrant": "a grant of key {keyId} was created",
        "DisableKey": "key {keyId} was disabled",
        "ScheduleKeyDeletion": "key {keyId} was scheduled for deletion",
    },
)
