"""Who calls, and the condition keys that follow from it alone.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#principaltable
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from why403.iam.principal import Principal, PrincipalKind, parse_principal

SERVICE_LINKED_PATH = "/aws-service-role/"
SERVICE_LINKED_NAME = "AWSServiceRoleFor"
IDENTITIES = frozenset(
    {
        PrincipalKind.USER,
        PrincipalKind.ROLE,
        PrincipalKind.ASSUMED_ROLE,
        PrincipalKind.FEDERATED_USER,
        PrincipalKind.ROOT,
    }
)
"""Callers that belong to an account."""
_TYPES = {
    PrincipalKind.USER: "User",
    PrincipalKind.ROLE: "AssumedRole",
    PrincipalKind.ASSUMED_ROLE: "AssumedRole",
    PrincipalKind.FEDERATED_USER: "FederatedUser",
    PrincipalKind.ROOT: "Account",
    PrincipalKind.ANONYMOUS: "Anonymous",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """A principal and what its ARN settles. `iam_arn` is the user's or role's own ARN, as aws:PrincipalArn."""

    principal: Principal
    kind: PrincipalKind
    account: str
    iam_arn: str
    role: tuple[str, str, str]
    """(partition, account, name) of a role or of a session's role; empty texts for the others."""
    service_linked: bool
    derived: Mapping[str, str]
    """Condition keys, in lower case, that the principal alone settles."""


@lru_cache(maxsize=512)
def caller_of(text: str, principal_arn: str = "") -> Caller:
    """The caller that `text` names. `principal_arn` is the request's own aws:PrincipalArn, which has the path."""
    principal = parse_principal(text)
    is_role = principal.kind in {PrincipalKind.ROLE, PrincipalKind.ASSUMED_ROLE}
    iam_arn = principal_arn or principal.iam_arn
    linked = is_role and (
        SERVICE_LINKED_PATH in iam_arn
        or (not principal_arn and principal.name.startswith(SERVICE_LINKED_NAME))
    )
    return Caller(
        principal=principal,
        kind=principal.kind,
        account=principal.account if principal.kind is not PrincipalKind.FEDERATED else "",
        iam_arn=iam_arn,
        role=(principal.partition, principal.account, principal.name) if is_role else ("", "", ""),
        service_linked=linked,
        derived=_derived(principal, iam_arn),
    )


def _derived(principal: Principal, iam_arn: str) -> Mapping[str, str]:
    kind = principal.kind
    found: dict[str, str] = {}
    if kind in _TYPES:
        found["aws:principaltype"] = _TYPES[kind]
    if kind in IDENTITIES:
        found |= {"aws:principalarn": iam_arn, "aws:principalaccount": principal.account}
        found["kms:calleraccount"] = principal.account
        found["aws:principalisawsservice"] = "false"
    if kind is PrincipalKind.SERVICE:
        found |= {"aws:principalisawsservice": "true", "aws:principalservicename": principal.arn}
    if kind is PrincipalKind.USER:
        found["aws:username"] = principal.name
    if kind is PrincipalKind.ROOT:
        found["aws:userid"] = principal.account
    if kind is PrincipalKind.FEDERATED_USER:
        found["aws:userid"] = f"{principal.account}:{principal.name}"
    if kind is PrincipalKind.ANONYMOUS:
        found["aws:userid"] = "anonymous"
    return found
