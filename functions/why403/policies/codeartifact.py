"""CodeArtifact domains and repositories: their permissions policies."""

from typing import Any

from why403.iam.arn import Arn
from why403.iam.layer import Layer
from why403.iam.place import Place
from why403.policies.service import PolicyService, ask, part_after
from why403.reads import DeclaredRead, Plan
from why403.services.documents import parsed
from why403.services.reading import TargetReading
from why403.services.reply_collector import ReplyCollector

PAGE = "https://docs.aws.amazon.com/codeartifact/latest/ug/repo-policies.html"
GET_REPOSITORY_POLICY = DeclaredRead(
    "codeartifact",
    "GetRepositoryPermissionsPolicy",
    ("codeartifact:GetRepositoryPermissionsPolicy",),
    "The repository's policy may allow or deny the call.",
)
GET_DOMAIN_POLICY = DeclaredRead(
    "codeartifact",
    "GetDomainPermissionsPolicy",
    ("codeartifact:GetDomainPermissionsPolicy",),
    "The domain's policy may allow or deny the call.",
)


def read(arn: Arn, action: str, place: Place) -> Plan[TargetReading]:
    """One round. Packages are covered by their repository's policy."""
    del action
    domain, _, rest = part_after(arn, "repository/").partition("/")
    if not domain:
        domain, _, rest = part_after(arn, "package/").partition("/")
    repository = rest.partition("/")[0]
    named: dict[str, Any] = {"domain": domain or part_after(arn, "domain/"), "domainOwner": arn.account}
    collector = ReplyCollector(str(arn))
    (reply,) = yield (
        ask(GET_REPOSITORY_POLICY, arn, place, repository=repository, **named)
        if repository
        else ask(GET_DOMAIN_POLICY, arn, place, **named),
    )
    said = collector.take(reply, Layer.RESOURCE)
    return collector.reading(
        service="codeartifact",
        account=arn.account,
        policy=parsed("repository policy" if repository else "domain policy", said.at("policy", "document")),
    )


SERVICE = PolicyService(
    stem="codeartifact",
    title="AWS CodeArtifact",
    prefixes=("codeartifact",),
    page=PAGE,
    reads=(GET_REPOSITORY_POLICY, GET_DOMAIN_POLICY),
    read=read,
    holds="repository policy, domain policy",
)
