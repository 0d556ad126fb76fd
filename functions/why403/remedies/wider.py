"""Wider drafts beside the smallest: what the same kind of client calls next, with what each would add.

They are choices for people, never the default, and stay on the denied resource or what holds it.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from why403.decisions.decision import Match
from why403.iam.arn import Arn, parse_arn
from why403.iam.layer import Layer
from why403.message import Message
from why403.remedies.case import Case
from why403.remedies.conditions import statement_at
from why403.remedies.layers.resource import policies_of
from why403.remedies.scope import EVERY, SPECIAL, Scope, Unscoped, is_literal, scope_of, spelled
from why403.remedies.statements import listed
from why403.remedies.wanted import Wanted, finding_of

ANY = "*"


@dataclass(frozen=True, slots=True)
class Wider:
    """Scopes to grant together instead of the denied call's alone."""

    name: Message
    scopes: tuple[Scope, ...]


@cache
def _companions() -> dict[str, list[dict[str, Any]]]:
    table: dict[str, list[dict[str, Any]]] = json.loads(
        Path(__file__).with_name("companions.json").read_text("utf-8")
    )
    return table


def wider_scopes(case: Case, wanted: Wanted) -> tuple[Wider, ...]:
    """From the narrowest to the widest: the client's set, the resource policy's own actions, today's other denials.

    None where the line has a wildcard: it would come back as one of ours.
    """
    if case.denial.resource is not None and SPECIAL.search(wanted.judged.request.resource):
        return ()
    found = [*_of_clients(wanted), *_of_resource_policy(wanted), *_also_denied(case, wanted)]
    return tuple(each for each in found if _pairs(each.scopes) - set(wanted.pairs))


def _pairs(scopes: tuple[Scope, ...]) -> set[tuple[str, str]]:
    return {(scope.action, resource) for scope in scopes for resource in scope.resources}


def _of_clients(wanted: Wanted) -> Iterator[Wider]:
    service, _, name = wanted.scope.action.partition(":")
    arn = parse_arn(wanted.judged.request.resource)
    if arn is None:
        return
    for row in _companions().get(service, ()):
        if wanted.scope.action not in row["asked"] and ANY not in row["asked"]:
            continue
        scopes = tuple(
            Scope(action=action, resources=_place(where, arn, wanted))
            for actions, where in row["grants"]
            for action in actions
        )
        kept = () if wanted.scope.action in {scope.action for scope in scopes} else (wanted.scope,)
        yield Wider(
            Message(f"remedies.wider.{row['id']}", {"service": service, "name": name}), (*kept, *scopes)
        )


def _place(  # noqa: PLR0911  # one word of the table each
    where: str, arn: Arn, wanted: Wanted
) -> tuple[str, ...]:
    match where:
        case "bucket":
            return (str(replace(arn, resource=spelled(arn.resource.partition("/")[0]))),)
        case "bucket/*":
            return (str(replace(arn, resource=spelled(arn.resource.partition("/")[0]) + "/*")),)
        case "table":
            table = str(replace(arn, resource="/".join(arn.resource.split("/")[:2])))
            return tuple(dict.fromkeys((table, *wanted.scope.resources)))
        case "log-group":
            return (str(replace(arn, resource=_log_group(arn))),)
        case "log-group:*":
            return (str(replace(arn, resource=_log_group(arn) + ":log-stream:*")),)
        case "*":
            return (EVERY,)
        case _:
            return wanted.scope.resources


def _log_group(arn: Arn) -> str:
    return ":".join(arn.resource.split(":")[:2])


def _of_resource_policy(wanted: Wanted) -> Iterator[Wider]:
    """What the resource's policy means to let this caller do: the actions of the statement that names it."""
    finding = finding_of(wanted.judged.decision, Layer.RESOURCE)
    near = finding.near_miss if finding is not None else None
    if near is None or near.principal is not Match.YES or near.effect != "Allow":
        return
    statement: Mapping[str, Any] = statement_at(policies_of(wanted.judged), near) or {}
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
