"""The statement that all but allowed the call, mended: an alternative to a statement more."""

from dataclasses import replace

from why403.decisions.decision import Part, StatementEvidence
from why403.iam.layer import Layer
from why403.iam.policy import Policy
from why403.message import Message
from why403.remedies.callers import caller_arn
from why403.remedies.case import Case
from why403.remedies.conditions import statement_at
from why403.remedies.formats.attachment import attachment, form_for
from why403.remedies.held import holder_of, policies_of
from why403.remedies.layers.identity import holder_of as kind_of_holder
from why403.remedies.layers.identity import is_of_aws
from why403.remedies.near_miss import mend, reaches_no_further
from why403.remedies.proposal import Document, Option, Proposal
from why403.remedies.remedy import RemedyKind
from why403.remedies.statements import listed, statements_of, with_replaced
from why403.remedies.wanted import Wanted, finding_of


def mended_statement(case: Case, wanted: Wanted, layer: Layer) -> Option | None:
    """The statement of `layer` that all but allowed the call, so that it does; None where there is none to edit.

    It lets nothing pass but the denied call. Only a condition that its author got wrong may be mended for the whole
    of a resource's statement: that is what it was written for, and is marked as wider.
    """
    judged = wanted.judged
    finding = finding_of(judged.decision, layer)
    near = finding.near_miss if finding is not None else None
    held = (judged.policies.identity or ()) if layer is Layer.IDENTITY else policies_of(judged)
    policy = next((each for each in held if near is not None and each.name == near.policy), None)
    if near is None or policy is None or layer in judged.policies.unread or isinstance(policy.document, str):
        return None
    statement = statement_at(held, near)
    if statement is None or policy.arn or (layer is not Layer.IDENTITY and is_of_aws(judged)):
        return None
    caller = caller_arn(case, judged.request.principal)
    mended = mend(statement, near, wanted, caller)
    exact = reaches_no_further(statement, near, wanted, caller)
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
