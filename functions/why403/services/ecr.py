"""ECR repositories and the registry: their policies. Which of them decides depends on the action."""

from dataclasses import replace

from why403.iam.arn import Arn
from why403.iam.layer import Layer
from why403.iam.place import Place
from why403.reads import Plan
from why403.services.declaration import Block, Draft, Listing, Resource, Role, Service, ServiceRead, declared
from why403.services.documents import parsed
from why403.services.read_policy import found_at, read_of, read_resource
from why403.services.reading import TargetReading
from why403.services.reply_collector import ReplyCollector, existence

GONE = ("RepositoryNotFoundException",)
OF_THE_REGISTRY = frozenset({"ecr:ReplicateImage", "ecr:BatchImportUpstreamImage", "ecr:CreateRepository"})
"""https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry-permissions.html"""
GET_POLICY = declared("ecr:GetRepositoryPolicy", "The repository's policy may allow or deny the call.")
DESCRIBE = declared(
    "ecr:DescribeRepositories",
    "Whether the repository exists, and its key; where a line names none, those that it may have meant.",
)
GET_REGISTRY_POLICY = declared(
    "ecr:GetRegistryPolicy",
    "The registry's policy decides on replication, pull through cache and created repositories.",
)
REGISTRY = Resource(
    kind="registry",
    arn="ecr:registry",
    asked=ServiceRead(GET_REGISTRY_POLICY, shows=False),
    draft=Draft(
        called="registry policy",
        most=10_240,
        cli="ecr put-registry-policy --policy-text {document}",
        read_back="ecr get-registry-policy --query policyText",
        terraform=Block("aws_ecr_registry_policy", {}, "policy"),
        cloudformation=Block("AWS::ECR::RegistryPolicy", {}, "PolicyText"),
        cdk="aws_ecr.CfnRegistryPolicy",
    ),
)
DESCRIBED = ServiceRead(DESCRIBE, {"repositoryNames": ["{name}"], "registryId": "{account}"}, gone=GONE)
KEY = "repositories.0.encryptionConfiguration.kmsKey"
REPOSITORY = Resource(
    kind="repository",
    arn="ecr:repository/{name}",
    letters="-_./",
    listed=Listing(DESCRIBE, within="repositories", each="repositoryArn"),
    hints=("REPOSITORY", "REPO", "ECR", "IMAGE"),
    asked=ServiceRead(GET_POLICY, {"repositoryName": "{name}", "registryId": "{account}"}, gone=GONE),
    described=DESCRIBED,
    policy="policyText",
    key=KEY,
    draft=Draft(
        called="repository policy",
        most=10_240,
        statement_resource="omit",
        cli="ecr set-repository-policy --repository-name {name} --policy-text {document}",
        read_back="ecr get-repository-policy --repository-name {name}",
        terraform=Block("aws_ecr_repository_policy", {"repository": "{name}"}, "policy"),
        cloudformation=Block(
            "AWS::ECR::Repository", {"RepositoryName": "{name}"}, "RepositoryPolicyText", owned=True
        ),
        cdk="aws_ecr.CfnRepository",
    ),
)


def read(arn: Arn, action: str, place: Place) -> Plan[TargetReading]:
    """One round. The registry's policy is asked for what is the registry's to allow."""
    if action not in OF_THE_REGISTRY:
        return (yield from read_resource(REPOSITORY, arn, action, place))
    policy, described = yield (
        read_of(REGISTRY, ServiceRead(GET_REGISTRY_POLICY), arn, place),
        read_of(REPOSITORY, DESCRIBED, arn, place),
    )
    collector = ReplyCollector(f"arn:{arn.partition}:ecr:{arn.region}:{arn.account}:registry")
    said, about = collector.take(policy, Layer.RESOURCE), collector.take(described)
    return collector.reading(
        service=arn.service,
        account=arn.account,
        exists=existence(arn, ((DESCRIBED, described),)),
        policy=parsed("registry policy", said.at("policyText")),
        key_arn=str(found_at(about.data, KEY) or ""),
    )


PUSH = "BatchCheckLayerAvailability InitiateLayerUpload UploadLayerPart CompleteLayerUpload PutImage BatchGetImage"
"""https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-push-iam.html"""

SERVICE = Service(
    prefix="ecr",
    name="ECR",
    title="Amazon ECR",
    page="https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policies.html",
    resources=(replace(REPOSITORY, read=read, reads=(GET_REGISTRY_POLICY,)), REGISTRY),
    endpoints=("ecr.api", "ecr.dkr"),
    roles=(
        Role(
            "puller",
            asked="BatchGetImage GetDownloadUrlForLayer BatchCheckLayerAvailability",
            grants={
                "same": "BatchGetImage GetDownloadUrlForLayer BatchCheckLayerAvailability",
                "*": "GetAuthorizationToken",
            },
        ),
        Role(
            "pusher",
            asked="InitiateLayerUpload UploadLayerPart CompleteLayerUpload PutImage BatchCheckLayerAvailability",
            grants={"same": PUSH, "*": "GetAuthorizationToken"},
        ),
    ),
    tries={
        "GetAuthorizationToken": "ecr get-authorization-token --query authorizationData[].proxyEndpoint",
        "BatchGetImage": "ecr batch-get-image --repository-name {name} --image-ids imageTag=latest --query failures",
    },
    changes={
        "SetRepositoryPolicy": "the policy of repository {repositoryName} was written",
        "DeleteRepositoryPolicy": "the policy of repository {repositoryName} was deleted",
    },
)
