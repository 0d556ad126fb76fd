"""Condition operators, and one condition of a statement compiled.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from why403.iam.comparison import (
    ORDERINGS,
    Comparison,
    compare_addresses,
    compare_arns,
    compare_binary,
    compare_bool,
    compare_folded,
    compare_order,
    compare_text,
    parse_date,
    parse_number,
)


class SetOperator(StrEnum):
    """How the several values of a multivalued key are taken."""

    NONE = ""
    FOR_ALL_VALUES = "forallvalues"
    FOR_ANY_VALUE = "foranyvalue"


@dataclass(frozen=True, slots=True)
class Operator:
    """`base` in lower case without negation, set operator and IfExists: `stringlike`, `null`."""

    base: str
    negated: bool = False
    over: SetOperator = SetOperator.NONE
    if_exists: bool = False


NULL = "null"
_IF_EXISTS = "ifexists"
_NEGATIONS = {
    "stringnotequals": "stringequals",
    "stringnotequalsignorecase": "stringequalsignorecase",
    "stringnotlike": "stringlike",
    "numericnotequals": "numericequals",
    "datenotequals": "dateequals",
    "notipaddress": "ipaddress",
    "arnnotequals": "arnequals",
    "arnnotlike": "arnlike",
}
_BASES = frozenset(
    {"bool", "binaryequals", NULL}.union(
        _NEGATIONS.values(),
        (f"{kind}{ordering}" for kind in ("numeric", "date") for ordering in ORDERINGS),
    )
)


@lru_cache(1024)
def parse_operator(name: str) -> Operator | None:
    """The operator that `name` spells, in any case; None where IAM has none of that name."""
    prefix, colon, rest = name.lower().rpartition(":")
    if colon and prefix not in {SetOperator.FOR_ALL_VALUES, SetOperator.FOR_ANY_VALUE}:
        return None
    over = SetOperator(prefix)
    if_exists = rest.endswith(_IF_EXISTS)
    base = rest.removesuffix(_IF_EXISTS)
    negated = base in _NEGATIONS
    base = _NEGATIONS.get(base, base)
    if base not in _BASES or (base == NULL and if_exists):
        return None
    return Operator(base, negated, over, if_exists)


def compile_comparison(operator: Operator, values: Sequence[str], *, variables: bool) -> Comparison:
    """The comparison that `operator`'s base makes with the policy's `values`; NULL makes none."""
    base = operator.base
    if base in _WITH_VARIABLES:
        return _WITH_VARIABLES[base](values, variables)
    if base.startswith("numeric"):
        return compare_order(values, ORDERINGS[base.removeprefix("numeric")], parse_number)
    if base.startswith("date"):
        return compare_order(values, ORDERINGS[base.removeprefix("date")], parse_date)
    return compare_binary(values) if base == "binaryequals" else compare_addresses(values)


_WITH_VARIABLES: dict[str, Callable[[Sequence[str], bool], Comparison]] = {
    "stringequals": lambda values, variables: compare_text(values, variables=variables, wildcards=False),
    "stringlike": lambda values, variables: compare_text(values, variables=variables, wildcards=True),
    "stringequalsignorecase": lambda values, variables: compare_folded(values, variables=variables),
    "arnequals": lambda values, variables: compare_arns(values, variables=variables),
    "arnlike": lambda values, variables: compare_arns(values, variables=variables),
    "bool": lambda values, variables: compare_bool(values, variables=variables),
}
