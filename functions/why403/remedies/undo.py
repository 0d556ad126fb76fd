"""Undo what was changed just before: beside the draft, with its own diff.

The policy goes back to how it stood only where nothing else has been changed in it since.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from why403.changes.change import Change
from why403.iam.layer import Layer
from why403.message import Message
from why403.remedies.callers import caller_arn
from why403.remedies.case import Case, document_before, holder_of
from why403.remedies.formats.attachment import attachment, form_for
from why403.remedies.layers.identity import holder_of as kind_of_holder
from why403.remedies.proposal import Option, Proposal
from why403.remedies.remedy import RemedyKind
from why403.remedies.statements import listed, statements_of

Found = tuple[Layer, str, str, str, str]
"""Layer, target, form, policy name, policy ARN."""


def undo_options(case: Case) -> tuple[Option, ...]:
    """One for each recent change whose policy still stands as that change left it."""
    return tuple(option for change in case.changes if (option := _undo(case, change)) is not None)


def _undo(case: Case, change: Change) -> Option | None:
    before, after = _parsed(change.before), _parsed(change.after)
    if before is None or after is None or before == after or case.denied is None:
        return None
    found = next(_places(case, after), None)
    if found is None:
        return None
    layer, target, form, name, arn = found
    lost = tuple(each for each in statements_of(before) if each not in statements_of(after))
    values = {"what": change.what, "when": change.when, "by": change.by or "-"}
    proposal = Proposal(
        layer=layer,
        target=target,
        kind=RemedyKind.EDIT,
        form=form,
        title=Message("remedies.undo.title", values),
        policy_name=name,
        policy_arn=arn,
        added=lost,
        before=after,
        after=before,
        why=(Message("remedies.undo.why", values),),
        principal=caller_arn(case, case.denied.request.principal),
    )
    intended = tuple(
        (action, resource)
        for each in lost
        for action in listed(each.get("Action"))
        for resource in listed(each.get("Resource")) or (target,)
    )
    return Option(proposals=(proposal,), intended=intended, asked=False)


def _places(case: Case, document: Mapping[str, Any]) -> Iterator[Found]:
    """Where, among the policies of the denied call, the changed document stands now."""
    if case.denied is None:
        return
    policies = case.denied.policies
    caller = caller_arn(case, case.denied.request.principal)
    for policy in policies.identity or ():
        if policy.document == document:
            form = "managed-version" if policy.arn else f"{kind_of_holder(caller) or 'role'}-inline"
            yield Layer.IDENTITY, caller, form, policy.name, policy.arn
    for policy in policies.boundary or ():
        if policy.document == document:
            yield Layer.BOUNDARY, caller, "managed-version" if policy.arn else "", policy.name, policy.arn
    if document_before(case.denied) == document:
        trust = case.denied.request.action.lower().startswith("sts:")
        holder = case.denied.request.resource if trust else holder_of(case.denied)
        form = form_for(holder)
        row = attachment(form)
        form = form if row is not None and not row.each and not row.beside else ""
        name = row.called if row is not None else ""
        yield (Layer.TRUST if trust else Layer.RESOURCE), holder, form, name, ""


def _parsed(text: str) -> Mapping[str, Any] | None:
    try:
        document = json.loads(text) if text else None
    except ValueError:
        return None
    return document if isinstance(document, dict) else None
