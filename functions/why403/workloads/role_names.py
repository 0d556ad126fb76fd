"""Roles as people and services write them: a name, a path, an ARN, a session's ARN."""

from typing import assert_never

from why403.iam.place import Place
from why403.iam.principal import Principal, PrincipalKind, parse_principal


def role_arn(role: str, place: Place) -> str:
    """A role's ARN, where a service gives a bare name; an ARN stays as it is, empty stays empty."""
    if not role or role.startswith("arn:"):
        return role
    return f"arn:{place.partition}:iam::{place.account}:role/{role.lstrip('/')}"


def iam_arn(principal: Principal) -> str:
    """The role or user whose policies count for a caller: a session's role, without the path that it hides.

    Empty for callers that have no policies of their own: services, the anonymous, what is no principal.
    """
    match principal.kind:
        case PrincipalKind.ASSUMED_ROLE | PrincipalKind.ROLE | PrincipalKind.USER | PrincipalKind.ROOT:
            return principal.iam_arn
        case (
            PrincipalKind.FEDERATED_USER
            | PrincipalKind.FEDERATED
            | PrincipalKind.SERVICE
            | PrincipalKind.ANONYMOUS
            | PrincipalKind.UNKNOWN
        ):
            return ""
        case never:
            assert_never(never)


def same_role(first: str, second: str) -> bool:
    """Whether two ARNs are of one role or user. A session's ARN hides the role's path: names are unique."""
    one, other = parse_principal(first), parse_principal(second)
    if not one.name or not other.name:
        return False
    users = (one.kind is PrincipalKind.USER, other.kind is PrincipalKind.USER)
    return users[0] == users[1] and (one.partition, one.account, one.name) == (
        other.partition,
        other.account,
        other.name,
    )
