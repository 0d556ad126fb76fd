"""What services log of calls that were refused: SNS's deliveries, Firehose's, Transfer Family's files, Bedrock's invocations.

https://docs.aws.amazon.com/sns/latest/dg/sns-topic-attributes.html
https://docs.aws.amazon.com/firehose/latest/dev/monitoring-with-cloudwatch-logs.html
https://docs.aws.amazon.com/transfer/latest/userguide/cw-structure-logs.html
https://docs.aws.amazon.com/bedrock/latest/userguide/model-invocation-logging.html
"""

import re
from collections.abc import Iterator

from why403.denials.call import FailedCall, Wrapper
from why403.iam.reference import prefix_of

DESTINATION = re.compile(
    r"\"destination\": ?\"(?P<arn>arn:[\w-]+:(?P<service>sqs|lambda|firehose):[^\s\"]{5,400})\""
)
"""Subscribers whose policy or key can refuse SNS; an HTTP endpoint's 403 is its owner's."""
FIREHOSE = re.compile(
    r"\"errorCode\": ?\"(?P<where>[A-Z]\w{1,20})\.(?P<key>KMS\.)?(?P<what>AssumeRole|Invoke|S3Bucket)?AccessDenied(?:Exception)?\""
)
"""Where Firehose was refused, and what: `S3.AccessDenied`, `S3.KMS.AccessDeniedException`, `Lambda.AssumeRoleAccessDenied`,
`Lambda.InvokeAccessDenied`, `Redshift.S3BucketAccessDenied`."""
OF_ROLE = "trust policy"
"""In the message of a code that names no more than where: the role was not to be taken."""
PROCESSOR = re.compile(r"\"processor\": ?\"(?P<arn>arn:[\w-]+:lambda:[^\s\"]{5,400})\"")
"""The function that transforms the stream's records."""
BUCKET = re.compile(r"\"destination\": ?\"arn:aws[a-z-]{0,10}:s3:::(?P<bucket>[a-z0-9.-]{3,63})\"")
"""The stream's destination is the bucket's ARN alone, without the prefix within it."""
TRANSFERRED = re.compile(
    r"\"?\b(?P<name>operation|path|mode|role)\"?(?:: ?\"|=)(?P<value>[^\"\s=]{1,1100})", re.IGNORECASE
)
"""A field of Transfer Family's, as JSON or as `Path=/bucket/key`; an object's key has 1,024 characters."""
FILES = {"DELETE": "s3:DeleteObject", "RMDIR": "s3:DeleteObject", "MKDIR": "s3:PutObject"}
"""What an operation on a file asks S3 for; OPEN by its mode."""
EFS = "/fs-"
"""A file system's id, where a path of S3 begins with the bucket."""
INVOKED = re.compile(
    r"\"operation\": ?\"(?P<operation>[A-Z]\w{3,60})\".{0,400}?\"errorCode\": ?\"(?P<code>[A-Za-z]{3,60})\""
)
"""Of a record of which only what Bedrock itself says is left: a model's ARN stands between."""
INVOKER = re.compile(r"\"identity\": ?\{\"arn\": ?\"(?P<arn>arn:[^\"\s]{10,600})\"")
"""A role's session has a path of 512 and two names of 64 characters at most."""
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
    """What a Firehose stream was refused: its role, its function, the bucket that it delivers to or that bucket's key."""
    refused, bucket = FIREHOSE.search(text), BUCKET.search(text)
    if refused is None:
        return
    where, what = refused["where"], refused["what"]
    if what == "AssumeRole" or (where not in {"S3", "Lambda"} and not what and OF_ROLE in text):
        yield FailedCall.at(refused, service="sts", action="sts:AssumeRole", code="AccessDenied")
    elif what == "Invoke":
        function = PROCESSOR.search(text)
        yield FailedCall.at(
            refused,
            service="lambda",
            action="lambda:InvokeFunction",
            code="AccessDenied",
            resource=function["arn"] if function else "",
        )
    elif what == "S3Bucket" or where != "S3":
        service = "s3" if what else prefix_of({"OS": "es"}.get(where, where)) or ""
        yield FailedCall.at(refused, service=service, code="AccessDenied")
    elif bucket:
        by_key = refused["key"] is not None
        yield FailedCall.at(
            refused,
            service="kms" if by_key else "s3",
            operation="PutObject",
            action="kms:GenerateDataKey" if by_key else "s3:PutObject",
            code="AccessDenied",
            name=bucket["bucket"],
        )


def read_transfer(text: str) -> Iterator[FailedCall]:
    """A file that the role of a Transfer Family user was refused, in S3."""
    told = {match["name"].lower(): match["value"] for match in TRANSFERRED.finditer(text)}
    path, operation = told.get("path", ""), told.get("operation", "").upper()
    start = text.find("ERROR")
    if start < 0 or "ccess denied" not in text or path.count("/") < 2 or path.startswith(EFS):  # noqa: PLR2004  # bucket, key
        return
    opened = "s3:PutObject" if "WRITE" in told.get("mode", "") else "s3:GetObject"
    action = opened if operation == "OPEN" else FILES.get(operation, "")
    role = told.get("role", "")
    yield FailedCall(
        start=start,
        end=start + 5,
        service="s3",
        action=action,
        resource=f"arn:aws:s3:::{path[1:]}",
        principal=role if role.startswith("arn:") else "",
        code="AccessDenied",
    )


def read_bedrock(text: str) -> Iterator[FailedCall]:
    """An invocation that was refused."""
    for match in INVOKED.finditer(text):
        invoker = INVOKER.search(text)
        yield FailedCall.at(
            match,
            service="bedrock",
            operation=match["operation"],
            code=match["code"],
            principal=invoker["arn"] if invoker else "",
        )


FIREHOSE_WRAPPER = Wrapper(('"deliveryStreamARN"',), read_firehose)
SNS_WRAPPER = Wrapper(('"providerResponse"',), read)
TRANSFER_WRAPPER = Wrapper(('"activity-type"', "ERROR Message="), read_transfer)
BEDROCK_WRAPPER = Wrapper(('"ModelInvocationLog"',), read_bedrock)
