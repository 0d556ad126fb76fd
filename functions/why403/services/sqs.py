"""SQS queues: the queue's policy and its encryption key, in one call. Never a message.

The queue's URL is built from its ARN: the service finds the queue by the URL's path. With SSE-SQS a queue tells no
key: that one has no policy.
"""

import re
from collections.abc import Iterator

from why403.iam.arn import Arn
from why403.iam.place import REGION, Place
from why403.services.declaration import Block, Draft, Listing, Resource, Role, Service, ServiceRead, declared
from why403.services.names import plain_arn

URL = re.compile(
    r"https?://([A-Za-z0-9.:-]{1,255})/(\d{12})/([A-Za-z0-9_-]{1,80}(?:\.fifo)?)(?![A-Za-z0-9_-])"
)
"""Host, account and name of a queue's URL."""
LIST = declared("sqs:ListQueues", "Where a line names no queue: those that it may have meant.")
GET_ATTRIBUTES = declared(
    "sqs:GetQueueAttributes",
    "The queue's policy may allow or deny the call, and its key must be usable by the caller.",
)


def queue_url(arn: Arn) -> str:
    """The URL by which SQS knows the queue."""
    suffix = ".cn" if arn.partition == "aws-cn" else ""
    return f"https://sqs.{arn.region}.amazonaws.com{suffix}/{arn.account}/{arn.resource}"


def url_arn(url: str, place: Place) -> str | None:
    """The ARN of a queue's URL; an endpoint without a Region in its name is in ours."""
    found = URL.search(url)
    if found is None:
        return None
    region = re.search(rf"\b({REGION})\b", found[1])
    return f"arn:{place.partition}:sqs:{region[1] if region else place.region}:{found[2]}:{found[3]}"


def named(text: str, place: Place) -> str | None:
    """From a URL or a name."""
    return url_arn(text, place) if "://" in text else plain_arn("sqs:{name}", text, place, "-_.")


def spotted(text: str, place: Place) -> Iterator[str]:
    """The queues whose URLs stand in a text."""
    for found in URL.finditer(text):
        arn = url_arn(found[0], place)
        if arn is not None:
            yield arn


SERVICE = Service(
    prefix="sqs",
    name="SQS",
    title="Amazon SQS",
    page="https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-using-identity-based-policies.html",
    resources=(
        Resource(
            kind="queue",
            arn="sqs:{name}",
            fills=lambda arn: {"url": queue_url(arn)},
            listed=Listing(LIST, within="QueueUrls", parameters={"MaxResults": 1000}, policies_tell=True),
            hints=("QUEUE", "SQS"),
            named=named,
            spotted=spotted,
            described=ServiceRead(
                GET_ATTRIBUTES,
                {"QueueUrl": "{url}", "AttributeNames": ["All"]},
                gone=("AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist"),
            ),
            policy="Attributes.Policy",
            key="Attributes.KmsMasterKeyId",
            unlocked_by="SQSUnlockQueuePolicy",
            draft=Draft(
                called="queue policy",
                most=8_192,
                cli="sqs set-queue-attributes --queue-url {url} --attributes {document}",
                wrapped={"Policy": "{document}"},
                read_back="sqs get-queue-attributes --queue-url {url} --attribute-names Policy",
                terraform=Block("aws_sqs_queue_policy", {"queue_url": "{url}"}, "policy"),
                cloudformation=Block("AWS::SQS::QueuePolicy", {"Queues": ["{url}"]}, "PolicyDocument"),
                cdk="aws_sqs.CfnQueuePolicy",
            ),
        ),
    ),
    roles=(
        Role(
            "producer",
            asked="SendMessage GetQueueUrl GetQueueAttributes",
            grants={"same": "SendMessage GetQueueUrl GetQueueAttributes"},
        ),
        Role(
            "consumer",
            asked="*",
            grants={
                "same": "ReceiveMessage DeleteMessage ChangeMessageVisibility GetQueueUrl GetQueueAttributes"
            },
        ),
    ),
    neighbours="SendMessage ReceiveMessage DeleteMessage PurgeQueue GetQueueAttributes SetQueueAttributes DeleteQueue"
    " GetQueueUrl",
    keys_page="https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html",
    needs_besides={"SendMessage": "GenerateDataKey Decrypt", "ReceiveMessage": "Decrypt"},
    tries={
        "GetQueueAttributes": "sqs get-queue-attributes --queue-url {url} --attribute-names QueueArn",
        "GetQueueUrl": "sqs get-queue-url --queue-name {name}",
        "ListQueues": "sqs list-queues",
    },
    unrecorded="ChangeMessageVisibility DeleteMessage ReceiveMessage SendMessage",
    changes={
        "SetQueueAttributes": "attributes of queue {queueUrl} were written",
        "CreateQueue": "queue {queueName} was created",
        "DeleteQueue": "queue {queueUrl} was deleted",
        "AddPermission": "a permission was added to queue {queueUrl}",
        "RemovePermission": "a permission of queue {queueUrl} was removed",
    },
)
