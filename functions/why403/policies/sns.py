"""SNS topics: the topic's policy and its encryption key, in one call."""

from why403.iam.arn import Arn
from why403.iam.layer import Layer
from why403.iam.place import Place
from why403.policies.service import PolicyService, ask
from why403.reads import DeclaredRead, Plan, Read
from why403.services.documents import parsed
from why403.services.reading import TargetReading
from why403.services.reply_collector import ReplyCollector

PAGE = "https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-language-api-permissions-reference.html"
GONE = frozenset({"NotFound", "NotFoundException"})
GET_ATTRIBUTES = DeclaredRead(
    "sns",
    "GetTopicAttributes",
    ("sns:GetTopicAttributes",),
    "The topic's policy may allow or deny the call, and its key must be usable by the caller.",
)


def topic_arn(arn: Arn) -> str:
    """The topic of a topic's or a subscription's ARN."""
    return str(Arn(arn.partition, arn.service, arn.region, arn.account, arn.resource.partition(":")[0]))


def probe(arn: Arn) -> Read:
    """Whether there is such a topic."""
    return GET_ATTRIBUTES.of(region=arn.region, TopicArn=topic_arn(arn))


def read(arn: Arn, action: str, place: Place) -> Plan[TargetReading]:
    """One round. Every topic has a policy: the default one allows its own account."""
    del action
    collector = ReplyCollector(topic_arn(arn), GONE)
    (reply,) = yield (ask(GET_ATTRIBUTES, arn, place, TopicArn=topic_arn(arn)),)
    said = collector.take(reply, Layer.RESOURCE)
    return collector.reading(
        service="sns",
        account=arn.account,
        policy=parsed("topic policy", said.at("Attributes", "Policy")),
        key_arn=said.text("Attributes", "KmsMasterKeyId"),
    )


SERVICE = PolicyService(
    stem="sns",
    title="Amazon SNS",
    prefixes=("sns",),
    page=PAGE,
    reads=(GET_ATTRIBUTES,),
    read=read,
    holds="topic policy",
    follows_key=True,
    probe=probe,
)
