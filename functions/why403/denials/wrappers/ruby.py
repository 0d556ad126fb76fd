"""AWS SDK for Ruby: `Aws::SQS::Errors::AccessDenied`, and its log line `[Aws::S3::Client 403 ..] put_object(..) ..`."""

import re
from collections.abc import Iterator

from why403.denials.call import FailedCall, Wrapper
from why403.iam.reference import prefix_of

ERROR = re.compile(r"\bAws::(?P<service>\w{2,40})::Errors::(?P<code>\w{3,60})")
LOG = re.compile(
    r"\[Aws::(?P<service>\w{2,40})::Client (?P<status>\d{3}) [^\]]{1,60}\] (?P<method>[a-z]\w{2,60})\("
)
FRAME = re.compile(
    r"aws-sdk-(?P<service>[a-z0-9]{2,30})(?:-[\d.]+)?/lib/aws-sdk-\w+/client\.rb:\d+:in [`'](?:Aws::\w+::Client#)?(?P<method>[a-z]\w{2,60})'"
)


def read(text: str) -> Iterator[FailedCall]:
    """Service and code from the class; the method from frames of the client and from the SDK's own log line."""
    for match in ERROR.finditer(text):
        yield FailedCall(
            start=match.start(),
            end=match.end(),
            service=prefix_of(match["service"]) or "",
            code=match["code"],
        )
    for pattern in (LOG, FRAME):
        for match in pattern.finditer(text):
            operation = "".join(part.capitalize() for part in match["method"].split("_"))
            yield FailedCall(
                start=match.start(),
                end=match.end(),
                service=prefix_of(match["service"]) or "",
                operation=operation,
            )


WRAPPER = Wrapper(("Aws::", "aws-sdk-"), read)
