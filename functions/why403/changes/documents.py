"""The policy that a recorded write carried, and which policy it was of."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from why403.changes.trail import Write

_NAMES = ("policyDocument", "policy", "bucketPolicy", "policyText", "resourcePolicy", "Policy")
DELETIONS = frozenset({
    "DeleteRolePolicy", "DeleteUserPolicy", "DeleteBucketPolicy", "DeleteResourcePolicy", "DeleteRepositoryPolicy",
})  # fmt: skip


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
