"""One condition of a statement against one call: three states of the key, three answers."""

from collections.abc import Iterable
from functools import lru_cache

from why403.decisions.decision import (
    NO,
    UNKNOWN,
    YES,
    ConditionEvidence,
    KeyState,
    Match,
    either,
    every,
    negate,
)
from why403.decisions.evaluation_context import EvaluationContext
from why403.iam.condition import NULL, SetOperator, compile_comparison
from why403.iam.condition_keys import key_kind
from why403.iam.document import Condition
from why403.iam.template import VARIABLE, NoValue, parse_template


class ConditionTest:
    """A condition compiled."""

    __slots__ = ("_compare", "_key", "_kind", "_operator", "_variables", "condition")

    def __init__(self, condition: Condition, *, variables: bool) -> None:
        self.condition = condition
        self._key = condition.key.lower()
        self._kind = key_kind(self._key)
        self._operator = condition.operator
        self._variables = [text for text in condition.values if "${" in text] if variables else []
        self._compare = compile_comparison(condition.operator, condition.values, variables=variables)

    def match(self, call: EvaluationContext) -> Match:
        """Whether the call meets the condition."""
        state, values = call.key(self._key)
        if self._operator.base == NULL:
            return self._match_null(state, call)
        if state is KeyState.GIVEN:
            return self._match_values(values, call)
        if state is KeyState.UNKNOWN:
            return UNKNOWN
        return self._match_absent()

    def _match_null(self, state: KeyState, call: EvaluationContext) -> Match:
        wanted = {value.lower() for value in self.condition.values}
        if state is KeyState.UNKNOWN and not call.always_carried(self._key):
            return UNKNOWN
        absent = state in {KeyState.ABSENT, KeyState.NEVER}
        return YES if ("true" if absent else "false") in wanted else NO

    def _match_absent(self) -> Match:
        operator = self._operator
        if operator.if_exists:
            return YES
        if operator.over is SetOperator.NONE:
            return YES if operator.negated else NO
        return YES if operator.over is SetOperator.FOR_ALL_VALUES else NO

    def _match_values(self, values: tuple[str, ...], call: EvaluationContext) -> Match:
        over = self._operator.over
        if over is SetOperator.NONE:
            several = len(values) > 1 or self._may_be_several(call)
            return UNKNOWN if several else self._match_one(values[0], call)
        matches = [self._match_one(value, call) for value in values if values != ("",)]
        return every(matches) if over is SetOperator.FOR_ALL_VALUES else either(matches)

    def lacks_set_operator(self, call: EvaluationContext) -> bool:
        """Whether the key holds several values and the operator does not say how to take them: no page says either."""
        state, values = call.key(self._key)
        if state is not KeyState.GIVEN or self._operator.over is not SetOperator.NONE:
            return False
        return len(values) > 1 or self._may_be_several(call)

    def _may_be_several(self, call: EvaluationContext) -> bool:
        return call.is_multivalued(self._key) if self._kind is None else self._kind[1]

    def _match_one(self, value: str, call: EvaluationContext) -> Match:
        found = self._compare(value, call.value)
        match = UNKNOWN if isinstance(found, NoValue) else YES if found else NO
        return negate(match) if self._operator.negated else match

    def evidence(self, call: EvaluationContext) -> ConditionEvidence:
        """What the policy wants, what the call gives, and whether they meet."""
        state, values = call.key(self._key)
        return ConditionEvidence(
            operator=self.condition.name,
            key=self.condition.key,
            wanted=self.condition.values,
            given=values,
            state=state,
            match=self.match(call),
            meant=self._meant(call),
        )

    def _meant(self, call: EvaluationContext) -> tuple[tuple[str, str], ...]:
        if not self._variables:
            return ()
        templates = (parse_template(text, variables=True, wildcards=True) for text in self._variables)
        read = ((one.text, one.meaning(call.value)) for one in templates)
        return tuple((text, value) for text, value in read if value is not None)

    def unknown_keys(self, call: EvaluationContext) -> tuple[str, ...]:
        """The keys that would settle this condition, as the policy spells them, where they are unknown."""
        if self.match(call) is not UNKNOWN:
            return ()
        if call.key(self._key)[0] is KeyState.UNKNOWN:
            return (self.condition.key,)
        return unknown_variables(self.condition.values, call)


@lru_cache(4096)
def condition_test(condition: Condition, variables: bool) -> ConditionTest:  # noqa: FBT001  # remembered by position
    """A condition compiled; the same few stand in many statements."""
    return ConditionTest(condition, variables=variables)


def unknown_variables(texts: Iterable[str], call: EvaluationContext) -> tuple[str, ...]:
    """The keys of policy variables in `texts` whose values nobody knows."""
    named = (found.group(1) for text in texts for found in VARIABLE.finditer(text))
    keys = (name.partition(",")[0].strip() for name in named)
    return tuple(key for key in dict.fromkeys(keys) if call.value(key.lower()) is NoValue.UNKNOWN)
