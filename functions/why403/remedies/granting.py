"""The statements that let calls pass: one for each resource and condition, holding all actions that share them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from why403.decisions.decision import Match, Part, StatementEvidence
from why403.iam.layer import Layer
from why403.iam.policy import Policy
from why403.remedies.naming import sid
from why403.remedies.statements import shortest, statements_of
from why403.remedies.wanted import Wanted, finding_of

VIA_SERVICE = "kms:ViaService"


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

    Conditions of a statement that all but allowed the call, and that the call meets, are kept.
    """
    grouped: dict[str, tuple[list[str], dict[str, Any]]] = {}
    for each in wanted:
        rest: dict[str, Any] = {}
        if into.resource != "omit":
            rest["Resource"] = "*" if into.resource == "*" else shortest(each.scope.resources)
        condition = _narrowed(each, {**_kept(each, into), **(into.under or {})})
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


def _kept(wanted: Wanted, into: Into) -> dict[str, Any]:
    finding = finding_of(wanted.judged.decision, into.layer)
    near = finding.near_miss if finding is not None else None
    if near is None or near.effect != "Allow" or near.misses not in ((Part.ACTION,), (Part.RESOURCE,)):
        return {}
    if any(each.match is not Match.YES for each in near.conditions):
        return {}
    statement = statement_at(into.policies, near)
    return dict(statement.get("Condition", {})) if statement is not None else {}


def _narrowed(wanted: Wanted, condition: dict[str, Any]) -> dict[str, Any]:
    """A key's action that came through a service is granted through that service only."""
    service = wanted.judged.request.context.get(VIA_SERVICE)
    if not wanted.scope.action.startswith("kms:") or not isinstance(service, str) or _speaks_of(condition):
        return condition
    return {**condition, "StringEquals": {**condition.get("StringEquals", {}), VIA_SERVICE: service}}


def _speaks_of(condition: Mapping[str, Any]) -> bool:
    return any(key.lower() == VIA_SERVICE.lower() for block in condition.values() for key in block)


def statement_at(policies: Iterable[Policy], near: StatementEvidence) -> Mapping[str, Any] | None:
    """The statement that the evidence speaks of, as it stands in the policy."""
    for policy in policies:
        held = statements_of(policy.document)
        if policy.name == near.policy and near.index < len(held):
            return held[near.index]
    return None
