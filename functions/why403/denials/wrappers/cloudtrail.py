"""CloudTrail records printed to a log: eventSource, eventName, userIdentity.arn, errorCode.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
"""

import re
from collections.abc import Iterator

from why403.denials.call import FailedCall, Wrapper
from why403.iam.reference import prefix_of

SOURCE = re.compile(r"\"eventSource\": ?\"(?P<value>[\w.-]{2,80})\.amazonaws\.com\"")
NAME = re.compile(r"\"eventName\": ?\"(?P<value>\w{3,80})\"")
CODE = re.compile(r"\"errorCode\": ?\"(?P<value>[\w.]{3,80})\"")
ARN = re.compile(r"\"userIdentity\": ?\{[^{}]{0,600}?\"arn\": ?\"(?P<value>arn:[^\"\s]{10,600})\"")
BUCKET = re.compile(r"\"bucketName\": ?\"(?P<value>[\w.-]{3,63})\"")
KEY = re.compile(r"\"requestParameters\": ?\{[^{}]{0,600}?\"key\": ?\"(?P<value>[^\"]{1,1024})\"")


def _value(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.search(text)
    return match["value"] if match else ""


def read(text: str) -> Iterator[FailedCall]:
    """One call a record."""
    starts = [match.start() for match in SOURCE.finditer(text)]
    for number, start in enumerate(starts):
        low = 0 if number == 0 else (starts[number - 1] + start) // 2
        high = starts[number + 1] if number + 1 < len(starts) else len(text)
        record = text[low:high]
        bucket, key = _value(BUCKET, record), _value(KEY, record)
        yield FailedCall(
            start=start,
            end=start + 20,
            service=prefix_of(_value(SOURCE, record)) or "",
            operation=_value(NAME, record),
            code=_value(CODE, record),
            principal=_value(ARN, record),
            resource=(f"arn:aws:s3:::{bucket}/{key}" if key else f"arn:aws:s3:::{bucket}") if bucket else "",
        )


WRAPPER = Wrapper(('"eventSource"',), read)
