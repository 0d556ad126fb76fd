"""A caller that is none of the workload's roles: how its credentials may have come there."""

from typing import assert_never

from why403.iam.principal import Principal, PrincipalKind
from why403.workloads.static_keys import KEY_ID, shared_file
from why403.workloads.workload import Workload

UNIQUE_IDS = ("AROA", "AIDA")
"""How policies show a role or user that was deleted."""


def source_of(principal: Principal) -> str:
    """The word id of where such a caller's credentials come from."""
    match principal.kind:
        case PrincipalKind.USER | PrincipalKind.ROOT | PrincipalKind.FEDERATED_USER | PrincipalKind.FEDERATED:
            source = "static-keys"
        case PrincipalKind.ASSUMED_ROLE | PrincipalKind.ROLE:
            source = "instance-profile" if is_instance(principal) else "assumed-role"
        case PrincipalKind.ANONYMOUS:
            source = "none"
        case PrincipalKind.SERVICE:
            source = "service"
        case PrincipalKind.UNKNOWN:
            source = "unknown"
        case never:
            assert_never(never)
    return source


def cause_of(workload: Workload, principal: Principal, expected: str) -> str:
    """The id of the finding that says why the line may name `principal` and not `expected`."""
    match principal.kind:
        case PrincipalKind.USER:
            cause = _cause_of_user(workload)
        case PrincipalKind.ASSUMED_ROLE | PrincipalKind.ROLE:
            cause = _cause_of_role(principal, expected)
        case PrincipalKind.ROOT:
            cause = "root"
        case PrincipalKind.FEDERATED_USER | PrincipalKind.FEDERATED:
            cause = "federated"
        case PrincipalKind.ANONYMOUS:
            cause = "anonymous"
        case PrincipalKind.SERVICE:
            cause = "service"
        case PrincipalKind.UNKNOWN:
            cause = "deleted" if principal.arn.startswith(UNIQUE_IDS) else "unclear"
        case never:
            assert_never(never)
    return f"workloads.principal-is-{cause}"


def is_instance(principal: Principal) -> bool:
    """Whether the session is named after an EC2 instance, as those of instance profiles are."""
    return principal.session.startswith("i-")


def _cause_of_role(principal: Principal, expected: str) -> str:
    if is_instance(principal):
        return "instance"
    return "assumed-role" if expected else "another-role"


def _cause_of_user(workload: Workload) -> str:
    if KEY_ID in workload.secret_names:
        return "user-of-secrets"
    if workload.environment.get(KEY_ID):
        return "user-of-environment"
    return "user-of-file" if shared_file(workload) else "user"
