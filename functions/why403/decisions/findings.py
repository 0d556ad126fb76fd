"""From a layer's verdict to what people are told of it: effect, reason, deciding statement, near miss."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import overload

from why403.decisions.compiled_statement import CompiledStatement
from why403.decisions.decision import (
    NO,
    NO_VALUES,
    UNKNOWN,
    YES,
    LayerFinding,
    Part,
    StatementEvidence,
    every,
)
from why403.decisions.evaluation_context import EvaluationContext
from why403.decisions.layer_policies import LayerPolicies
from why403.decisions.layer_verdict import LayerVerdict
from why403.decisions.near_miss import condition_values, near_miss, reason_for, values_for
from why403.decisions.reasons import Reason
from why403.iam.layer import Effect, Layer

PARTS = tuple(Part)
WITH_CONDITIONS = frozenset({Reason.EXPLICIT_DENY, Reason.CONDITION_UNKNOWN, Reason.SET_OPERATOR_MISSING})


class _Evidence(Sequence[StatementEvidence]):
    """The evidence of a layer's statements, a tuple that is built at the first look."""

    __slots__ = ("_built", "_call", "_policies")

    def __init__(self, policies: LayerPolicies, call: EvaluationContext) -> None:
        self._policies = policies
        self._call = call
        self._built: tuple[StatementEvidence, ...] | None = None

    def _all(self) -> tuple[StatementEvidence, ...]:
        if self._built is None:
            told = _worth_telling(self._policies, self._call)
            self._built = tuple(_explain(statement, self._call) for statement in told)
        return self._built

    @overload
    def __getitem__(self, index: int) -> StatementEvidence: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[StatementEvidence]: ...
    def __getitem__(self, index: int | slice) -> StatementEvidence | Sequence[StatementEvidence]:
        return self._all()[index]

    def __len__(self) -> int:
        return len(self._all())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and self._all() == tuple(other)

    def __hash__(self) -> int:
        return hash(len(self))

    def __repr__(self) -> str:
        return repr(self._all())


def finding_of(
    verdict: LayerVerdict, policies: LayerPolicies | None, call: EvaluationContext, allowed: Reason
) -> LayerFinding:
    """What one layer says. `allowed` is the reason where it allows; None for `policies`: there are none."""
    reason, statement = _surely(verdict, allowed, call)
    if reason is None:
        return _silent(verdict, policies, call)
    fields = (
        verdict.layer,
        reason.effect,
        str(reason),
        statement.policy if statement else verdict.broken,
        statement.statement.name if statement else "",
        _values(reason, statement, verdict, call),
        None,
        _Evidence(policies, call) if policies else (),
        verdict.level,
    )
    return tuple.__new__(LayerFinding, fields)  # half the time of its own call, four times an answer


@cache
def not_applicable(layer: Layer, reason: Reason) -> LayerFinding:
    """A layer that has no say over this call."""
    return LayerFinding(layer=layer, effect=Effect.NOT_APPLICABLE, reason=str(reason))


@cache
def bare_finding(layer: Layer, reason: Reason) -> LayerFinding:
    """What stands without any statement."""
    return LayerFinding(layer=layer, effect=reason.effect, reason=str(reason))


def _surely(
    verdict: LayerVerdict, allowed: Reason, call: EvaluationContext
) -> tuple[Reason | None, CompiledStatement | None]:
    """The reason and statement where the layer denies explicitly, is unknown or allows; no reason where it is silent."""
    if verdict.deny is YES:
        return Reason.EXPLICIT_DENY, verdict.denied_by
    if verdict.override is not None:
        return verdict.override, verdict.allowed_by
    if UNKNOWN in (verdict.deny, verdict.account):
        return _doubt(verdict, call)
    if verdict.account is YES:
        return allowed, verdict.allowed_by
    return None, None


def _doubt(verdict: LayerVerdict, call: EvaluationContext) -> tuple[Reason, CompiledStatement | None]:
    if verdict.unread:
        return Reason.UNREAD, verdict.allowed_by
    if verdict.doubts:
        return _why_doubted(verdict.doubts[0], call), verdict.doubts[0]
    return Reason.MALFORMED_POLICY, None


def _why_doubted(statement: CompiledStatement, call: EvaluationContext) -> Reason:
    if statement.defects or statement.is_unreadable:
        return Reason.MALFORMED_POLICY
    doubted = [test for test in statement.conditions if test.match(call) is UNKNOWN]
    lacking = doubted and all(test.lacks_set_operator(call) for test in doubted)
    return Reason.SET_OPERATOR_MISSING if lacking else Reason.CONDITION_UNKNOWN


def _values(
    reason: Reason, statement: CompiledStatement | None, verdict: LayerVerdict, call: EvaluationContext
) -> Mapping[str, str]:
    """What fills the reason's words: the conditions that decide, and the keys that nobody knows."""
    if statement is None or reason not in WITH_CONDITIONS:
        return NO_VALUES
    tests = [test.evidence(call) for test in statement.conditions]
    if reason is Reason.EXPLICIT_DENY:
        return condition_values(tests)
    told = condition_values([test for test in tests if test.match is UNKNOWN])
    keys = settling_keys(verdict, call) if reason is Reason.CONDITION_UNKNOWN else (told["key"],)
    return told | {"keys": ", ".join(keys)}


def settling_keys(verdict: LayerVerdict, call: EvaluationContext) -> tuple[str, ...]:
    """The condition keys whose values would settle the layer."""
    return tuple(dict.fromkeys(key for one in verdict.doubts for key in one.unknown_keys(call)))


def _silent(verdict: LayerVerdict, policies: LayerPolicies | None, call: EvaluationContext) -> LayerFinding:
    """A layer without an allow: the near miss, or that there is nothing."""
    nearest = near_miss(policies.may_nearly_allow(call.action), call) if policies else None
    missed = _explain(nearest, call) if nearest is not None else None
    if nearest is not None and missed is not None:
        reason, values = reason_for(nearest, missed, call), values_for(missed, call)
    else:
        reason = _reason_without_miss(verdict, policies)
        values = {"action": call.request.action, "level": str(verdict.level)}
    told = policies.unsound_allow() if policies and missed is None else None
    if told is not None:
        reason, values = Reason.MALFORMED_STATEMENT, {"defects": ", ".join(told.defects)}
    return LayerFinding(
        verdict.layer,
        Effect.IMPLICIT_DENY,
        str(reason),
        missed.policy if missed else told.policy if told else "",
        missed.statement if missed else told.statement.name if told else "",
        values,
        missed,
        _Evidence(policies, call) if policies else (),
        verdict.level,
    )


def _reason_without_miss(verdict: LayerVerdict, policies: LayerPolicies | None) -> Reason:
    if verdict.layer is Layer.SCP:
        return Reason.LEVEL_ALLOWS_NOTHING
    if policies is None:
        return Reason.NO_RESOURCE_POLICY
    return Reason.NO_POLICY if policies.empty else Reason.NO_STATEMENT


def _worth_telling(policies: LayerPolicies, call: EvaluationContext) -> Iterable[CompiledStatement]:
    if policies.is_small:
        return policies.statements
    return [statement for statement in policies.statements if statement.speaks_of(call.action)]


def _explain(statement: CompiledStatement, call: EvaluationContext) -> StatementEvidence:
    """Each part of one statement against the call."""
    action = YES if statement.speaks_of(call.action) else NO
    resource = statement.match_resource(call)
    principal = statement.match_principal(call)[0]
    conditions = tuple([test.evidence(call) for test in statement.conditions])
    met = every([test.match for test in conditions])
    misses = tuple(
        [part for part, match in zip(PARTS, (action, resource, principal, met), strict=True) if match is NO]
    )
    written = statement.statement
    return StatementEvidence(
        layer=statement.layer,
        policy=statement.policy,
        statement=written.name,
        index=written.number,
        effect=written.effect,
        action=action,
        resource=resource,
        principal=principal,
        conditions=conditions,
        match=NO if misses else statement.evaluate(call)[0],
        misses=misses,
        wanted=_wanted(statement, misses),
    )


def _wanted(statement: CompiledStatement, misses: tuple[Part, ...]) -> tuple[str, ...]:
    if not misses:
        return ()
    written = statement.statement
    match misses[0]:
        case Part.ACTION:
            return written.actions or written.not_actions or ()
        case Part.RESOURCE:
            return written.resources or written.not_resources or ()
        case Part.PRINCIPAL:
            return statement.wanted_principals
        case Part.CONDITION:
            return ()
