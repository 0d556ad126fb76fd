"""How sure a diagnosis is: never surer for having read less."""

from why403.decisions.decision import Outcome
from why403.decisions.reconcile import ReconciledDecision
from why403.iam.layer import Effect
from why403.notices.diagnosis import Confidence


def confidence_of(verdict: ReconciledDecision, *, target_is_clear: bool, caller_is_known: bool) -> Confidence:
    """HIGH where AWS's words or record and our evaluation agree, LOW where something that decides is not known."""
    decision = verdict.decision
    if verdict.allowed_now or decision.outcome is Outcome.UNKNOWN or not caller_is_known:
        return Confidence.LOW
    if not target_is_clear:
        return Confidence.LOW
    if verdict.agrees and Effect.UNKNOWN not in {found.effect for found in decision.layers}:
        return Confidence.HIGH
    return Confidence.MEDIUM
