"""The edit of a source that grants a draft: what is wanted, what was found, and what the edited source then decides."""

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from why403.decisions.decision import Outcome, Request
from why403.errors import SettingsError
from why403.sources.planned import UNKNOWN, Planned, PlannedResource, listed, may_be_arn
from why403.sources.replay import Replay, beside

LEAST_KNOWN = 2
"""Letters of a name that must stand in a source, for a pattern of it to be taken: `${a}-${b}` may be any role."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceDraft:
    """A proven draft: `target` whom or what it is for, `name` that one's name, `layer` which of its policies is meant.

    `layer` is identity, resource or trust. `owner` who makes the target, as its tags tell; of that `tool` (`terraform`,
    `cloudformation`, `cdk`), `stack` and `logical_id`; each empty where tags do not tell it.
    """

    layer: str
    target: str
    owner: str
    tool: str
    request: Request
    name: str
    account: str
    partition: str
    stack: str = ""
    logical_id: str = ""
    policy_name: str
    document: Mapping[str, Any]
    risk: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """One file's text before and after; `notes` say what a reviewer must know."""

    path: Path
    before: str
    after: str
    notes: tuple[str, ...] = ()


class SourceOwner(Protocol):
    """A place in a source that makes a role, or may make it: `sure`, the source tells the name itself."""

    @property
    def path(self) -> Path: ...  # noqa: D102
    @property
    def line(self) -> int: ...  # noqa: D102
    @property
    def address(self) -> str: ...  # noqa: D102
    @property
    def sure(self) -> bool: ...  # noqa: D102
    def edited(self, draft: SourceDraft) -> Edit:
        """The edit. SettingsError where it would not be safe: why, as `its Policies are no plain list`."""
        ...

    def planned(self, path: Path, text: str, draft: SourceDraft) -> Planned:
        """The policies of the source were this the edited file's text."""
        ...


def may_be(name: str, told: str) -> bool | None:
    """True: the source tells this very name; False: it fits what the source tells; None: it is another.

    `told` holds UNKNOWN for what only a deployment knows.
    """
    if UNKNOWN not in told:
        return True if told == name else None
    parts = told.split(UNKNOWN)
    is_told = any(len(part) >= LEAST_KNOWN for part in parts)
    return False if is_told and re.fullmatch(".+".join(map(re.escape, parts)), name) else None


def proved(before: Planned, after: Planned, draft: SourceDraft) -> Sequence[str]:
    """What the source's own policies decide, before and after, about the denied call and those beside it; sentences.

    SettingsError where it is allowed already, whatever a deployment adds.
    """
    if _decided(before, draft.request)[0] is Outcome.ALLOWED:
        raise SettingsError("it allows the denied call already: it may not be deployed yet")
    if _decided(after, draft.request)[0] in {Outcome.IMPLICIT_DENY, Outcome.EXPLICIT_DENY}:
        raise SettingsError("it would still deny the call after the edit")
    said = [_compared("The denied call", draft.request, before, after)]
    key = f"role/{draft.name}" if draft.layer == "identity" else ""
    touched = [
        each
        for each in {*before.principals, *after.principals} - {key}
        if before.principals.get(each) != after.principals.get(each)
    ]
    changed = [one.arn for one in after.resources if one not in before.resources]
    fit = [each for each in changed if may_be_arn(each, draft.target)]
    touched += [each for each in changed if each != max(fit, key=len, default="")]
    if touched:
        names = ", ".join(sorted(each.replace(UNKNOWN, "…") for each in touched))
        said.append(f"WARNING: the edit changes others too: {names}.")
    other = beside(draft.request)
    if other is not None and _decided(before, other)[0] != _decided(after, other)[0]:
        said.append(f"The draft is wider than the call: {_compared(other.resource, other, before, after)}")
    return said


def _compared(what: str, request: Request, before: Planned, after: Planned) -> str:
    was, why = _decided(before, request)
    then, why_then = _decided(after, request)
    if was is None and then is None:
        return f"{what} was not evaluated from the source: {why_then}. The draft itself is proven."
    words = [each.value if each else "not known" for each in (was, then)]
    known = f" ({why or why_then})" if None in {was, then} else ""
    return f"{what}, by the source's own policies: {words[0]} before, {words[1]} after{known}."


def _decided(planned: Planned, request: Request) -> tuple[Outcome | None, str]:
    decision, why = Replay(None, planned).decided(request)
    return (decision.outcome, "") if decision else (None, why.replace(UNKNOWN, "…"))


def only_added(
    before: Planned, after: Planned, draft: SourceDraft, statements: Sequence[Mapping[str, Any]]
) -> bool:
    """Whether the draft's target has these statements more, and nobody else anything else."""
    wanted = _statements(before, draft) + Counter(map(_normal, statements))
    return _statements(after, draft) == wanted and _others(before, draft) == _others(after, draft)


def _is_of(policy: PlannedResource, draft: SourceDraft) -> bool:
    return draft.layer != "identity" and policy.arn == draft.target


def _statements(planned: Planned, draft: SourceDraft) -> Counter[str]:
    """The statements of the policies that the draft is for."""
    made = planned.principals.get(f"role/{draft.name}") if draft.layer == "identity" else None
    documents = [each.document for each in made.identity] if made else []
    documents += [each.policy.document for each in planned.resources if _is_of(each, draft)]
    return Counter(
        _normal(one)
        for each in documents
        if isinstance(each, Mapping)
        for one in listed(each.get("Statement"))
    )


def _others(planned: Planned, draft: SourceDraft) -> tuple[object, ...]:
    """All that the draft is not for."""
    key = f"role/{draft.name}" if draft.layer == "identity" else ""
    principals = {each: made for each, made in planned.principals.items() if each != key}
    return principals, [each for each in planned.resources if not _is_of(each, draft)]


def _normal(statement: Any) -> str:  # noqa: ANN401
    """A statement without its Sid, each value a list."""
    if not isinstance(statement, Mapping):
        return json.dumps(statement)
    told = {key: listed(value) for key, value in statement.items() if key not in {"Sid", "Condition"}}
    for key in ("Principal", "NotPrincipal"):
        if isinstance(statement.get(key), Mapping):
            told[key] = [(kind, listed(ids)) for kind, ids in sorted(statement[key].items())]
    conditions = statement.get("Condition") or {}
    told["Condition"] = [
        (test, key, listed(value))
        for test, keys in sorted(conditions.items() if isinstance(conditions, Mapping) else ())
        for key, value in sorted(keys.items() if isinstance(keys, Mapping) else ((str(keys), ""),))
    ]
    return json.dumps(told, sort_keys=True)


def with_own_sid(statement: Mapping[str, Any], taken: set[Any]) -> Mapping[str, Any]:
    """A policy holds a Sid once."""
    told, number = statement.get("Sid"), 2
    if told not in taken or told is None:
        return statement
    while f"{told}{number}" in taken:
        number += 1
    return {**statement, "Sid": f"{told}{number}"}
