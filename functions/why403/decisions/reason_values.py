"""What fills a reason's words: of each condition that decides its operator, key, wanted and given values."""

from collections.abc import Iterable, Sequence

from why403.decisions.decision import ConditionEvidence

SECRET = frozenset({"sts:externalid", "aws:referer", "aws:useragent"})
"""Keys whose values let in whoever knows them: a policy's own are not told."""
MASK = "***"
MOST_VALUES = 20
"""Of a longer list people read no more."""
NOTHING = "-"


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
