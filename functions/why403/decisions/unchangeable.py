"""Denying policies that nobody can change as they stand: what can be done is another thing, and is said.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html#aws-managed-policies
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create-service-linked-role.html
https://docs.aws.amazon.com/singlesignon/latest/userguide/permissionsetsconcept.html
"""

import re
from collections.abc import Iterator

from why403.decisions.caller import SERVICE_LINKED_NAME, SERVICE_LINKED_PATH, Caller, caller_of
from why403.decisions.decision import Decision, Request
from why403.iam.layer import Layer, Policy
from why403.message import Message
from why403.policies.policy_set import PolicySet

OF_AWS = re.compile(r"arn:[a-z-]+:iam::aws:policy/.+")
"""An AWS-managed policy's ARN, read once from its start."""
IDENTITY_CENTER = re.compile(
    r"arn:[a-z-]+:iam::\d+:role/(?:aws-reserved/sso\.amazonaws\.com/.*)?AWSReservedSSO_.+"
)
"""A role that IAM Identity Center keeps; a session's ARN leaves the path out."""
IDENTITY_CENTER_NAME = "AWSReservedSSO_"
HELD = (Layer.IDENTITY, Layer.BOUNDARY)


def unchangeable(decision: Decision, request: Request, policies: PolicySet) -> tuple[Message, ...]:
    """One for each denying layer whose policy its reader cannot edit."""
    return tuple(_told(decision, request, policies)) if decision.denied_by else ()


def may_be_kept_by_aws(request: Request, caller: Caller) -> bool:
    """Whether the request's principal, in any of its forms, is named like a role that AWS keeps."""
    named = f"{request.principal} {caller.iam_arn} {request.context.get('aws:PrincipalArn', '')}"
    return IDENTITY_CENTER_NAME in named or SERVICE_LINKED_NAME in named or SERVICE_LINKED_PATH in named


def _told(decision: Decision, request: Request, policies: PolicySet) -> Iterator[Message]:
    caller = caller_of(request.principal, _text(request.context.get("aws:PrincipalArn", "")))
    held = [layer for layer in decision.denied_by if layer in HELD]
    if held and caller.service_linked:
        yield Message("decisions.unchangeable-service-linked", {"principal": caller.iam_arn})
    elif held and IDENTITY_CENTER.fullmatch(caller.iam_arn):
        yield Message("decisions.unchangeable-identity-center", {"principal": caller.iam_arn})
    of_aws = {
        each.name for each in (*(policies.identity or ()), *(policies.boundary or ())) if _is_of_aws(each)
    }
    for finding in decision.layers:
        if finding.layer in held and finding.policy in of_aws:
            yield Message("decisions.unchangeable-aws-managed", {"policy": finding.policy})


def _is_of_aws(policy: Policy) -> bool:
    return OF_AWS.fullmatch(policy.arn or policy.name) is not None


def _text(value: str | tuple[str, ...]) -> str:
    return value if isinstance(value, str) else ""
