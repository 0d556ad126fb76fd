"""Wider drafts beside the smallest: what the same kind of client calls next, with what each would add.

They are choices for people, never the default, and stay on the denied resource or what holds it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from why403.decisions.decision import Match
from why403.iam.arn import Arn, parse_arn
from why403.iam.layer import Layer
from why403.message import Message
from why403.remedies.case import Case
from why403.remedies.conditions import statement_at
from why403.remedies.formats.attachment import resource_values
from why403.remedies.scope import SPECIAL, Scope, Unscoped, is_literal, scope_of, spelled
from why403.remedies.statements import listed
from why403.remedies.wanted import Wanted, near_miss_of
from why403.services.declaration import Role, Service, filled
from why403.services.register import SERVICES

ANY = "*"


@dataclass(frozen=True, slots=True)
class Wider:
    """Scopes to grant together instead of the denied call's alone."""

    name: Message
    scopes: tuple[Scope, ...]


def wider_scopes(case: Case, wanted: Wanted) -> tuple[Wider, ...]:
    """From the narrowest to the widest: the client's set, the resource policy's own actions, today's other denials.

    None where the line has a wildcard: it would come back as one of ours.
    """
    if case.denial.resource is not None and SPECIAL.search(wanted.judged.request.resource):
        return ()
    found = [*_of_clients(wanted), *_of_resource_policy(wanted), *_also_denied(case, wanted)]
    return tuple(each for each in found if _pairs(each.scopes) - set(wanted.pairs))


def whole_scopes(case: Case, wanted: Wanted) -> tuple[Wider, ...]:
    """The whole bucket, or all parameters of a path; none where the line has a wildcard, or a policy was not read."""
    whole, judged = wanted.scope.whole, wanted.judged
    if not whole or SPECIAL.search(judged.request.resource) or case.denial.resource is None:
        return ()
    if judged.policies.unread & set(wanted.layers):
        return ()
    told = Message("remedies.wider.whole", {"action": wanted.scope.action, "resource": whole})
    return (Wider(told, (replace(wanted.scope, resources=(whole,)),)),)


def _pairs(scopes: tuple[Scope, ...]) -> set[tuple[str, str]]:
    return {(scope.action, resource) for scope in scopes for resource in scope.resources}


def _of_clients(wanted: Wanted) -> Iterator[Wider]:
    service, _, name = wanted.scope.action.partition(":")
    arn = parse_arn(wanted.judged.request.resource)
    if arn is None:
        return
    for owner, role in _roles(service):
        if wanted.scope.action not in owner.actions(role.asked) and role.asked != ANY:
            continue
        scopes = tuple(
            Scope(action=action, resources=_places(where, arn, wanted))
            for where, actions in role.grants.items()
            for action in owner.actions(actions)
        )
        kept = () if wanted.scope.action in {scope.action for scope in scopes} else (wanted.scope,)
        yield Wider(
            Message(f"remedies.wider.{role.name}", {"service": service, "name": name}), (*kept, *scopes)
        )


def _roles(prefix: str) -> Iterator[tuple[Service, Role]]:
    yield from ((each, role) for each in SERVICES if each.prefix == prefix for role in each.roles)


def _places(where: str, arn: Arn, wanted: Wanted) -> tuple[str, ...]:
    """The resources of a role's grant, each once: `same` are those of the denied call."""
    found: list[str] = []
    for place in where.split():
        found += wanted.scope.resources if place == "same" else [_place(place, arn)]
    return tuple(dict.fromkeys(found))


def _place(template: str, arn: Arn) -> str:
    """The template with the resource's own ARN, spelled as a policy spells it."""
    own = parse_arn(str(resource_values(arn).get("arn") or arn)) or arn
    return filled(template, {"arn": str(replace(own, resource=spelled(own.resource)))})


def _of_resource_policy(wanted: Wanted) -> Iterator[Wider]:
    """What the resource's policy means to let this caller do: the actions of the statement that names it."""
    near = near_miss_of(wanted.judged.decision, Layer.RESOURCE)
    if near is None or near.principal is not Match.YES or near.effect != "Allow":
        return
    statement: Mapping[str, Any] = statement_at(wanted.judged.policies.of(Layer.RESOURCE), near) or {}
    actions = [each for each in listed(statement.get("Action")) if is_literal(each)]
    scopes = tuple(Scope(action=each, resources=wanted.scope.resources) for each in actions)
    if scopes:
        yield Wider(
            Message("remedies.wider.resource-policy", {"sid": near.statement, "count": str(len(scopes))}),
            scopes,
        )


def _also_denied(case: Case, wanted: Wanted) -> Iterator[Wider]:
    several = [scope_of(action, resource) for action, resource in case.also_denied]
    scopes = tuple(each for each in several if not isinstance(each, Unscoped))
    if scopes:
        told = Message("remedies.wider.also-denied", {"count": str(len(scopes))})
        yield Wider(told, (wanted.scope, *scopes))
