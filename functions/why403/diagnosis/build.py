"""The one builder of a Diagnosis: what the stages found out, put together, and how sure it is."""

from collections.abc import Iterable
from dataclasses import replace
from typing import TypeVar

from why403.decisions.decision import Outcome
from why403.decisions.reconcile import ReconciledDecision
from why403.decisions.remarks import remarks
from why403.denials.denial import Denial
from why403.diagnosis.confidence import confidence_of
from why403.diagnosis.diagnosis import Confidence, Diagnosis, NextDenial
from why403.message import Message
from why403.other_403.found import Other403
from why403.policies.read_sides import Sides
from why403.policies.unjudged import Known
from why403.reads import BlindSpot
from why403.remedies.case import Case
from why403.remedies.remedy import Remedy
from why403.targets.scene import Scene
from why403.workloads.workload import Workload, WorkloadKind

Found = TypeVar("Found")
NOT_THERE = "policies.target-missing"
"""What a call that makes its target finds, whatever its fault."""


def build_judged(
    scene: Scene, case: Case, verdict: ReconciledDecision, sides: Sides, remedies: tuple[Remedy, ...]
) -> Diagnosis:
    """A call that was judged by the policies on both sides."""
    denied = case.denied
    target = sides.target.findings if sides.target else ()
    if denied is not None and denied.makes_its_target:
        target = tuple(each for each in target if each.id != NOT_THERE)
    sure = confidence_of(verdict, scene, doubted=case.is_doubted, caller_exists=sides.caller.exists is True)
    of_key = scene.use_of_key if denied and denied.request.action.startswith("kms:") else ()
    odd = (
        remarks(
            scene.denial,
            denied.request,
            denied.policies,
            decision=verdict.decision,
            allowed_now=verdict.allowed_now,
        )
        if denied
        else ()
    )
    return Diagnosis(
        denial=scene.denial,
        workload=scene.workload,
        request=denied.request if denied else None,
        decision=verdict.decision,
        target_candidates=(*scene.candidates, *([scene.user_of_key] if scene.user_of_key else [])),
        remedies=remedies,
        next_denials=tuple(_not_drafted(case, remedies)),
        changes=case.changes,
        unreadable=_once((*_unread(scene), *sides.unreadable)),
        findings=_once((*of_key, *scene.findings, *sides.caller.findings, *target, *verdict.findings, *odd)),
        confidence=sure[0],
        confidence_reason=sure[1],
    )


def build_unjudged(known: Known, remedies: tuple[Remedy, ...]) -> Diagnosis:
    """A denial of which the line tells too little to judge it: what it lacks, and what is known."""
    scene = known.scene
    lacks = {
        "targets.no-action": scene.denial.action is None,
        "targets.no-caller": not scene.caller,
        "targets.no-target": scene.denial.resource is None and not scene.candidates,
    }
    return Diagnosis(
        denial=scene.denial,
        workload=scene.workload,
        request=None,
        decision=None,
        target_candidates=scene.candidates,
        remedies=remedies,
        unreadable=_once((*_unread(scene), *known.unreadable)),
        findings=_once(
            (*(Message(lack) for lack, is_so in lacks.items() if is_so), *scene.findings, *known.findings)
        ),
        confidence=Confidence.LOW,
        confidence_reason=Message("diagnosis.confidence.unjudged"),
    )


def build_other_403(scene: Scene, found: Other403, remedies: tuple[Remedy, ...]) -> Diagnosis:
    """A 403 that no missing permission explains: a playbook with this incident's names."""
    return Diagnosis(
        denial=scene.denial,
        workload=scene.workload,
        request=None,
        decision=None,
        remedies=remedies,
        unreadable=_once((*_unread(scene), *found.unreadable)),
        findings=_once(found.findings),
        confidence=Confidence.MEDIUM,
        confidence_reason=Message("diagnosis.confidence.by-the-line"),
    )


def with_masked(diagnosis: Diagnosis, denial: Denial) -> Diagnosis:
    """The diagnosis under what the line said itself; where ids in it are masked, that they were not used."""
    masked = (denial.principal, denial.resource) != (diagnosis.denial.principal, diagnosis.denial.resource)
    findings = (Message("targets.masked"),) if masked else ()
    return replace(diagnosis, denial=denial, findings=(*findings, *diagnosis.findings))


def build_undiagnosed(denial: Denial) -> Diagnosis:
    """What the line alone tells, where the diagnosis broke off."""
    return Diagnosis(
        denial=denial,
        workload=Workload(kind=WorkloadKind.UNKNOWN),
        request=None,
        decision=None,
        findings=(Message("diagnosis.failed"),),
        confidence=Confidence.LOW,
        confidence_reason=Message("diagnosis.confidence.unjudged"),
    )


def _unread(scene: Scene) -> tuple[BlindSpot, ...]:
    return (*scene.workload.unreadable, *scene.unreadable)


def _not_drafted(case: Case, remedies: tuple[Remedy, ...]) -> Iterable[NextDenial]:
    """What the same call would meet next, unless the first set of remedies grants it too."""
    together = {action for remedy in remedies if remedy.set == 1 for action in remedy.adds}
    for judged in case.needed_besides:
        denies = judged.decision.outcome in {Outcome.IMPLICIT_DENY, Outcome.EXPLICIT_DENY}
        if denies and judged.request.action not in together:
            layers = judged.decision.denied_by
            yield NextDenial(
                action=judged.request.action,
                resource=judged.request.resource,
                layer=layers[0].value if layers else "",
            )


def _once(items: Iterable[Found]) -> tuple[Found, ...]:
    """Each once, in their order; a message holds a mapping, so none can be a key."""
    found: list[Found] = []
    for each in items:
        if each not in found:
            found.append(each)
    return tuple(found)
