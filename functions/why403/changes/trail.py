"""CloudTrail's events of a resource: who wrote what, when and from where.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/view-cloudtrail-events-cli.html
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote

from why403.iam.arn import parse_arn
from why403.iam.place import Place
from why403.reads import Answer, Read, Reply
from why403.targets import trail

LOOKUP = trail.LOOKUP.used_for(
    "See what was written to a role, a policy or a target just before a call was denied.",
    cache_seconds=300,
    timeout_seconds=25.0,
)
IAM_REGION = {"aws": "us-east-1", "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1"}
"""IAM is global; its events are recorded in one Region of each partition."""
BEFORE = timedelta(days=7)
AFTER = timedelta(hours=1)
"""Writes after the first denial tell of attempts to mend it."""
_NAMES = ("policyDocument", "policy", "bucketPolicy", "policyText", "resourcePolicy", "Policy")
DELETIONS = frozenset({
    "DeleteRolePolicy", "DeleteUserPolicy", "DeleteBucketPolicy", "DeleteResourcePolicy", "DeleteRepositoryPolicy",
})  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """One write that went through. `parameters` as CloudTrail records them; secrets are hidden there already."""

    id: str
    service: str
    """The IAM prefix, as in the event's source: `sqs`."""
    operation: str
    moment: datetime
    by: str
    source: str
    """An address, or the AWS service that called for somebody."""
    parameters: Mapping[str, Any]


def lookup(resource: str, first_denied: datetime, *, region: str = "", global_in: str = "") -> Read:
    """The read of the events that name `resource`; `global_in` is the partition of a global service's."""
    hour = first_denied.replace(minute=0, second=0, microsecond=0)
    return LOOKUP.of(
        region=IAM_REGION.get(global_in, "us-east-1") if global_in else region,
        LookupAttributes=[{"AttributeKey": "ResourceName", "AttributeValue": resource}],
        StartTime=hour - BEFORE,
        EndTime=hour + timedelta(hours=1) + AFTER,
        MaxResults=50,
    )


def writes(replies: tuple[Reply, ...]) -> tuple[Write, ...]:
    """The writes among the events of the replies that succeeded, latest first, each once."""
    found: dict[str, Write] = {}
    for reply in replies:
        for event in reply.items("Events") if isinstance(reply, Answer) else ():
            write = _write(event)
            if write is not None:
                found.setdefault(write.id, write)
    return tuple(sorted(found.values(), key=lambda write: write.moment, reverse=True))


def name_for_trail(arn: str, place: Place) -> tuple[str, str]:
    """How CloudTrail names a resource, and the Region of its events; empty name where it is in another account."""
    parsed = parse_arn(arn)
    if parsed is None or (parsed.account and parsed.account != place.account):
        return "", ""
    region = "" if parsed.region in {"", place.region} else parsed.region
    match parsed.service:
        case "s3":
            return parsed.resource.partition("/")[0], region
        case "kms" | "sns" | "secretsmanager":
            return arn, region
        case _:
            return parsed.resource.rpartition("/")[2].rpartition(":")[2], region


def _write(event: Mapping[str, Any]) -> Write | None:
    record = _record(event.get("CloudTrailEvent"))
    moment = event.get("EventTime")
    read_only = str(event.get("ReadOnly", record.get("readOnly", ""))).lower() == "true"
    if read_only or record.get("errorCode") or not isinstance(moment, datetime):
        return None
    identity = record.get("userIdentity")
    who: Mapping[str, Any] = identity if isinstance(identity, Mapping) else {}
    parameters = record.get("requestParameters")
    return Write(
        id=str(event.get("EventId", "")),
        service=str(event.get("EventSource", "")).partition(".")[0],
        operation=str(event.get("EventName", "")),
        moment=moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC),
        by=str(who.get("arn") or event.get("Username") or ""),
        source=str(who.get("invokedBy") or record.get("sourceIPAddress") or ""),
        parameters=parameters if isinstance(parameters, Mapping) else {},
    )


def _record(text: object) -> Mapping[str, Any]:
    try:
        record = json.loads(text) if isinstance(text, str) else {}
    except (ValueError, RecursionError):
        return {}
    return record if isinstance(record, Mapping) else {}


def subject_of(write: Write) -> tuple[str, ...]:
    """Which policy was written: writes with the same subject follow one another."""
    operation = write.operation.replace("Delete", "Put", 1)
    names = ("roleName", "userName", "policyName", "policyArn", "bucketName", "queueUrl", "topicArn", "keyId")
    return (write.service, operation, *(str(write.parameters.get(name, "")) for name in names))


def document_of(write: Write) -> str:
    """The policy that the write set, as canonical JSON; empty where it set none, or it is not recorded."""
    if write.operation == "SetTopicAttributes" and write.parameters.get("attributeName") == "Policy":
        return canonical(write.parameters.get("attributeValue"))
    attributes = write.parameters.get("attributes")
    places = [write.parameters, *([attributes] if isinstance(attributes, Mapping) else [])]
    for place in places:
        for name in _NAMES:
            found = canonical(place.get(name))
            if found:
                return found
    return ""


def canonical(document: object) -> str:
    """A policy as JSON with sorted keys; empty for what is no policy."""
    parsed: Any = document
    if isinstance(document, str):
        try:
            parsed = json.loads(unquote(document) if document.startswith("%7B") else document)
        except (ValueError, RecursionError):
            return ""
    is_policy = isinstance(parsed, Mapping) and "Statement" in parsed
    return json.dumps(parsed, sort_keys=True, separators=(",", ":")) if is_policy else ""
