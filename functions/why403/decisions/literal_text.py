"""Text of a policy that its author meant otherwise than IAM reads it: a variable, or a wildcard, taken literally.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_String
"""

from collections.abc import Iterable

from why403.decisions.decision import ConditionEvidence
from why403.decisions.evaluation_context import EvaluationContext
from why403.iam.glob import compile_glob, is_wild, tokens
from why403.iam.template import VARIABLE, NoValue

LITERAL_OPERATORS = ("stringequals", "stringequalsignorecase")


def has_variable(texts: Iterable[str]) -> bool:
    """Whether one of them has a `${key}`; `${*}`, `${?}` and `${$}` are characters."""
    return any(len(found.group(1)) > 1 for text in texts if "${" in text for found in VARIABLE.finditer(text))


def would_fit(texts: Iterable[str], given: str) -> bool:
    """Whether one of the texts with a variable would mean `given`, whatever the variables' values."""
    return any(
        compile_glob(tokens(VARIABLE.sub("*", text)))(given) for text in texts if has_variable((text,))
    )


def missing_values(texts: Iterable[str], call: EvaluationContext) -> tuple[str, ...]:
    """The variables of `texts` that this call gives no value, as the policy spells them; defaults stand in for some."""
    with_variable = [text for text in texts if "${" in text]
    if not with_variable:
        return ()
    inside = (found.group(1).strip() for text in with_variable for found in VARIABLE.finditer(text))
    keys = (name for name in inside if len(name) > 1 and "," not in name)
    return tuple(key for key in dict.fromkeys(keys) if call.value(key.lower()) is NoValue.ABSENT)


def is_wildcard_meant(test: ConditionEvidence) -> bool:
    """Whether a `*` or `?` under StringEquals would have matched under StringLike."""
    operator = test.operator.lower().rpartition(":")[2].removesuffix("ifexists").replace("not", "", 1)
    if operator not in LITERAL_OPERATORS:
        return False
    wild = [text for text in test.wanted if is_wild(text)]
    return any(compile_glob(tokens(text))(given) for text in wild for given in test.given)
