"""The statement that would have allowed the call but for one part: what people look for."""

from collections.abc import Iterable, Sequence

from why403.decisions.compiled_statement import CompiledStatement
from why403.decisions.decision import NO, ConditionEvidence, KeyState, Part, StatementEvidence
from why403.decisions.evaluation_context import EvaluationContext
from why403.decisions.literal_text import has_variable, is_wildcard_meant, missing_values, would_fit
from why403.decisions.reasons import Reason

_NEAREST_FIRST = (Part.CONDITION, Part.PRINCIPAL, Part.RESOURCE, Part.ACTION)
_REASONS = {
    Part.CONDITION: Reason.CONDITION_NOT_MET,
    Part.PRINCIPAL: Reason.OTHER_PRINCIPAL,
    Part.RESOURCE: Reason.OTHER_RESOURCE,
    Part.ACTION: Reason.OTHER_ACTION,
}
SECRET = frozenset({"sts:externalid", "aws:referer", "aws:useragent"})
"""Keys whose values let in whoever knows them: a policy's own are not told."""
MASK = "***"
MOST_VALUES = 20
"""Of a longer list people read no more."""
NOTHING = "-"


def near_miss(candidates: Sequence[CompiledStatement], call: EvaluationContext) -> CompiledStatement | None:
    """The Allow statement that misses the call by one part, the closest of them; None where there is none."""
    found: dict[Part, list[CompiledStatement]] = {}
    for statement in candidates:
        part = _single_miss(statement, call)
        if part is not None:
            found.setdefault(part, []).append(statement)
    for part in _NEAREST_FIRST:
        closest = found.get(part, ())
        if closest:
            if len(closest) == 1:
                return closest[0]
            call.by_letters = True
            return max(closest, key=lambda one: _likeness(one, part, call))
    return None


def _single_miss(statement: CompiledStatement, call: EvaluationContext) -> Part | None:
    missed = None if statement.speaks_of(call.action) else Part.ACTION
    if statement.match_resource(call) is NO:
        if missed is not None:
            return None
        missed = Part.RESOURCE
    if statement.match_principal(call)[0] is NO:
        if missed is not None:
            return None
        missed = Part.PRINCIPAL
    if statement.match_conditions(call) is NO:
        return Part.CONDITION if missed is None else None
    return missed


def _likeness(statement: CompiledStatement, part: Part, call: EvaluationContext) -> float:
    """How like what is asked for is to what is allowed, 0 to 1."""
    match part:
        case Part.RESOURCE:
            given, allowed = call.resource, statement.statement.resources or ()
        case Part.ACTION:
            given, allowed = call.action, tuple(text.lower() for text in statement.statement.actions or ())
        case Part.PRINCIPAL | Part.CONDITION:
            return 0.0
    return max((_share_of_letters(given, text) for text in allowed[:20]), default=0.0)


def _share_of_letters(one: str, other: str) -> float:
    """How many letters the two have in common, wherever they stand, of all their letters."""
    common = sum(min(one.count(letter), other.count(letter)) for letter in set(one))
    return 2 * common / (len(one) + len(other)) if one or other else 1.0


def reason_for(statement: CompiledStatement, missed: StatementEvidence, call: EvaluationContext) -> Reason:
    """Why a near miss missed."""
    part = missed.misses[0]
    if part is Part.RESOURCE:
        call.by_letters = call.by_letters or has_variable(missed.wanted)
        return _literal(statement, missed.wanted, call.resource, call) or _REASONS[part]
    if part is not Part.CONDITION:
        return _REASONS[part]
    failed = _failed(missed)
    if any(_is_never(test) for test in failed):
        return Reason.CONDITION_NEVER_MET
    if is_wildcard_meant(failed[0]):
        return Reason.LITERAL_WILDCARD
    given = failed[0].given[0] if failed[0].given else ""
    literal = _literal(statement, failed[0].wanted, given, call) if given else None
    return literal or Reason.CONDITION_NOT_MET


def _literal(
    statement: CompiledStatement, wanted: tuple[str, ...], given: str, call: EvaluationContext
) -> Reason | None:
    """That a policy variable is to blame: without its Version, or without a value."""
    if not would_fit(wanted, given):
        return None
    if not statement.variables:
        return Reason.VARIABLE_WITHOUT_VERSION
    return Reason.VARIABLE_WITHOUT_VALUE if missing_values(wanted, call) else None


def values_for(missed: StatementEvidence, call: EvaluationContext) -> dict[str, str]:
    """What fills the reason's words: what was wanted and what was given."""
    part = missed.misses[0]
    if part is Part.CONDITION:
        failed = _failed(missed)
        variables = missing_values(failed[0].wanted, call)
        return condition_values(failed) | ({"keys": ", ".join(variables)} if variables else {})
    given = {
        Part.ACTION: call.request.action,
        Part.RESOURCE: call.resource,
        Part.PRINCIPAL: call.request.principal,
    }[part]
    told = {"wanted": ", ".join(missed.wanted), "given": given}
    variables = missing_values(missed.wanted, call) if part is Part.RESOURCE else ()
    return told | ({"keys": ", ".join(variables)} if variables else {})


def _failed(missed: StatementEvidence) -> list[ConditionEvidence]:
    """The conditions that are not met, one that this call can never meet first."""
    failed = [test for test in missed.conditions if test.match is NO]
    return sorted(failed, key=lambda test: not _is_never(test))


def _is_never(test: ConditionEvidence) -> bool:
    return test.match is NO and test.state is KeyState.NEVER


def condition_values(conditions: Sequence[ConditionEvidence]) -> dict[str, str]:
    """The first as `operator`, `key`, `wanted`, `given`; the others, where there are any, in words as `besides`."""
    if not conditions:
        return {}
    first, *others = conditions
    told = {
        "operator": first.operator,
        "key": first.key,
        "wanted": _listed(first, first.wanted),
        "given": _listed(first, first.given),
    }
    return told | ({"besides": "; ".join(map(_in_short, others))} if others else {})


def _in_short(one: ConditionEvidence) -> str:
    return f"{one.operator} {one.key} {_listed(one, one.wanted)} ← {_listed(one, one.given)}"


def _listed(one: ConditionEvidence, values: Iterable[str]) -> str:
    texts = tuple(values)
    if not texts:
        return NOTHING
    if one.key.lower() in SECRET:
        return MASK
    more = len(texts) - MOST_VALUES
    return ", ".join(texts[:MOST_VALUES]) + (f", … +{more}" if more > 0 else "")
