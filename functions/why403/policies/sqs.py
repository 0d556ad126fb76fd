"""SQS queues: the queue's policy and its encryption key, in one call.

Reads attributes only, never a message. The queue's URL is built from its ARN: the service finds the queue by the
URL's path.
"""

from why403.iam.arn import Arn
from why403.iam.layer import Layer
from why403.iam.place import Place
from why403.policies.service import PolicyService, ask
from why403.reads import DeclaredRead, Plan, Read
from why403.services.documents import parsed
from why403.services.locked import UNLOCK_QUEUE, shut_out
from why403.services.reading import TargetReading
from why403.services.reply_collector import ReplyCollector

PAGE = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-using-identity-based-policies.html"
GONE = frozenset({"AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist"})
GET_ATTRIBUTES = DeclaredRead(
    "sqs",
    "GetQueueAttributes",
    ("sqs:GetQueueAttributes",),
    "The queue's policy may allow or deny the call, and its key must be usable by the caller.",
)


def queue_url(arn: Arn) -> str:
    """The URL by which SQS knows the queue."""
    suffix = ".cn" if arn.partition == "aws-cn" else ""
    return f"https://sqs.{arn.region}.amazonaws.com{suffix}/{arn.account}/{arn.resource}"


def probe(arn: Arn) -> Read:
    """Whether there is such a queue."""
    return GET_ATTRIBUTES.of(region=arn.region, QueueUrl=queue_url(arn), AttributeNames=["QueueArn"])


def read(arn: Arn, action: str, place: Place) -> Plan[TargetReading]:
    """One round. `KmsMasterKeyId` is an id, an ARN or an alias; absent with SSE-SQS, whose key has no policy."""
    del action
    collector = ReplyCollector(str(arn), GONE)
    (reply,) = yield (ask(GET_ATTRIBUTES, arn, place, QueueUrl=queue_url(arn), AttributeNames=["All"]),)
    said = collector.take(reply, Layer.RESOURCE)
    if arn.account == place.account:
        collector.findings += shut_out(reply, str(arn), UNLOCK_QUEUE)
    return collector.reading(
        service="sqs",
        account=arn.account,
        policy=parsed("queue policy", said.at("Attributes", "Policy")),
        key_arn=said.text("Attributes", "KmsMasterKeyId"),
    )


SERVICE = PolicyService(
    stem="sqs",
    title="Amazon SQS",
    prefixes=("sqs",),
    page=PAGE,
    reads=(GET_ATTRIBUTES,),
    read=read,
    holds="queue policy",
    follows_key=True,
    probe=probe,
)
