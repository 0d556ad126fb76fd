"""A resource that no policy of its own can open to this caller: what to do instead."""

from why403.iam.arn import parse_arn
from why403.iam.layer import Layer
from why403.message import Message
from why403.remedies.case import Judged
from why403.remedies.proposal import Proposal, by_hand
from why403.services.declaration import NoDraft
from why403.services.register import resource_of


def no_policy(holder: str, judged: Judged) -> Proposal:
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
