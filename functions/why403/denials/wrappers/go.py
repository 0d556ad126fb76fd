"""AWS SDK for Go v1 and v2, and the tools built on it.

v2: `operation error S3: GetObject, https response error StatusCode: 403, RequestID: .., api error AccessDenied: ..`;
v1: `AccessDenied: message status code: 403, request id: ..`.
"""

import re
from collections.abc import Iterator

from why403.denials.call import Call, Wrapper
from why403.iam.reference import prefix_of

V2 = re.compile(
    r"operation error (?P<service>[A-Z][\w .()/-]{0,60}?): (?P<operation>[A-Z][A-Za-z0-9]{2,80})\b"
    r"(?:(?!operation error).{0,700}?(?:StatusCode: (?P<status>\d{3}))(?:(?!operation error).{0,400}?(?:api error )(?P<code>[A-Za-z.]{3,60}):)?)?"
)
V1 = re.compile(
    r"(?P<code>[A-Z][A-Za-z.]{5,60}): (?P<message>(?:(?!status code: ).){0,1500}?)status code: (?P<status>\d{3})"
)
API_ERROR = re.compile(r"api error (?P<code>[A-Z][A-Za-z.]{3,60}):")


def read_v2(text: str) -> Iterator[Call]:
    """Every `operation error`."""
    for match in V2.finditer(text):
        code = match["code"] or ""
        yield Call(
            start=match.start(),
            end=match.end(),
            service=prefix_of(match["service"]) or "",
            operation=match["operation"],
            code=code,
            status=match["status"] or "",
        )


def read_v1(text: str) -> Iterator[Call]:
    """The code before each `status code: 403`: the nearest one, so that `WebIdentityErr: .. caused by: AccessDenied` is."""
    at = text.find("status code: ")
    floor = 0
    while at >= 0:
        codes = list(CODE.finditer(text, max(floor, at - 1500), at))
        status = text[at + 13 : at + 16]
        if codes and status.isdigit():
            last = codes[-1]
            yield Call(start=last.start(), end=at + 16, code=last["code"], status=status)
        floor, at = at + 13, text.find("status code: ", at + 13)


CODE = re.compile(r"(?<![\w.])(?P<code>(?:[A-Z][a-z]+){2,8}(?:\.[A-Z]\w+)?): (?!arn:)(?=[A-Z])")
V1_WRAPPER = Wrapper(("status code: ",), read_v1)
V2_WRAPPER = Wrapper(("operation error ",), read_v2)


def read_api_error(text: str) -> Iterator[Call]:
    """`api error AccessDenied: ..` that no `operation error` stands before."""
    for match in API_ERROR.finditer(text):
        yield Call(start=match.start(), end=match.end(), code=match["code"])


API_ERROR_WRAPPER = Wrapper(("api error ",), read_api_error)
