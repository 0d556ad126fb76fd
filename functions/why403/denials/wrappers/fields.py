"""Service and operation in fields of their own beside a refusal: `"rpc.service":"S3","rpc.method":"PutObject"`.

The fields of one object count, and only where the refusal stands in that object too: another object of the same
line tells of another request. OpenTelemetry names them so, and structured loggers much alike:
https://opentelemetry.io/docs/specs/semconv/cloud-providers/aws-sdk/
"""

import re
from collections.abc import Iterator

from why403.denials.call import FailedCall, Wrapper
from why403.denials.signs import has_answer_mark, has_code, has_refusal
from why403.iam.reference import actions_of, prefix_of, prefix_with

FAILED = re.compile(r"[\"'](?:error|err|exception|cause)[\"']\s?:\s?$")
"""The error stands in an object of its own behind such a key, at the end of the outer one's piece."""
NEAR = 1000
"""Characters of such an object that are looked at."""
OBJECT = re.compile(r"[^{}]+")
"""One object's own fields: a service and an operation in different objects do not belong together."""
SERVICE = re.compile(
    r"(?<![\w.])(?:rpc\.service|(?:aws_?)?service(?:_?name)?|svc)[\"']?\s?[:=]\s?[\"']?(?P<value>[A-Za-z][\w-]{1,30})(?![\w-])",
    re.IGNORECASE,
)
"""OpenTelemetry's and loggers' names of the field; a word of its own, so that `service=my-api-1` in a sentence ends whole."""
OWN_END = re.compile(r"[\"'](?:error|err|code|status)[\"']\s?:\s?[\"'\d]")
"""How the request of such an object ended: it is another one, where the refusal stands outside."""
OF_AWS = re.compile(r"aws|rpc\.", re.IGNORECASE)
"""A key whose service is AWS's, whether an operation stands beside it or not."""
OPERATION = re.compile(
    r"(?<![\w.])(?:rpc\.method|(?:aws_?)?operation(?:_?name)?|op|api)[\"']?\s?[:=]\s?[\"']?"
    r"(?:(?P<value>(?-i:[A-Z])[A-Za-z0-9]{3,60})|(?P<method>[a-z]\w{3,60}))(?![\w-])",
    re.IGNORECASE,
)
"""The same of operations, which begin with a capital; a method's name (`get_item`, `getItem`) counts where the service has it."""


def read(text: str) -> Iterator[FailedCall]:
    """One call an object that names service and operation, or a service as AWS's, and a refusal; an operation alone where AWS's answer stands."""
    told = False
    for match in OBJECT.finditer(text):
        part = match[0]
        service, operation = SERVICE.search(part), OPERATION.search(part)
        of_aws = service is not None and OF_AWS.match(service[0]) is not None
        prefix = prefix_of(service["value"]) if service and (operation or of_aws) else None
        if FAILED.search(part):  # what failed stands in an object of its own within
            part += text[match.end() : match.end() + NEAR].partition("}")[0]
        name = _name(operation) if operation else ""
        name = name if prefix and actions_of(prefix, name) else ""
        if prefix and (name or of_aws) and _is_refused(part):
            told = True
            yield FailedCall.at(match, service=prefix, operation=name)
    if told or not has_answer_mark(text) or "to perform" in text or not _is_refused(text):
        return
    beside = (match for match in OBJECT.finditer(text) if not OWN_END.search(match[0]))
    alone = [
        (match, named["value"])
        for match in beside
        if (named := OPERATION.search(match[0])) and named["value"]
    ]
    if len(alone) == 1 and prefix_with(alone[0][1]):
        yield FailedCall.at(alone[0][0], operation=alone[0][1])


def _name(operation: re.Match[str]) -> str:
    """As the API spells it, of a method's name too."""
    method = "".join(part[:1].upper() + part[1:] for part in (operation["method"] or "").split("_"))
    return operation["value"] or method


def _is_refused(part: str) -> bool:
    return has_code(part) or has_refusal(part)


WRAPPER = Wrapper(
    tuple(
        name + mark
        for name in (
            "peration",
            "peration_name",
            "perationName",
            "rpc.method",
            "op",
            "api",
            "awsService",
            "aws_service",
        )
        for mark in ('":', "=")
    ),
    read,
)
