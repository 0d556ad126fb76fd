"""The conditions of a statement that all but allowed the call, kept in the one that does.

Its author meant them to keep others out: a draft without them would let those in.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from why403.decisions.decision import ConditionEvidence, KeyState, Match, Part, StatementEvidence
from why403.iam.layer import Layer, Policy
from why403.message import Message
from why403.remedies.scope import spelled
from why403.remedies.statements import shortest, statements_of
from why403.remedies.wanted import Wanted, near_miss_of

REPLACEABLE = ("string", "arn", "ipaddress")
"""Operators whose values this call's own can take the place of."""
CALLERS_TO_KEEP_OUT = frozenset(
    {
        "sts:externalid",
        "sts:sourceidentity",
        "sts:rolesessionname",
        "aws:multifactorauthpresent",
        "aws:multifactorauthage",
    }
)
"""Conditions that a caller must meet: to loosen them, or to grant past them, would defeat them."""
KEPT = ((Part.ACTION,), (Part.RESOURCE,), (Part.CONDITION,))
Condition = dict[str, dict[str, Any]]


def kept_conditions(wanted: Wanted, layer: Layer, policies: Iterable[Policy]) -> Condition:
    """Those that the call meets, or may meet; of a value that it misses, the call's own in its place.

    Left out is what the call can never meet.
    """
    return _kept_and_left(wanted, layer, policies)[0]


def told_conditions(wanted: Wanted, layer: Layer, policies: Iterable[Policy]) -> tuple[Message, ...]:
    """Which conditions are kept, and which are not."""
    kept, left = _kept_and_left(wanted, layer, policies)
    keys = ", ".join(key for block in kept.values() for key in block)
    told = [Message("remedies.conditions.kept", {"keys": keys})] if keys else []
    if limits := _limits_of_another_action(wanted, layer):
        told.append(Message("remedies.conditions.of-another-action", limits))
    return (*told, *([Message("remedies.conditions.left", {"keys": ", ".join(left)})] if left else []))


def _kept_and_left(
    wanted: Wanted, layer: Layer, policies: Iterable[Policy]
) -> tuple[Condition, tuple[str, ...]]:
    near = near_miss_of(wanted.judged.decision, layer)
    if near is None or near.effect != "Allow" or near.misses not in KEPT or _is_of_another_action(near):
        return {}, ()
    evidence = {(each.operator.lower(), each.key.lower()): each for each in near.conditions}
    kept: Condition = {}
    left: list[str] = []
    for operator, block in ((statement_at(policies, near) or {}).get("Condition") or {}).items():
        for key, values in block.items():
            held = _values(evidence.get((operator.lower(), key.lower())), values)
            if held is None:
                left.append(key)
            else:
                kept.setdefault(operator, {})[key] = held
    return kept, tuple(left)


def _limits_of_another_action(wanted: Wanted, layer: Layer) -> dict[str, str]:
    """The conditions under which the nearest statement allows other actions on the same; the draft has none of them."""
    near = near_miss_of(wanted.judged.decision, layer)
    if near is None or near.effect != "Allow" or not _is_of_another_action(near):
        return {}
    return {"statement": near.statement, "keys": ", ".join(one.key for one in near.conditions)}


def _is_of_another_action(near: StatementEvidence) -> bool:
    """Another action's conditions say something of this one only where this call meets them."""
    return near.misses == (Part.ACTION,) and any(each.match is not Match.YES for each in near.conditions)


def _values(evidence: ConditionEvidence | None, values: object) -> object | None:
    if evidence is None or evidence.match is not Match.NO:
        return values
    operator = evidence.operator.lower().rpartition(":")[2]
    loosened = evidence.key.lower() in CALLERS_TO_KEEP_OUT or "not" in operator
    if loosened or evidence.state is not KeyState.GIVEN or not operator.startswith(REPLACEABLE):
        return None
    return shortest(spelled(each) for each in evidence.given)


def statement_at(policies: Iterable[Policy], near: StatementEvidence) -> Mapping[str, Any] | None:
    """The statement that the evidence speaks of, as it stands in the policy."""
    for policy in policies:
        held = statements_of(policy.document)
        if policy.name == near.policy and near.index < len(held):
            return held[near.index]
    return None
