"""How caller and resource stand to each other, which decides whose policies must allow.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html
"""

from enum import StrEnum

from why403.decisions.caller import IDENTITIES
from why403.decisions.evaluation_context import EvaluationContext
from why403.iam.arn import ACCOUNT, RESOURCE, SEGMENTS, SERVICE
from why403.iam.layer import Layer
from why403.iam.principal_element import ACCOUNT_ID

TRUST_ACTIONS = frozenset(
    {
        "sts:assumerole",
        "sts:assumerolewithsaml",
        "sts:assumerolewithwebidentity",
        "sts:tagsession",
        "sts:setsourceidentity",
        "sts:setcontext",
    }
)


class Relation(StrEnum):
    """SAME and CROSS: the caller's account owns the resource, or another does. OUTSIDE: the caller has none."""

    SAME = "same"
    CROSS = "cross"
    OUTSIDE = "outside"
    UNKNOWN = "unknown"


def relation_of(call: EvaluationContext) -> Relation:
    """How the caller stands to the resource's account. A complete context that tells no owner means its own."""
    if call.caller.kind not in IDENTITIES:
        return Relation.OUTSIDE
    owner = resource_account(call)
    if not owner:
        return Relation.SAME if call.request.context_complete else Relation.UNKNOWN
    return Relation.SAME if owner == call.caller.account else Relation.CROSS


def resource_account(call: EvaluationContext) -> str:
    """The account that owns the resource; empty where nothing tells. Without a resource it is the caller's own."""
    if call.resource == "*":
        return call.caller.account
    if call.request.resource_account:
        return call.request.resource_account
    if len(call.segments) == SEGMENTS:
        owner = call.segments[ACCOUNT]
        if ACCOUNT_ID.fullmatch(owner):
            return owner
        if owner == "aws":
            return call.caller.account
    _, values = call.key("aws:resourceaccount")
    return values[0] if values else ""


def target_layer(call: EvaluationContext) -> Layer:
    """TRUST where the resource's policy is a role's trust policy, else RESOURCE."""
    is_role = len(call.segments) == SEGMENTS and call.segments[RESOURCE].startswith("role/")
    return Layer.TRUST if call.action in TRUST_ACTIONS and is_role else Layer.RESOURCE


def must_be_allowed_by_target(call: EvaluationContext, target: Layer) -> bool:
    """Whether the resource's own policy must allow even in one account: a role's trust policy, a key policy.

    https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html
    """
    return target is Layer.TRUST or concerns_key(call)


def concerns_key(call: EvaluationContext) -> bool:
    """Whether a KMS key's policy has a say. An alias has none of its own; used instead of its key, it means the key."""
    if (
        not call.action.startswith("kms:")
        or len(call.segments) != SEGMENTS
        or call.segments[SERVICE] != "kms"
    ):
        return False
    kind = call.segments[RESOURCE].partition("/")[0]
    return kind == "key" or (kind == "alias" and not call.action.endswith("alias"))
