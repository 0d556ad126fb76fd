"""AWS Backup vaults: the vault's access policy and key. The policy's read answers alike without a vault."""

from why403.services.declaration import Block, Draft, Resource, Service, ServiceRead, declared

GET_POLICY = declared("backup:GetBackupVaultAccessPolicy", "The vault's policy may allow or deny the call.")
DESCRIBE = declared("backup:DescribeBackupVault", "Whether the vault exists, and the key that encrypts it.")
SERVICE = Service(
    prefix="backup",
    name="Backup",
    title="AWS Backup",
    page="https://docs.aws.amazon.com/aws-backup/latest/devguide/create-a-vault-access-policy.html",
    resources=(
        Resource(
            kind="vault",
            arn="backup:backup-vault:{name}",
            asked=ServiceRead(GET_POLICY, {"BackupVaultName": "{name}"}),
            described=ServiceRead(
                DESCRIBE, {"BackupVaultName": "{name}"}, gone=("ResourceNotFoundException",)
            ),
            policy="Policy",
            key="EncryptionKeyArn",
            draft=Draft(
                called="vault access policy",
                cli="backup put-backup-vault-access-policy --backup-vault-name {name} --policy {document}",
                read_back="backup get-backup-vault-access-policy --backup-vault-name {name}",
                terraform=Block("aws_backup_vault_policy", {"backup_vault_name": "{name}"}, "policy"),
            ),
        ),
    ),
)
