"""AWS SDK for Rust: `aws_sdk_s3::operation::put_object::PutObjectError`, `code: Some("AccessDenied")`."""

import re
from collections.abc import Iterator

from why403.denials.call import FailedCall, Wrapper
from why403.iam.reference import actions_of, prefix_of, prefix_with

MODULE = re.compile(
    r"\baws_sdk_(?P<service>[a-z0-9]{2,40})(?:::(?:operation::(?P<method>[a-z]\w{2,60})|\w+::(?P<error>[A-Z]\w{2,60})Error))?"
)
"""A crate a service; its modules and its error's type both name the operation."""
CODE = re.compile(
    r"(?:code: Some\(\"(?P<code>[A-Z]\w{3,60})\"\)|unhandled error \((?P<bare>[A-Z]\w{3,60})\))"
)
"""An error's metadata as Debug prints it, and the SDK's own words for one that it does not model."""
ERROR = re.compile(r"\b(?P<operation>(?:[A-Z][a-z0-9]+){2,6}?)Error\b")
"""`GetObjectError` without its crate; two words at least, as `Error` and `ParseError` are anybody's, and the reference decides."""
UNHANDLED = re.compile(
    r"\b(?P<operation>(?:[A-Z][a-z0-9]+){2,6})(?:Error::Unhandled| error: unhandled error )\((?P<code>[A-Z]\w{3,60})?"
)
"""The same as a variant, or in Vector's words before the SDK's, which the SDK has for codes that an operation does not model, whatever the service."""


def read(text: str) -> Iterator[FailedCall]:
    """Service and operation from module paths, the code from the error's metadata."""
    for match in MODULE.finditer(text):
        method = match["method"]
        operation = (
            "".join(part.capitalize() for part in method.split("_")) if method else match["error"] or ""
        )
        yield FailedCall.at(match, service=prefix_of(match["service"]) or "", operation=operation)


def read_codes(text: str) -> Iterator[FailedCall]:
    """`code: Some("AccessDenied")`, `unhandled error (AccessDenied)`."""
    for match in CODE.finditer(text):
        yield FailedCall.at(match, code=match["code"] or match["bare"])
    for match in UNHANDLED.finditer(text):
        if prefix_with(match["operation"]):
            yield FailedCall.at(match, operation=match["operation"], code=match["code"] or "")
    for match in ERROR.finditer(text):
        if any(actions_of(prefix, match["operation"]) for prefix in ("s3", "sqs", "dynamodb")):
            yield FailedCall.at(match, operation=match["operation"])


WRAPPER = Wrapper(("aws_sdk_",), read)
CODES = Wrapper(('code: Some("', "unhandled error (", "Error {", "Error::Unhandled("), read_codes)
