"""boto3, botocore and the AWS CLI: `An error occurred (Code) when calling the Operation operation: message`."""

import re
from collections.abc import Iterator

from why403.denials.call import FailedCall, Wrapper
from why403.iam.reference import actions_of, prefix_of, prefix_with

CALL = re.compile(
    r"(?:An error occurred|A client error)(?: \((?P<code>[\w.-]{1,80})\))?(?P<between>[^\n]{0,300}?)"
    r"(?:when calling the (?P<operation>[A-Za-z0-9]{2,80})(?![A-Za-z0-9])"
    r"(?! operation (?:means|usually|indicates|happens|is|can|may|might|tells)\b)"
    r"|\.\.\. (?P<short>[A-Z][A-Za-z0-9]{2,80}) \.\.\.)"
)
"""Up to 300 characters stand between code and operation where the CLI or a tool adds words; DynamoDB's short form has dots."""
CODE_ONLY = re.compile(r"An error occurred \((?P<code>[\w.-]{1,80})\)(?=:| \.\.\.| …)")
"""Cut before the operation, or reworded behind the code: then the code is all that is told."""
CALLING = re.compile(r"(?<!\) )\b(?:when|denied) calling (?:the )?(?P<operation>[A-Z][A-Za-z0-9]{2,80})\b")
"""Others omit the beginning, `the` or `when`; a capital tells an operation from a sentence's word (`when calling home`)."""
METHOD = re.compile(r"(?:\.|, )(?P<method>[a-z][a-z0-9]{1,20}(?:_[a-z0-9]{1,30}){1,6})\b")
"""A Python method has an underscore: `client.get`, `file.txt` and `e.message` are none; tools that print a pair put a comma before it."""
SERVICE = re.compile(
    r"(?<![\w.])(?:self\.)?_?(?P<name>[a-z][a-z0-9_-]{1,40}?)(?:_client|_resource)?$"
    r"|\b(?:client|resource)\(['\"](?P<client>[a-z][a-z0-9-]{1,40})['\"][^()\n]{0,60}\)$"
)
"""The name just before the method's point or comma, an object's own too (`self._sqs_client.send_message`), or the client made there."""
LONGEST_SERVICE = 120
"""Characters: as many as SERVICE may take, and the one before them."""
TABLE = re.compile(r"on table \(([\w.-]{3,255})\)")
"""`on table (name)` between code and operation; DynamoDB's tables have names of 3 to 255 letters."""


def read(text: str) -> Iterator[FailedCall]:
    """Every failed call in botocore's words."""
    ended = 0
    for match in CALL.finditer(text):
        table = TABLE.search(match["between"] or "")
        yield FailedCall.at(
            match,
            code=match["code"] or "",
            operation=match["operation"] or match["short"] or "",
            name=table[1] if table else "",
        )
        ended = match.end()
    for match in CODE_ONLY.finditer(text, ended):
        yield FailedCall.at(match, code=match["code"])


def read_calling(text: str) -> Iterator[FailedCall]:
    """`AccessDenied when calling GetMetricData`, `Access denied calling GetItem`, as others than botocore word it."""
    for match in CALLING.finditer(text):
        if prefix_with(match["operation"]):
            yield FailedCall.at(match, operation=match["operation"])


def read_methods(text: str) -> Iterator[FailedCall]:
    """`cognito-idp.list_user_pools`, `(s3, put_object)`, where a tool names the method instead."""
    for match in METHOD.finditer(text) if "_" in text else ():
        start = max(0, match.start() - LONGEST_SERVICE)
        service = SERVICE.search(text[start : match.start()])
        prefix = prefix_of(service["name"] or service["client"]) if service else None
        operation = "".join(part.capitalize() for part in match["method"].split("_"))
        actions = actions_of(prefix, operation) if prefix else ()
        if service and prefix and actions:
            yield FailedCall(
                start=start + service.start(), end=match.end(), service=prefix, operation=operation
            )


CALLING_WRAPPER = Wrapper(("when calling ", "denied calling "), read_calling)
WRAPPER = Wrapper(("An error occurred", "A client error ("), read)
METHODS = Wrapper(("AccessDenied", "UnauthorizedOperation", "authorized to perform"), read_methods)
