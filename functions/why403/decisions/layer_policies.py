"""The policies of one layer, compiled once, evaluated for many calls.

https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_evaluation.html
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from why403.decisions.compiled_statement import (
    WITH_PRINCIPAL,
    CompiledStatement,
    defects_of,
    may_speak_of,
    speaks_of,
)
from why403.decisions.decision import NO, UNKNOWN, YES, every
from why403.decisions.evaluation_context import EvaluationContext
from why403.decisions.layer_verdict import LayerVerdict, stronger
from why403.iam.document import ALLOW, parse_document
from why403.iam.layer import Layer, Policy

if TYPE_CHECKING:
    from why403.message import Message

REMEMBERED_ACTIONS = 4096
"""All of a big service several times over; forgotten all at once, so that a process that evaluates for days stays small."""
SMALL_SET = 200
"""Of a larger set only the statements that speak of the action are explained."""
CANDIDATES = 200
"""Statements that are looked at for a near miss."""


class CompiledPolicy:
    """One policy parsed, and each statement compiled as its layer reads it, once it is asked for. A broken one has none."""

    __slots__ = ("_compiled", "_layer", "arn", "document", "name", "odd", "written")

    def __init__(self, layer: Layer, policy: Policy) -> None:
        self.name = policy.name
        self.arn = policy.arn
        self.document = parse_document(policy.document)
        self._layer = layer
        self.written = () if self.document.defects else self.document.statements
        self._compiled: list[CompiledStatement | None] = [None] * len(self.written)
        self.odd: tuple[Message, ...] | None = None
        """What lint found, once it has looked."""

    def of(self, number: int) -> CompiledStatement:
        """The statement of that number, from 0."""
        found = self._compiled[number]
        if found is None:
            found = self._compiled[number] = CompiledStatement(
                self.written[number], self._layer, self.name, variables=self.document.variables
            )
        return found

    def of_service(self, service: str) -> Iterator[CompiledStatement]:
        """The statements that may speak of a service's actions."""
        for statement in self.written:
            if may_speak_of(statement, service):
                yield self.of(statement.number)

    def unsound_allow(self) -> CompiledStatement | None:
        """The first Allow that AWS would refuse, by itself or in this layer."""
        for statement in self.written:
            if statement.effect == ALLOW and defects_of(statement, self._layer):
                return self.of(statement.number)
        return None


class LayerPolicies:
    """The policies of one layer, or of one level of an organization, compiled."""

    __slots__ = (
        "_nearest",
        "_of_service",
        "_settled",
        "_spoken",
        "_statements",
        "broken",
        "empty",
        "is_small",
        "layer",
        "policies",
    )

    def __init__(self, layer: Layer, policies: Iterable[CompiledPolicy]) -> None:
        self.layer = layer
        held = self.policies = tuple(policies)
        self.empty = not held
        self.broken = ""
        count = 0
        for policy in held:
            count += len(policy.written)
            if policy.document.defects and not self.broken:
                self.broken = policy.name
        self.is_small = count <= SMALL_SET
        self._statements: tuple[CompiledStatement, ...] | None = None
        self._settled: dict[str, LayerVerdict] = {}
        self._nearest: dict[str, tuple[CompiledStatement, ...]] = {}
        self._of_service: dict[str, tuple[CompiledStatement, ...]] = {}
        self._spoken: dict[str, tuple[list[CompiledStatement], list[CompiledStatement]]] = {}

    @property
    def statements(self) -> tuple[CompiledStatement, ...]:
        """All of them, in the order written, compiled when first asked for."""
        if self._statements is None:
            self._statements = tuple(
                [one.of(number) for one in self.policies for number in range(len(one.written))]
            )
        return self._statements

    def speaking_of(self, action: str) -> tuple[list[CompiledStatement], list[CompiledStatement]]:
        """The statements that mean `action`: those that deny, those that allow. Remembered for each action."""
        found = self._spoken.get(action)
        if found is None:
            if len(self._spoken) >= REMEMBERED_ACTIONS:
                self._spoken.clear()
                self._settled.clear()
                self._nearest.clear()
                self._of_service.clear()
            found = self._spoken[action] = ([], [])
            for policy in self.policies:
                for statement in policy.written:
                    form = statement.form
                    means = form.patterns.match(action) is not form.negated
                    if means or (statement.defects and speaks_of(statement, action)):
                        found[form.effect == ALLOW].append(policy.of(statement.number))
        return found

    def may_nearly_allow(self, action: str) -> tuple[CompiledStatement, ...]:
        """The sound Allow statements that speak of `action`, then, in small sets, of others of its service."""
        found = self._nearest.get(action)
        if found is None:
            service = action.partition(":")[0]
            spoken = self.speaking_of(action)[1]
            others = self.of_service(service) if self.is_small else ()
            speaking = [one for one in spoken if not one.defects]
            named = [
                one for one in others if one.allows_some(service) and not one.defects and one not in spoken
            ]
            found = self._nearest[action] = (*speaking[:CANDIDATES], *named)
        return found

    def of_service(self, service: str) -> tuple[CompiledStatement, ...]:
        """The statements that may speak of a service's actions."""
        found = self._of_service.get(service)
        if found is None:
            found = tuple([one for policy in self.policies for one in policy.of_service(service)])
            self._of_service[service] = found
        return found

    def unsound_allow(self) -> CompiledStatement | None:
        """The first Allow that AWS would refuse, by itself or in this layer."""
        for policy in self.policies:
            found = policy.unsound_allow()
            if found is not None:
                return found
        return None

    def evaluate(self, call: EvaluationContext, *, unread: bool = False) -> LayerVerdict:
        """What these policies say to the call; remembered where it is the same for every call of the action."""
        action = call.action
        if unread or self.broken:
            return self._weigh(call, *self.speaking_of(action), unread=unread)
        settled = self._settled.get(action)
        if settled is not None:
            return settled
        denying, allowing = self.speaking_of(action)
        verdict = self._weigh(call, denying, allowing, unread=False)
        if not denying and (not allowing or allowing[0].always) and self.layer not in WITH_PRINCIPAL:
            self._settled[action] = verdict
        return verdict

    def settled(self, action: str) -> LayerVerdict | None:
        """The remembered verdict on `action`, which is the same for every call of it."""
        return self._settled.get(action)

    def _weigh(
        self,
        call: EvaluationContext,
        denying: Iterable[CompiledStatement],
        allowing: Iterable[CompiledStatement],
        *,
        unread: bool,
    ) -> LayerVerdict:
        verdict = LayerVerdict(self.layer)
        for statement in denying:
            match, _ = statement.evaluate(call)
            if match is YES:
                verdict.deny, verdict.denied_by = YES, statement
                break
            if match is UNKNOWN:
                verdict.deny = UNKNOWN
                verdict.doubts += (statement,)
        for statement in allowing:
            match, naming = statement.evaluate(call)
            if match is not NO:
                verdict.allow(match, naming, statement)
                if verdict.direct is YES:
                    break
        if self.broken:
            verdict.broken = self.broken
            verdict.deny = stronger(verdict.deny, UNKNOWN)
        if unread:
            verdict.unread = True
            verdict.doubt_all()
        return verdict


class PolicyCompiler:
    """Compiles and remembers. A policy is known by its identity: nobody changes one while the compiler is kept.

    `kept` are the identities of those that come again and live as long as it does; without it all are remembered.
    """

    __slots__ = ("_kept", "_layers", "_policies")

    def __init__(self, kept: set[int] | None = None) -> None:
        self._kept = kept
        self._policies: dict[tuple[Layer, int], tuple[Policy, CompiledPolicy]] = {}
        """The policy stands beside what it was compiled to, so that no other takes its identity."""
        self._layers: dict[tuple[Layer | int, ...], LayerPolicies] = {}

    def layer(self, layer: Layer, policies: Iterable[Policy]) -> LayerPolicies:
        """The policies of one layer, or of one level of an organization, compiled."""
        held = tuple(policies)
        kept = self._kept
        ids = [*map(id, held)]
        if kept is not None and not kept.issuperset(ids):
            compiled = [
                self._policy(layer, policy) if id(policy) in kept else CompiledPolicy(layer, policy)
                for policy in held
            ]
            return LayerPolicies(layer, compiled)
        key: tuple[Layer | int, ...] = (layer, *ids)
        found = self._layers.get(key)
        if found is None:
            found = LayerPolicies(layer, [self._policy(layer, policy) for policy in held])
            self._layers[key] = found
        return found

    def _policy(self, layer: Layer, policy: Policy) -> CompiledPolicy:
        key = layer, id(policy)
        found = self._policies.get(key)
        if found is None:
            found = self._policies[key] = policy, CompiledPolicy(layer, policy)
        return found[1]


class Chain:
    """The levels of one kind of organization policy, compiled. An RCP level allows by itself: RCPFullAWSAccess."""

    __slots__ = ("_settled", "layer", "levels")

    def __init__(self, layer: Layer, levels: Iterable[LayerPolicies]) -> None:
        self.layer = layer
        self.levels = tuple(levels)
        self._settled: dict[str, LayerVerdict] = {}

    def evaluate(self, call: EvaluationContext, *, unread: bool) -> LayerVerdict:
        """What the chain says; remembered where every level says the same to every call of the action."""
        settled = self._settled.get(call.action)
        if settled is not None and not unread:
            return settled
        verdicts = [level.evaluate(call) for level in self.levels]
        found = self._sum_up(verdicts, unread=unread)
        if not unread and all(level.settled(call.action) for level in self.levels):
            self._settled[call.action] = found
        return found

    def _sum_up(self, verdicts: Sequence[LayerVerdict], *, unread: bool) -> LayerVerdict:
        found = LayerVerdict(self.layer)
        found.account = every([verdict.account for verdict in verdicts]) if verdicts else NO
        for number, verdict in enumerate(verdicts):
            found.broken = found.broken or verdict.broken
            found.doubts += verdict.doubts
            if verdict.deny is not NO:
                found.deny = stronger(found.deny, verdict.deny)
                if verdict.denied_by is not None and found.denied_by is None:
                    found.denied_by, found.level = verdict.denied_by, number
        if found.denied_by is None:
            found.level = _deciding_level(verdicts)
            found.allowed_by = verdicts[found.level].allowed_by if verdicts else None
        if unread:
            found.unread = True
            found.account = UNKNOWN if found.account is YES else found.account
            found.deny = stronger(found.deny, UNKNOWN)
        if self.layer is Layer.RCP:
            found.account = YES
        return found


def _deciding_level(verdicts: Sequence[LayerVerdict]) -> int:
    """The first level that does not allow, else the last."""
    for wanted in (NO, UNKNOWN):
        for number, verdict in enumerate(verdicts):
            if verdict.account is wanted:
                return number
    return len(verdicts) - 1 if verdicts else 0
