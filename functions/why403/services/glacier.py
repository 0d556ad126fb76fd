"""S3 Glacier vaults: the vault access policy. No archive is read. Its read answers alike without a vault."""

from why403.services.declaration import Block, Draft, Resource, Service, ServiceRead, declared

GET_POLICY = declared("glacier:GetVaultAccessPolicy", "The vault's policy may allow or deny the call.")
DESCRIBE = declared("glacier:DescribeVault", "Whether the vault exists.")
NAMED = {"accountId": "{account}", "vaultName": "{name}"}
SERVICE = Service(
    prefix="glacier",
    name="Glacier",
    title="Amazon S3 Glacier",
    page="https://docs.aws.amazon.com/amazonglacier/latest/dev/access-control-overview.html",
    resources=(
        Resource(
            kind="vault",
            arn="glacier:vaults/{name}",
            asked=ServiceRead(GET_POLICY, NAMED),
            described=ServiceRead(DESCRIBE, NAMED, gone=("ResourceNotFoundException",)),
            policy="policy.Policy",
            draft=Draft(
                called="vault access policy",
                cli="glacier set-vault-access-policy --account-id {account} --vault-name {name} --policy {document}",
                wrapped={"Policy": "{document}"},
                read_back="glacier get-vault-access-policy --account-id {account} --vault-name {name}",
                terraform=Block("aws_glacier_vault", {"name": "{name}"}, "access_policy", owned=True),
            ),
        ),
    ),
)
