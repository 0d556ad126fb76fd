"""How sure a judged call is, and why: never surer for having read less, and no reason that is not so."""

import pytest
from why403.decisions.decision import Decision, LayerFinding, Outcome
from why403.decisions.reasons import Reason
from why403.decisions.reconcile import ReconciledDecision
from why403.denials.denial import Denial, Verdict
from why403.diagnosis.confidence import confidence_of
from why403.diagnosis.diagnosis import Confidence
from why403.iam.layer import Effect, Layer
from why403.iam.place import Place
from why403.incidents.history import History
from why403.log_events.log_event import LogEvent
from why403.targets.scene import Scene
from why403.workloads.workload import Workload, WorkloadKind

QUEUE = "arn:aws:sqs:eu-west-1:123456789012:orders"
DENIES = LayerFinding(layer=Layer.IDENTITY, effect=Effect.EXPLICIT_DENY, reason="decisions.denies")
LACKS = LayerFinding(layer=Layer.IDENTITY, effect=Effect.IMPLICIT_DENY, reason="decisions.no-statement")
UNREAD = LayerFinding(layer=Layer.RESOURCE, effect=Effect.UNKNOWN, reason=Reason.UNREAD)
BY_CONDITION = LayerFinding(layer=Layer.RESOURCE, effect=Effect.UNKNOWN, reason="decisions.depends")


def scene(caller: str = "arn:aws:sts::123456789012:assumed-role/app/s1") -> Scene:
    denial = Denial(
        verdict=Verdict.MISSING_PERMISSION, principal=caller, action="sqs:SendMessage", resource=QUEUE
    )
    return Scene(
        denial=denial,
        event=LogEvent(""),
        place=Place("123456789012", "eu-west-1"),
        workload=Workload(kind=WorkloadKind.ECS),
        candidates=(),
        history=History(),
    )


@pytest.mark.parametrize(
    ("layers", "outcome", "sure", "why"),
    [
        ((LACKS, UNREAD), Outcome.IMPLICIT_DENY, Confidence.MEDIUM, "part-unread"),
        ((LACKS, BY_CONDITION), Outcome.IMPLICIT_DENY, Confidence.MEDIUM, "part-unknown"),
        ((LACKS,), Outcome.IMPLICIT_DENY, Confidence.HIGH, "agrees"),
        ((DENIES, UNREAD), Outcome.EXPLICIT_DENY, Confidence.HIGH, "agrees"),
    ],
)
def test_an_unread_policy_counts_where_it_has_a_say(
    layers: tuple[LayerFinding, ...], outcome: Outcome, sure: Confidence, why: str
) -> None:
    decision = Decision(outcome=outcome, layers=layers, denied_by=(Layer.IDENTITY,))
    verdict = ReconciledDecision(decision, agrees=True, allowed_now=False)
    found, reason = confidence_of(verdict, scene(), doubted=False, caller_exists=True)

    assert (found, reason.id) == (sure, f"diagnosis.confidence.{why}")


@pytest.mark.parametrize(
    ("caller", "why"),
    [
        ("arn:aws:sts::123456789012:assumed-role/app/s1", "caller-unread"),
        ("ecs-tasks.amazonaws.com", "agrees"),
    ],
)
def test_only_a_role_or_user_has_to_be_found_in_iam(caller: str, why: str) -> None:
    decision = Decision(outcome=Outcome.IMPLICIT_DENY, layers=(LACKS,), denied_by=(Layer.IDENTITY,))
    verdict = ReconciledDecision(decision, agrees=True, allowed_now=False)
    _, reason = confidence_of(verdict, scene(caller), doubted=False, caller_exists=False)

    assert reason.id == f"diagnosis.confidence.{why}"
