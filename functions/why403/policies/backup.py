"""AWS Backup vaults: the vault's access policy and key."""

from why403.iam.arn import Arn
from why403.iam.layer import Layer
from why403.iam.place import Place
from why403.policies.service import PolicyService, ask, part_after
from why403.reads import DeclaredRead, Plan, Read
from why403.services.documents import parsed
from why403.services.reading import TargetReading
from why403.services.reply_collector import ReplyCollector

PAGE = "https://docs.aws.amazon.com/aws-backup/latest/devguide/create-a-vault-access-policy.html"
GET_POLICY = DeclaredRead(
    "backup",
    "GetBackupVaultAccessPolicy",
    ("backup:GetBackupVaultAccessPolicy",),
    "The vault's policy may allow or deny the call.",
)
DESCRIBE = DeclaredRead(
    "backup",
    "DescribeBackupVault",
    ("backup:DescribeBackupVault",),
    "Whether the vault exists, and the key that encrypts it.",
)


def probe(arn: Arn) -> Read:
    """Whether there is such a vault."""
    return DESCRIBE.of(region=arn.region, BackupVaultName=part_after(arn, "backup-vault:"))


def read(arn: Arn, action: str, place: Place) -> Plan[TargetReading]:
    """One round. GetBackupVaultAccessPolicy answers alike without a policy and without a vault."""
    del action
    name = part_after(arn, "backup-vault:")
    collector = ReplyCollector(str(arn), frozenset({"ResourceNotFoundException"}))
    if not name:
        return collector.reading(service="backup", account=arn.account)
    policy, described = yield (
        ask(GET_POLICY, arn, place, BackupVaultName=name),
        ask(DESCRIBE, arn, place, BackupVaultName=name),
    )
    about = collector.take(described)
    exists = collector.exists
    said = collector.take(policy, Layer.RESOURCE)
    collector.exists = True if said.text("Policy") else exists
    return collector.reading(
        service="backup",
        account=arn.account,
        policy=parsed("vault access policy", said.at("Policy")),
        key_arn=about.text("EncryptionKeyArn"),
    )


SERVICE = PolicyService(
    stem="backup",
    title="AWS Backup",
    prefixes=("backup",),
    page=PAGE,
    reads=(GET_POLICY, DESCRIBE),
    read=read,
    holds="vault access policy",
    follows_key=True,
    probe=probe,
)
