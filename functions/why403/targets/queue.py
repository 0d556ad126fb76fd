"""SQS queues as targets: named by their URLs almost everywhere."""

import re
from collections.abc import Iterable

from why403.iam.arn import parse_arn
from why403.iam.place import Place
from why403.reads import Answer, DeclaredRead, Read
from why403.targets.kind import TargetKind, arn_maker

PAGES = 5
URL = re.compile(
    r"https?://([A-Za-z0-9.:-]{1,255})/(\d{12})/([A-Za-z0-9_-]{1,80}(?:\.fifo)?)(?![A-Za-z0-9_-])"
)
REGION = re.compile(r"\b([a-z]{2}(?:-[a-z]+)+-\d)\b")
LIST = DeclaredRead(
    "sqs",
    "ListQueues",
    ("sqs:ListQueues",),
    "Where a line names no queue: the queues that it may have meant.",
)
GET_ATTRIBUTES = DeclaredRead(
    "sqs",
    "GetQueueAttributes",
    ("sqs:GetQueueAttributes",),
    "A queue whose policy names the caller is likely the one that was meant.",
)
_by_name = arn_maker("sqs")


def url_arn(url: str, place: Place) -> str | None:
    """The ARN of a queue's URL; an endpoint without a Region in its name is in ours."""
    found = URL.search(url)
    if found is None:
        return None
    region = REGION.search(found[1])
    return f"arn:{place.partition}:sqs:{region[1] if region else place.region}:{found[2]}:{found[3]}"


def named(text: str, place: Place) -> str | None:
    """From a URL, an ARN or a name."""
    return url_arn(text, place) if "://" in text else _by_name(text, place)


def spotted(text: str, place: Place) -> Iterable[str]:
    """The queues whose URLs stand in a text."""
    for found in URL.finditer(text):
        arn = url_arn(found[0], place)
        if arn is not None:
            yield arn


def arns(answer: Answer, place: Place) -> tuple[str, ...]:
    """ListQueues lists URLs."""
    found = (url_arn(url, place) for url in answer.texts("QueueUrls"))
    return tuple(f"arn:{place.partition}:sqs:{place.region}:{arn.split(':', 4)[4]}" for arn in found if arn)


def _policy(arn: str) -> Read:
    queue = parse_arn(arn)
    if queue is None:
        return GET_ATTRIBUTES.of(QueueUrl=arn, AttributeNames=["Policy"])
    suffix = ".cn" if queue.partition == "aws-cn" else ""
    url = f"https://sqs.{queue.region}.amazonaws.com{suffix}/{queue.account}/{queue.resource}"
    return GET_ATTRIBUTES.of(region=queue.region, QueueUrl=url, AttributeNames=["Policy"])


KIND = TargetKind(
    stem="queue",
    services=("sqs",),
    prefix="",
    reads=(LIST, GET_ATTRIBUTES),
    listing=lambda region: (LIST.of(region=region, pages=PAGES, MaxResults=1000),),
    arns=arns,
    hints=("QUEUE", "SQS"),
    named=named,
    spotted=spotted,
    policy=_policy,
    policy_text=lambda answer: answer.text("Attributes", "Policy"),
)
