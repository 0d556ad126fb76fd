"""Calls that stand outside the policies: what nobody can be denied, and what nobody may do.

https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create-service-linked-role.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_request.html#stsapi_comparison
"""

from why403.decisions.decision import KeyState
from why403.decisions.evaluation_context import EvaluationContext
from why403.decisions.reasons import Reason
from why403.iam.arn import ACCOUNT, RESOURCE, SEGMENTS, SERVICE
from why403.iam.principal import PrincipalKind

_READING = ("get", "list", "generate", "simulate", "pass")
_ON_SERVICE_LINKED = frozenset(
    {"iam:createservicelinkedrole", "iam:deleteservicelinkedrole", "iam:updateroledescription"}
)
_UNLOCKS = frozenset(
    {
        "s3:getbucketpolicy", "s3:putbucketpolicy", "s3:deletebucketpolicy",
        "sqs:getqueueattributes", "sqs:setqueueattributes",
    }
)  # fmt: skip
_MFA = "aws:multifactorauthpresent"
_WHO_AM_I, _ASSUME = "sts:getcalleridentity", "sts:assumerole"
_STS_OPERATIONS = frozenset(
    {
        _ASSUME, _WHO_AM_I, "sts:assumeroot", "sts:assumerolewithsaml", "sts:assumerolewithwebidentity",
        "sts:decodeauthorizationmessage", "sts:getaccesskeyinfo", "sts:getdelegatedaccesstoken",
        "sts:getfederationtoken", "sts:getsessiontoken", "sts:getwebidentitytoken",
    }
)  # fmt: skip
"""What can be called. sts:TagSession and the like are permissions beside a call."""
_NOT_BY_ROLES = frozenset({"sts:getsessiontoken", "sts:getfederationtoken"})
_SIGNED_IN = frozenset({PrincipalKind.USER, PrincipalKind.ROOT})


def always_allowed(call: EvaluationContext) -> bool:
    """GetCallerIdentity needs no permission and no policy can deny it; so does GetSessionToken for users."""
    if call.action == _WHO_AM_I:
        return call.caller.kind is not PrincipalKind.ANONYMOUS
    own = call.caller.kind in _SIGNED_IN and not _has_session_token(call)
    return call.action == "sts:getsessiontoken" and own


def never_allowed(call: EvaluationContext) -> Reason | None:
    """Why no policy can allow this call, or None."""
    if call.caller.kind is PrincipalKind.ROOT and call.action == _ASSUME:
        return Reason.ROOT_CANNOT_ASSUME
    if _is_beyond_credentials(call):
        return Reason.BEYOND_CREDENTIALS
    if (
        len(call.segments) != SEGMENTS
        or call.caller.kind is PrincipalKind.SERVICE
        or call.caller.service_linked
    ):
        return None
    return Reason.RESERVED_BY_AWS if _is_reserved(call) else None


def _is_beyond_credentials(call: EvaluationContext) -> bool:
    """What temporary credentials of this kind can never call: the comparison table of STS's operations."""
    operation = call.action in _STS_OPERATIONS
    match call.caller.kind:
        case PrincipalKind.ROLE | PrincipalKind.ASSUMED_ROLE:
            return call.action in _NOT_BY_ROLES
        case PrincipalKind.FEDERATED_USER:
            return operation and call.action != _WHO_AM_I
        case PrincipalKind.USER | PrincipalKind.ROOT if _has_session_token(call):
            without_mfa = call.action.startswith("iam:") and call.key(_MFA) == (KeyState.GIVEN, ("false",))
            return without_mfa or (operation and call.action not in {_ASSUME, _WHO_AM_I})
        case _:
            return False


def _has_session_token(call: EvaluationContext) -> bool:
    """A user's or the root user's own call carries aws:TokenIssueTime only with what GetSessionToken gave."""
    return call.key("aws:tokenissuetime")[0] is KeyState.GIVEN


def unlocks(call: EvaluationContext) -> bool:
    """Whether the root user undoes a policy that locks everyone out: no policy of the resource can deny it that.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucketPolicy.html
    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-user-privileged-task.html
    """
    return call.caller.kind is PrincipalKind.ROOT and call.action in _UNLOCKS


def _is_reserved(call: EvaluationContext) -> bool:
    """A change of what belongs to AWS: its managed policies, its services' roles, the aliases of its keys."""
    service, _, name = call.action.partition(":")
    resource = call.segments[RESOURCE]
    if service == "kms":
        return resource.startswith("alias/aws/") and name.endswith("alias")
    if service != "iam" or call.segments[SERVICE] != "iam" or name.startswith(_READING):
        return False
    if call.segments[ACCOUNT] == "aws" and resource.startswith("policy/"):
        return not name.startswith(("attach", "detach"))
    if resource.startswith("role/aws-reserved/"):
        return True
    return resource.startswith("role/aws-service-role/") and call.action not in _ON_SERVICE_LINKED
