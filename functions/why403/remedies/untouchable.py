"""What nobody may change, whatever the policies say: a denial there has no draft.

AWS-managed policies, service-linked roles, roles that IAM Identity Center keeps, KMS aliases of AWS.
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create-service-linked-role.html
"""

import re

from why403.decisions.request import Request
from why403.iam.arn import parse_arn
from why403.iam.layer import Layer
from why403.iam.reference import access_level
from why403.message import Message
from why403.remedies.proposal import Proposal, by_hand

READING = frozenset({"Read", "List"})
AWS_POLICY = re.compile(r"arn:[a-z-]+:iam::aws:policy/")
"""The account `aws` owns managed policies that nobody else may change."""
USABLE = frozenset({"sts:assumerole", "iam:passrole", "iam:attachrolepolicy", "iam:createservicelinkedrole"})
ROLES = (
    ("role/aws-service-role/", "remedies.untouchable.service-linked"),
    ("role/aws-reserved/", "remedies.untouchable.reserved"),
)


def untouchable(request: Request) -> Proposal | None:
    """A playbook where the call would change what only AWS may change; None for any other call."""
    because = _because(request)
    if because is None:
        return None
    values = {"action": request.action, "resource": request.resource}
    return by_hand(
        layer=Layer.IDENTITY,
        target=request.resource,
        title=Message("remedies.untouchable.title", values),
        steps=(Message(because, values),),
    )


def _because(request: Request) -> str | None:
    arn = parse_arn(request.resource)
    if arn is None or access_level(request.action) in READING:
        return None
    if AWS_POLICY.match(request.resource):
        return "remedies.untouchable.aws-managed-policy"
    if arn.service == "kms" and arn.resource.startswith("alias/aws/") and "alias" in request.action.lower():
        return "remedies.untouchable.aws-alias"
    for path, because in ROLES:
        if (
            arn.service == "iam"
            and arn.resource.startswith(path)
            and request.action.lower() not in _usable(path)
        ):
            return because
    return None


def _usable(path: str) -> frozenset[str]:
    """Acts that do not change the role itself, and are right for some of these roles."""
    return USABLE if "reserved" not in path else frozenset({"sts:assumerole"})
