"""Whose an operation is whose name several services have: `CreateCluster`, `PutRecord`, `AddPermission`.

botocore's words name the operation and no service. What tells it then is how the refusal's code is spelled (services that
speak XML say AccessDenied, the others AccessDeniedException; EC2 and SNS have codes of their own), an ARN or a service that
the line names, or that one of them is called far more often than any other. Else nobody knows, and a guess would be told
as the action that is missing.
"""

import re
from collections.abc import Collection, Sequence

from why403.iam.reference import prefix_with, table

OWN_CODES = {"UnauthorizedOperation": "ec2", "AuthFailure": "ec2", "AuthorizationError": "sns"}
"""https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html, https://docs.aws.amazon.com/sns/latest/api/CommonErrors.html."""
RUN_ON = frozenset({"lambda", "ecs", "eks", "ec2", "batch", "codebuild"})
"""What a line may name because the caller runs there."""
WORDS = frozenset(
    {
        "config",
        "events",
        "states",
        "tag",
        "backup",
        "logs",
        "scheduler",
        "organizations",
        "translate",
        "acm",
        "ce",
    }
)
"""Prefixes that are words of any line."""
NAMED = re.compile(r"\barn:[\w-]{1,20}:([a-z0-9-]{2,40}):|(?<![\w.-])([a-z0-9]{2,20})(?![\w-])")
"""An ARN's service, or a word that may be a prefix; in lower case."""
FAR = 24
"""Places in the list of popular services between the first and the second that has the name: `Query` is DynamoDB's, not Timestream's."""


def service_of(operation: str, text: str) -> str:
    """The IAM prefix of the service whose operation a refused call was; empty where that is not told."""
    shared = table("shared_operations.json").get(operation)
    if shared is None:
        return prefix_with(operation) or ""
    by_code = {spelling: of.split() for spelling, of in shared.items()}
    own = next((service for code, service in OWN_CODES.items() if code in text), "")
    if own in by_code.get("xml", ()):
        return own
    have_it = services_with(operation)
    may_be = by_code.get(_spelling(text)) or have_it
    named = _named(text, may_be)
    if named:
        return named.pop() if len(named) == 1 else ""
    likely = "" if "UnauthorizedOperation" in text else _far_ahead(have_it)
    if likely:  # the other code contradicts it: an application's own, perhaps
        return likely if likely in may_be else ""
    return _far_ahead(may_be)


def services_with(operation: str) -> tuple[str, ...]:
    """The IAM prefixes of the popular services that have an operation of this name, the most used first; empty: not several."""
    shared = table("shared_operations.json").get(operation, {})
    return tuple(sorted({name for of in shared.values() for name in of.split()}, key=_rank))


def _spelling(text: str) -> str:
    if "AccessDeniedException" in text:
        return "json"
    return "xml" if "AccessDenied" in text or "UnauthorizedOperation" in text else ""


def _named(text: str, may_be: Sequence[str]) -> set[str]:
    told = NAMED.finditer(text.lower())
    return {name for match in told if (name := _candidate(match, may_be))}


def _candidate(match: re.Match[str], may_be: Collection[str]) -> str:
    of_arn, word = match.groups()
    if of_arn:
        return str(of_arn) if of_arn in may_be else ""
    return word if word in may_be and word not in RUN_ON | WORDS else ""


def _far_ahead(services: Sequence[str]) -> str:
    """The first of them, the most used first, where the others are called far more seldom."""
    far = len(services) == 1 or _rank(services[1]) - _rank(services[0]) >= FAR
    return services[0] if far else ""


def _rank(service: str) -> int:
    """How far down in the list of popular services."""
    return int(table("popular_services.json").index(service))
