"""From the scene and the policies that were read to the case: each call judged, the denied one found."""

from collections.abc import Iterable
from dataclasses import replace

from why403.decisions.call import Call, needed_besides, request_of
from why403.decisions.decision import Decision, Outcome, Request
from why403.decisions.evaluate import DENIED, decide
from why403.decisions.reconcile import (
    ReconciledDecision,
    cleared_by_words,
    named_layer,
    needs_no_resource_policy,
    reconcile,
)
from why403.iam.layer import Effect, Layer
from why403.iam.principal import parse_principal
from why403.incidents.normalized_resource import normalized_resource
from why403.policies.policy_set import PolicySet, assemble
from why403.policies.read_sides import Sides
from why403.policies.reading import Remembered
from why403.reads import BlindSpot
from why403.remedies.case import Case, Judged
from why403.remedies.remedy import Remedy
from why403.remedies.varying import another
from why403.targets.scene import Scene


def build_case(scene: Scene, call: Call, sides: Sides) -> tuple[Case, ReconciledDecision]:
    """Judge the call and what it needs besides: the first that is surely denied is the one really denied.

    Where AWS's message names a layer, it speaks of the line's own call, whatever the key would say.
    """
    request = request_of(call, scene.place, caller=sides.caller, target=sides.target, record=sides.record)
    own = _judge(request, sides, _cleared(request, sides, scene))
    besides = tuple(
        _judge(other, sides, _policies(other, sides))
        for other in needed_besides(
            request, sides.target, scene.place, sides.caller, scene.denial.operation or ""
        )
    )
    denied, others = (own, besides) if named_layer(scene.denial) is not None else _really_denied(own, besides)
    verdict = (
        reconcile(own.decision, scene.denial, sides.record)
        if denied is own
        else ReconciledDecision(denied.decision, agrees=False, allowed_now=False)
    )
    contradicts = verdict.allowed_now and verdict.decision.outcome is Outcome.UNKNOWN
    case = replace(
        unjudged_case(scene),
        denied=denied if contradicts else replace(denied, decision=verdict.decision),
        needed_besides=others,
        caller=sides.caller,
        candidates=scene.candidates,
        seen_resources=scene.history.resources_like(scene.denial),
        also_denied=scene.history.other_actions(scene.denial),
    )
    return case, verdict


def unjudged_case(scene: Scene) -> Case:
    """What is known of the line before any call is judged."""
    return Case(
        denial=scene.denial,
        workload=scene.workload,
        place=scene.place,
        log_group=scene.event.log_group,
        log_stream=scene.event.log_stream,
    )


def first_denied(scene: Scene, call: Call, sides: Sides) -> tuple[Case, ReconciledDecision]:
    """Of the incident's calls one that is denied still: those of its lines, and the next of its shape.

    A grant for the one object that a line names mends nothing of the incident.
    """
    case, verdict = build_case(scene, call, sides)
    told = scene.history.resources_like(scene.denial) if scene.denial.resource else ()
    for resource in dict.fromkeys((*told, *map(another, told))):
        if not verdict.allowed_now:
            break
        if normalized_resource(resource) == normalized_resource(call.resource):
            case, verdict = build_case(scene, replace(call, resource=resource), sides)
    return case, verdict


ORGANIZATIONS = frozenset({Layer.SCP, Layer.RCP})
BETWEEN = ORGANIZATIONS | {Layer.VPC_ENDPOINT}
"""Layers that no fix of caller or target touches, and that change seldom."""


def remembered(
    decision: Decision,
    request: Request | None,
    call: Call,
    drafts: Iterable[Remedy],
    unread: Iterable[BlindSpot],
) -> Remembered:
    """What the diagnosis of this very call settles for a recheck. `drafts` and `unread` are its own."""
    if request is None or (request.action, request.resource) != (call.action, call.resource):
        return Remembered()
    effects = {each.layer: each.effect for each in decision.layers}
    closed = any(spot.call.startswith("organizations:") for spot in unread)
    unknown = {layer for layer in ORGANIZATIONS if effects.get(layer) is Effect.UNKNOWN}
    passing = {Effect.ALLOW, Effect.NOT_APPLICABLE}
    identity = request.context.get("aws:PrincipalOrgID", "")
    drafted = [str(draft.policy_document) for draft in drafts if draft.policy_document]
    own = parse_principal(request.principal).account
    return Remembered(
        settled=frozenset(each for each in BETWEEN if effects.get(each, Effect.NOT_APPLICABLE) in passing),
        unread=frozenset(unknown if closed else ()),
        organization_id=identity if isinstance(identity, str) else "",
        key_passed=bool(drafted) and not any("kms:" in document for document in drafted),
        is_own=bool(own) and own == request.resource_account,
    )


def judge_alone(scene: Scene, call: Call, sides: Sides) -> Case:
    """The call by another caller than the line's: judged by the policies, whatever AWS said of that one."""
    denial = replace(scene.denial, deny_kind=None, principal=None, policy_arn=None)
    case = build_case(replace(scene, denial=denial), call, replace(sides, record=None))[0]
    judged = case.denied
    if judged is None:
        return case
    return replace(case, denied=replace(judged, decision=decide(judged.request, judged.policies)))


def _cleared(request: Request, sides: Sides, scene: Scene) -> PolicySet:
    return cleared_by_words(
        _policies(request, sides), scene.denial, own_account=needs_no_resource_policy(request)
    )


def _policies(request: Request, sides: Sides) -> PolicySet:
    target = sides.target
    if target is not None and target.key is not None and request.resource == target.key.arn:
        target = target.key
    return assemble(sides.caller, target, sides.endpoint, action=request.action)


def _judge(request: Request, sides: Sides, policies: PolicySet) -> Judged:
    target = sides.target
    key = target.key if target is not None else None
    about = key if key is not None and request.resource == key.arn else target
    return Judged(request=request, policies=policies, decision=decide(request, policies), target=about)


def _really_denied(own: Judged, besides: tuple[Judged, ...]) -> tuple[Judged, tuple[Judged, ...]]:
    """The key's call, where the call itself is not surely denied and the key's is."""
    if own.decision.outcome in DENIED:
        return own, besides
    for judged in besides:
        if judged.decision.outcome in DENIED:
            return judged, tuple(other for other in besides if other is not judged)
    return own, besides
