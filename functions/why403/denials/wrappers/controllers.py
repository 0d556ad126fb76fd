"""Kubernetes controllers and agents that name the call in fields of their own: Karpenter, external-dns, the SSM agent."""

import re
from collections.abc import Iterator

from why403.denials.call import FailedCall, Wrapper
from why403.iam.reference import actions_of, prefix_of, prefix_with

OPERATION = re.compile(r"\"aws-operation-name\": ?\"(?P<operation>\w{2,80})\"")
"""Karpenter's field, from the SDK's own error."""
CODE = re.compile(r"\"aws-error-code\": ?\"(?P<code>[\w.]{2,80})\"")
"""A code may hold a point: `Client.UnauthorizedOperation`."""
SERVICE = re.compile(r"\"aws-service-name\": ?\"(?P<service>[\w ]{2,80})\"")
"""The SDK's title of a service, which may hold spaces: `Resource Groups Tagging`."""
FAILED = re.compile(r"\b(?P<operation>(?:[A-Z][a-z]+){2,8}) (?:request failed|call failed|failed)\b")
"""At least two words in one, as operations are: `Build failed` names none."""


def read(text: str) -> Iterator[FailedCall]:
    """Karpenter's fields."""
    operation, code, service = OPERATION.search(text), CODE.search(text), SERVICE.search(text)
    found = operation or code or service
    if found:
        yield FailedCall.at(
            found,
            service=(prefix_of(service["service"]) if service else None) or "",
            operation=operation["operation"] if operation else "",
            code=code["code"] if code else "",
        )


def read_failed(text: str) -> Iterator[FailedCall]:
    """`CreateDataChannel failed with no output or error`: the SSM agent; `GetObject failed`: many."""
    for match in FAILED.finditer(text):
        if prefix_with(match["operation"]) or actions_of("ssmmessages", match["operation"]):
            yield FailedCall.at(match, operation=match["operation"])


WRAPPER = Wrapper(('"aws-',), read)
FAILED_WRAPPER = Wrapper((" failed",), read_failed)
