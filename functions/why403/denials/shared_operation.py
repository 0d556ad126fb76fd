"""Whose an operation is whose name several services have: `CreateCluster`, `PutRecord`, `AddPermission`.

botocore's words name the operation and no service. What tells it then is how the refusal's code is spelled (services that
speak XML say AccessDenied, the others AccessDeniedException; EC2 and SNS have codes of their own), an ARN or a service that
the line names, or that one of them is called far more often than any other. Else nobody knows, and a guess would be told
as the action that is missing. A service that is called seldom counts where the line names it.
"""

import re
from collections.abc import Collection, Sequence

from why403.iam.reference import actions_of, prefix_of, prefix_with, services_having, table

OWN_CODES = {"UnauthorizedOperation": "ec2", "AuthFailure": "ec2", "AuthorizationError": "sns"}
"""https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html, https://docs.aws.amazon.com/sns/latest/api/CommonErrors.html."""
RUN_ON = frozenset({"lambda", "ecs", "eks", "ec2", "batch", "codebuild"})
"""What a line may name because the caller runs there."""
WORDS = frozenset(
    {
        "config", "events", "states", "tag", "backup", "logs", "scheduler", "organizations", "translate", "acm", "ce",
        "health", "account", "connect", "support", "profile", "transfer", "location", "forecast", "discovery",
        "notifications", "payments", "pricing", "billing", "one", "q", "deadline", "activate", "cases", "detective",
        "signer", "schemas", "shield", "pipes", "personalize", "artifact", "panorama", "outposts", "queue", "email",
        "monitoring", "assurance", "interconnect", "wisdom", "budgets", "signin", "invoicing", "continuum",
        "identity", "chatbot", "glacier",
    }
)  # fmt: skip
"""Names of services that are words of any line."""
NAMED = re.compile(
    r"\barn:[\w-]{1,20}:([a-z0-9-]{2,40}):|(?<![\w.-])([a-z][a-z0-9]{1,19}(?:-[a-z0-9]{1,20}){0,4})(?![\w-])"
)
"""An ARN's service, or a word that may be a prefix or a client's name; in lower case."""
FAR = 24
"""Places in the list of popular services between the first and the second that has the name: `Query` is DynamoDB's, not Timestream's."""
MANY = 4
"""Services beside a popular one that have the name too: whose `CreateApplication` it is, nobody knows; but S3's and its like are called so much."""


def service_of(operation: str, text: str) -> str:
    """The IAM prefix of the service whose operation a refused call was; empty where that is not told."""
    shared = table("shared_operations.json").get(operation, {})
    by_code = {spelling: of.split() for spelling, of in shared.items()}
    own = next((service for code, service in OWN_CODES.items() if code in text), "")
    if own in by_code.get("xml", ()) or (not shared and own and actions_of(own, operation)):
        return own
    have_it = services_with(operation)
    may_be = by_code.get(_spelling(text)) or have_it
    named = _named(text, operation, may_be)
    if named:
        return named.pop() if len(named) == 1 else ""
    if not shared:
        return _alone(operation)
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


def _named(text: str, operation: str, may_be: Collection[str]) -> set[str]:
    names = {match.groups() for match in NAMED.finditer(text.lower())}
    return {found for of_arn, word in names if (found := _candidate(of_arn, word, operation, may_be))}


def _candidate(of_arn: str | None, word: str | None, operation: str, may_be: Collection[str]) -> str:
    name = of_arn or prefix_of(word or "") or ""
    if not name or (not of_arn and {word, name} & (RUN_ON | WORDS)):
        return ""
    if name in table("popular_services.json") and services_with(operation):
        return name if name in may_be else ""
    return name if actions_of(name, operation) else ""


def _alone(operation: str) -> str:
    """The only popular one, or the only one at all, unless many others have the name too and it is not among the most used."""
    likely = prefix_with(operation) or ""
    if not likely or likely not in table("popular_services.json") or _rank(likely) < FAR:
        return likely
    return likely if len(services_having(operation)) <= MANY else ""


def _far_ahead(services: Sequence[str]) -> str:
    """The first of them, the most used first, where the others are called far more seldom."""
    far = len(services) == 1 or _rank(services[1]) - _rank(services[0]) >= FAR
    return services[0] if far else ""


def _rank(service: str) -> int:
    """How far down in the list of popular services."""
    return int(table("popular_services.json").index(service))
