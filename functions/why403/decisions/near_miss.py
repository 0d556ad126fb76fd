"""The statement that would have allowed the call but for one part: what people look for."""

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from why403.decisions.compiled_statement import CompiledStatement
from why403.decisions.decision import ConditionEvidence, KeyState, Match, Part, StatementEvidence
from why403.decisions.evaluation_context import EvaluationContext
from why403.decisions.evidence import SMALL_SET, explain
from why403.decisions.reasons import Reason
from why403.iam.document import ALLOW

NO = Match.NO
_NEAREST_FIRST = (Part.CONDITION, Part.PRINCIPAL, Part.RESOURCE, Part.ACTION)
_REASONS = {
    Part.CONDITION: Reason.CONDITION_NOT_MET,
    Part.PRINCIPAL: Reason.OTHER_PRINCIPAL,
    Part.RESOURCE: Reason.OTHER_RESOURCE,
    Part.ACTION: Reason.OTHER_ACTION,
}
CANDIDATES = 200


def near_miss(
    statements: Sequence[CompiledStatement], speaking: Sequence[CompiledStatement], call: EvaluationContext
) -> StatementEvidence | None:
    """The Allow statement that misses the call by one part, the closest of them; None where there is none."""
    found: list[tuple[int, float, int, CompiledStatement]] = []
    for number, statement in enumerate(_candidates(statements, speaking, call)):
        part = _single_miss(statement, call)
        if part is not None:
            found.append((_NEAREST_FIRST.index(part), -_likeness(statement, part, call), number, statement))
    return explain(min(found, key=lambda one: one[:3])[3], call) if found else None


def _candidates(
    statements: Sequence[CompiledStatement], speaking: Sequence[CompiledStatement], call: EvaluationContext
) -> Iterator[CompiledStatement]:
    """Those that speak of the action; in small sets also those that allow another action of the service."""
    yield from speaking[:CANDIDATES]
    if len(statements) > SMALL_SET:
        return
    service = call.action.partition(":")[0] + ":"
    for statement in statements:
        actions = statement.statement.actions or ()
        of_service = any(action.lower().startswith(service) for action in actions)
        if of_service and statement.statement.effect == ALLOW and not statement.speaks_of(call.action):
            yield statement


def _single_miss(statement: CompiledStatement, call: EvaluationContext) -> Part | None:
    misses = []
    if not statement.speaks_of(call.action):
        misses.append(Part.ACTION)
    if statement.match_resource(call) is NO:
        misses.append(Part.RESOURCE)
    if statement.match_principal(call)[0] is NO:
        misses.append(Part.PRINCIPAL)
    if len(misses) <= 1 and statement.match_conditions(call) is NO:
        misses.append(Part.CONDITION)
    return misses[0] if len(misses) == 1 else None


def _likeness(statement: CompiledStatement, part: Part, call: EvaluationContext) -> float:
    """How like what is asked for is to what is allowed, 0 to 1."""
    match part:
        case Part.RESOURCE:
            given, allowed = call.resource, statement.statement.resources or ()
        case Part.ACTION:
            given, allowed = call.action, tuple(text.lower() for text in statement.statement.actions or ())
        case Part.PRINCIPAL | Part.CONDITION:
            return 0.0
    return max((SequenceMatcher(None, given, text).quick_ratio() for text in allowed[:20]), default=0.0)


def reason_for(missed: StatementEvidence) -> Reason:
    """Why a near miss missed."""
    if missed.misses[0] is Part.CONDITION and any(_is_never(test) for test in missed.conditions):
        return Reason.CONDITION_NEVER_MET
    return _REASONS[missed.misses[0]]


def values_for(missed: StatementEvidence, call: EvaluationContext) -> dict[str, str]:
    """What fills the reason's words: what was wanted and what was given."""
    part = missed.misses[0]
    if part is Part.CONDITION:
        return _condition_values(missed.conditions)
    given = {
        Part.ACTION: call.request.action,
        Part.RESOURCE: call.resource,
        Part.PRINCIPAL: call.request.principal,
    }[part]
    return {"wanted": ", ".join(missed.wanted), "given": given}


def _condition_values(conditions: tuple[ConditionEvidence, ...]) -> dict[str, str]:
    failed = [test for test in conditions if test.match is NO]
    test = next((one for one in failed if _is_never(one)), failed[0])
    return {
        "operator": test.operator,
        "key": test.key,
        "wanted": ", ".join(test.wanted),
        "given": ", ".join(test.given) or "-",
    }


def _is_never(test: ConditionEvidence) -> bool:
    return test.match is NO and test.state is KeyState.NEVER
