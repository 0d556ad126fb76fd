"""Our evaluation beside what AWS itself said: its record, else the words of its message, lead.

The order in which AWS asks the layers, which says what a named layer implies for those before it:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from why403.decisions.decision import (
    Decision,
    LayerFinding,
    Match,
    Outcome,
    Part,
    Request,
    StatementEvidence,
    denying_statement,
)
from why403.decisions.evaluation_context import EvaluationContext
from why403.decisions.relation import Relation, must_be_allowed_by_target, relation_of, target_layer
from why403.denials.denial import Denial, DenyKind
from why403.iam.layer import Effect, Layer
from why403.message import Message
from why403.policies.policy_set import PolicySet
from why403.policies.reading import AuthorizationRecord

AWS_SAYS = "decisions.aws-says"
AWS_RECORDED = "decisions.aws-recorded"

LAYER_NAMED = {
    "identity": Layer.IDENTITY,
    "resource": Layer.RESOURCE,
    "boundary": Layer.BOUNDARY,
    "session": Layer.SESSION,
    "vpce": Layer.VPC_ENDPOINT,
    "scp": Layer.SCP,
    "rcp": Layer.RCP,
    "trust": Layer.TRUST,
}
ASKED_BEFORE_THE_CALLERS_OWN = frozenset({Layer.RCP, Layer.VPC_ENDPOINT})
"""Where AWS blames a policy of the caller for not allowing, these have let the call through. An SCP may still not allow
it: of several layers that do not, AWS names one."""
SELDOM_SEEN = frozenset({Layer.SESSION, Layer.SCP, Layer.RCP, Layer.VPC_ENDPOINT})
"""Nothing read shows that there is none: a session's policy stands nowhere, a chain and an endpoint only for some."""
CALLERS_OWN = frozenset({Layer.IDENTITY, Layer.BOUNDARY, Layer.SESSION})


@dataclass(frozen=True, slots=True)
class ReconciledDecision:
    """The decision to tell, and where our evaluation and AWS's words differ."""

    decision: Decision
    agrees: bool
    """AWS named a layer or recorded the request, and our evaluation found the same."""
    allowed_now: bool
    """The policies as they stand let the call through, though it was denied."""
    findings: tuple[Message, ...] = ()


def named_layer(denial: Denial) -> tuple[Layer, Effect] | None:
    """The layer and effect that AWS's message names; None where it names no layer."""
    kind = denial.deny_kind
    if kind is None or kind in {DenyKind.UNKNOWN, DenyKind.EXPLICIT_UNKNOWN}:
        return None
    how, _, name = kind.partition("-")
    effect = Effect.EXPLICIT_DENY if how == "explicit" else Effect.IMPLICIT_DENY
    return LAYER_NAMED[name], effect


def cleared_by_words(policies: PolicySet, denial: Denial, *, own_account: bool) -> PolicySet:
    """Without the doubts that AWS's message clears.

    That something merely does not allow says that nothing denies explicitly, for AWS names that first. Where it is a
    policy of the caller, the layers asked before have let the call through; and in one account no policy of the
    resource is needed beside it, but for keys and roles (`own_account`: the caller's account owns the resource).
    """
    named = named_layer(denial)
    if named is None or named[1] is not Effect.IMPLICIT_DENY:
        return policies
    cleared = ASKED_BEFORE_THE_CALLERS_OWN if named[0] in CALLERS_OWN else frozenset()
    if named[0] is Layer.IDENTITY and own_account:
        cleared |= {Layer.RESOURCE}
    return replace(policies, unread=policies.unread - cleared, nothing_denies=True)


def needs_no_resource_policy(request: Request) -> bool:
    """Whether the caller's account owns the resource, and its policy need not allow beside the caller's own."""
    call = EvaluationContext(request)
    target = target_layer(call)
    return relation_of(call) is Relation.SAME and not must_be_allowed_by_target(call, target)


def reconcile(evaluated: Decision, denial: Denial, record: AuthorizationRecord | None) -> ReconciledDecision:
    """Follow AWS's record, else its words; else our evaluation, unless it contradicts that the call was denied."""
    if record is not None:
        return _follow(evaluated, _recorded(record), AWS_RECORDED, denial.policy_arn or "")
    named = named_layer(denial)
    if named is not None:
        return _follow(evaluated, dict([named]), AWS_SAYS, denial.policy_arn or "")
    if denial.deny_kind is DenyKind.EXPLICIT_UNKNOWN:
        return _explicit_somewhere(evaluated)
    if evaluated.outcome is Outcome.ALLOWED:
        return _contradicted(evaluated)
    return ReconciledDecision(evaluated, agrees=False, allowed_now=False)


def _surely_allows(evaluated: Decision) -> bool:
    """Whether all that was read lets the call through, and nothing was left unread that may not."""
    unknown = Effect.UNKNOWN in {found.effect for found in evaluated.layers}
    return evaluated.outcome is Outcome.ALLOWED and not unknown


def _recorded(record: AuthorizationRecord) -> dict[Layer, Effect]:
    denying = {Effect.EXPLICIT_DENY, Effect.IMPLICIT_DENY}
    return {layer: effect for layer, effect in record.effects.items() if effect in denying}


def _follow(
    evaluated: Decision, said: Mapping[Layer, Effect], reason: str, policy: str
) -> ReconciledDecision:
    """`policy` is the ARN of the denying policy, where AWS's message names it."""
    layer_of_trust = {found.layer for found in evaluated.layers}
    said = {_where_it_stands(layer, layer_of_trust): effect for layer, effect in said.items()}
    agrees = all(_effect_of(evaluated, layer) is effect for layer, effect in said.items())
    explicit = Effect.EXPLICIT_DENY in said.values()
    told = Decision(
        outcome=Outcome.EXPLICIT_DENY if explicit else Outcome.IMPLICIT_DENY,
        layers=_with(evaluated.layers, said, reason, policy),
        denied_by=_denied_by(evaluated, said, explicit=explicit),
        settles=evaluated.settles if not agrees else (),
    )
    allowed_now = _surely_allows(evaluated) and not _unseen(evaluated, said)
    findings = _differences(evaluated, said, agrees=agrees, allowed_now=allowed_now)
    return ReconciledDecision(told, agrees, allowed_now, findings)


def _unseen(evaluated: Decision, said: Mapping[Layer, Effect]) -> bool:
    """Whether AWS names a layer of which nobody saw anything: what we evaluated says nothing of the call then."""
    return any(
        layer in SELDOM_SEEN and _effect_of(evaluated, layer) is Effect.NOT_APPLICABLE for layer in said
    )


def _where_it_stands(layer: Layer, evaluated: set[Layer]) -> Layer:
    """AWS calls a role's trust policy a resource-based policy in places: keep to the layer that was evaluated."""
    if layer is Layer.RESOURCE and Layer.TRUST in evaluated and Layer.RESOURCE not in evaluated:
        return Layer.TRUST
    return layer


def _effect_of(decision: Decision, layer: Layer) -> Effect:
    for found in decision.layers:
        if found.layer is layer:
            return found.effect
    return Effect.NOT_APPLICABLE


def _with(
    layers: tuple[LayerFinding, ...], said: Mapping[Layer, Effect], reason: str, policy: str
) -> tuple[LayerFinding, ...]:
    told = tuple(
        found
        if found.layer not in said or found.effect is said[found.layer]
        else _as_said(found, said[found.layer], reason, policy)
        for found in layers
    )
    present = {found.layer for found in layers}
    added = (
        _as_said(LayerFinding(layer=layer, effect=effect, reason=reason), effect, reason, policy)
        for layer, effect in said.items()
        if layer not in present
    )
    return (*told, *added)


def _as_said(found: LayerFinding, effect: Effect, reason: str, policy: str) -> LayerFinding:
    """The layer as AWS says it is. A statement that allows, or that was not read, is none that denies."""
    told = found._replace(effect=effect, reason=reason)
    if effect is Effect.IMPLICIT_DENY:
        return told._replace(near_miss=found.near_miss or _not_met(found))
    if effect is not Effect.EXPLICIT_DENY or denying_statement(found) is not None:
        return told
    return told._replace(policy=policy, statement="", near_miss=None)


def _not_met(found: LayerFinding) -> StatementEvidence | None:
    """The statement that would allow but for a condition of unknown value: that AWS denied settles that it is not met."""
    for each in found.evidence:
        named = (each.policy, each.statement) == (found.policy, found.statement)
        open_ = [one for one in each.conditions if one.match is Match.UNKNOWN]
        if not named or each.effect != "Allow" or each.match is not Match.UNKNOWN or not open_:
            continue
        if len(open_) > 1 or Match.NO in {one.match for one in each.conditions}:
            return each
        tests = tuple(
            replace(one, match=Match.NO) if one.match is Match.UNKNOWN else one for one in each.conditions
        )
        return replace(each, conditions=tests, match=Match.NO, misses=(Part.CONDITION,))
    return None


def _denied_by(evaluated: Decision, said: Mapping[Layer, Effect], *, explicit: bool) -> tuple[Layer, ...]:
    """The layers that AWS names, and those that our evaluation says must change besides."""
    known_to_deny = {Effect.EXPLICIT_DENY} if explicit else {Effect.EXPLICIT_DENY, Effect.IMPLICIT_DENY}
    besides = tuple(
        layer
        for layer in evaluated.denied_by
        if layer not in said and (not explicit or _effect_of(evaluated, layer) in known_to_deny)
    )
    return (*said, *besides)


def _differences(
    evaluated: Decision, said: Mapping[Layer, Effect], *, agrees: bool, allowed_now: bool
) -> tuple[Message, ...]:
    if allowed_now:
        return (Message("decisions.allowed-now"),)
    if agrees or _unseen(evaluated, said):
        return ()
    return tuple(
        Message(
            "decisions.differs-from-aws",
            {"layer": layer.value, "aws": effect.value, "ours": _effect_of(evaluated, layer).value},
        )
        for layer, effect in said.items()
        if _effect_of(evaluated, layer) not in {effect, Effect.UNKNOWN}
    )


def _explicit_somewhere(evaluated: Decision) -> ReconciledDecision:
    found = evaluated.outcome is Outcome.EXPLICIT_DENY
    told = evaluated if found else replace(evaluated, outcome=Outcome.EXPLICIT_DENY, denied_by=())
    findings = () if found else (Message("decisions.explicit-deny-not-found"),)
    return ReconciledDecision(told, found, _surely_allows(evaluated), findings)


def _contradicted(evaluated: Decision) -> ReconciledDecision:
    told = replace(evaluated, outcome=Outcome.UNKNOWN, denied_by=())
    sure = _surely_allows(evaluated)
    findings = (Message("decisions.allowed-now"),) if sure else ()
    return ReconciledDecision(told, agrees=False, allowed_now=sure, findings=findings)
