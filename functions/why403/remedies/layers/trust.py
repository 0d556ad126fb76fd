"""Trust: the assumed role's policy lets the calling role in, and nobody else of its account.

https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_update-role-trust-policy.html
"""

from why403.iam.layer import Layer
from why403.message import Message
from why403.remedies.callers import caller_arn, principal_element, source_condition
from why403.remedies.case import Case, document_before
from why403.remedies.granting import Into, granting
from why403.remedies.layers.identity import OWNED_BY_AWS
from why403.remedies.proposal import Proposal, by_hand
from why403.remedies.quotas import over
from why403.remedies.remedy import RemedyKind
from why403.remedies.statements import taken_sids, with_added
from why403.remedies.wanted import Wanted

TRUST = "iam:role"


def propose(case: Case, wanted: tuple[Wanted, ...]) -> tuple[Proposal, ...]:
    """The trust policy with a statement more for the caller's own ARN."""
    judged = wanted[0].judged
    role = judged.request.resource
    named = principal_element(case, judged.request.principal)
    name = role.rpartition("/")[2]
    if named is None or any(path in role for path in OWNED_BY_AWS):
        return (_only_by_hand(role),)
    before = document_before(judged)
    added = granting(
        wanted,
        Into(
            layer=Layer.TRUST,
            policies=judged.policies.of(Layer.TRUST),
            taken=taken_sids(before),
            named=named,
            resource="omit",
            under=source_condition(judged.request.principal, judged.request.context),
        ),
    )
    unread = Layer.TRUST in judged.policies.unread or before is None
    after = None if unread else with_added(before, added)
    full = None if after is None else over(TRUST, after)
    caller = caller_arn(case, judged.request.principal)
    root = (
        ()
        if "AWS" not in named["Principal"]
        else (Message("remedies.trust.not-root", {"principal": caller}),)
    )
    unseen = (Message("remedies.trust.unread"),) if Layer.TRUST in judged.policies.unread else ()
    return (
        Proposal(
            layer=Layer.TRUST,
            target=role,
            kind=RemedyKind.GRANT,
            form="" if unread else TRUST,
            title=Message("remedies.trust.grant", {"role": name}),
            policy_name="trust policy",
            added=added,
            before=before,
            after=after,
            principal=caller,
            why=(*unseen, *root, *((full,) if full is not None else ())),
            owner=judged.target.owner if judged.target is not None else None,
        ),
    )


def _only_by_hand(role: str) -> Proposal:
    return by_hand(
        layer=Layer.TRUST,
        target=role,
        title=Message("remedies.trust.elsewhere", {"role": role}),
        steps=(Message("remedies.trust.ask-owner", {"role": role}),),
    )
