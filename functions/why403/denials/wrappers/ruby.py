"""AWS SDK for Ruby: `Aws::SQS::Errors::AccessDenied`, and its log line `[Aws::S3::Client 403 ..] put_object(..) ..`."""

import re
from collections.abc import Iterator

from why403.denials.call import FailedCall, Wrapper
from why403.iam.reference import actions_of, prefix_of

ERROR = re.compile(r"\b(?:Aws|AWS)::(?P<service>\w{2,40})::Errors::(?P<code>\w{3,60})")
"""The error's class holds service and code; v1 wrote `AWS`."""
LOG = re.compile(
    r"\[Aws::(?P<service>\w{2,40})::Client (?P<status>\d{3}) [^\]]{1,60}\] (?P<method>[a-z]\w{2,60})\("
)
"""The SDK's own log line, whose method is the operation in small letters."""
FRAME = re.compile(
    r"aws-sdk-(?P<service>[a-z0-9]{2,30})(?:-[\d.]+)?/lib/aws-sdk-\w+/client\.rb:\d+:in [`'](?:Aws::\w+::Client#)?(?P<method>[a-z]\w{2,60})'"
)
"""A frame of the gem's generated client, whose methods are the operations; Ruby 3.4 quotes and qualifies it otherwise."""

FRAME_V1 = re.compile(r"aws-sdk-v1-[\d.]{1,20}/lib/aws/(?P<service>[a-z0-9]{2,30})/")
"""v1 has one gem for all services: the folder tells which."""
METHOD = re.compile(r"(?<![\w/.])(?P<method>[a-z]{2,20}(?:_[a-z0-9]{1,30}){1,6})(?= at |'(?: |$))")
"""A frame's method where no frame names the client: Rubinius writes `delete_object at client.rb:1`, MRI closes it with a quote."""


def read(text: str) -> Iterator[FailedCall]:
    """Service and code from the class; the method from frames of the client and from the SDK's own log line."""
    service = ""
    for match in ERROR.finditer(text):
        service = prefix_of(match["service"]) or ""
        yield FailedCall.at(match, service=service, code=match["code"])
    in_v1 = (prefix_of(match["service"]) for match in FRAME_V1.finditer(text))
    service = service or next((prefix for prefix in in_v1 if prefix), "")
    for pattern in (LOG, FRAME):
        for match in pattern.finditer(text):
            of_frame = prefix_of(match["service"]) or ""
            yield FailedCall.at(match, service=of_frame, operation=_operation(match["method"]))
    for match in METHOD.finditer(text) if service else ():
        operation = _operation(match["method"])
        if actions_of(service, operation):
            yield FailedCall.at(match, service=service, operation=operation)


def _operation(method: str) -> str:
    return "".join(part.capitalize() for part in method.split("_"))


WRAPPER = Wrapper(("Aws::", "AWS::", "aws-sdk-"), read)
