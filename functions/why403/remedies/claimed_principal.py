"""Whether the workload can be whom a line names: a line is written by whoever makes the application log.

A role other than the workload's counts only where the workload's own role may take it: its policies allow
sts:AssumeRole, and that role's trust policy lets it in.
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_terms-and-concepts.html#iam-term-role-chaining
"""

from dataclasses import replace
from enum import StrEnum
from typing import assert_never

from why403.decisions.decision import Outcome
from why403.decisions.evaluate import decide
from why403.decisions.request import Request
from why403.iam.layer import Layer
from why403.iam.principal import PrincipalKind, parse_principal
from why403.message import Message
from why403.policies.caller import read_caller
from why403.policies.policy_set import PolicySet
from why403.policies.reading import CallerReading
from why403.reads import Plan
from why403.targets.scene import Scene
from why403.workloads.credentials import own_role
from why403.workloads.role_names import iam_arn, same_role
from why403.workloads.workload import Workload, WorkloadKind

ASSUME = "sts:AssumeRole"
ROLES = frozenset({PrincipalKind.ROLE, PrincipalKind.ASSUMED_ROLE})
ONLY_THE_LINE = frozenset({WorkloadKind.PRINCIPAL, WorkloadKind.UNKNOWN})
CAUSES = "workloads.principal-is-"
"""Findings that say how such credentials may have come to the workload: told only where they can have."""


class Claim(StrEnum):
    """How a line's principal stands to its workload."""

    OWN = "own"
    """One of its roles, or no other role at all."""
    PROVEN = "proven"
    """A role that its own role can take."""
    UNPROVEN = "unproven"
    """The workload, its rights or that role's trust policy are not known."""
    REFUTED = "refuted"
    """A role that it cannot take."""


def read_taker(scene: Scene) -> Plan[CallerReading | None]:
    """The side of the workload's own role, where the line names another one. Three rounds at most."""
    if not _is_claimed(scene) or not own_role(scene.workload):
        return None
    claimed = iam_arn(parse_principal(scene.caller))
    return (yield from read_caller(own_role(scene.workload), ASSUME, claimed, scene.place))


def judge_claim(scene: Scene, taker: CallerReading | None, claimed: CallerReading) -> Claim:
    """`taker` is the workload's own role as `read_taker` read it, `claimed` the line's role and its trust policy."""
    if not _is_claimed(scene):
        return Claim.OWN
    if taker is None:
        return Claim.UNPROVEN
    request = Request(
        principal=taker.arn,
        action=ASSUME,
        resource=claimed.arn,
        resource_account=parse_principal(claimed.arn).account,
        context_complete=False,
    )
    policies = PolicySet(
        identity=taker.identity,
        boundary=taker.boundary,
        scp=taker.scp,
        resource=claimed.trust,
        unread=taker.unread | (frozenset() if claimed.trust else frozenset({Layer.TRUST})),
    )
    match decide(request, policies).outcome:
        case Outcome.ALLOWED:
            return Claim.PROVEN
        case Outcome.UNKNOWN:
            return Claim.UNPROVEN
        case Outcome.IMPLICIT_DENY | Outcome.EXPLICIT_DENY:
            return Claim.REFUTED
        case never:
            assert_never(never)


def with_claim(scene: Scene, claim: Claim) -> Scene:
    """The scene saying what its line's claim is worth, instead of how it may have come about."""
    if claim in {Claim.OWN, Claim.PROVEN}:
        return scene
    kept = tuple(found for found in scene.workload.findings if not found.id.startswith(CAUSES))
    values = {"principal": scene.caller, "name": scene.workload.name, "own": own_role(scene.workload)}
    refuted = claim is Claim.REFUTED
    told = Message("workloads.claim-refuted" if refuted else "workloads.claim-unproven", values)
    return replace(scene, workload=replace(scene.workload, findings=(*kept, told)))


def _is_claimed(scene: Scene) -> bool:
    """Whether the line itself names a role that is none of the workload's."""
    workload, principal = scene.workload, scene.denial.principal or ""
    if parse_principal(principal).kind not in ROLES or workload.kind in ONLY_THE_LINE:
        return False
    return not any(same_role(role, principal) for role in _roles(workload) if role)


def _roles(workload: Workload) -> tuple[str, ...]:
    return (
        workload.task_role_arn,
        workload.execution_role_arn,
        workload.instance_role_arn,
        workload.role_arn,
        workload.environment.get("AWS_ROLE_ARN", ""),
    )
