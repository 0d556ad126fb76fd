"""Who calls: IAM principals and the ARNs that name them.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from why403.iam.arn import Arn, parse_arn

ANONYMOUS = "anonymous"
WEB_IDENTITY_PROVIDERS = frozenset(
    {"cognito-identity.amazonaws.com", "accounts.google.com", "graph.facebook.com", "www.amazon.com"}
)
"""Providers that a trust policy names without an ARN."""
SERVICE_NAME = re.compile(r"(?:[a-z0-9-]+\.)+(?:amazonaws\.com(?:\.cn)?|amazon\.com|aws\.internal)", re.ASCII)
"""`sqs.amazonaws.com`, `alexa-appkit.amazon.com`: labels with dots between them, each label read once."""
UNIQUE_ID = re.compile(r"(?<![A-Za-z0-9])A(?:ROA|IDA)[A-Z0-9]{12,28}(?![A-Za-z0-9])")
"""IAM documents 16 characters and more, those seen have 21; part of a longer word it is something else."""
MASK = "XXXX"


class PrincipalKind(StrEnum):
    """The forms of a calling principal."""

    USER = "user"
    ROLE = "role"
    ASSUMED_ROLE = "assumed-role"
    FEDERATED_USER = "federated-user"
    ROOT = "root"
    SERVICE = "service"
    FEDERATED = "federated"
    """Somebody whom an identity provider vouches for, before it has a role: AssumeRoleWithSAML, WithWebIdentity."""
    ANONYMOUS = "anonymous"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Principal:
    """A caller. `arn` is as given; `name` is the user's or role's name without path; `session` a session's name."""

    kind: PrincipalKind
    arn: str
    partition: str = ""
    account: str = ""
    name: str = ""
    session: str = ""

    @property
    def bare_role(self) -> str:
        """ARN of the role of that name; without a path, which a session's ARN does not tell."""
        return f"arn:{self.partition}:iam::{self.account}:role/{self.name}"

    @property
    def iam_arn(self) -> str:
        """The role behind a session; any other caller's ARN as given."""
        return self.bare_role if self.kind is PrincipalKind.ASSUMED_ROLE else self.arn


def parse_principal(text: str) -> Principal:
    """The caller that an ARN, a service name or `anonymous` names; kind UNKNOWN where it is none of them."""
    if text == ANONYMOUS:
        return Principal(PrincipalKind.ANONYMOUS, text)
    arn = parse_arn(text)
    if arn is not None:
        return _from_arn(text, arn)
    if text in WEB_IDENTITY_PROVIDERS:
        return Principal(PrincipalKind.FEDERATED, text)
    is_service = SERVICE_NAME.fullmatch(text) is not None
    return Principal(PrincipalKind.SERVICE if is_service else PrincipalKind.UNKNOWN, text)


_BY_FORM = {
    ("iam", "root"): PrincipalKind.ROOT,
    ("iam", "user"): PrincipalKind.USER,
    ("iam", "role"): PrincipalKind.ROLE,
    ("iam", "saml-provider"): PrincipalKind.FEDERATED,
    ("iam", "oidc-provider"): PrincipalKind.FEDERATED,
    ("sts", "assumed-role"): PrincipalKind.ASSUMED_ROLE,
    ("sts", "federated-user"): PrincipalKind.FEDERATED_USER,
}


def _from_arn(text: str, arn: Arn) -> Principal:
    form, _, rest = arn.resource.partition("/")
    kind = _BY_FORM.get((arn.service, form), PrincipalKind.UNKNOWN)
    name, session = rest.rpartition("/")[2], ""
    if kind is PrincipalKind.ASSUMED_ROLE:
        name, _, session = rest.partition("/")
    elif kind is PrincipalKind.ROOT:
        name = "root"
    elif kind is PrincipalKind.UNKNOWN:
        name = ""
    return Principal(kind, text, arn.partition, arn.account, name, session)


def unique_id_in(text: str) -> str:
    """The first unique id of a role or user in a text, or empty; one that somebody masked is none."""
    found = UNIQUE_ID.search(text)
    return found[0] if found and MASK not in found[0] else ""
