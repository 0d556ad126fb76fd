"""What services log of deliveries that were refused: SNS's delivery status, and Firehose's errors.

https://docs.aws.amazon.com/sns/latest/dg/sns-topic-attributes.html
https://docs.aws.amazon.com/firehose/latest/dev/monitoring-with-cloudwatch-logs.html
"""

import re
from collections.abc import Iterator

from why403.denials.call import FailedCall, Wrapper

DESTINATION = re.compile(
    r"\"destination\": ?\"(?P<arn>arn:[\w-]+:(?P<service>sqs|lambda|firehose):[^\s\"]{5,400})\""
)
"""Subscribers whose policy or key can refuse SNS; an HTTP endpoint's 403 is its owner's."""
FIREHOSE = re.compile(r"\"errorCode\": ?\"S3\.(?P<key>KMS\.)?AccessDenied(?:Exception)?\"")
"""Firehose writes `S3.AccessDenied` for the bucket and `S3.KMS.AccessDeniedException` for its key."""
BUCKET = re.compile(r"\"destination\": ?\"arn:aws[a-z-]{0,10}:s3:::(?P<bucket>[a-z0-9.-]{3,63})\"")
"""The stream's destination is the bucket's ARN alone, without the prefix within it."""
ACTIONS = {"sqs": "sqs:SendMessage", "lambda": "lambda:InvokeFunction", "firehose": "firehose:PutRecord"}


def read(text: str) -> Iterator[FailedCall]:
    """A delivery that was refused; where the key of an encrypted queue was refused, the queue was not."""
    destination = DESTINATION.search(text)
    refused = "AccessDenied" in text or " is denied" in text
    if not destination or not refused or "FAILURE" not in text:
        return
    if "KMS" in text and destination["service"] == "sqs":
        yield FailedCall.at(
            destination,
            service="kms",
            operation="SendMessage",
            action="kms:GenerateDataKey",
            code="AccessDenied",
            name=destination["arn"],
        )
    elif "KMS" not in text:
        yield FailedCall.at(
            destination,
            service=destination["service"],
            action=ACTIONS[destination["service"]],
            resource=destination["arn"],
            code="AccessDenied",
        )


def read_firehose(text: str) -> Iterator[FailedCall]:
    """What a Firehose stream was refused of the bucket that it delivers to, or of its key."""
    refused, bucket = FIREHOSE.search(text), BUCKET.search(text)
    if refused is None or bucket is None:
        return
    by_key = refused["key"] is not None
    yield FailedCall.at(
        refused,
        service="kms" if by_key else "s3",
        operation="PutObject",
        action="kms:GenerateDataKey" if by_key else "s3:PutObject",
        code="AccessDenied",
        name=bucket["bucket"],
    )


FIREHOSE_WRAPPER = Wrapper(('"deliveryStreamARN"',), read_firehose)
WRAPPER = Wrapper(('"providerResponse"',), read)
