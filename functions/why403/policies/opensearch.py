"""OpenSearch domains: the domain's access policy and key, in one call."""

from why403.iam.arn import Arn
from why403.iam.layer import Layer
from why403.iam.place import Place
from why403.message import Message
from why403.policies.service import PolicyService, ask, part_after
from why403.reads import DeclaredRead, Plan, Read
from why403.services.documents import parsed
from why403.services.reading import TargetReading
from why403.services.reply_collector import ReplyCollector

PAGE = "https://docs.aws.amazon.com/opensearch-service/latest/developerguide/ac.html"
GONE = frozenset({"ResourceNotFoundException"})
DESCRIBE = DeclaredRead(
    "opensearch",
    "DescribeDomain",
    ("es:DescribeDomain",),
    "The domain's access policy may allow or deny the call.",
)


def probe(arn: Arn) -> Read:
    """Whether there is such a domain."""
    return DESCRIBE.of(region=arn.region, DomainName=domain_name(arn))


def domain_name(arn: Arn) -> str:
    """The domain of a domain's ARN, with or without an index behind it."""
    return part_after(arn, "domain/").partition("/")[0]


def read(arn: Arn, action: str, place: Place) -> Plan[TargetReading]:
    """One round. Fine-grained access control has users and roles of its own, which IAM does not see."""
    del action
    name = domain_name(arn)
    domain = Arn(arn.partition, arn.service, arn.region, arn.account, f"domain/{name}")
    collector = ReplyCollector(str(domain), GONE)
    (reply,) = yield (ask(DESCRIBE, arn, place, DomainName=name),)
    said = collector.take(reply, Layer.RESOURCE)
    if said.at("DomainStatus", "AdvancedSecurityOptions", "Enabled") is True:
        collector.findings.append(Message("policies.fine-grained-access", {"domain": name}))
    return collector.reading(
        service="es",
        account=arn.account,
        policy=parsed("domain access policy", said.at("DomainStatus", "AccessPolicies")),
        key_arn=said.text("DomainStatus", "EncryptionAtRestOptions", "KmsKeyId"),
    )


SERVICE = PolicyService(
    stem="opensearch",
    title="Amazon OpenSearch Service",
    prefixes=("es",),
    page=PAGE,
    reads=(DESCRIBE,),
    read=read,
    holds="domain access policy",
    follows_key=True,
    probe=probe,
)
