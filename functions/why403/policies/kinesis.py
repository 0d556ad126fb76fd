"""Kinesis data streams and their consumers: the resource policy and the stream's key. No record is read."""

from why403.iam.arn import Arn
from why403.iam.layer import Layer
from why403.iam.place import Place
from why403.policies.service import PolicyService, ask, part_after
from why403.reads import DeclaredRead, Plan, Read
from why403.services.documents import parsed
from why403.services.reading import TargetReading
from why403.services.reply_collector import ReplyCollector

PAGE = "https://docs.aws.amazon.com/streams/latest/dev/controlling-access.html"
GONE = frozenset({"ResourceNotFoundException"})
GET_POLICY = DeclaredRead(
    "kinesis",
    "GetResourcePolicy",
    ("kinesis:GetResourcePolicy",),
    "The stream's policy may allow or deny the call.",
)
DESCRIBE = DeclaredRead(
    "kinesis",
    "DescribeStreamSummary",
    ("kinesis:DescribeStreamSummary",),
    "Whether the stream exists, and the key that the caller must be able to use.",
)


def stream_arn(arn: Arn) -> str:
    """The stream of a stream's or a consumer's ARN."""
    name = part_after(arn, "stream/").partition("/")[0]
    return str(Arn(arn.partition, arn.service, arn.region, arn.account, f"stream/{name}"))


def probe(arn: Arn) -> Read:
    """Whether there is such a stream."""
    return DESCRIBE.of(region=arn.region, StreamName=part_after(arn, "stream/").partition("/")[0])


def read(arn: Arn, action: str, place: Place) -> Plan[TargetReading]:
    """One round. A consumer has a policy of its own."""
    del action
    collector = ReplyCollector(str(arn), GONE)
    policy, described = yield (
        ask(GET_POLICY, arn, place, ResourceARN=str(arn)),
        ask(DESCRIBE, arn, place, StreamARN=stream_arn(arn)),
    )
    about = collector.take(described)
    exists = collector.exists
    said = collector.take(policy, Layer.RESOURCE)
    collector.exists = True if exists is None and said.text("Policy") else exists
    return collector.reading(
        service="kinesis",
        account=arn.account,
        policy=parsed("stream policy", said.at("Policy")),
        key_arn=about.text("StreamDescriptionSummary", "KeyId"),
    )


SERVICE = PolicyService(
    stem="kinesis",
    title="Amazon Kinesis Data Streams",
    prefixes=("kinesis",),
    page=PAGE,
    reads=(GET_POLICY, DESCRIBE),
    read=read,
    holds="stream policy, consumer policy",
    follows_key=True,
    probe=probe,
)
