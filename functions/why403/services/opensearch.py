"""OpenSearch domains: the domain's access policy and key, in one call.

Fine-grained access control has users and roles of its own, which IAM does not see.
"""

from collections.abc import Iterator

from why403.iam.arn import Arn
from why403.message import Message
from why403.reads import Answer
from why403.services.declaration import Block, Draft, Listing, Resource, Service, ServiceRead, declared

LIST = declared(
    "es:ListDomainNames",
    "Where a line names no domain: the domains that it may have meant.",
    client="opensearch",
)
DESCRIBE = declared(
    "es:DescribeDomain", "The domain's access policy may allow or deny the call.", client="opensearch"
)


def fine_grained(arn: Arn, said: Answer) -> Iterator[Message]:
    """That the domain has users and roles of its own."""
    if said.at("DomainStatus", "AdvancedSecurityOptions", "Enabled") is True:
        yield Message("policies.fine-grained-access", {"domain": arn.resource.split("/")[1]})


SERVICE = Service(
    prefix="es",
    name="OpenSearch",
    title="Amazon OpenSearch Service",
    page="https://docs.aws.amazon.com/opensearch-service/latest/developerguide/ac.html",
    resources=(
        Resource(
            kind="domain",
            arn="es:domain/{name}",
            listed=Listing(LIST, within="DomainNames", each="DomainName"),
            hints=("OPENSEARCH", "ELASTICSEARCH", "DOMAIN"),
            described=ServiceRead(DESCRIBE, {"DomainName": "{name}"}, gone=("ResourceNotFoundException",)),
            policy="DomainStatus.AccessPolicies",
            key="DomainStatus.EncryptionAtRestOptions.KmsKeyId",
            findings=fine_grained,
            draft=Draft(
                called="domain access policy",
                cli="opensearch update-domain-config --domain-name {name} --access-policies {document}",
                read_back="opensearch describe-domain-config --domain-name {name}",
                terraform=Block("aws_opensearch_domain_policy", {"domain_name": "{name}"}, "access_policies"),
            ),
        ),
    ),
    unrecorded="ESHttpDelete ESHttpGet ESHttpHead ESHttpPatch ESHttpPost ESHttpPut",
)
