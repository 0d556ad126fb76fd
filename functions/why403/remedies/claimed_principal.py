"""Whether the workload can be whom a line names: a line is written by whoever makes the application log.

A role other than the workload's counts only where the workload may take it, itself or over roles between. Refuted is
what is certain: a wrong answer about who may do what is worse than none. What is not known makes a claim unproven.
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_terms-and-concepts.html#iam-term-role-chaining
"""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum

from why403.changes.change import Change
from why403.changes.find import find_changes
from why403.decisions.decision import Outcome
from why403.decisions.evaluate import DENIED
from why403.iam.principal import PrincipalKind, parse_principal
from why403.message import Message
from why403.policies.caller import read_caller
from why403.policies.reading import CallerReading
from why403.reads import Plan, together
from why403.remedies.other_ways import (
    acts_by_itself,
    age_of,
    beside,
    has_key,
    is_unclear,
    is_without_key,
    may_be_given,
    was_changed,
)
from why403.remedies.trusted import ASSUME, Trusts, may_reach, may_reach_unseen, outcome_of, read_trusts
from why403.targets.scene import Scene
from why403.workloads.credentials import STATE_MACHINE_ROLE, own_role
from why403.workloads.role_names import iam_arn, same_role
from why403.workloads.workload import DEAD_LETTER, Workload, WorkloadKind

ROLES = frozenset({PrincipalKind.ROLE, PrincipalKind.ASSUMED_ROLE})
CLAIMED = ROLES | {PrincipalKind.USER}
"""Whose policies would be shown and mended."""
ONLY_THE_LINE = frozenset({WorkloadKind.PRINCIPAL, WorkloadKind.UNKNOWN})
CAUSES = "workloads.principal-is-"
"""Findings that say how such credentials may have come to the workload: told only where they can have."""

UNPROVEN = frozenset(
    {
        DEAD_LETTER,
        "workloads.claim-unproven",
        "workloads.claim-unknown-workload",
        "workloads.claim-user-unproven",
    }
)


class Claim(StrEnum):
    """How a line's principal stands to its workload."""

    OWN = "own"
    """One of its roles, or no other role at all."""
    PROVEN = "proven"
    """A role that its own role can take."""
    UNPROVEN = "unproven"
    """The workload, its rights or that role's trust policy are not known, or another way may lead there."""
    UNSUPPORTED = "unsupported"
    """Nothing that was read speaks for it, and something that nobody reads may: a role between, a key in a file."""
    REFUTED = "refuted"
    """A role that it cannot take."""

    @property
    def is_published(self) -> bool:
        """Whether anything of the principal's policies is told, and drafted for it."""
        return self not in {Claim.UNSUPPORTED, Claim.REFUTED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Taker:
    """The workload's own role, where the line names another one. `trusts` of the roles between, by ARN.

    `changes` are the writes to both roles, those nearest to the line first.
    """

    role: CallerReading
    trusts: Trusts = field(default_factory=dict)
    changes: tuple[Change, ...] = ()
    age: timedelta = timedelta()
    """From the line to the moment that `changes` tell their time before."""


def read_taker(scene: Scene, now: int) -> Plan[Taker | None]:
    """The side of the workload's own role, where the line names another one. `now` in ms. Three rounds at most."""
    own = own_role(scene.workload)
    if not _is_claimed(scene) or not own:
        return None
    claimed = iam_arn(parse_principal(scene.caller))
    nothing, denied = Workload(kind=WorkloadKind.UNKNOWN), scene.event.timestamp or now
    age = age_of(denied, now)
    until = denied + age // timedelta(milliseconds=1)
    role, trusts, *written = yield from together(
        read_caller(own, ASSUME, claimed, scene.place),
        read_trusts(claimed, scene.place),
        *(find_changes(each, "", nothing, until, scene.place) for each in (own, claimed)),
    )
    changes = tuple(one for each in written for one in each.found)
    return Taker(role=role, trusts=trusts, changes=changes, age=age)


def judge_claim(scene: Scene, taker: Taker | None, claimed: CallerReading) -> Claim:
    """`taker` is the workload's side as `read_taker` read it, `claimed` the line's role and its trust policy."""
    if scene.workload.kind in ONLY_THE_LINE or _kind(scene) is PrincipalKind.USER:
        if _kind(scene) not in CLAIMED or has_key(scene.workload) or acts_by_itself(scene):
            return Claim.OWN
        return Claim.UNSUPPORTED if is_without_key(scene.workload) else Claim.UNPROVEN
    if not _is_claimed(scene):
        return Claim.OWN
    if scene.workload.credentials == STATE_MACHINE_ROLE:
        return Claim.UNPROVEN
    return _judge_role(scene, taker, claimed)


def _judge_role(scene: Scene, taker: Taker | None, claimed: CallerReading) -> Claim:
    if taker is None or is_unclear(scene.workload):
        return Claim.UNPROVEN
    if claimed.trust is None:
        return Claim.UNSUPPORTED if _is_out_of_reach(scene, taker, claimed.arn) else Claim.UNPROVEN
    if outcome_of(taker.role, claimed.arn, claimed.trust) is Outcome.ALLOWED:
        return Claim.PROVEN
    if was_changed(taker.changes, taker.age) or may_be_given(scene, claimed.trust):
        return Claim.UNPROVEN
    trusts = {**taker.trusts, claimed.arn: claimed.trust}
    takers = (taker.role, *beside(scene.workload))
    reached = any(may_reach(one, claimed.arn, trusts) for one in takers)
    unseen = any(may_reach_unseen(one, claimed.arn, trusts) for one in takers)
    return Claim.UNPROVEN if reached else Claim.UNSUPPORTED if unseen else Claim.REFUTED


def _is_out_of_reach(scene: Scene, taker: Taker, claimed: str) -> bool:
    """Whether a role of another account, whose trust nobody reads, is none that the workload's own policies let it take."""
    if parse_principal(claimed).account == parse_principal(taker.role.arn).account:
        return False
    takers = (taker.role, *beside(scene.workload))
    denied = all(outcome_of(one, claimed, None) in DENIED for one in takers)
    return denied and not was_changed(taker.changes, taker.age)


def with_claim(scene: Scene, claim: Claim) -> Scene:
    """The scene saying what its line's claim is worth; instead of how it may have come about, where nothing is shown."""
    if claim in {Claim.OWN, Claim.PROVEN}:
        return scene
    workload = scene.workload
    if any(found.id == DEAD_LETTER for found in workload.findings):
        return scene  # says itself what the line is worth
    values = {"principal": scene.caller, "name": workload.name, "own": own_role(workload)}
    instead = _kind(scene) in ROLES or not claim.is_published
    kept = tuple(found for found in workload.findings if not (instead and found.id.startswith(CAUSES)))
    told = Message(_told(scene, claim), values)
    return replace(scene, workload=replace(workload, findings=(*kept, told)))


def claim_told(workload: Workload) -> Claim:
    """What the findings of a workload that was diagnosed before say of its line's claim: unproven, or nothing."""
    told = any(found.id in UNPROVEN for found in workload.findings)
    return Claim.UNPROVEN if told else Claim.OWN


def _told(scene: Scene, claim: Claim) -> str:
    if claim is Claim.REFUTED:
        return "workloads.claim-refuted"
    if claim is Claim.UNSUPPORTED:
        return "workloads.claim-unsupported" if _kind(scene) in ROLES else "workloads.claim-user-unsupported"
    if scene.workload.kind in ONLY_THE_LINE:
        return "workloads.claim-unknown-workload"
    return "workloads.claim-unproven" if _kind(scene) in ROLES else "workloads.claim-user-unproven"


def _kind(scene: Scene) -> PrincipalKind:
    return parse_principal(scene.denial.principal or "").kind


def _is_claimed(scene: Scene) -> bool:
    """Whether the line itself names a role that is none of the workload's."""
    workload, principal = scene.workload, scene.denial.principal or ""
    if _kind(scene) not in ROLES or workload.kind in ONLY_THE_LINE:
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
