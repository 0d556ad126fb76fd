"""Requests that the policies of a set cannot tell apart: one decision serves them all, in the same words but for names.

What is asked of a request is known before it is asked: its action tells which statements can have a say, and these
name the condition keys, resources and principals that they look at. Everything else in a request changes nothing.
"""

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass

from why403.decisions.compiled_set import NOT_BY_RCP, CompiledLayers
from why403.decisions.compiled_statement import WITH_PRINCIPAL, CompiledStatement
from why403.decisions.evaluation_context import EvaluationContext
from why403.decisions.lint_resources import HAS_FORMS, misses_by_form
from why403.decisions.principal_match import FEDERATED_KEY
from why403.decisions.relation import must_be_allowed_by_target, relation_of, target_layer
from why403.decisions.special_calls import always_allowed, never_allowed, unlocks
from why403.decisions.unchangeable import may_be_kept_by_aws
from why403.iam.arn import SEGMENTS, SERVICE
from why403.iam.document import ALLOW
from why403.iam.layer import Layer
from why403.iam.reference import takes_resource

REMEMBERED_ACTIONS = 4096
"""Calls that a set is asked about: far more than an incident and its proof need; forgotten all at once, so that a warm process stays small."""


@dataclass(frozen=True, slots=True, eq=False)
class Looks:
    """What the statements that can have a say look at; itself alone its equal."""

    keys: tuple[str, ...]
    by_resource: tuple[CompiledStatement, ...]
    by_principal: tuple[CompiledStatement, ...]
    named: tuple[tuple[str, str], ...]
    """Resources that Allow statements name, each after its first five segments: another form of one may be meant."""


class Alike:
    """Tells which requests to one set of policies are alike."""

    __slots__ = ("_by_action", "_by_statements", "_candidates", "_layers")

    def __init__(self, layers: CompiledLayers) -> None:
        self._layers = layers
        self._by_action: dict[tuple[str, Layer], Looks] = {}
        self._by_statements: dict[Hashable, Looks] = {}
        self._candidates: dict[tuple[str, Layer], tuple[CompiledStatement, ...]] = {}

    def mark(self, call: EvaluationContext) -> Hashable | None:
        """Equal for calls that get the same decision, but for the names of principal, action and resource in its words.

        None for a caller that may be AWS's own: what is told of it names it in parts.
        """
        request = call.request
        if may_be_kept_by_aws(request, call.caller):
            return None
        target = target_layer(call)
        looks = self._by_action.get((call.action, target)) or self._looks(call.action, target)
        return (
            looks,
            request.context_complete,
            call.caller.kind,
            call.passing,
            must_be_allowed_by_target(call, target),
            always_allowed(call),
            never_allowed(call),
            unlocks(call),
            relation_of(call),
            *map(call.seen, looks.keys),
            *[statement.match_resource(call) for statement in looks.by_resource],
            *[statement.match_principal(call) for statement in looks.by_principal],
            *(_other_forms(looks, call) if looks.named else ()),
        )

    def _looks(self, action: str, target: Layer) -> Looks:
        """What is looked at for an action: the same object where it is the same."""
        service = action.partition(":")[0]
        candidates = self._candidates.get((service, target))
        if candidates is None:
            layers = self._layers.asked(target)
            candidates = tuple(one for layer in layers for one in layer.of_service(service))
            self._candidates[service, target] = candidates
        spoken = [one.speaks_of(action) for one in candidates]
        known = service, target, takes_resource(action) is False, action == NOT_BY_RCP, *spoken
        found = self._by_statements.get(known)
        if found is None:
            found = self._by_statements[known] = looks_of(self._weighed(action, target))
        if len(self._by_action) >= REMEMBERED_ACTIONS:
            self._by_action.clear()
        self._by_action[action, target] = found
        return found

    def _weighed(self, action: str, target: Layer) -> Iterator[CompiledStatement]:
        """The statements that can have a say about an action."""
        for layer in self._layers.asked(target):
            for statements in (*layer.speaking_of(action), layer.may_nearly_allow(action)):
                yield from statements


def looks_of(statements: Iterable[CompiledStatement]) -> Looks:
    """What these statements look at."""
    different = tuple(dict.fromkeys(statements))
    with_principal = tuple(one for one in different if one.layer in WITH_PRINCIPAL)
    keys = [key for one in different for key in one.reads_keys]
    allowing = [one.statement.resources or () for one in different if one.statement.effect == ALLOW]
    named = (text.split(":", SEGMENTS - 1) for texts in allowing for text in texts)
    return Looks(
        keys=tuple(dict.fromkeys([*keys, FEDERATED_KEY.lower()] if with_principal else keys)),
        by_resource=tuple(one for one in different if one.reads_resource),
        by_principal=with_principal,
        named=tuple(
            (":".join(parts[:-1]) + ":", ":".join(parts))
            for parts in named
            if len(parts) == SEGMENTS and parts[SERVICE] in HAS_FORMS
        ),
    )


def _other_forms(looks: Looks, call: EvaluationContext) -> Iterable[bool]:
    """Which of the named resources are the call's in another form."""
    given = call.request.resource
    return [given.startswith(begin) and misses_by_form(text, given) for begin, text in looks.named]
