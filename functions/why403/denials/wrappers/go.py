"""AWS SDK for Go v1 and v2, and the tools built on it.

v2: `operation error S3: GetObject, https response error StatusCode: 403, RequestID: .., api error AccessDenied: ..`;
v1: `AccessDenied: message status code: 403, request id: ..`.
"""

import re
from collections.abc import Iterator

from why403.denials.call import FailedCall, Wrapper
from why403.iam.reference import prefix_of

OPERATION = "operation error "
STATUS_TEXT = "status code: "
NEAR = 1500
"""Characters within which a call's status and code stand."""
CALL = re.compile(
    r"operation error (?P<service>[A-Za-z][\w .()/-]{0,60}?): (?P<operation>[A-Z][A-Za-z0-9]{2,80})\b"
)
"""A service's title may hold spaces, points and brackets (`Secrets Manager`); an operation begins with a capital."""
STATUS = re.compile(r"StatusCode: (?P<status>\d{3})")
"""Both v2 forms have it; the code may be missing where the body could not be parsed."""
API_ERROR = re.compile(r"api error (?P<code>[A-Z][A-Za-z.]{3,60}):")
"""smithy's own form: code, colon, message."""
CODE = re.compile(r"(?<![\w.])(?P<code>(?:[A-Z][a-z]+){2,8}(?:\.[A-Z]\w+)?): (?!arn:)(?=[A-Z])")
"""At least two words in one, as codes are, with a message in capitals behind: `WebIdentityErr: ` and `Error: ` are Go's own."""


def read_v2(text: str) -> Iterator[FailedCall]:
    """Every `operation error`, with the status and code before the next one."""
    at = text.find(OPERATION)
    while at >= 0:
        following = text.find(OPERATION, at + len(OPERATION))
        end = min(at + NEAR, following if following >= 0 else len(text))
        call = CALL.match(text, at, end)
        if call:
            status, error = STATUS.search(text, call.end(), end), API_ERROR.search(text, call.end(), end)
            yield FailedCall(
                start=at,
                end=call.end(),
                service=prefix_of(call["service"]) or "",
                operation=call["operation"],
                code=error["code"] if error else "",
                status=status["status"] if status else "",
            )
        at = following


def read_v1(text: str) -> Iterator[FailedCall]:
    """The code nearest before each `status code: 403`: of `WebIdentityErr: .. caused by: AccessDenied: ..` the second."""
    at, floor = text.find(STATUS_TEXT), 0
    while at >= 0:
        codes = list(CODE.finditer(text, max(floor, at - NEAR), at))
        status = text[at + len(STATUS_TEXT) :][:3]
        if codes and status.isdigit():
            yield FailedCall(start=codes[-1].start(), end=at, code=codes[-1]["code"], status=status)
        floor, at = at, text.find(STATUS_TEXT, at + 1)


def read_api_error(text: str) -> Iterator[FailedCall]:
    """`api error AccessDenied: ..` alone, where what stood before it is gone."""
    for match in API_ERROR.finditer(text):
        yield FailedCall.at(match, code=match["code"])


V1_WRAPPER = Wrapper((STATUS_TEXT,), read_v1)
V2_WRAPPER = Wrapper((OPERATION,), read_v2)
API_ERROR_WRAPPER = Wrapper(("api error ",), read_api_error)
