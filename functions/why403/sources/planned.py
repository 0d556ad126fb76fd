"""Policies as a source would make them: whose they are, where they stand, and what in them is not known yet."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from why403.iam.arn import parse_arn
from why403.iam.layer import Policy

UNKNOWN = "\0"
"""Stands in a text for what only a deployment will tell. No policy can hold it itself."""
ALLOWS_UNKNOWN = {"Statement": [{"Effect": "Allow", "Action": UNKNOWN, "Resource": UNKNOWN}]}
"""A policy that allows something, nobody here knows what: a managed policy that does not stand in the source."""
ALLOWS_SOMEBODY = {"Statement": [{**ALLOWS_UNKNOWN["Statement"][0], "Principal": UNKNOWN}]}
"""Such a policy of a resource's own."""
ANYTHING = {
    "Statement": [
        {"Effect": "Allow", "Action": UNKNOWN, "Resource": UNKNOWN},
        {"Effect": "Deny", "Action": UNKNOWN, "Resource": UNKNOWN},
    ]
}
"""A policy of which nothing is known."""
NOT_READ_NOTE = "{where} is not read: a call that it allows or denies may be told wrongly"
LOGS = ("logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents")
INTERFACES = (
    "CreateNetworkInterface",
    "DeleteNetworkInterface",
    "DescribeNetworkInterfaces",
    "DescribeSubnets",
)
MANAGED: Mapping[str, tuple[str, ...]] = {
    "AdministratorAccess": ("*",),
    "AWSLambdaBasicExecutionRole": LOGS,
    "AWSLambdaSQSQueueExecutionRole": (
        *LOGS,
        "sqs:ReceiveMessage",
        "sqs:DeleteMessage",
        "sqs:GetQueueAttributes",
    ),
    "AWSLambdaVPCAccessExecutionRole": (
        *LOGS,
        *(f"ec2:{name}" for name in (*INTERFACES, "AssignPrivateIpAddresses", "UnassignPrivateIpAddresses")),
    ),
    "AmazonECSTaskExecutionRolePolicy": (
        *LOGS[1:],
        "ecr:GetAuthorizationToken",
        "ecr:BatchCheckLayerAvailability",
        "ecr:GetDownloadUrlForLayer",
        "ecr:BatchGetImage",
    ),
}
"""AWS's managed policies that most roles have, all on any resource.

https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html
"""


@dataclass(slots=True)
class PlannedPrincipal:
    """A role's or user's policies, each with the address it stands at. `boundary` None: it has none."""

    address: str
    identity: list[Policy] = field(default_factory=list)
    boundary: list[Policy] | None = None


@dataclass(slots=True)
class PlannedResource:
    """A resource's own policy. `arn` may hold UNKNOWN."""

    address: str
    arn: str
    policy: Policy


@dataclass(slots=True)
class Planned:
    """`principals` by `role/NAME` or `user/NAME`; `made`: ARNs of what the source makes, with a policy or without.

    `notes`: what could not be read; `account` empty: not known. An ARN may hold UNKNOWN.
    """

    principals: dict[str, PlannedPrincipal] = field(default_factory=dict)
    resources: list[PlannedResource] = field(default_factory=list)
    made: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    file: str = ""
    account: str = ""

    def principal_of(self, arn: str) -> PlannedPrincipal | None:
        """The principal of this ARN; one of that name in another account is another."""
        parsed = parse_arn(arn)
        elsewhere = self.account and parsed and parsed.account and parsed.account != self.account
        return None if elsewhere else self.principals.get(_key(arn))

    def resource_of(self, arn: str) -> PlannedResource | None:
        """The resource whose own policy has a say on this ARN; an object's is its bucket's."""
        return next((each for each in self.resources if _is_within(each.arn, arn)), None)

    def makes(self, arn: str) -> bool:
        """Whether the source makes this resource, or what holds it, so that no policy elsewhere is its own."""
        return any(_is_within(each, arn) for each in self.made)

    def may_have_one_for(self, arn: str) -> bool:
        """Whether a resource whose name only a deployment will tell may be this one, policy and all."""
        return any(may_be_arn(each.arn, arn) for each in self.resources if UNKNOWN in each.arn)

    def merge(self, other: "Planned") -> None:
        """Add what another template of the same assembly holds."""
        for key, principal in other.principals.items():
            mine = self.principals.setdefault(key, principal)
            if mine is not principal:
                mine.identity += principal.identity
                mine.boundary = mine.boundary or principal.boundary
        self.resources += other.resources
        self.made += other.made
        self.notes += other.notes


def may_be_arn(told: str, arn: str) -> bool:
    """Whether an ARN fits what the source tells of one."""
    return re.fullmatch(".*".join(map(re.escape, told.split(UNKNOWN))), arn) is not None


def _is_within(pattern: str, arn: str) -> bool:
    if UNKNOWN not in pattern:
        return arn == pattern or arn.startswith((f"{pattern}/", f"{pattern}:"))
    segments = pattern.split(UNKNOWN)
    if not segments[-1] and len(segments) > 1:
        return False  # the name itself is unknown: it could be anybody's
    return re.fullmatch("[^:]*".join(map(re.escape, segments)) + "(?:[/:].*)?", arn) is not None


def managed(arn: str) -> Policy:
    """A managed policy that does not stand in the source: AWS's best known as they are, of others only that it allows."""
    name = arn.rpartition("/")[2]
    if ":iam::aws:policy/" in arn and name in MANAGED:
        statement = {"Effect": "Allow", "Action": list(MANAGED[name]), "Resource": "*"}
        return Policy(name, {"Version": "2012-10-17", "Statement": [statement]}, arn)
    document = ALLOWS_UNKNOWN if ":iam::aws:policy/" in arn and UNKNOWN not in arn else ANYTHING
    return Policy(name.replace(UNKNOWN, "…") or "a managed policy", document, arn)


def document_of(written: object) -> Mapping[str, Any]:
    """A policy's document from its text or object; ANYTHING where it is not known or no policy."""
    if isinstance(written, str):
        try:
            written = json.loads(written, strict=False)  # UNKNOWN is a control letter
        except ValueError:
            return ANYTHING
    return written if isinstance(written, Mapping) and written.get("Statement") is not None else ANYTHING


def bound(policy: Policy, *, widest: bool) -> Policy:
    """The policy that allows the most (or the least) of all that it could be once what is unknown is known."""
    if not isinstance(policy.document, Mapping) or not _is_unknown(policy.document):
        return policy
    statements = policy.document.get("Statement")
    listed: list[Any] = statements if isinstance(statements, list) else [statements]
    if any(not isinstance(each, Mapping) for each in listed):
        return bound(Policy(policy.name, ANYTHING, policy.arn), widest=widest)
    kept = [each for statement in listed for each in _bounded(statement, widest=widest)]
    return Policy(policy.name, {**policy.document, "Statement": kept}, policy.arn)


def _bounded(statement: Mapping[str, Any], *, widest: bool) -> Iterator[Mapping[str, Any]]:
    if not _is_unknown(statement):
        yield statement
        return
    effect = statement.get("Effect")
    if effect not in {"Allow", "Deny"}:
        effect = "Allow" if widest else "Deny"
    if (effect == "Allow") != widest:
        yield from _narrowed(statement)
        return
    wide = {**statement, "Effect": effect}
    for key in ("Action", "Resource", "Principal"):
        if _is_unknown(wide.get(key)):
            wide[key] = _widened(wide[key])
    for key in ("NotAction", "NotResource", "NotPrincipal"):
        if _is_unknown(wide.get(key)):
            wide.pop(key)
            wide.setdefault(key.removeprefix("Not"), "*")
    if _is_unknown(wide.get("Condition")):
        wide.pop("Condition")
    yield wide


def _narrowed(statement: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The statement without the actions and resources that are not known; none where anything else is not."""
    narrow = dict(statement)
    for key in ("Action", "Resource"):
        if isinstance(narrow.get(key), list):
            narrow[key] = [each for each in narrow[key] if not _is_unknown(each)]
            if not narrow[key]:
                return
    if not _is_unknown(narrow):
        yield narrow


def _widened(value: object) -> object:
    if isinstance(value, list):
        return [_widened(each) for each in value]
    if isinstance(value, Mapping):
        return "*" if _is_unknown(value) else value
    if not isinstance(value, str):
        return "*"
    return "*" if value.startswith(UNKNOWN) else value.replace(UNKNOWN, "*")


def _is_unknown(value: object) -> bool:
    if isinstance(value, str):
        return UNKNOWN in value
    if isinstance(value, Mapping):
        return any(_is_unknown(each) for pair in value.items() for each in pair)
    return isinstance(value, list) and any(map(_is_unknown, value))


def _key(principal: str) -> str:
    """`role/NAME` of a role's or an assumed role's ARN, `user/NAME` of a user's."""
    kind, _, name = principal.rpartition(":")[2].partition("/")
    if kind == "assumed-role":
        return f"role/{name.partition('/')[0]}"
    return f"{kind}/{name.rpartition('/')[2]}"


def listed(value: object) -> list[Any]:
    """An element that may be one or several, as several; none where it is not there."""
    return value if isinstance(value, list) else [] if value is None else [value]
