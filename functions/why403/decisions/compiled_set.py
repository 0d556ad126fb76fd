"""A PolicySet compiled: parsed once, evaluated for many calls."""

from collections.abc import Iterator

from why403.decisions.caller import IDENTITIES
from why403.decisions.decision import Match
from why403.decisions.evaluation_context import EvaluationContext
from why403.decisions.grants import evaluate_grants
from why403.decisions.layer_policies import Chain, LayerPolicies, PolicyCompiler
from why403.decisions.layer_verdict import LayerVerdict
from why403.decisions.public_access import apply_bucket_settings
from why403.decisions.reasons import Reason
from why403.decisions.relation import Relation
from why403.iam.layer import Layer
from why403.iam.principal import PrincipalKind
from why403.iam.reference import supports_rcp
from why403.policies.policy_set import PolicySet

NOT_BY_RCP = "kms:retiregrant"
"""A right that the grant itself gives.

https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html#actions-not-restricted-by-rcps
"""
CALLERS_OWN = (Layer.IDENTITY, Layer.BOUNDARY, Layer.SESSION)


class CompiledLayers:
    """The layers of a PolicySet, each compiled, and which of them have a say over a caller."""

    __slots__ = ("_compiler", "_targets", "chains", "flat", "policies")

    def __init__(self, policies: PolicySet, compiler: PolicyCompiler) -> None:
        self.policies = policies
        named = (
            (Layer.IDENTITY, policies.identity or ()),
            (Layer.BOUNDARY, policies.boundary),
            (Layer.SESSION, policies.session),
            (Layer.VPC_ENDPOINT, policies.vpc_endpoint),
        )
        self.flat = {layer: compiler.layer(layer, held) for layer, held in named if held is not None}
        chained = ((Layer.SCP, policies.scp), (Layer.RCP, policies.rcp))
        self.chains = {
            layer: Chain(layer, [compiler.layer(layer, level) for level in levels])
            for layer, levels in chained
            if levels is not None
        }
        self._compiler = compiler
        self._targets: dict[Layer, LayerPolicies] = {}

    def target(self, layer: Layer) -> LayerPolicies | None:
        """The resource's own policy as RESOURCE or TRUST reads it, compiled when first asked for; None without one."""
        resource = self.policies.resource
        if layer not in self._targets and resource is not None and layer in (Layer.RESOURCE, Layer.TRUST):
            self._targets[layer] = self._compiler.layer(layer, (resource,))
        return self._targets.get(layer)

    def held(self) -> list[LayerPolicies]:
        """Every policy of the set, layer by layer and level by level."""
        found = [self.flat[layer] for layer in CALLERS_OWN if layer in self.flat]
        for chain in self.chains.values():
            found += chain.levels
        target = next(iter(self._targets.values()), None) or self.target(Layer.RESOURCE)
        if target is not None:
            found.append(target)
        if Layer.VPC_ENDPOINT in self.flat:
            found.append(self.flat[Layer.VPC_ENDPOINT])
        return found

    def asked(self, target: Layer) -> Iterator[LayerPolicies]:
        """All policies that a call whose target's policy is read as `target` is weighed against."""
        yield from self.flat.values()
        for chain in self.chains.values():
            yield from chain.levels
        of_target = self.target(target)
        if of_target is not None:
            yield of_target

    def exempt(self, call: EvaluationContext) -> Iterator[tuple[Layer, Reason]]:
        """The layers of this set that have no say over this caller, and why."""
        caller = call.caller
        if caller.kind not in IDENTITIES:
            yield from ((layer, Reason.NOT_AN_IDENTITY) for layer in (*CALLERS_OWN, Layer.SCP))
        elif caller.kind is PrincipalKind.ROOT:
            yield from ((layer, Reason.ROOT_USER) for layer in CALLERS_OWN)
        if caller.service_linked:
            yield from ((layer, Reason.SERVICE_LINKED_ROLE) for layer in (Layer.SCP, Layer.RCP))
        elif call.action == NOT_BY_RCP or not supports_rcp(call.action.partition(":")[0]):
            yield Layer.RCP, Reason.SERVICE_WITHOUT_RCP

    def verdicts(
        self, call: EvaluationContext, target: Layer, exempt: dict[Layer, Reason], relation: Relation
    ) -> dict[Layer, LayerVerdict]:
        """What each layer that applies says."""
        unread = self.policies.unread
        found = {
            layer: compiled.evaluate(call, unread=layer in unread)
            for layer, compiled in self.flat.items()
            if layer not in exempt
        }
        for layer, chain in self.chains.items():
            if layer not in exempt:
                found[layer] = chain.evaluate(call, unread=layer in unread)
        of_target = self.target(target)
        if of_target is not None and target not in exempt:
            found[target] = of_target.evaluate(call, unread=self._target_unread())
        if self.policies.grants:
            found[Layer.GRANT] = evaluate_grants(self.policies.grants, call)
        for layer in self._unread_or_missing(call, target):
            if layer not in found and layer not in exempt:
                found[layer] = _unread(layer) if layer in unread or layer is target else _no_session_policy()
        bucket = self.policies.bucket
        if bucket is not None and target is Layer.RESOURCE:
            verdict = found.get(target, LayerVerdict(target))
            apply_bucket_settings(verdict, bucket, of_target, relation, call)
            if target in found or verdict.override is not None:
                found[target] = verdict
        return found

    def _unread_or_missing(self, call: EvaluationContext, target: Layer) -> Iterator[Layer]:
        """Layers that have a say though there is no policy to read; a federated user always needs a session's."""
        yield from self.policies.unread - {Layer.RESOURCE, Layer.TRUST}
        if self._target_unread():
            yield target
        if call.caller.kind is PrincipalKind.FEDERATED_USER:
            yield Layer.SESSION

    def _target_unread(self) -> bool:
        return not self.policies.unread.isdisjoint({Layer.RESOURCE, Layer.TRUST})

    def compiled(self, layer: Layer, level: int) -> LayerPolicies | None:
        """The layer's policies (those of a level), for evidence."""
        if layer in self.flat:
            return self.flat[layer]
        chain = self.chains.get(layer)
        if chain is not None:
            return chain.levels[level] if level < len(chain.levels) else None
        return self.target(layer)


def _no_session_policy() -> LayerVerdict:
    verdict = LayerVerdict(Layer.SESSION)
    verdict.override = Reason.NO_SESSION_POLICY
    return verdict


def _unread(layer: Layer) -> LayerVerdict:
    verdict = LayerVerdict(layer)
    verdict.unread = True
    verdict.doubt_all()
    if layer is Layer.RCP:
        verdict.account = Match.YES
    return verdict
