"""The caller as policies name it: the role behind a session, with its path."""

from collections.abc import Mapping
from typing import Any

from why403.iam.arn import parse_arn
from why403.iam.principal import ANONYMOUS, PrincipalKind, parse_principal
from why403.remedies.case import Case
from why403.remedies.scope import PLAIN_TEXT, SPECIAL

SOURCES = (("ArnEquals", "aws:SourceArn"), ("StringEquals", "aws:SourceAccount"))


def caller_arn(case: Case, principal: str) -> str:
    """The role's or user's IAM ARN; for a session without a reading of its role, without the role's path."""
    parsed = parse_principal(principal)
    for known in (case.caller.arn if case.caller is not None else "", case.workload.caller_arn):
        other = parse_principal(known)
        if known and (other.account, other.name) == (parsed.account, parsed.name) and parsed.name:
            return known
    return parsed.iam_arn


def principal_element(case: Case, principal: str) -> dict[str, Any] | None:
    """`{"Principal": …}` naming this caller and nobody else.

    None where it cannot be named exactly: an unknown caller, or a name with a wildcard in it.
    """
    parsed = parse_principal(principal)
    match parsed.kind:
        case PrincipalKind.ANONYMOUS:
            return {"Principal": "*"}
        case PrincipalKind.SERVICE:
            return {"Principal": {"Service": principal}}
        case PrincipalKind.UNKNOWN:
            return None
        case _:
            arn = caller_arn(case, principal)
            return (
                {"Principal": {"AWS": arn}} if PLAIN_TEXT.fullmatch(arn) and not SPECIAL.search(arn) else None
            )


def source_condition(principal: str, context: Mapping[str, Any]) -> dict[str, Any]:
    """A service principal is let in only for the source that it called for: else it is a confused deputy."""
    if parse_principal(principal).kind is not PrincipalKind.SERVICE:
        return {}
    known = {key: (operator, context[key]) for operator, key in SOURCES if isinstance(context.get(key), str)}
    if account_of(known.get("aws:SourceArn", ("", ""))[1]):  # not every service sends the account beside it
        known.pop("aws:SourceAccount", None)
    return {operator: {key: value} for key, (operator, value) in known.items()}


def is_foreign(principal: str, resource_account: str) -> bool:
    """Whether the caller belongs to another account than the resource."""
    account = parse_principal(principal).account
    return bool(account and resource_account and account != resource_account)


def account_of(arn: str) -> str:
    """The account in an ARN, empty where it has none."""
    parsed = parse_arn(arn)
    return parsed.account if parsed is not None else ""


def is_anonymous(principal: str) -> bool:
    """Whether nobody signed the call."""
    return principal == ANONYMOUS
