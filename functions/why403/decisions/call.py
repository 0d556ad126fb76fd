"""The call that was really made: the request that the policies are asked about, and those it needs besides.

Key use of each service: https://docs.aws.amazon.com/kms/latest/developerguide/service-integration.html
"""

from dataclasses import dataclass

from why403.decisions.decision import Request
from why403.iam.arn import parse_arn
from why403.iam.condition_keys import key_kind
from why403.iam.place import Place
from why403.iam.principal import PrincipalKind, parse_principal
from why403.policies.reading import AuthorizationRecord, CallerReading
from why403.services.iam import PASSED_TO
from why403.services.reading import TargetReading
from why403.targets.key_use import key_actions, passing_action

ANY = "*"
Context = dict[str, str | tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """Who called what on which resource. `via_service`: the IAM prefix of the service that passed the call on.

    `operation` is the one that the line names, which may need more than the action denied: RunTask passes a role.
    """

    principal: str
    action: str
    resource: str
    via_service: str = ""
    operation: str = ""
    source: str = ""
    """ARN of what a service principal calls for; empty where it is not known, or another principal calls."""


def request_of(
    call: Call,
    place: Place,
    *,
    caller: CallerReading | None = None,
    target: TargetReading | None = None,
    record: AuthorizationRecord | None = None,
) -> Request:
    """The request with every condition key whose value is known; AWS's own record of it, where there is one."""
    owner = _owner(call, target, place)
    known: Context = {
        "aws:RequestedRegion": _region(call.resource, place),
        "aws:ResourceAccount": owner,
        **_of_caller(caller),
        **_of_target(call, target),
        **_of_passing_on(call, place),
        **_of_passed_role(call, place),
        **(record.context if record is not None else {}),
    }
    return Request(
        principal=call.principal,
        action=call.action,
        resource=call.resource,
        resource_account=owner,
        context={key: value for key, value in known.items() if value},
        context_complete=record is not None,
    )


def needed_besides(
    request: Request,
    target: TargetReading | None,
    place: Place,
    caller: CallerReading | None = None,
    operation: str = "",
) -> tuple[Request, ...]:
    """What the same call needs of the key that encrypts its target, made through the target's service.

    Where the call is the key's own, made for a service's `operation`: what that operation needs of it besides.
    Nothing of a key that AWS manages and whose policy is not to be had: it lets its whole account use it this way.
    """
    passing = passing_action(operation) if request.action.startswith("kms:") else ""
    key = target if passing else target.key if target is not None else None
    if target is None or key is None or _is_open_to(request, key):
        return ()
    service = passing.partition(":")[0] or target.service
    return tuple(
        request_of(
            Call(principal=request.principal, action=action, resource=key.arn, via_service=service),
            place,
            caller=caller,
            target=key,
        )
        for action in key_actions(passing or request.action, operation)
        if action != request.action
    )


def _is_open_to(request: Request, key: TargetReading) -> bool:
    own = parse_principal(request.principal).account == key.account
    return key.managed_by_aws and key.policy is None and own


def _of_caller(caller: CallerReading | None) -> Context:
    if caller is None:
        return {}
    tags: Context = {f"aws:PrincipalTag/{key}": value for key, value in caller.tags.items()}
    return tags | {"aws:PrincipalOrgID": caller.organization_id}


def _of_target(call: Call, target: TargetReading | None) -> Context:
    if target is None or call.action.partition(":")[0] != target.service:
        return {}
    own = [f"{target.service}:ResourceTag/{key}" for key in target.tags]
    known = (f"aws:ResourceTag/{key}" for key in target.tags)
    values = tuple(target.tags.values())
    return {
        **dict(zip(known, values, strict=True)),
        **{key: value for key, value in zip(own, values, strict=True) if key_kind(key.lower()) is not None},
    }


def _of_passing_on(call: Call, place: Place) -> Context:
    caller = parse_principal(call.principal)
    if caller.kind is PrincipalKind.SERVICE:
        return {"aws:SourceArn": call.source}
    own: Context = {"kms:CallerAccount": caller.account} if call.action.startswith("kms:") else {}
    if not call.via_service:
        return own | {"aws:ViaAWSService": "false"}
    service = f"{call.via_service}.amazonaws.com"
    return own | {
        "kms:ViaService": f"{call.via_service}.{_region(call.resource, place)}.amazonaws.com",
        "aws:ViaAWSService": "true",
        "aws:CalledVia": (service,),
        "aws:CalledViaFirst": service,
        "aws:CalledViaLast": service,
    }


def _of_passed_role(call: Call, place: Place) -> Context:
    taker = PASSED_TO.get(call.operation, "") if call.action == "iam:PassRole" else ""
    return {"iam:PassedToService": f"{taker}.amazonaws.com"} if taker and place.partition == "aws" else {}


def _owner(call: Call, target: TargetReading | None, place: Place) -> str:
    """Whose the resource is; empty where nobody knows. An action without one is the caller's account's own."""
    if call.resource == ANY:
        return parse_principal(call.principal).account or place.account
    if target is not None and (target.account or target.bucket is not None):
        return target.account  # a bucket's may be known to nobody: its ARN names none
    arn = parse_arn(call.resource)
    return arn.account if arn is not None and arn.account else place.account


def _region(resource: str, place: Place) -> str:
    arn = parse_arn(resource)
    if arn is not None and arn.service == "iam":
        return "us-east-1"
    return arn.region if arn is not None and arn.region else place.region
