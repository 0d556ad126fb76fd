"""Secrets Manager secrets: the resource policy and the key. The secret's value is never read."""

import re

from why403.iam.arn import Arn
from why403.services.declaration import Block, Draft, Listing, Resource, Role, Service, ServiceRead, declared
from why403.services.names import no_arn_of_a_name

GONE = ("ResourceNotFoundException",)
LIST = declared(
    "secretsmanager:ListSecrets",
    "Where a line names no secret, or its name alone: the secrets that it may have meant. No value is read.",
)
GET_POLICY = declared("secretsmanager:GetResourcePolicy", "The secret's policy may allow or deny the call.")
DESCRIBE = declared(
    "secretsmanager:DescribeSecret",
    "Whether the secret exists, and the key that the caller must be able to use. It does not return the value.",
)
SUFFIX = re.compile(r"-[A-Za-z0-9]{6}\Z")
"""The six characters that Secrets Manager puts behind a secret's name in its ARN."""


def bare_name(arn: Arn) -> str:
    """The secret's name: in another Region its suffix is another, its name is not."""
    return SUFFIX.sub("", arn.resource.removeprefix("secret:"))


SERVICE = Service(
    prefix="secretsmanager",
    name="SecretsManager",
    title="AWS Secrets Manager",
    page="https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_resource-policies.html",
    resources=(
        Resource(
            kind="secret",
            arn="secretsmanager:secret:{name}",
            letters="-_./+=@",
            listed=Listing(LIST, within="SecretList", each="ARN"),
            hints=("SECRET",),
            named=no_arn_of_a_name,
            also_called=lambda name: (SUFFIX.sub("", name),),
            asked=ServiceRead(GET_POLICY, {"SecretId": "{called}"}, gone=GONE),
            described=ServiceRead(DESCRIBE, {"SecretId": "{called}"}, gone=GONE),
            elsewhere=ServiceRead(DESCRIBE, {"SecretId": bare_name}),
            policy="ResourcePolicy",
            key="KmsKeyId",
            key_by_default="alias/aws/secretsmanager",
            true_arn="ARN",
            draft=Draft(
                called="secret policy",
                most=20_480,
                cli="secretsmanager put-resource-policy --secret-id {arn} --resource-policy {document}"
                " --block-public-policy",
                read_back="secretsmanager get-resource-policy --secret-id {arn}",
                terraform=Block("aws_secretsmanager_secret_policy", {"secret_arn": "{arn}"}, "policy"),
                cloudformation=Block(
                    "AWS::SecretsManager::ResourcePolicy",
                    {"SecretId": "{arn}", "BlockPublicPolicy": True},
                    "ResourcePolicy",
                ),
                cdk="aws_secretsmanager.CfnResourcePolicy",
            ),
        ),
    ),
    roles=(
        Role(
            "reader",
            asked="GetSecretValue DescribeSecret",
            grants={"same": "GetSecretValue DescribeSecret"},
        ),
    ),
    neighbours="GetSecretValue DescribeSecret PutSecretValue DeleteSecret",
    keys_page="https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html",
    needs_besides={
        "GetSecretValue": "Decrypt",
        "PutSecretValue UpdateSecret": "GenerateDataKey Decrypt",
    },
    tries={
        "GetSecretValue": "secretsmanager get-secret-value --secret-id {arn} --query ARN",
        "DescribeSecret": "secretsmanager describe-secret --secret-id {arn}",
    },
    changes={
        "PutResourcePolicy": "the policy of secret {secretId} was written",
        "DeleteResourcePolicy": "the policy of secret {secretId} was deleted",
    },
)
