"""Resource: a statement for the policy of the queue, bucket, topic or secret that was called.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_identity-vs-resource.html
"""

from collections.abc import Mapping
from typing import Any

from why403.iam.arn import parse_arn
from why403.iam.layer import Layer
from why403.iam.policy import Policy
from why403.message import Message
from why403.remedies.callers import principal_element, source_condition
from why403.remedies.case import Case, Judged
from why403.remedies.formats.attachment import attachment
from why403.remedies.granting import Into, granting
from why403.remedies.proposal import Proposal
from why403.remedies.quotas import over
from why403.remedies.remedy import RemedyKind
from why403.remedies.statements import taken_sids, with_added
from why403.remedies.wanted import Wanted


def propose(case: Case, wanted: tuple[Wanted, ...]) -> tuple[Proposal, ...]:
    """One proposal a resource: its policy with the statements more that let this caller in."""
    by_holder: dict[str, list[Wanted]] = {}
    for each in wanted:
        by_holder.setdefault(holder_of(each.judged), []).append(each)
    return tuple(_one(case, holder, tuple(several)) for holder, several in by_holder.items())


def _one(case: Case, holder: str, wanted: tuple[Wanted, ...]) -> Proposal:
    judged = wanted[0].judged
    row = attachment(service_of(holder))
    named = principal_element(case, judged.request.principal)
    if named is None or row is None:
        return no_policy(holder, judged)
    before = document_before(judged)
    added = granting(
        wanted,
        Into(
            layer=Layer.RESOURCE,
            policies=policies_of(judged),
            taken=taken_sids(before),
            named=named,
            resource=row.statement_resource,
            under=source_condition(judged.request.principal, judged.request.context),
        ),
    )
    unread = Layer.RESOURCE in judged.policies.unread
    after = None if unread else with_added(before, added)
    full = None if after is None else over(row.form, after)
    return Proposal(
        layer=Layer.RESOURCE,
        target=holder,
        kind=RemedyKind.GRANT,
        form="" if unread else row.form,
        title=Message("remedies.resource.grant", {"policy": row.what, "resource": holder}),
        policy_name=row.what,
        added=added,
        before=before,
        after=after,
        principal=case.caller.arn if case.caller is not None else judged.request.principal,
        why=(full,) if full is not None else (),
        owner=judged.target.owner if judged.target is not None else None,
    )


def holder_of(judged: Judged) -> str:
    """The ARN of what holds the policy: an object's is its bucket's, an index's its table's."""
    told = judged.target.arn if judged.target is not None else ""
    return holder_in(told if parse_arn(told) is not None else judged.request.resource)


def holder_in(resource: str) -> str:
    """The part of an ARN that holds the policy; text that is no ARN as it is."""
    arn = parse_arn(resource)
    if arn is None:
        return resource
    kept = arn.resource
    match arn.service:
        case "s3" if not arn.account:
            kept = arn.resource.partition("/")[0]
        case "dynamodb":
            kept = "/".join(arn.resource.split("/")[:2])
        case _:
            pass
    return f"arn:{arn.partition}:{arn.service}:{arn.region}:{arn.account}:{kept}"


def service_of(arn: str) -> str:
    """The IAM prefix in an ARN."""
    parsed = parse_arn(arn)
    return parsed.service if parsed is not None else ""


def policies_of(judged: Judged) -> tuple[Policy, ...]:
    """The resource's policy, if any, as a layer's policies."""
    return (judged.policies.resource,) if judged.policies.resource is not None else ()


def document_before(judged: Judged) -> Mapping[str, Any] | None:
    """The policy as it stands; None where there is none, or it is unread or no JSON."""
    policy = judged.policies.resource
    return policy.document if policy is not None and isinstance(policy.document, Mapping) else None


def no_policy(holder: str, judged: Judged) -> Proposal:
    """A resource whose kind has no policy, or a caller whom no policy can name."""
    values = {"resource": holder, "principal": judged.request.principal}
    return Proposal(
        layer=Layer.RESOURCE,
        target=holder,
        kind=RemedyKind.PLAYBOOK,
        form="",
        title=Message("remedies.resource.elsewhere", values),
        policy_name="",
        added=(),
        steps=(Message("remedies.resource.no-policy", values),),
    )
