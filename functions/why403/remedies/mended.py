"""The statement that all but allowed the call, mended: an alternative to a statement more.

Only one part of it may be amiss. A statement that hangs on a key which such a call never carries gets the key that
says the same of the caller itself: aws:SourceAccount is of calls that a service makes, aws:PrincipalAccount of all.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from why403.decisions.decision import ConditionEvidence, KeyState, Match, Part, StatementEvidence
from why403.iam.arn import SEGMENTS
from why403.iam.layer import Layer, Policy
from why403.message import Message
from why403.remedies.callers import caller_arn
from why403.remedies.case import Case, holder_in, holder_of
from why403.remedies.conditions import CALLERS_TO_KEEP_OUT, statement_at
from why403.remedies.formats.attachment import attachment, form_for
from why403.remedies.layers.identity import holder_of as kind_of_holder
from why403.remedies.layers.identity import is_of_aws
from why403.remedies.proposal import Document, Option, Proposal
from why403.remedies.remedy import RemedyKind
from why403.remedies.statements import listed, shortest, statements_of, with_replaced
from why403.remedies.wanted import Wanted, near_miss_of

_EXTENDABLE = ("string", "arn")
"""Operators whose list of values can take one more without changing what the others mean."""
_SUBSTITUTES = {
    "aws:sourceaccount": "aws:PrincipalAccount",
    "aws:sourcearn": "aws:PrincipalArn",
    "aws:sourceorgid": "aws:PrincipalOrgID",
    "aws:sourceorgpaths": "aws:PrincipalOrgPaths",
    "aws:sourceowner": "aws:PrincipalAccount",
}
"""Keys that AWS sets for its own services only, and what they ask of any other caller."""


@dataclass(frozen=True, slots=True)
class _Mended:
    """The statement in its new form, and what was changed in it."""

    statement: Mapping[str, Any]
    why: Message


def mended_statement(case: Case, wanted: Wanted, layer: Layer) -> Option | None:
    """The statement of `layer` that all but allowed the call, so that it does; None where there is none to edit.

    It lets nothing pass but the denied call. Only a condition that its author got wrong may be mended for the whole
    of a resource's statement: that is what it was written for, and is marked as wider.
    """
    judged = wanted.judged
    near = near_miss_of(judged.decision, layer)
    held = judged.policies.of(layer)
    policy = next((each for each in held if near is not None and each.name == near.policy), None)
    if near is None or policy is None or layer in judged.policies.unread or isinstance(policy.document, str):
        return None
    statement = statement_at(held, near)
    if statement is None or policy.arn or (layer is not Layer.IDENTITY and is_of_aws(judged)):
        return None
    caller = caller_arn(case, judged.request.principal)
    mended = _mend(statement, near, wanted, caller)
    exact = _reaches_no_further(statement, near, wanted, caller)
    if mended is None or not (exact or (layer is not Layer.IDENTITY and near.misses == (Part.CONDITION,))):
        return None
    proposal = _edit(case, wanted, layer=layer, policy=policy, near=near, statement=mended.statement)
    actions = listed(mended.statement.get("Action"))
    resources = (*listed(mended.statement.get("Resource")), *wanted.scope.resources)
    intended = tuple((action, each) for action in actions for each in dict.fromkeys(resources))
    return Option(
        proposals=(replace(proposal, why=(mended.why, *proposal.why)),),
        intended=intended,
        asked=False,
        wider=not exact,
    )


def _edit(  # noqa: PLR0913  # each is a part of what is edited
    case: Case, wanted: Wanted, *, layer: Layer, policy: Policy, near: StatementEvidence, statement: Document
) -> Proposal:
    judged = wanted.judged
    before = policy.document if not isinstance(policy.document, str) else {}
    caller = caller_arn(case, judged.request.principal)
    target, form = _place(wanted, layer, caller)
    owner = case.caller.owner if layer is Layer.IDENTITY and case.caller is not None else None
    if layer is not Layer.IDENTITY and judged.target is not None:
        owner = judged.target.owner
    name = policy.name if layer is Layer.IDENTITY else _what(form, policy.name)
    lint = len(statements_of(before)) > near.index and statement.get("Principal") == "*"
    return Proposal(
        layer=layer,
        target=target,
        kind=RemedyKind.EDIT,
        form=form,
        title=Message("remedies.mend.title", {"policy": name, "sid": near.statement}),
        policy_name=name,
        added=(statement,),
        before=before,
        after=with_replaced(before, near.index, statement),
        principal=caller,
        why=(Message("remedies.mend.public"),) if lint else (),
        owner=owner,
    )


def _place(wanted: Wanted, layer: Layer, caller: str) -> tuple[str, str]:
    if layer is Layer.IDENTITY:
        holder = kind_of_holder(caller)
        return caller, f"{holder}-inline" if holder else ""
    if layer is Layer.TRUST:
        return wanted.judged.request.resource, form_for(wanted.judged.request.resource)
    holder = holder_of(wanted.judged)
    form = form_for(holder)
    row = attachment(form)
    return holder, form if row is not None and not row.each and not row.beside else ""


def _what(form: str, name: str) -> str:
    row = attachment(form)
    return row.called if row is not None else name


def _mend(
    statement: Mapping[str, Any], near: StatementEvidence, wanted: Wanted, caller: str
) -> _Mended | None:
    """`statement` changed in the one part that it misses; None where no small change would do."""
    if near.effect != "Allow" or len(near.misses) != 1 or _undecided(near):
        return None
    match near.misses[0]:
        case Part.ACTION:
            return _longer(statement, "Action", wanted.scope.action, ())
        case Part.RESOURCE:
            return _resource(statement, wanted)
        case Part.PRINCIPAL:
            return _principal(statement, caller)
        case Part.CONDITION:
            return _conditions(statement, near.conditions)


def _reaches_no_further(
    statement: Mapping[str, Any], near: StatementEvidence, wanted: Wanted, caller: str
) -> bool:
    """Whether `statement`, mended, lets pass the denied call of this caller and no other call."""
    same = {
        Part.ACTION: [each.lower() for each in listed(statement.get("Action"))]
        == [wanted.scope.action.lower()],
        Part.RESOURCE: _is_its_resource(statement, near, wanted),
        Part.PRINCIPAL: near.layer is Layer.IDENTITY or statement.get("Principal") == {"AWS": caller},
    }
    return all(matches for part, matches in same.items() if part not in near.misses)


def _is_its_resource(statement: Mapping[str, Any], near: StatementEvidence, wanted: Wanted) -> bool:
    """In a resource's own policy `*`, or no element at all, means what it is attached to; a bucket holds more."""
    named = set(listed(statement.get("Resource")))
    request = wanted.judged.request
    if near.layer is not Layer.IDENTITY and holder_in(request.resource) == request.resource:
        return "NotResource" not in statement and named <= {"*", *wanted.scope.resources}
    return named == set(wanted.scope.resources)


def _undecided(near: StatementEvidence) -> bool:
    parts = (near.action, near.resource, near.principal)
    return Match.UNKNOWN in parts or any(each.match is Match.UNKNOWN for each in near.conditions)


def _longer(
    statement: Mapping[str, Any], element: str, value: str, dropped: tuple[str, ...]
) -> _Mended | None:
    if element not in statement:
        return None
    values = [each for each in listed(statement[element]) if each not in dropped]
    mended = {**statement, element: shortest([*values, value])}
    return _Mended(
        mended, Message(f"remedies.mend.{element.lower()}", {"value": value, "sid": _sid(statement)})
    )


def _resource(statement: Mapping[str, Any], wanted: Wanted) -> _Mended | None:
    """A pattern that is no ARN matches nothing and gives way; others stay beside the new one."""
    if len(wanted.scope.resources) != 1:
        return None
    malformed = tuple(
        each for each in listed(statement.get("Resource")) if each != "*" and not each.startswith("arn:")
    )
    return _longer(statement, "Resource", wanted.scope.resources[0], malformed)


def _principal(statement: Mapping[str, Any], caller: str) -> _Mended | None:
    principal = statement.get("Principal")
    if not isinstance(principal, Mapping) or not caller.startswith("arn:"):
        return None
    dead = tuple(each for each in listed(principal.get("AWS")) if not _names_somebody(each))
    kept = [each for each in listed(principal.get("AWS")) if each not in dead]
    mended = {**statement, "Principal": {**principal, "AWS": shortest([*kept, caller])}}
    return _Mended(mended, Message("remedies.mend.principal", {"value": caller, "sid": _sid(statement)}))


def _names_somebody(principal: str) -> bool:
    """A malformed ARN, and the id that a deleted role leaves behind, name nobody any more."""
    return (
        principal == "*"
        or principal.isdigit()
        or (principal.startswith("arn:") and principal.count(":") >= SEGMENTS - 1)
    )


def _conditions(statement: Mapping[str, Any], conditions: tuple[ConditionEvidence, ...]) -> _Mended | None:
    condition: dict[str, Any] = {operator: dict(block) for operator, block in statement["Condition"].items()}
    why = None
    for failed in (each for each in conditions if each.match is Match.NO):
        block = condition.get(failed.operator, {})
        key = next((each for each in block if each.lower() == failed.key.lower()), "")
        changed = _changed(failed, listed(block.get(key)))
        if not key or changed is None:
            return None
        new_key, values = changed
        condition[failed.operator] = {
            (new_key or name) if name == key else name: (values if name == key else held)
            for name, held in block.items()
        }
        told = {
            "key": key,
            "new": new_key or ", ".join(failed.given),
            "sid": _sid(statement),
            "operator": failed.operator,
        }
        why = Message("remedies.mend.key" if new_key else "remedies.mend.value", told)
    return _Mended({**statement, "Condition": condition}, why) if why is not None else None


def _changed(failed: ConditionEvidence, held: tuple[str, ...]) -> tuple[str, str | list[str]] | None:
    """The key that takes this one's place (empty: the same) and its values; None where only the caller can mend it."""
    key = failed.key.lower()
    operator = failed.operator.lower().rpartition(":")[2]
    if key in CALLERS_TO_KEEP_OUT or "not" in operator or not held:
        return None
    if failed.state in (KeyState.NEVER, KeyState.ABSENT) and key in _SUBSTITUTES:
        return _SUBSTITUTES[key], shortest(held)
    if failed.state is KeyState.GIVEN and operator.startswith(_EXTENDABLE):
        return "", shortest([*held, *failed.given])
    return None


def _sid(statement: Mapping[str, Any]) -> str:
    return str(statement.get("Sid", "-"))
