"""The ways to let the denied call pass: the smallest, wider ones beside it, and alternatives to it.

Each is a set: one proposal for every layer that must change, for the call and for what it needs besides.
"""

from collections.abc import Iterator
from dataclasses import replace

from why403.decisions.decision import StatementEvidence
from why403.iam.layer import Layer
from why403.iam.policy import Policy
from why403.message import Message
from why403.remedies.callers import caller_arn
from why403.remedies.case import Case
from why403.remedies.formats.attachment import attachment
from why403.remedies.granting import statement_at
from why403.remedies.layers.identity import holder_of as kind_of_holder
from why403.remedies.layers.key import delegation_option, grant_option
from why403.remedies.layers.propose import ORDER, propose
from why403.remedies.layers.resource import holder_of, policies_of, service_of
from why403.remedies.near_miss import mend
from why403.remedies.proposal import Document, Option, Proposal
from why403.remedies.remedy import RemedyKind
from why403.remedies.statements import listed, statements_of, with_replaced
from why403.remedies.wanted import Wanted, finding_of
from why403.remedies.wider import Wider, wider_scopes

MENDABLE = (Layer.IDENTITY, Layer.RESOURCE, Layer.TRUST)


def smallest(case: Case, wanted: tuple[Wanted, ...]) -> Option:
    """The denied calls on the denied resources, at every layer that says no to them."""
    why = tuple(
        dict.fromkeys((each.id, tuple(each.values.items())) for one in wanted for each in one.scope.why)
    )
    return Option(
        proposals=_for_layers(case, wanted),
        intended=tuple(pair for each in wanted for pair in each.pairs),
        why=tuple(Message(name, dict(values)) for name, values in why),
    )


def _for_layers(case: Case, wanted: tuple[Wanted, ...]) -> tuple[Proposal, ...]:
    found: list[Proposal] = []
    for layer in ORDER:
        mine = tuple(each for each in wanted if layer in each.layers)
        if mine:
            found += propose(layer, case, mine)
    return tuple(found)


def wider(case: Case, wanted: tuple[Wanted, ...]) -> Iterator[Option]:
    """Where the caller's own policy has to change anyway: more of what such a client does."""
    first, *others = wanted
    if Layer.IDENTITY not in first.layers:
        return
    for choice in wider_scopes(case, first):
        more = tuple(replace(first, scope=scope) for scope in choice.scopes)
        yield _wider_option(case, (*more, *others), choice)


def _wider_option(case: Case, wanted: tuple[Wanted, ...], choice: Wider) -> Option:
    return Option(
        proposals=_for_layers(case, wanted),
        intended=tuple(pair for each in wanted for pair in each.pairs),
        asked=False,
        why=(choice.name,),
    )


def alternatives(case: Case, wanted: tuple[Wanted, ...]) -> Iterator[Option]:
    """Other ways: the statement that all but allowed it, mended; a grant on the key, or its delegation."""
    first, *others = wanted
    for layer in MENDABLE:
        edited = _mended(case, first, layer)
        if edited is not None:
            rest = _without(case, first, tuple(others), layer)
            yield replace(edited, proposals=(*edited.proposals, *rest))
    if first.scope.action.startswith("kms:") and Layer.RESOURCE in first.layers:
        keys = tuple(each for each in wanted if each.judged.request.resource == first.judged.request.resource)
        for option in (grant_option(case, keys), delegation_option(case, keys)):
            if option is not None and len(keys) == len(wanted):
                yield option


def _without(case: Case, first: Wanted, others: tuple[Wanted, ...], mended: Layer) -> tuple[Proposal, ...]:
    """What must change besides. In one account one side is enough: the mended one stands for identity as well."""
    settled = {mended, Layer.IDENTITY} if Layer.RESOURCE not in first.layers else {mended}
    left = tuple(layer for layer in first.layers if layer not in settled)
    return _for_layers(case, (*((replace(first, layers=left),) if left else ()), *others))


def _mended(case: Case, wanted: Wanted, layer: Layer) -> Option | None:
    judged = wanted.judged
    finding = finding_of(judged.decision, layer)
    near = finding.near_miss if finding is not None else None
    held = (judged.policies.identity or ()) if layer is Layer.IDENTITY else policies_of(judged)
    policy = next((each for each in held if near is not None and each.name == near.policy), None)
    if near is None or policy is None or layer in judged.policies.unread or isinstance(policy.document, str):
        return None
    statement = statement_at(held, near)
    if statement is None or policy.arn:
        return None
    caller = caller_arn(case, judged.request.principal)
    mended = mend(statement, near, wanted, caller)
    if mended is None:
        return None
    proposal = _edit(case, wanted, layer=layer, policy=policy, near=near, statement=mended.statement)
    actions = listed(mended.statement.get("Action"))
    resources = (*listed(mended.statement.get("Resource")), *wanted.scope.resources)
    intended = tuple((action, each) for action in actions for each in dict.fromkeys(resources))
    return Option(
        proposals=(replace(proposal, why=(mended.why, *proposal.why)),), intended=intended, asked=False
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
        return wanted.judged.request.resource, "trust"
    holder = holder_of(wanted.judged)
    row = attachment(service_of(holder))
    return holder, row.form if row is not None and not row.each else ""


def _what(form: str, name: str) -> str:
    row = attachment(form)
    return row.what if row is not None else name
