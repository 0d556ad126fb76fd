"""Request × PolicySet → Decision: every layer, three-valued, with evidence.

Where one account needs only one side, identity stands for both, unless only the resource's side can help.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from collections.abc import Iterator

from why403.decisions.compiled_set import CompiledLayers
from why403.decisions.decision import NO, UNKNOWN, YES, Decision, LayerFinding, Match, Outcome, Request
from why403.decisions.evaluation_context import EvaluationContext
from why403.decisions.findings import bare_finding, finding_of, not_applicable, settling_keys
from why403.decisions.granting import Standing, granted
from why403.decisions.layer_policies import PolicyCompiler
from why403.decisions.layer_verdict import LayerVerdict
from why403.decisions.reasons import Reason
from why403.decisions.relation import Relation, must_be_allowed_by_target, relation_of, target_layer
from why403.decisions.special_calls import always_allowed, never_allowed, unlocks
from why403.iam.layer import Layer
from why403.iam.principal import PrincipalKind
from why403.policies.policy_set import PolicySet

LAYERS = tuple(Layer)
GRANT_REASONS = {YES: Reason.GRANT_ALLOWS, UNKNOWN: Reason.GRANT_MAY_ALLOW, NO: Reason.NO_GRANT}
DENIED = (Outcome.IMPLICIT_DENY, Outcome.EXPLICIT_DENY)


class CompiledSet:
    """A PolicySet, parsed once."""

    __slots__ = ("layers",)

    def __init__(self, policies: PolicySet, compiler: PolicyCompiler) -> None:
        self.layers = CompiledLayers(policies, compiler)

    def context(self, request: Request) -> EvaluationContext:
        """The request as these policies see it."""
        policies = self.layers.policies
        return EvaluationContext(
            request,
            through_endpoint=policies.vpc_endpoint is not None,
            bounded=policies.boundary is not None,
        )

    def decide(self, request: Request) -> Decision:
        """What AWS would answer to `request`, layer by layer. Never raises on what policies hold."""
        return self.decide_call(self.context(request))

    def decide_call(self, call: EvaluationContext) -> Decision:
        """The same, of a request that is ready to be evaluated."""
        if always_allowed(call):
            return Decision(
                outcome=Outcome.ALLOWED, layers=(bare_finding(Layer.IDENTITY, Reason.ALWAYS_ALLOWED),)
            )
        return _Evaluation(self.layers, call).decision()


def compile_set(policies: PolicySet, compiler: PolicyCompiler | None = None) -> CompiledSet:
    """Parse all policies once, to decide many requests; with a `compiler`, once for all sets compiled with it."""
    return CompiledSet(policies, compiler or PolicyCompiler())


def decide(request: Request, policies: PolicySet) -> Decision:
    """What `policies` say to one request."""
    return compile_set(policies).decide(request)


class _Evaluation:
    """One call weighed against compiled layers."""

    __slots__ = ("_barred", "_barring", "_call", "_exempt", "_layers", "_relation", "_standing")

    def __init__(self, layers: CompiledLayers, call: EvaluationContext) -> None:
        self._layers = layers
        self._call = call
        self._exempt = dict(layers.exempt(call))
        self._relation = relation_of(call)
        self._barred = never_allowed(call)
        target = target_layer(call)
        self._barring = Layer.IDENTITY if self._barred is Reason.BEYOND_CREDENTIALS else target
        if self._relation is Relation.SAME and unlocks(call):
            self._exempt[target] = Reason.ROOT_USER
        self._standing = Standing(
            verdicts=layers.verdicts(call, target, self._exempt, self._relation),
            target=target,
            target_must_allow=must_be_allowed_by_target(call, target),
            root=call.caller.kind is PrincipalKind.ROOT,
        )

    def decision(self) -> Decision:
        """Weigh the layers."""
        outcome = self._outcome()
        return Decision(
            outcome=outcome,
            layers=tuple(self._findings()),
            denied_by=self._denying() if outcome in DENIED else (),
            settles=self._settles() if outcome is Outcome.UNKNOWN else (),
        )

    def _denying(self) -> tuple[Layer, ...]:
        denying = _denied_by(self._standing, self._relation)
        if self._barred is not None and self._barring not in denying:
            return (*denying, self._barring)
        return self._by_target(denying) if self._call.caller.service_linked else denying

    def _by_target(self, denying: tuple[Layer, ...]) -> tuple[Layer, ...]:
        """A service-linked role's own policy is its service's: in one account the target's can let it in instead."""
        target = self._standing.target
        held = self._layers.target(target) is not None
        if Layer.IDENTITY not in denying or self._relation is not Relation.SAME or not held:
            return denying
        return tuple(dict.fromkeys(target if layer is Layer.IDENTITY else layer for layer in denying))

    def _outcome(self) -> Outcome:
        denials = [verdict.deny for verdict in self._standing.verdicts.values()]
        if YES in denials:
            return Outcome.EXPLICIT_DENY
        if self._barred is not None:
            return Outcome.IMPLICIT_DENY
        grant = granted(self._standing, self._relation)
        if grant is NO:
            return Outcome.IMPLICIT_DENY
        doubted = UNKNOWN in denials and not self._layers.policies.nothing_denies
        return Outcome.UNKNOWN if doubted or grant is UNKNOWN else Outcome.ALLOWED

    def _settles(self) -> tuple[str, ...]:
        verdicts = self._standing.verdicts.values()
        found = [key for verdict in verdicts for key in settling_keys(verdict, self._call)]
        return tuple(dict.fromkeys(found))

    def _findings(self) -> list[LayerFinding]:
        found: list[LayerFinding] = []
        verdicts, exempt, target = self._standing.verdicts, self._exempt, self._standing.target
        for layer in LAYERS:
            verdict = verdicts.get(layer)
            if verdict is not None:
                found.append(self._finding(verdict))
            elif layer in exempt and self._is_there(layer):
                found.append(not_applicable(layer, exempt[layer]))
            elif self._barred is not None and layer is self._barring:
                found.append(bare_finding(layer, self._barred))
            elif layer is target and self._target_is_missed():
                found.append(bare_finding(layer, Reason.NO_RESOURCE_POLICY))
        return found

    def _finding(self, verdict: LayerVerdict) -> LayerFinding:
        layer = verdict.layer
        if self._barred is not None and layer is self._barring and verdict.deny is not YES:
            return bare_finding(layer, self._barred)
        if layer is Layer.RCP and verdict.deny is NO:
            return bare_finding(layer, Reason.RCP_FULL_ACCESS)
        if layer is Layer.GRANT:
            return bare_finding(layer, Reason.UNREAD if verdict.unread else GRANT_REASONS[verdict.account])
        allowed = Reason.ALLOWED
        if layer is self._standing.target and self._relation is Relation.SAME:
            named = verdict.direct is YES or verdict.role is YES
            allowed = Reason.NAMED_DIRECTLY if named else Reason.DELEGATES
            if self._delegates_only(verdict):
                verdict.override = Reason.DELEGATES_ONLY
        return finding_of(verdict, self._layers.compiled(layer, verdict.level), self._call, allowed)

    def _delegates_only(self, verdict: LayerVerdict) -> bool:
        silent = verdict.role is NO and verdict.deny is NO
        return not self._standing.target_must_allow and verdict.account is YES and silent

    def _is_there(self, layer: Layer) -> bool:
        return (
            layer in self._layers.flat
            or layer in self._layers.chains
            or self._layers.target(layer) is not None
            or layer in self._layers.policies.unread
        )

    def _target_is_missed(self) -> bool:
        return self._standing.target_must_allow or self._relation in {Relation.CROSS, Relation.OUTSIDE}


def _denied_by(standing: Standing, relation: Relation) -> tuple[Layer, ...]:
    """The layers that surely deny and whose consent the call needs, in the order of the enum."""
    denying = {layer for layer, verdict in standing.verdicts.items() if verdict.deny is YES}
    denying.update(_silent(standing, relation))
    return tuple(layer for layer in LAYERS if layer in denying) if denying else ()


def _silent(standing: Standing, relation: Relation) -> Iterator[Layer]:
    """The layers whose missing allow matters."""
    for layer in (Layer.SCP, Layer.VPC_ENDPOINT):
        if standing.limit(layer) is NO:
            yield layer
    anyhow, role, direct = standing.named()
    if relation is Relation.OUTSIDE:
        yield from () if anyhow is not NO else (standing.target,)
        return
    if relation is Relation.SAME:
        yield from _within_account(standing, anyhow, role, direct)
        return
    yield from _callers_side(standing)
    if anyhow is NO and relation is Relation.CROSS:
        yield standing.target


def _within_account(standing: Standing, anyhow: Match, role: Match, direct: Match) -> Iterator[Layer]:
    if direct is YES:
        return
    if role is YES:
        yield from _limits(standing)
    elif standing.target_must_allow and anyhow is NO:
        yield from () if standing.root else _limits(standing)
        yield standing.target
    else:
        yield from _callers_side(standing)


def _callers_side(standing: Standing) -> Iterator[Layer]:
    if standing.root:
        return
    identity = standing.verdicts.get(Layer.IDENTITY)
    if identity is None or identity.account is NO:
        yield Layer.IDENTITY
    yield from _limits(standing)


def _limits(standing: Standing) -> Iterator[Layer]:
    for layer in (Layer.BOUNDARY, Layer.SESSION):
        if standing.limit(layer) is NO:
            yield layer
