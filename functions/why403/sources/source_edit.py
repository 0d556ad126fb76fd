"""The edit of a source that grants a draft: what is wanted, what was found, and what the edited source then decides."""

import dataclasses
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from why403.decisions.decision import Outcome
from why403.decisions.request import Request
from why403.errors import SettingsError
from why403.iam.arn import parse_arn
from why403.sources.planned import UNKNOWN, Planned
from why403.sources.replay import Replay

NAME = re.compile(r"[^/:]*")
"""A resource's name, up to what stands in it."""
TYPE_AND_NAME = re.compile(r"(?:[a-z-]+[/:])?[^/:]*")
"""`table/orders` of `table/orders/index/by-day`."""
LEAST_KNOWN = 2
"""Letters of a name that must stand in a source, for a pattern of it to be taken: `${a}-${b}` may be any role."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleDraft:
    """A proven draft for a role: `role` its name; `owner` who makes it, as its tags tell.

    Of the owner: `tool` (`terraform`, `cloudformation`), `stack` and `logical_id`; each empty where tags do not tell it.
    """

    owner: str
    tool: str
    request: Request
    role: str
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


class SourceRole(Protocol):
    """A place in a source that makes a role, or may make it: `sure`, the source tells the name itself."""

    @property
    def path(self) -> Path: ...  # noqa: D102
    @property
    def line(self) -> int: ...  # noqa: D102
    @property
    def address(self) -> str: ...  # noqa: D102
    @property
    def sure(self) -> bool: ...  # noqa: D102
    def edited(self, draft: RoleDraft) -> Edit:
        """The edit. SettingsError where it would not be safe: why, as `its Policies are no plain list`."""
        ...

    def planned(self, path: Path, text: str, draft: RoleDraft) -> Planned:
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


def proved(before: Planned, after: Planned, draft: RoleDraft) -> Sequence[str]:
    """What the source's own policies decide, before and after, about the denied call and those beside it; sentences.

    SettingsError where it is allowed already, whatever a deployment adds.
    """
    if _decided(before, draft.request)[0] is Outcome.ALLOWED:
        raise SettingsError("it allows the denied call already: it may not be deployed yet")
    said = [_compared("The denied call", draft.request, before, after)]
    key = f"role/{draft.role}"
    touched = [
        each
        for each in {*before.principals, *after.principals} - {key}
        if before.principals.get(each) != after.principals.get(each)
    ]
    if touched:
        said.append(f"WARNING: the edit changes others too: {', '.join(sorted(touched))}.")
    beside = _beside(draft.request)
    if beside is not None and _decided(before, beside)[0] != _decided(after, beside)[0]:
        said.append(f"The draft is wider than the call: {_compared(beside.resource, beside, before, after)}")
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


def _beside(request: Request) -> Request | None:
    """The same call on a resource that nobody named."""
    arn = parse_arn(request.resource)
    if arn is None:
        return None
    pattern = NAME if arn.service == "s3" else TYPE_AND_NAME
    found = pattern.match(arn.resource)
    name = found[0] if found else ""
    beside = dataclasses.replace(arn, resource=f"{name}-beside{arn.resource[len(name) :]}")
    return dataclasses.replace(request, resource=str(beside))
