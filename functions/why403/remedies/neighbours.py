"""Calls next to the denied one: what a draft must leave as it was."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

from why403.decisions.decision import Request
from why403.iam.arn import Arn, parse_arn
from why403.iam.glob import is_wild
from why403.iam.layer import Layer
from why403.iam.principal import PrincipalKind, parse_principal
from why403.iam.reference import actions_of_service
from why403.policies.policy_set import PolicySet
from why403.remedies.statements import listed, statements_of
from why403.services.register import SERVICES

ANOTHER_ACCOUNT = "999999999999"
MOST_ACTIONS = 24
"""Each is evaluated before and after the draft: this bounds the proof where a policy names hundreds."""
MOST_RESOURCES = 24
"""As many again: those that the policies name; more would cost the proof its time."""
CALLERS_OWN = ("aws:principal", "aws:userid", "aws:username", "sts:", "kms:calleraccount")


@dataclass(frozen=True, slots=True)
class Neighbour:
    """`same_caller` is False for somebody else's call, of which only the resource's side is known."""

    request: Request
    same_caller: bool = True


@cache
def _popular() -> dict[str, tuple[str, ...]]:
    return {each.prefix: each.actions(each.neighbours) for each in SERVICES if each.neighbours}


def neighbours_of(request: Request, policies: PolicySet) -> tuple[Neighbour, ...]:
    """Other actions on the same resource, the same action on other resources, and the same call by others."""
    own = [
        Neighbour(each) for each in (*_other_actions(request, policies), *_other_resources(request, policies))
    ]
    others = [Neighbour(each, same_caller=False) for each in _other_callers(request)]
    return (*own, *others)


def policies_for(neighbour: Neighbour, policies: PolicySet) -> PolicySet:
    """What has a say over the neighbour: of another caller we know no policies of its own."""
    if neighbour.same_caller:
        return policies
    unread = policies.unread - {Layer.IDENTITY, Layer.BOUNDARY, Layer.SESSION}
    return replace(policies, identity=(), boundary=None, session=None, scp=None, unread=unread)


def _other_actions(request: Request, policies: PolicySet) -> Iterator[Request]:
    service = request.action.partition(":")[0]
    named = _written(policies, "Action", f"{service}:")
    known = _popular().get(service) or actions_of_service(service)[:MOST_ACTIONS]
    for action in dict.fromkeys((*known, *named)):
        if action.lower() != request.action.lower() and not is_wild(action):
            yield replace(request, action=action)
    yield replace(
        request, action="iam:CreateAccessKey", resource=f"arn:aws:iam::{request.resource_account}:user/admin"
    )


def _other_resources(request: Request, policies: PolicySet) -> Iterator[Request]:
    arn = parse_arn(request.resource)
    if arn is None:
        return
    named = [
        each
        for each in _written(policies, "Resource", f"arn:{arn.partition}:{arn.service}:")
        if "*" not in each
    ]
    for resource in dict.fromkeys((*_siblings(arn), *named)):
        if resource != request.resource:
            yield replace(request, resource=resource)


def _siblings(arn: Arn) -> Iterator[str]:
    """Names that begin or end like this one, its parent and child, the same in another Region and account."""
    head, slash, tail = arn.resource.rpartition("/")
    for resource in (
        f"{arn.resource}-2",
        f"{arn.resource}/x",
        f"{head}{slash}x{tail}",
        f"{head}{slash}{tail[:-1]}",
        head,
    ):
        if resource:
            yield str(replace(arn, resource=resource))
    if arn.region:
        yield str(replace(arn, region="eu-west-3" if arn.region != "eu-west-3" else "us-east-1"))
    if arn.account:
        yield str(replace(arn, account=ANOTHER_ACCOUNT))


def _written(policies: PolicySet, element: str, start: str) -> tuple[str, ...]:
    held = (*policies.of(Layer.IDENTITY), *policies.of(Layer.RESOURCE))
    found = (
        each for policy in held for one in statements_of(policy.document) for each in listed(one.get(element))
    )
    return tuple(dict.fromkeys(each for each in found if each.startswith(start)))[:MOST_RESOURCES]


def _other_callers(request: Request) -> Iterator[Request]:
    principal = parse_principal(request.principal)
    if principal.kind in (PrincipalKind.SERVICE, PrincipalKind.UNKNOWN, PrincipalKind.ANONYMOUS):
        return
    context = {
        key: value for key, value in request.context.items() if not key.lower().startswith(CALLERS_OWN)
    }
    for account in (principal.account, ANOTHER_ACCOUNT):
        arn = f"arn:{principal.partition}:sts::{account}:assumed-role/somebody-else/session"
        yield replace(request, principal=arn, context=context)
    yield replace(request, principal="anonymous", context=context)
