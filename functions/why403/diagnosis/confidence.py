"""How sure a judged call's diagnosis is, and why."""

from why403.decisions.decision import Outcome
from why403.decisions.reasons import Reason
from why403.decisions.reconcile import AWS_RECORDED, AWS_SAYS, ReconciledDecision
from why403.diagnosis.diagnosis import Confidence
from why403.iam.layer import Effect
from why403.iam.principal import PrincipalKind, parse_principal
from why403.message import Message
from why403.targets.scene import Scene
from why403.workloads.workload import UNSURE_ROLE


def confidence_of(
    verdict: ReconciledDecision, scene: Scene, *, doubted: bool, caller_exists: bool
) -> tuple[Confidence, Message]:
    """How sure, and why. Never surer for having read less.

    HIGH where AWS's words or record and our evaluation agree, LOW where something that decides is not known.
    """
    decision = verdict.decision
    is_service = parse_principal(scene.caller).kind is PrincipalKind.SERVICE
    unknown = {found.reason for found in decision.layers if found.effect is Effect.UNKNOWN}
    low = {
        "allowed-now": verdict.allowed_now,
        "part-unknown": decision.outcome is Outcome.UNKNOWN and unknown == {Reason.CONDITION_UNKNOWN},
        "unread": decision.outcome is Outcome.UNKNOWN,
        "caller-unread": not (caller_exists or is_service),
        "role-unsure": not scene.denial.principal
        and any(found.id in UNSURE_ROLE for found in scene.workload.findings),
        "target-unclear": not scene.target_is_clear,
    }
    for reason, is_so in low.items():
        if is_so:
            return Confidence.LOW, Message(f"diagnosis.confidence.{reason}")
    if doubted:
        return Confidence.MEDIUM, Message("diagnosis.confidence.claim-unproven")
    is_whole = not any(
        found.effect is Effect.UNKNOWN or found.reason in {AWS_SAYS, AWS_RECORDED}
        for found in decision.layers
    )
    # beside an explicit deny that both found, nothing else has a say
    if verdict.agrees and (is_whole or decision.outcome is Outcome.EXPLICIT_DENY):
        return Confidence.HIGH, _inferred(scene) or Message("diagnosis.confidence.agrees")
    if is_whole:
        return Confidence.MEDIUM, _inferred(scene) or Message("diagnosis.confidence.not-named")
    by_condition = Reason.UNREAD not in unknown and bool(unknown or decision.settles)
    told = "diagnosis.confidence.part-unknown" if by_condition else "diagnosis.confidence.part-unread"
    return Confidence.MEDIUM, _inferred(scene) or Message(told)


def _inferred(scene: Scene) -> Message | None:
    """From what the target is inferred; None where the line names it."""
    found = next(iter((*scene.candidates, *scene.passed_on)), None)
    if scene.denial.resource is not None or found is None or not found.evidence:
        return None
    if found.evidence[0].id == "targets.in-line":
        return None
    values = {"what": found.arn.rpartition(":")[2], "variable": found.evidence[0].values.get("variable", "")}
    return Message("diagnosis.confidence.inferred", values)
