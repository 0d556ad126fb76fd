"""The statements that let calls pass: one for each resource and condition, holding all actions that share them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from why403.iam.layer import Layer, Policy
from why403.remedies.conditions import kept_conditions
from why403.remedies.naming import sid
from why403.remedies.statements import shortest
from why403.remedies.wanted import Wanted

NARROWED_BY = {"kms": "kms:ViaService", "iam": "iam:PassedToService"}
"""Prefix → the key that says through, or to, which service: a grant without it reaches further than the call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Into:
    """The policy that statements are added to. `named` holds the Principal element of a resource's policy.

    `resource` is `same`, `*` for "this key", or `omit` where the policy speaks of nothing but what it is attached to;
    `under` is a condition for all statements.
    """

    layer: Layer
    policies: tuple[Policy, ...] = ()
    taken: frozenset[str] = frozenset()
    named: Mapping[str, Any] | None = None
    resource: str = "same"
    under: Mapping[str, Any] | None = None


def granting(wanted: Iterable[Wanted], into: Into) -> tuple[Mapping[str, Any], ...]:
    """Allow statements that let the calls pass, with Sids that are not taken.

    Conditions of a statement that all but allowed the call are kept, as far as the call can meet them.
    """
    grouped: dict[str, tuple[list[str], dict[str, Any]]] = {}
    for each in wanted:
        rest: dict[str, Any] = {}
        if into.resource != "omit":
            rest["Resource"] = "*" if into.resource == "*" else shortest(each.scope.resources)
        condition = _narrowed(
            each, _joined(kept_conditions(each, into.layer, into.policies), into.under or {})
        )
        if condition:
            rest["Condition"] = condition
        actions, _ = grouped.setdefault(repr(rest), ([], rest))
        actions.append(each.scope.action)
    added: list[Mapping[str, Any]] = []
    for actions, rest in grouped.values():
        name = sid(actions[0], into.taken | {str(one["Sid"]) for one in added})
        head = {"Sid": name, "Effect": "Allow", **(into.named or {}), "Action": shortest(actions)}
        added.append(head | rest)
    return tuple(added)


def _joined(kept: Mapping[str, Any], under: Mapping[str, Any]) -> dict[str, Any]:
    """Both, operator by operator: one key of an operator must not push out another."""
    return {
        operator: {**kept.get(operator, {}), **under.get(operator, {})}
        for operator in dict.fromkeys((*kept, *under))
    }


def _narrowed(wanted: Wanted, condition: dict[str, Any]) -> dict[str, Any]:
    """What came through a service, or passed it a role, is granted for that service only."""
    narrowing = NARROWED_BY.get(wanted.scope.action.partition(":")[0], "")
    service = wanted.judged.request.context.get(narrowing)
    if not isinstance(service, str) or _speaks_of(condition, narrowing):
        return condition
    return {**condition, "StringEquals": {**condition.get("StringEquals", {}), narrowing: service}}


def _speaks_of(condition: Mapping[str, Any], narrowing: str) -> bool:
    return any(key.lower() == narrowing.lower() for block in condition.values() for key in block)
