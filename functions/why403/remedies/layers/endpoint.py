"""VPC endpoint: its policy lets this caller through.

A gateway endpoint's policy names principals by condition only, so the statement does for both kinds.
https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html
"""

import re
from collections.abc import Mapping

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

ENDPOINT_ID = re.compile(r"\bvpce-[0-9a-z]+")
"""As it stands in a policy's condition, AWS's record or a message."""


def propose(case: Case, wanted: tuple[Wanted, ...]) -> tuple[Proposal, ...]:
    """The endpoint's policy with a statement more."""
    judged = wanted[0].judged
    policy = next(iter(judged.policies.vpc_endpoint or ()), None)
    if policy is None or not isinstance(policy.document, Mapping):
        return (_unread(case, wanted[0]),)
    caller = caller_arn(case, judged.request.principal)
    added = granting(
        wanted,
        Into(
            layer=Layer.VPC_ENDPOINT,
            policies=(policy,),
            taken=taken_sids(policy.document),
            named={"Principal": "*"},
            under={"ArnEquals": {"aws:PrincipalArn": caller}},
        ),
    )
    after = with_added(policy.document, added)
    full = over("vpc-endpoint", after)
    endpoint = endpoint_id(policy, judged.request.context.get("aws:SourceVpce"))
    inferred = Message("remedies.endpoint.inferred", {"endpoint": endpoint or policy.name})
    return (
        Proposal(
            layer=Layer.VPC_ENDPOINT,
            target=endpoint_arn(case, endpoint),
            kind=RemedyKind.EDIT,
            form="vpc-endpoint" if endpoint else "",
            title=Message("remedies.endpoint.edit", {"endpoint": endpoint or policy.name}),
            policy_name=policy.name,
            added=added,
            before=policy.document,
            after=after,
            principal=caller,
            why=(inferred, *((full,) if full is not None else ())),
        ),
    )


def endpoint_id(policy: Policy | None, given: object) -> str:
    """`vpce-…` as the policy's name or ARN or the call itself tells it; else empty."""
    for text in (
        policy.name if policy else "",
        policy.arn if policy else "",
        given if isinstance(given, str) else "",
    ):
        if found := ENDPOINT_ID.search(text):
            return found.group()
    return ""


def endpoint_arn(case: Case, endpoint: str) -> str:
    """The endpoint's ARN, in the workload's account and Region."""
    place = case.place
    return f"arn:{place.partition}:ec2:{place.region}:{place.account}:vpc-endpoint/{endpoint or '*'}"


def _unread(case: Case, wanted: Wanted) -> Proposal:
    endpoint = endpoint_id(None, wanted.judged.request.context.get("aws:SourceVpce"))
    values = {"action": wanted.scope.action, "resource": wanted.judged.request.resource}
    return by_hand(
        layer=Layer.VPC_ENDPOINT,
        target=endpoint_arn(case, endpoint),
        title=Message("remedies.endpoint.unread", values),
        steps=(Message("remedies.endpoint.look", values),),
    )
