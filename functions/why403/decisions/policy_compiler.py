"""Policies compiled once, however many sets hold them: the proof asks some 60 calls of sets that differ in one policy."""

from collections.abc import Iterable

from why403.decisions.layer_policies import CompiledPolicy, LayerPolicies, compile_policy
from why403.iam.layer import Layer
from why403.iam.policy import Policy


class PolicyCompiler:
    """Compiles and remembers. A policy is known by its identity: nobody changes one while the compiler is kept."""

    __slots__ = ("_layers", "_policies")

    def __init__(self) -> None:
        self._policies: dict[tuple[Layer, int], tuple[Policy, CompiledPolicy]] = {}
        """The policy stands beside what it was compiled to, so that no other takes its identity."""
        self._layers: dict[tuple[Layer, tuple[int, ...]], LayerPolicies] = {}

    def layer(self, layer: Layer, policies: Iterable[Policy]) -> LayerPolicies:
        """The policies of one layer, or of one level of an organization, compiled."""
        held = tuple(policies)
        key = layer, tuple(map(id, held))
        found = self._layers.get(key)
        if found is None:
            found = LayerPolicies(layer, [self._policy(layer, policy) for policy in held])
            self._layers[key] = found
        return found

    def _policy(self, layer: Layer, policy: Policy) -> CompiledPolicy:
        key = layer, id(policy)
        if key not in self._policies:
            self._policies[key] = policy, compile_policy(layer, policy)
        return self._policies[key][1]
