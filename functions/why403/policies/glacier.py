"""S3 Glacier vaults: the vault access policy. No archive is read."""

from why403.iam.arn import Arn
from why403.iam.layer import Layer
from why403.iam.place import Place
from why403.policies.service import PolicyService, ask, part_after
from why403.reads import DeclaredRead, Plan, Read
from why403.services.documents import parsed
from why403.services.reading import TargetReading
from why403.services.reply_collector import ReplyCollector

PAGE = "https://docs.aws.amazon.com/amazonglacier/latest/dev/access-control-overview.html"
GET_POLICY = DeclaredRead(
    "glacier",
    "GetVaultAccessPolicy",
    ("glacier:GetVaultAccessPolicy",),
    "The vault's policy may allow or deny the call.",
)
DESCRIBE = DeclaredRead("glacier", "DescribeVault", ("glacier:DescribeVault",), "Whether the vault exists.")


def probe(arn: Arn) -> Read:
    """Whether there is such a vault."""
    return DESCRIBE.of(region=arn.region, accountId="-", vaultName=part_after(arn, "vaults/"))


def read(arn: Arn, action: str, place: Place) -> Plan[TargetReading]:
    """One round. GetVaultAccessPolicy answers alike without a policy and without a vault."""
    del action
    name = part_after(arn, "vaults/")
    collector = ReplyCollector(str(arn), frozenset({"ResourceNotFoundException"}))
    policy, described = yield (
        ask(GET_POLICY, arn, place, accountId=arn.account, vaultName=name),
        ask(DESCRIBE, arn, place, accountId=arn.account, vaultName=name),
    )
    collector.take(described)
    exists = collector.exists
    said = collector.take(policy, Layer.RESOURCE)
    found = parsed("vault access policy", said.at("policy", "Policy"))
    collector.exists = True if found else exists
    return collector.reading(service="glacier", account=arn.account, policy=found)


SERVICE = PolicyService(
    stem="glacier",
    title="Amazon S3 Glacier",
    prefixes=("glacier",),
    page=PAGE,
    reads=(GET_POLICY, DESCRIBE),
    read=read,
    holds="vault access policy",
    probe=probe,
)
