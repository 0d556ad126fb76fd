"""Resource: a statement for the policy of the queue, bucket, topic or secret that was called.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_identity-vs-resource.html
"""

from why403.iam.arn import parse_arn
from why403.iam.layer import Layer
from why403.message import Message
from why403.remedies.callers import principal_element, source_condition
from why403.remedies.case import Case, Judged, document_before, holder_of, service_of
from why403.remedies.formats.attachment import attachment, form_for
from why403.remedies.granting import Into, granting
from why403.remedies.naming import name_beside
from why403.remedies.proposal import Proposal, by_hand
from why403.remedies.quotas import over
from why403.remedies.remedy import RemedyKind
from why403.remedies.statements import taken_sids, with_added
from why403.remedies.wanted import Wanted
from why403.services.declaration import NoDraft
from why403.services.register import resource_of


def propose(case: Case, wanted: tuple[Wanted, ...]) -> tuple[Proposal, ...]:
    """One proposal a resource: its policy with the statements more that let this caller in."""
    by_holder: dict[str, list[Wanted]] = {}
    for each in wanted:
        by_holder.setdefault(holder_of(each.judged), []).append(each)
    return tuple(_one(case, holder, tuple(several)) for holder, several in by_holder.items())


def _one(case: Case, holder: str, wanted: tuple[Wanted, ...]) -> Proposal:
    judged = wanted[0].judged
    form = form_for(holder)
    row = attachment(form)
    named = principal_element(case, judged.request.principal)
    if named is None or row is None:
        return _no_policy(holder, judged)
    before = document_before(judged)
    added = granting(
        wanted,
        Into(
            layer=Layer.RESOURCE,
            policies=judged.policies.of(Layer.RESOURCE),
            taken=taken_sids(before),
            named=named,
            resource=row.statement_resource,
            under=source_condition(judged.request.principal, judged.request.context),
        ),
    )
    if row.beside:
        before = None
    unread = Layer.RESOURCE in judged.policies.unread and not row.beside
    after = None if unread else with_added(before, added)
    full = None if after is None else over(form, after)
    return Proposal(
        layer=Layer.RESOURCE,
        target=holder,
        kind=RemedyKind.GRANT,
        form="" if unread else form,
        title=Message("remedies.resource.grant", {"policy": row.called, "resource": holder}),
        policy_name=name_beside(service_of(holder), f"{holder} {judged.request.principal}")
        if row.beside
        else row.called,
        added=added,
        before=before,
        after=after,
        principal=case.caller.arn if case.caller is not None else judged.request.principal,
        why=(full,) if full is not None else (),
        owner=judged.target.owner if judged.target is not None else None,
        version=judged.target.version if judged.target is not None else "",
        beside=row.beside,
    )


def _no_policy(holder: str, judged: Judged) -> Proposal:
    """A resource whose kind has no policy, or none that could name this caller."""
    values = {"resource": holder, "principal": judged.request.principal}
    arn = parse_arn(holder)
    kind = resource_of(arn) if arn is not None else None
    draft = kind.draft if kind is not None else NoDraft.NO_POLICY
    match draft:
        case NoDraft.WHOLE_ACCOUNTS:
            step = "remedies.resource.whole-accounts"
        case NoDraft.NO_POLICY if judged.policies.resource is None:
            step = "remedies.resource.no-policy"
        case _:
            step = "remedies.resource.unnamed"
    return by_hand(
        layer=Layer.RESOURCE,
        target=holder,
        title=Message("remedies.resource.elsewhere", values),
        steps=(Message(step, values),),
    )
