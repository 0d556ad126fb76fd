"""boto3, botocore and the AWS CLI: `An error occurred (Code) when calling the Operation operation: message`."""

import re
from collections.abc import Iterator

from why403.denials.call import FailedCall, Wrapper
from why403.iam.reference import actions_of, prefix_of, prefix_with

CALL = re.compile(
    r"(?:An error occurred|A client error)(?: \((?P<code>[\w.-]{1,80})\))?(?P<between>[^\n]{0,300}?)"
    r"(?:when calling the (?P<operation>[A-Za-z0-9]{2,80})|\.\.\. (?P<short>[A-Z][A-Za-z0-9]{2,80}) \.\.\.)"
)
CODE_ONLY = re.compile(r"An error occurred \((?P<code>[\w.-]{1,80})\)(?=:| \.\.\.| …)")
CALLING = re.compile(r"when calling (?P<operation>[A-Z][A-Za-z0-9]{2,80})\b")
METHOD = re.compile(r"\.(?P<method>[a-z][a-z0-9]{1,20}(?:_[a-z0-9]{1,30}){1,6})\b")
SERVICE = re.compile(r"(?<![\w.])[a-z][a-z0-9-]{1,40}$")
LONGEST_SERVICE = 42
TABLE = re.compile(r"on table \(([\w.-]{3,255})\)")


def read(text: str) -> Iterator[FailedCall]:
    """Every failed call in botocore's words."""
    ended = 0
    for match in CALL.finditer(text):
        table = TABLE.search(match["between"] or "")
        yield FailedCall(
            start=match.start(),
            end=match.end(),
            code=match["code"] or "",
            operation=match["operation"] or match["short"] or "",
            name=table[1] if table else "",
        )
        ended = match.end()
    for match in CODE_ONLY.finditer(text, ended):
        yield FailedCall(start=match.start(), end=match.end(), code=match["code"])


def read_calling(text: str) -> Iterator[FailedCall]:
    """`AccessDenied when calling GetMetricData`, as others than botocore word it."""
    for match in CALLING.finditer(text):
        if prefix_with(match["operation"]):
            yield FailedCall(start=match.start(), end=match.end(), operation=match["operation"])


def read_methods(text: str) -> Iterator[FailedCall]:
    """`cognito-idp.list_user_pools`, where a tool names the method instead."""
    for match in METHOD.finditer(text) if "_" in text else ():
        start = max(0, match.start() - LONGEST_SERVICE)
        service = SERVICE.search(text[start : match.start()])
        prefix = prefix_of(service[0]) if service else None
        operation = "".join(part.capitalize() for part in match["method"].split("_"))
        actions = actions_of(prefix, operation) if prefix else ()
        if service and prefix and actions:
            yield FailedCall(
                start=start + service.start(), end=match.end(), service=prefix, operation=operation
            )


CALLING_WRAPPER = Wrapper(("when calling ",), read_calling)
WRAPPER = Wrapper(("An error occurred", "A client error ("), read)
METHODS = Wrapper(("AccessDenied", "UnauthorizedOperation", "authorized to perform"), read_methods)
