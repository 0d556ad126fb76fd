"""Session policy: whoever made the session passed it along; it is no resource that could be edited.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#policies_session
"""

from collections.abc import Mapping

from why403.iam.layer import Layer
from why403.iam.principal import parse_principal
from why403.message import Message
from why403.remedies.callers import caller_arn
from why403.remedies.case import Case
from why403.remedies.granting import Into, granting
from why403.remedies.proposal import Proposal, by_hand
from why403.remedies.quotas import over
from why403.remedies.remedy import RemedyKind
from why403.remedies.statements import taken_sids, with_added
from why403.remedies.wanted import Wanted


def propose(case: Case, wanted: tuple[Wanted, ...]) -> tuple[Proposal, ...]:
    """The session policy that the maker of the session should pass instead; else where to look for the maker."""
    judged = wanted[0].judged
    target = caller_arn(case, judged.request.principal)
    session = parse_principal(judged.request.principal).session
    comes_from = Message("remedies.session.comes-from", {"session": session or judged.request.principal})
    policy = next(iter(judged.policies.session or ()), None)
    if policy is None or not isinstance(policy.document, Mapping):
        step = Message("remedies.session.unread", {"action": wanted[0].scope.action})
        return (
            by_hand(
                layer=Layer.SESSION,
                target=target,
                title=Message("remedies.session.ask"),
                steps=(comes_from, step),
            ),
        )
    added = granting(wanted, Into(layer=Layer.SESSION, policies=(policy,), taken=taken_sids(policy.document)))
    after = with_added(policy.document, added)
    full = over("session", after)
    return (
        Proposal(
            layer=Layer.SESSION,
            target=target,
            kind=RemedyKind.EDIT,
            form="session",
            title=Message("remedies.session.edit", {"policy": policy.name}),
            policy_name=policy.name,
            added=added,
            before=policy.document,
            after=after,
            principal=judged.request.principal,
            why=(comes_from, *((full,) if full is not None else ())),
        ),
    )
