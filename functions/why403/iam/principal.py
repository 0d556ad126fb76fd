"""Who calls: IAM principals and the ARNs that name them.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
"""

from dataclasses import dataclass
from enum import StrEnum

from why403.iam.arn import Arn, parse_arn

ANONYMOUS = "anonymous"


class PrincipalKind(StrEnum):
    """The forms of a calling principal."""

    USER = "user"
    ROLE = "role"
    ASSUMED_ROLE = "assumed-role"
    FEDERATED_USER = "federated-user"
    ROOT = "root"
    SERVICE = "service"
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


def parse_principal(text: str) -> Principal:
    """The caller that an ARN, a service name or `anonymous` names; kind UNKNOWN where it is none of them."""
    if text == ANONYMOUS:
        return Principal(PrincipalKind.ANONYMOUS, text)
    arn = parse_arn(text)
    if arn is None:
        is_service = text.endswith((".amazonaws.com", ".amazonaws.com.cn")) and ":" not in text
        return Principal(PrincipalKind.SERVICE if is_service else PrincipalKind.UNKNOWN, text)
    return _from_arn(text, arn)


def _from_arn(text: str, arn: Arn) -> Principal:
    kind, _, rest = arn.resource.partition("/")
    match (arn.service, kind):
        case ("iam", "root"):
            return Principal(PrincipalKind.ROOT, text, arn.partition, arn.account, "root")
        case ("iam", "user"):
            return Principal(PrincipalKind.USER, text, arn.partition, arn.account, rest.rpartition("/")[2])
        case ("iam", "role"):
            return Principal(PrincipalKind.ROLE, text, arn.partition, arn.account, rest.rpartition("/")[2])
        case ("sts", "assumed-role"):
            name, _, session = rest.partition("/")
            return Principal(PrincipalKind.ASSUMED_ROLE, text, arn.partition, arn.account, name, session)
        case ("sts", "federated-user"):
            return Principal(PrincipalKind.FEDERATED_USER, text, arn.partition, arn.account, rest)
        case _:
            return Principal(PrincipalKind.UNKNOWN, text, arn.partition, arn.account)
