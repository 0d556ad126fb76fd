"""Denials that no draft can mend: only a person can, and knows by what follows what to do.

AWS-managed policies, service-linked roles, roles that IAM Identity Center keeps, KMS aliases of AWS.
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create-service-linked-role.html
"""

import re
from collections.abc import Iterator

from why403.decisions.decision import Outcome, Request
from why403.iam.arn import parse_arn
from why403.iam.layer import Layer
from why403.iam.reference import access_level
from why403.message import Message
from why403.policies.elsewhere import named_target
from why403.remedies.case import Case, Judged
from why403.remedies.layers import explicit_deny
from why403.remedies.proposal import Proposal, by_hand
from why403.remedies.unsolved import (
    NO_GRANT_HELPS,
    allowed_now,
    asks_elsewhere,
    caller_gone,
    pod_on_node_role,
    protected_by_caller,
)
from why403.services.register import resource_of

_READING = frozenset({"Read", "List"})
_AWS_POLICY = re.compile(r"arn:[a-z-]+:iam::aws:policy/")
"""The account `aws` owns managed policies that nobody else may change."""
_USABLE = frozenset({"sts:assumerole", "iam:passrole", "iam:attachrolepolicy", "iam:createservicelinkedrole"})
_ROLES = (
    ("role/aws-service-role/", "remedies.untouchable.service-linked"),
    ("role/aws-reserved/", "remedies.untouchable.reserved"),
)


def for_people(case: Case, denied: Judged) -> tuple[Proposal, ...]:  # noqa: PLR0911  # one for each that only people mend
    """Playbooks instead of drafts: what only AWS changes, explicit denials, callers that are gone or must do more.

    Empty where a draft is what helps.
    """
    fixed = _untouchable(denied.request)
    if fixed is not None:
        return (fixed,)
    for judged in (denied, *case.needed_besides):
        if explicit_deny.is_explicit(case, judged):
            return explicit_deny.playbooks(case, judged)
    if case.caller is not None and case.caller.exists is False:
        return (caller_gone(case, denied),)
    missing = _target_missing(case, denied)
    if missing is not None:
        return (missing,)
    elsewhere = asks_elsewhere(case, denied)
    if elsewhere is not None and (
        elsewhere.title.id == NO_GRANT_HELPS or denied.decision.outcome is Outcome.ALLOWED
    ):
        return (elsewhere,)
    if denied.decision.outcome is Outcome.ALLOWED:
        return (allowed_now(case, denied),)
    on_node = pod_on_node_role(case, denied)
    if on_node is not None:
        return (on_node,)
    guarded = protected_by_caller(case, denied)
    return (guarded,) if guarded is not None and guarded.layer is Layer.IDENTITY else ()


def _target_missing(case: Case, denied: Judged) -> Proposal | None:
    """The playbook for a target of our own account that surely does not exist; None for any other, or one to be made."""
    target, request = denied.target, denied.request
    arn = parse_arn(request.resource)
    resource = resource_of(arn) if arn is not None else None
    if arn is None or resource is None or target is None or target.exists is not False:
        return None
    if arn.account not in {"", case.place.account} or denied.makes_its_target:
        return None
    named = named_target(resource, arn)
    return by_hand(
        layer=Layer.TRUST if request.action.lower().startswith("sts:") else Layer.RESOURCE,
        target=request.resource,
        title=Message("remedies.target-missing.title", named),
        steps=(
            *(Message("remedies.target-missing.meant", named | {"found": each}) for each in target.elsewhere),
            *_variables(case, named),
            Message("remedies.target-missing.create", named),
        ),
    )


def _variables(case: Case, named: dict[str, str]) -> Iterator[Message]:
    """Where the workload has the name from: a variable's value never leaves, but for the name that is known."""
    for variable, value in case.workload.environment.items():
        if value.rstrip("/").endswith(named["name"]):
            yield Message("remedies.target-missing.variable", named | {"variable": variable})


def _untouchable(request: Request) -> Proposal | None:
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
    if arn is None or access_level(request.action) in _READING:
        return None
    if _AWS_POLICY.match(request.resource):
        return "remedies.untouchable.aws-managed-policy"
    if arn.service == "kms" and arn.resource.startswith("alias/aws/") and "alias" in request.action.lower():
        return "remedies.untouchable.aws-alias"
    for path, because in _ROLES:
        if (
            arn.service == "iam"
            and arn.resource.startswith(path)
            and request.action.lower() not in _usable(path)
        ):
            return because
    return None


def _usable(path: str) -> frozenset[str]:
    """Acts that do not change the role itself, and are right for some of these roles."""
    return _USABLE if "reserved" not in path else frozenset({"sts:assumerole"})
