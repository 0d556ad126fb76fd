"""ECR repositories and the registry: their policies."""

from why403.iam.arn import Arn
from why403.iam.layer import Layer
from why403.iam.place import Place
from why403.policies.service import PolicyService, ask, part_after
from why403.reads import DeclaredRead, Plan, Read
from why403.services.documents import parsed
from why403.services.reading import TargetReading
from why403.services.reply_collector import ReplyCollector

PAGE = "https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policies.html"
GONE = frozenset({"RepositoryNotFoundException"})
OF_THE_REGISTRY = frozenset({"ecr:ReplicateImage", "ecr:BatchImportUpstreamImage", "ecr:CreateRepository"})
"""https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry-permissions.html"""
GET_POLICY = DeclaredRead(
    "ecr",
    "GetRepositoryPolicy",
    ("ecr:GetRepositoryPolicy",),
    "The repository's policy may allow or deny the call.",
)
DESCRIBE = DeclaredRead(
    "ecr",
    "DescribeRepositories",
    ("ecr:DescribeRepositories",),
    "Whether the repository exists, and its key.",
)
GET_REGISTRY_POLICY = DeclaredRead(
    "ecr",
    "GetRegistryPolicy",
    ("ecr:GetRegistryPolicy",),
    "The registry's policy decides on replication, pull through cache and created repositories.",
)


def probe(arn: Arn) -> Read:
    """Whether there is such a repository."""
    return DESCRIBE.of(region=arn.region, repositoryNames=[part_after(arn, "repository/")])


def read(arn: Arn, action: str, place: Place) -> Plan[TargetReading]:
    """One round."""
    collector = ReplyCollector(str(arn), GONE)
    name = part_after(arn, "repository/")
    policy, described = yield (
        ask(GET_REGISTRY_POLICY, arn, place)
        if action in OF_THE_REGISTRY
        else ask(GET_POLICY, arn, place, repositoryName=name, registryId=arn.account),
        ask(DESCRIBE, arn, place, repositoryNames=[name], registryId=arn.account),
    )
    about = collector.take(described)
    exists = collector.exists
    said = collector.take(policy, Layer.RESOURCE)
    if action in OF_THE_REGISTRY:
        collector.exists = exists
    encryption = [item.get("encryptionConfiguration") or {} for item in about.items("repositories")]
    return collector.reading(
        service="ecr",
        account=arn.account,
        policy=parsed(
            "registry policy" if action in OF_THE_REGISTRY else "repository policy", said.at("policyText")
        ),
        key_arn=str(encryption[0].get("kmsKey") or "") if encryption else "",
    )


SERVICE = PolicyService(
    stem="ecr",
    title="Amazon ECR",
    prefixes=("ecr",),
    page=PAGE,
    reads=(GET_POLICY, DESCRIBE, GET_REGISTRY_POLICY),
    read=read,
    holds="repository policy, registry policy",
    follows_key=True,
    probe=probe,
)
