"""A call named in passing, `sqs SendMessage`, `s3/GetObject`, `dynamodb.PutItem`: where nobody else's words name one.

Only what the service authorization reference knows counts: a service, one mark, and an operation of that service.
"""

import re
from collections.abc import Iterator

from why403.denials.call import FailedCall
from why403.denials.contains import holds_any
from why403.iam.reference import actions_of, prefix_of

NAMED = re.compile(
    r"(?<![\w.-])(?P<service>[A-Za-z][A-Za-z0-9-]{1,30})(?P<mark>: |[:./ |])"
    r"(?!\w{2,40}Client\b)(?P<operation>(?:[A-Z]|(?<=\.)[a-z])[a-z0-9]+(?:[A-Z][a-z0-9]+){1,7}|(?<=[a-z]:)[A-Z][a-z0-9]+)\b"
)
"""Two words in one, or an action's: `Lambda Error` and `Config Rule` name no call, `kms:Decrypt` does; a method, `s3.headObject`."""
OF_OBJECTS = re.compile(
    r"(?<![\w./:-])(?:PutObject|GetObject|HeadObject|DeleteObjects?|CopyObject|ListObjectsV2|HeadBucket|UploadPart)(?![\w(])"
)
"""S3's, though its name stands somewhere else in the line."""
S3 = ("bucket", "S3", " s3 ")
MOST = 200
"""Pairs that are looked up; a line with more is no report of one call."""


def read_named(text: str) -> Iterator[FailedCall]:
    """Every service and operation that stand together; with a colon it is the action, `sqs:SendMessage`."""
    if holds_any(text, S3):
        for match in OF_OBJECTS.finditer(text):
            yield FailedCall(start=match.start(), end=match.end(), service="s3", operation=match[0])
    for _, match in zip(range(MOST), NAMED.finditer(text), strict=False):
        prefix = prefix_of(match["service"].removesuffix("Client"))
        operation = match["operation"][0].upper() + match["operation"][1:]
        actions = actions_of(prefix, operation) if prefix else ()
        if prefix and match["mark"] == ":" and f"{prefix}:{operation}" in actions:
            yield FailedCall(start=match.start(), end=match.end(), service=prefix, action=actions[0])
        elif prefix and actions and match["mark"] != ":":
            yield FailedCall(start=match.start(), end=match.end(), service=prefix, operation=operation)
