"""CloudTrail records in a log: eventSource, eventName, userIdentity.arn, errorCode.

A record is AWS's own, but the caller wrote its parameters and agent: only what AWS says of the refusal is read.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from why403.denials.call import FailedCall, Wrapper
from why403.iam.reference import prefix_of

SOURCE = re.compile(r"\"eventSource\": ?\"(?P<value>[\w.-]{2,80})\.amazonaws\.com\"")
"""Each record has exactly one, so records that one line holds are told apart by it; its first part is an endpoint's name."""
NAME = re.compile(r"\"eventName\": ?\"(?P<value>\w{3,80})\"")
"""An API operation, a word of letters and digits."""
CODE = re.compile(r"\"errorCode\": ?\"(?P<value>[\w.]{3,80})\"")
"""May have a point: `Client.UnauthorizedOperation`, as EC2 writes it."""
ARN = re.compile(r"\"userIdentity\": ?\{[^{}]{0,600}?\"arn\": ?\"(?P<value>arn:[^\"\s]{10,600})\"")
"""Within the identity's own braces, so that a session's issuer, in braces further in, is not taken for the caller."""
SERVICE = re.compile(
    r"\"userIdentity\": ?\{[^{}]{0,600}?\"invokedBy\": ?\"(?P<value>[\w.-]{2,80}\.amazonaws\.com)\""
)
"""A service that calls for itself has no ARN: its identity's `invokedBy` is the caller."""
BUCKET = re.compile(r"\"bucketName\": ?\"(?P<value>[\w.-]{3,63})\"")
"""A bucket's name has 3 to 63 characters."""
KEY = re.compile(r"\"requestParameters\": ?\{[^{}]{0,600}?\"key\": ?\"(?P<value>[^\"]{1,1024})\"")
"""Only within the parameters, where S3 writes the object's key: other fields are called key too; 1,024 bytes are its most."""


REFUSED = re.compile(
    r"AccessDenied|[Uu]nauthorized|NotAuthorized|Forbidden|AuthFailure|ExpiredToken|InvalidClientTokenId|SignatureDoesNotMatch"
)
"""Error codes of a record that tells of a refusal; other records tell what was done."""
SAYS_SO = "is not authorized to perform"
VERSION = re.compile(r"\d{4}_\d{2}_\d{2}$|\d{8}(?:v\d)?$")
"""An API's version behind its operation: UpdateFunctionCode20150331v2, UpdateDistribution2020_05_31."""
INSIGHT = "insightDetails"
"""Of an Insights event: a rate of calls or errors that is unusual, and no call."""
LONGEST = 1_000_000
"""Characters of a message that is read as JSON."""


def only_refusals(message: str) -> str:
    """A message that is CloudTrail's records, with what AWS says of those that tell of a refusal; others as they are."""
    records = records_in(message)
    if not records:
        return message
    kept = [_refusal(record) for record in records if _is_refused(record)]
    return json.dumps(kept, ensure_ascii=False) if kept else ""


def records_in(message: str) -> list[Mapping[str, Any]]:
    """The records, where the message is nothing but CloudTrail's; else none."""
    if '"eventSource"' not in message or '"eventName"' not in message or len(message) > LONGEST:
        return []
    try:
        return list(_records(json.loads(message)))
    except (ValueError, RecursionError):
        return []


def _records(told: Any) -> Iterator[Mapping[str, Any]]:  # noqa: ANN401  # JSON
    """A record; the `detail` of an event of EventBridge; the `Records` of a file of CloudTrail's."""
    if not isinstance(told, dict):
        return
    listed = told.get("Records")
    for each in listed if isinstance(listed, list) else (told.get("detail"), told):
        if isinstance(each, dict) and (INSIGHT in each or _is_record(each)):
            yield each


def _is_record(each: Mapping[str, Any]) -> bool:
    return isinstance(each.get("userIdentity"), dict) and "eventSource" in each


def _is_refused(record: Mapping[str, Any]) -> bool:
    if not _is_record(record):
        return False
    refused = REFUSED.search(str(record.get("errorCode") or "")) or SAYS_SO in str(
        record.get("errorMessage") or ""
    )
    return bool(refused)


def _refusal(record: Mapping[str, Any]) -> dict[str, Any]:
    identity, asked = record["userIdentity"], record.get("requestParameters")
    asked = asked if isinstance(asked, dict) else {}
    code = str(record.get("errorCode") or "AccessDenied")
    of_bucket = {name: asked[name] for name in ("bucketName", "key") if _is_name(asked.get(name))}
    listed = record.get("resources")
    return {
        "userIdentity": {name: identity[name] for name in ("arn", "invokedBy") if name in identity},
        "eventSource": record["eventSource"],
        "eventName": VERSION.sub("", str(record.get("eventName"))),
        "errorCode": code,
        "errorMessage": record.get("errorMessage") or "",
        "resources": [each.get("ARN") for each in listed if isinstance(each, dict)]
        if isinstance(listed, list)
        else [],
        "requestParameters": of_bucket,
    }


def _is_name(value: object) -> bool:
    """Whether a parameter of the caller's can name a thing, and holds no sentence of AWS's that AWS did not say."""
    return isinstance(value, str) and "uthorized" not in value and not value.startswith("arn:")


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
            principal=_value(ARN, record) or _value(SERVICE, record),
            resource=(f"arn:aws:s3:::{bucket}/{key}" if key else f"arn:aws:s3:::{bucket}") if bucket else "",
        )


WRAPPER = Wrapper(('"eventSource"',), read)
