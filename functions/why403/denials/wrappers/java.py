"""AWS SDK for Java v1 and v2, and what Spring, Spark and Databricks print around it.

v1: `(Service: Amazon S3; Status Code: 403; Error Code: AccessDenied; Request ID: ..)`; v2 with commas and no code.
"""

import re
from collections.abc import Iterator

from why403.denials.call import FailedCall, Wrapper
from why403.iam.reference import actions_of, prefix_of

SERVICE = re.compile(
    r"\(Service: (?P<service>[\w .-]{2,60})[;,] Status Code: (?P<status>\d{3})(?:[;,] Error Code: (?P<code>[\w. ]{3,60}))?"
)
"""v1 parts by semicolons and has a code, v2 by commas and has none; S3's codes may hold a space."""
V1, V2 = (
    r"(?:com\.amazonaws|c\.a)\.s(?:ervices)?\.(?P<v1>[a-z0-9]+)",
    r"(?:software\.amazon\.awssdk|s\.a\.a)\.s(?:ervices)?\.(?P<v2>[a-z0-9]+)",
)
"""The packages of both versions, whole or as Logback shortens them: `s.a.a.s.s3`."""
REQUEST = re.compile(rf"\b(?:{V1}|{V2})\.model\.(?P<name>[A-Z]\w{{2,80}}?)(?P<kind>Request|Exception)\b")
"""A model's class is named as its operation with Request behind; an exception's class tells the service only."""
FRAME = re.compile(
    rf"\b(?:{V1}|{V2})\.(?:Amazon|AWS|Default)\w*Client(?:\.(?:lambda\$)?|\W{{1,4}}method\W{{3,5}})(?P<method>[a-z]\w{{2,60}})(?:\$\d{{1,5}})?[(\"']"
)
"""The client's own frame, also in an asynchronous one's lambda, or as Log4j's JSON: `"class":"..Client","method":".."`."""
NOT_OPERATIONS = {"invoke", "doInvoke", "executeRemote", "execute", "anonymousInvoke", "invokeWithAuth"}


def read(text: str) -> Iterator[FailedCall]:
    """The service and code in brackets; stack frames and request classes tell the operation."""
    for match in SERVICE.finditer(text):
        yield FailedCall.at(
            match,
            service=prefix_of(match["service"]) or "",
            status=match["status"],
            code=(match["code"] or "").strip(),
        )


def read_classes(text: str) -> Iterator[FailedCall]:
    """Operations from `..model.PutObjectRequest` and from client frames such as `AmazonS3Client.putObject(`."""
    for match in REQUEST.finditer(text):
        prefix = prefix_of(match["v1"] or match["v2"]) or ""
        if match["kind"] == "Request" and actions_of(prefix, match["name"]):
            yield FailedCall.at(match, service=prefix, operation=match["name"])
        elif match["kind"] == "Exception":
            yield FailedCall.at(match, service=prefix)
    for match in FRAME.finditer(text):
        prefix = prefix_of(match["v1"] or match["v2"]) or ""
        method = match["method"].removeprefix("execute") or match["method"]  # v1: executePutItem
        operation = method[0].upper() + method[1:]
        known = match["method"] not in NOT_OPERATIONS and actions_of(prefix, operation)
        if known or (prefix == "lambda" and method == "invoke"):
            yield FailedCall.at(match, service=prefix, operation=operation)


WRAPPER = Wrapper(("(Service: ",), read)
CLASSES = Wrapper(("com.amazonaws.s", "software.amazon.awssdk.s", "s.a.a.s", "c.a.s"), read_classes)
