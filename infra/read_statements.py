"""The library's declared reads → statements of a policy, each bound as closely as AWS lets it."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from why403.aws.accounts import ANY_ACCOUNT
from why403.aws.granted_reads import LINES
from why403.reads import DeclaredRead

from infra.settings import Settings

DOCUMENT_CHARACTERS = 6_144
"""Of a managed policy, white space not counted.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
"""
EVERYTHING = ("*",)
API_DEFINITIONS = ("apigateway:*::/restapis*", "apigateway:*::/apis*")
"""`apigateway:GET` reads keys and client certificates too: bound to the APIs' own definitions."""
STATEMENT_CHARACTERS = 1_000
"""Of ARNs: some ten, short enough to be read in the console, and small enough that several fill a policy."""
GROUPS_IN_BOTH_FORMS = 40
"""AWS writes a log group's ARN with `:*` at its end and without. Of more groups only the first form, which calls on
lines are checked against, so that the policies stay short.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/iam-access-control-overview-cwl.html
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadStatement:
    """`resources` are `*`, or ARNs without their `arn:partition:` where they are bound."""

    sid: str
    actions: tuple[str, ...]
    resources: tuple[str, ...] = EVERYTHING
    in_organization: bool = False
    """Only on resources of accounts of the caller's own organization."""

    @property
    def conditions(self) -> Mapping[str, Mapping[str, str]]:
        """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-resourceorgid"""
        return (
            {"StringEquals": {"aws:ResourceOrgID": "${aws:PrincipalOrgID}"}} if self.in_organization else {}
        )


def read_statements(reads: Iterable[DeclaredRead], settings: Settings, here: str) -> Iterator[ReadStatement]:
    """All statements, by IAM prefix. `here` is `region:account`, for ARNs of log groups."""
    for service, actions in by_service(reads).items():
        sid = "Read" + service.replace("-", " ").title().replace(" ", "")
        if service == "apigateway":
            yield ReadStatement(sid=sid, actions=actions, resources=API_DEFINITIONS)
            continue
        lines = tuple(action for action in actions if action in LINES)
        yield ReadStatement(sid=sid, actions=tuple(action for action in actions if action not in LINES))
        watched = ("*",) if settings.log_group_tags else settings.log_groups
        is_short = len(watched) <= GROUPS_IN_BOTH_FORMS
        arns = (
            f"logs:{here}:log-group:{name}"
            for group in (watched if lines else ())
            for name in (forms(group) if is_short or group.endswith("*") else (f"{group}:*",))
        )
        for number, some in enumerate(chunks(arns)):
            yield ReadStatement(sid=f"ReadLines{number or ''}", actions=lines, resources=some)


def forms(group: str) -> tuple[str, ...]:
    """A log group's name or glob as the ends of ARNs that mean it: what ends in `*` means both."""
    return (group,) if group.endswith("*") else (group, f"{group}:*")


def assume_statements(roles: Mapping[str, str], organization_role: str) -> Iterator[ReadStatement]:
    """What reading in other accounts takes: the settings `target_read_roles` and `organization_read_role`."""
    named = [role for account, role in roles.items() if account != ANY_ACCOUNT]
    arns = tuple(role.split(":", 2)[2] for role in (*named, organization_role) if role)
    for number, some in enumerate(chunks(arns)):
        yield ReadStatement(sid=f"ReadElsewhere{number or ''}", actions=("sts:AssumeRole",), resources=some)
    if ANY_ACCOUNT in roles:
        yield ReadStatement(
            sid="ReadInOrganization",
            actions=("sts:AssumeRole",),
            resources=(f"iam::*:role/{roles[ANY_ACCOUNT]}",),
            in_organization=True,
        )


def by_service(reads: Iterable[DeclaredRead]) -> dict[str, tuple[str, ...]]:
    """IAM prefix → its actions, sorted, each once."""
    services: dict[str, tuple[str, ...]] = {}
    for action in sorted({action for read in reads for action in read.actions}):
        service = action.partition(":")[0]
        services[service] = (*services.get(service, ()), action)
    return services


def split(statements: Iterable[ReadStatement]) -> Iterator[tuple[ReadStatement, ...]]:
    """As many parts as fit a managed policy each, in the same order."""
    part: tuple[ReadStatement, ...] = ()
    for statement in statements:
        if part and characters((*part, statement)) > DOCUMENT_CHARACTERS:
            yield part
            part = ()
        part = (*part, statement)
    if part:
        yield part


def characters(statements: Sequence[ReadStatement]) -> int:
    """How long IAM finds a policy of these statements, at most."""
    document = [
        {
            "Action": statement.actions,
            "Effect": "Allow",
            "Resource": [f"arn:aws-us-gov:{resource}" for resource in statement.resources],
            "Sid": statement.sid,
            "Condition": statement.conditions,
        }
        for statement in statements
    ]
    return len(json.dumps({"Statement": document, "Version": "2012-10-17"}, separators=(",", ":")))


def chunks(arns: Iterable[str]) -> Iterator[tuple[str, ...]]:
    """As many as a statement should hold; one that is longer alone stands alone."""
    part: tuple[str, ...] = ()
    for arn in arns:
        if part and sum(map(len, (*part, arn))) > STATEMENT_CHARACTERS:
            yield part
            part = ()
        part = (*part, arn)
    if part:
        yield part
