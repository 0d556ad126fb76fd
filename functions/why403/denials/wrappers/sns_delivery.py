"""SNS's delivery-status logs: the topic's call of the queue, function or stream that it delivers to.

https://docs.aws.amazon.com/sns/latest/dg/sns-topic-attributes.html
"""

import re
from collections.abc import Iterator

from why403.denials.call import FailedCall, Wrapper

DESTINATION = re.compile(
    r"\"destination\": ?\"(?P<arn>arn:[\w-]+:(?P<service>sqs|lambda|firehose):[^\s\"]{5,400})\""
)
ACTIONS = {"sqs": "sqs:SendMessage", "lambda": "lambda:InvokeFunction", "firehose": "firehose:PutRecord"}


def read(text: str) -> Iterator[FailedCall]:
    """A delivery that was refused; where the key of an encrypted queue was refused, the queue was not."""
    destination = DESTINATION.search(text)
    refused = "AccessDenied" in text or " is denied" in text
    if not destination or not refused or "FAILURE" not in text:
        return
    if "KMS" in text and destination["service"] == "sqs":
        yield FailedCall(
            start=destination.start(),
            end=destination.end(),
            service="kms",
            operation="SendMessage",
            action="kms:GenerateDataKey",
            code="AccessDenied",
            name=destination["arn"],
        )
    elif "KMS" not in text:
        yield FailedCall(
            start=destination.start(),
            end=destination.end(),
            service=destination["service"],
            action=ACTIONS[destination["service"]],
            resource=destination["arn"],
            code="AccessDenied",
        )


WRAPPER = Wrapper(('"providerResponse"',), read)
