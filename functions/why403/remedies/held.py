"""The target's side of a judged call: what holds the policy, and the policy as it stands."""

from collections.abc import Mapping
from typing import Any

from why403.iam.arn import parse_arn
from why403.iam.policy import Policy
from why403.remedies.case import Judged
from why403.services.register import holder_of_policy


def holder_of(judged: Judged) -> str:
    """The ARN of what holds the policy: an object's is its bucket's, an index's its table's."""
    told = judged.target.arn if judged.target is not None else ""
    return holder_in(told if parse_arn(told) is not None else judged.request.resource)


def holder_in(resource: str) -> str:
    """The part of an ARN that holds the policy; text that is no ARN as it is."""
    arn = parse_arn(resource)
    if arn is None:
        return resource
    return holder_of_policy(arn)


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
