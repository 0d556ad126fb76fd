"""Boundary: it grants nothing, but what it does not allow no other policy can.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
"""

from collections.abc import Mapping

from why403.iam.arn import parse_arn
from why403.iam.layer import Layer, Policy
from why403.message import Message
from why403.remedies.callers import caller_arn
from why403.remedies.case import Case
from why403.remedies.granting import Into, granting
from why403.remedies.proposal import Proposal, by_hand
from why403.remedies.quotas import over
from why403.remedies.remedy import RemedyKind
from why403.remedies.statements import taken_sids, with_added
from why403.remedies.wanted import Wanted

AWS_ACCOUNT = "aws"
"""Where an account's id stands in the ARN of a policy that AWS keeps."""


def propose(case: Case, wanted: tuple[Wanted, ...]) -> tuple[Proposal, ...]:
    """The boundary's managed policy with a statement more, or what its owner must be asked for."""
    judged = wanted[0].judged
    target = caller_arn(case, judged.request.principal)
    boundary = next(iter(judged.policies.boundary or ()), None)
    if boundary is None or not isinstance(boundary.document, Mapping):
        return (_for_its_owner(target, "remedies.boundary.unread", boundary),)
    if (arn := parse_arn(boundary.arn)) is not None and arn.account == AWS_ACCOUNT:
        return (_for_its_owner(target, "remedies.boundary.managed-by-aws", boundary),)
    added = granting(
        wanted, Into(layer=Layer.BOUNDARY, policies=(boundary,), taken=taken_sids(boundary.document))
    )
    after = with_added(boundary.document, added)
    full = over("managed-version", after)
    return (
        Proposal(
            layer=Layer.BOUNDARY,
            target=target,
            kind=RemedyKind.EDIT,
            form="managed-version" if boundary.arn else "",
            title=Message("remedies.boundary.edit", {"policy": boundary.name}),
            policy_name=boundary.name,
            policy_arn=boundary.arn,
            added=added,
            before=boundary.document,
            after=after,
            principal=target,
            why=(full,) if full is not None else (),
        ),
    )


def _for_its_owner(target: str, step: str, boundary: Policy | None) -> Proposal:
    values = {"policy": boundary.name if boundary is not None else target, "name": target.rpartition("/")[2]}
    return by_hand(
        layer=Layer.BOUNDARY,
        target=target,
        title=Message("remedies.boundary.ask", values),
        policy_name=boundary.name if boundary is not None else "",
        steps=(Message(step, values),),
    )
