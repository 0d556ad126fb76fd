"""What a draft has to let pass: each denied call, how far a grant for it reaches, and the layers that must change."""

from dataclasses import dataclass

from why403.decisions.decision import Decision, LayerFinding, Outcome, StatementEvidence
from why403.denials.denial import DenyKind
from why403.iam.layer import Effect, Layer
from why403.remedies.callers import is_foreign
from why403.remedies.case import Case, Judged
from why403.remedies.scope import Scope, Unscoped, scope_of

LAYER_OF_WORD = {"vpce": Layer.VPC_ENDPOINT}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """One call that shall pass."""

    judged: Judged
    scope: Scope
    layers: tuple[Layer, ...]

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """(action, resource pattern) that may become allowed."""
        return tuple((self.scope.action, resource) for resource in self.scope.resources)


def wanted_calls(case: Case) -> tuple[tuple[Wanted, ...], tuple[Unscoped, ...]]:
    """The denied call first, then those that the same operation needs besides and that are denied as well."""
    wanted: list[Wanted] = []
    unscoped: list[Unscoped] = []
    for judged in judged_calls(case):
        layers = layers_to_change(judged, case.denial.deny_kind if judged is case.denied else None)
        seen = case.seen_resources if judged is case.denied else ()
        told = judged is not case.denied or case.denial.resource is not None
        scope = scope_of(judged.request.action, judged.request.resource, seen, told=told)
        if isinstance(scope, Unscoped):
            unscoped.append(scope)
        elif layers:
            wanted.append(Wanted(judged=judged, scope=scope, layers=layers))
    return tuple(wanted), tuple(unscoped)


def judged_calls(case: Case) -> tuple[Judged, ...]:
    """The denied call and the denied ones that it needs besides."""
    besides = (each for each in case.needed_besides if each.decision.outcome is not Outcome.ALLOWED)
    return (*((case.denied,) if case.denied is not None else ()), *besides)


def layers_to_change(judged: Judged, deny_kind: DenyKind | None) -> tuple[Layer, ...]:
    """The layers that deny; where our evaluation cannot tell, the one that AWS names, or that is unread."""
    decision = judged.decision
    if decision.outcome is Outcome.ALLOWED:
        return ()
    named = layer_named(deny_kind)
    told = (named,) if named is not None else ()
    found = decision.denied_by or told or _implicit(decision) or _unknown(decision)
    return (*found, *_unread_other_side(judged, found))


def _unread_other_side(judged: Judged, found: tuple[Layer, ...]) -> tuple[Layer, ...]:
    """Another account's resource must let the caller in as well; where its policy is unread, nobody knows that it does."""
    request = judged.request
    theirs = Layer.TRUST if request.action.lower().startswith("sts:") else Layer.RESOURCE
    asked = Layer.IDENTITY in found and is_foreign(request.principal, request.resource_account)
    return (theirs,) if asked and theirs in judged.policies.unread and theirs not in found else ()


def layer_named(deny_kind: DenyKind | None) -> Layer | None:
    """The layer in AWS's own words: IMPLICIT_SCP names the SCP."""
    if deny_kind is None or deny_kind in (DenyKind.UNKNOWN, DenyKind.EXPLICIT_UNKNOWN):
        return None
    word = deny_kind.value.partition("-")[2]
    return LAYER_OF_WORD.get(word) or Layer(word)


def finding_of(decision: Decision, layer: Layer) -> LayerFinding | None:
    """What one layer says."""
    return next((each for each in decision.layers if each.layer is layer), None)


def near_miss_of(decision: Decision, layer: Layer) -> StatementEvidence | None:
    """The statement of the layer that all but allowed the call."""
    finding = finding_of(decision, layer)
    return finding.near_miss if finding is not None else None


def _implicit(decision: Decision) -> tuple[Layer, ...]:
    found = tuple(each.layer for each in decision.layers if each.effect is Effect.IMPLICIT_DENY)
    return tuple(each for each in found if each is not Layer.GRANT)


def _unknown(decision: Decision) -> tuple[Layer, ...]:
    found = tuple(each.layer for each in decision.layers if each.effect is Effect.UNKNOWN)
    return found[:1]
