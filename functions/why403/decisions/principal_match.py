"""Whether a statement's Principal or NotPrincipal means the caller, and how directly it names it.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
"""

from enum import IntEnum

from why403.decisions.caller import Caller
from why403.decisions.decision import NO, UNKNOWN, YES, KeyState, Match
from why403.decisions.evaluation_context import EvaluationContext
from why403.iam.principal import PrincipalKind
from why403.iam.principal_element import NamedPrincipals

FEDERATED_KEY = "aws:FederatedProvider"
BOUNDED_KINDS = frozenset(
    {PrincipalKind.USER, PrincipalKind.ROLE, PrincipalKind.ASSUMED_ROLE, PrincipalKind.FEDERATED_USER}
)


class Naming(IntEnum):
    """How directly a statement names the caller: what it bypasses in the caller's own account."""

    NOBODY = 0
    ACCOUNT = 1
    """The account: it delegates, the identity-based policy is still needed."""
    ROLE = 2
    """The role behind the session: boundary and session policy still limit."""
    DIRECT = 3
    """The user, the session, the service, or everyone: nothing else is needed."""


Named = tuple[Match, Naming]
NAMED_NOT: Named = (NO, Naming.NOBODY)


def match_principal(named: NamedPrincipals, call: EvaluationContext) -> Named:
    """Whether `named` means the caller, and how."""
    if named.everyone:
        return YES, Naming.DIRECT
    caller = call.caller
    match caller.kind:
        case PrincipalKind.ANONYMOUS:
            return NAMED_NOT
        case PrincipalKind.SERVICE:
            return (YES, Naming.DIRECT) if caller.principal.arn in named.services else NAMED_NOT
        case PrincipalKind.FEDERATED | PrincipalKind.UNKNOWN:
            return (YES, Naming.DIRECT) if _names_provider_itself(named, call) else NAMED_NOT
        case _:
            return _match_identity(named, call)


def _match_identity(named: NamedPrincipals, call: EvaluationContext) -> Named:
    caller = call.caller
    direct = _names_itself(named, caller)
    if direct is YES:
        return YES, Naming.DIRECT
    if _names_role(named, caller) or _names_federating_user(named, caller):
        return YES, Naming.ROLE
    provided = _names_provider(named, call)
    if provided is YES:
        return YES, Naming.ROLE
    if _names_account(named, caller):
        return YES, Naming.ACCOUNT
    if UNKNOWN in (direct, provided) or named.canonical:
        return UNKNOWN, Naming.DIRECT if direct is UNKNOWN else Naming.ACCOUNT
    return NAMED_NOT


def _names_itself(named: NamedPrincipals, caller: Caller) -> Match:
    """A user, session or root by its own ARN. For a role whose session is not told, a session's is unknown."""
    if caller.kind is PrincipalKind.ROOT:
        return YES if _names_account(named, caller) else NO
    return YES if caller.kind is not PrincipalKind.ROLE and caller.principal.arn in named.arns else NO


def _names_account(named: NamedPrincipals, caller: Caller) -> bool:
    return named.names_account(caller.principal.partition, caller.account)


def _names_role(named: NamedPrincipals, caller: Caller) -> bool:
    """The role by its ARN: the whole of it where the caller's path is told, else by account and name."""
    if caller.kind is PrincipalKind.ROLE:
        return caller.principal.arn in named.arns
    return caller.kind is PrincipalKind.ASSUMED_ROLE and caller.role in named.roles


def _names_federating_user(named: NamedPrincipals, caller: Caller) -> bool:
    principal = caller.principal
    return (
        caller.kind is PrincipalKind.FEDERATED_USER
        and (principal.partition, principal.account, principal.name) in named.users
    )


def _names_provider_itself(named: NamedPrincipals, call: EvaluationContext) -> bool:
    """Cognito is a provider where somebody takes a role, and a service where it calls for itself."""
    name = call.caller.principal.arn
    return name in named.federated or (name in named.services and not call.action.startswith("sts:"))


def _names_provider(named: NamedPrincipals, call: EvaluationContext) -> Match:
    """The identity provider behind a role's session, which aws:FederatedProvider tells."""
    if not named.federated:
        return NO
    state, values = call.key(FEDERATED_KEY.lower())
    if state is KeyState.UNKNOWN:
        return UNKNOWN
    return YES if named.federated.intersection(values) else NO


def match_not_principal(named: NamedPrincipals, call: EvaluationContext, *, deny: bool) -> Named:
    """Everyone but the named. To spare a caller from a Deny, its whole chain must be named."""
    if named.everyone:
        return NAMED_NOT
    spared = _spared(named, call) if deny else match_principal(named, call)[0]
    if spared is UNKNOWN:
        return UNKNOWN, Naming.DIRECT
    return NAMED_NOT if spared is YES else (YES, Naming.DIRECT)


def _spared(named: NamedPrincipals, call: EvaluationContext) -> Match:
    """Account, role and session, or account and user: AWS may validate each in turn.

    A caller with a permissions boundary is never spared:
    https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
    """
    caller = call.caller
    if call.bounded and caller.kind in BOUNDED_KINDS:
        return NO
    match caller.kind:
        case PrincipalKind.USER | PrincipalKind.FEDERATED_USER:
            chain = caller.principal.arn in named.arns and _names_account(named, caller)
        case PrincipalKind.ROLE:
            chain = _names_role(named, caller) and _names_account(named, caller)
        case PrincipalKind.ASSUMED_ROLE:
            itself = caller.principal.arn in named.arns
            chain = itself and _names_role(named, caller) and _names_account(named, caller)
        case _:
            return match_principal(named, call)[0]
    if not chain and named.canonical:
        return UNKNOWN
    return YES if chain else NO
