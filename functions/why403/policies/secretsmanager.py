"""Secrets Manager secrets: the resource policy and the key. The secret's value is never read."""

from why403.iam.arn import Arn
from why403.iam.layer import Layer
from why403.iam.place import Place
from why403.policies.service import PolicyService, ask
from why403.reads import DeclaredRead, Plan, Read
from why403.services.documents import parsed
from why403.services.reading import TargetReading
from why403.services.reply_collector import ReplyCollector

PAGE = "https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_resource-policies.html"
GONE = frozenset({"ResourceNotFoundException"})
DEFAULT_KEY = "alias/aws/secretsmanager"
GET_POLICY = DeclaredRead(
    "secretsmanager",
    "GetResourcePolicy",
    ("secretsmanager:GetResourcePolicy",),
    "The secret's policy may allow or deny the call.",
)
DESCRIBE = DeclaredRead(
    "secretsmanager",
    "DescribeSecret",
    ("secretsmanager:DescribeSecret",),
    "Whether the secret exists, and the key that the caller must be able to use. It does not return the value.",
)


def probe(arn: Arn) -> Read:
    """Whether there is a secret of this name: in another Region its suffix is another, its name is not."""
    return DESCRIBE.of(region=arn.region, SecretId=secret_name(arn))


def secret_name(arn: Arn) -> str:
    """The name without the six characters that Secrets Manager puts behind it."""
    name = arn.resource.removeprefix("secret:")
    stem, dash, suffix = name.rpartition("-")
    return stem if dash and len(suffix) == 6 else name  # noqa: PLR2004  # the suffix's length


def read(arn: Arn, action: str, place: Place) -> Plan[TargetReading]:
    """One round. Without a key of its own a secret is encrypted with aws/secretsmanager."""
    del action
    collector = ReplyCollector(str(arn), GONE)
    policy, described = yield (
        ask(GET_POLICY, arn, place, SecretId=str(arn)),
        ask(DESCRIBE, arn, place, SecretId=str(arn)),
    )
    said, about = collector.take(policy, Layer.RESOURCE), collector.take(described)
    known = about.text("ARN")
    return collector.reading(
        service="secretsmanager",
        arn=known or str(arn),
        account=arn.account,
        policy=parsed("secret policy", said.at("ResourcePolicy")),
        key_arn=about.text("KmsKeyId") or (DEFAULT_KEY if known else ""),
    )


SERVICE = PolicyService(
    stem="secretsmanager",
    title="AWS Secrets Manager",
    prefixes=("secretsmanager",),
    page=PAGE,
    reads=(GET_POLICY, DESCRIBE),
    read=read,
    holds="resource policy",
    follows_key=True,
    probe=probe,
)
