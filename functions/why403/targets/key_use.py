"""What a service's call needs of the KMS key that encrypts its target, and the call behind a key's denial.

https://docs.aws.amazon.com/kms/latest/developerguide/service-integration.html
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache

from why403.denials.denial import Denial
from why403.iam.arn import parse_arn
from why403.iam.reference import actions_of
from why403.services.register import SERVICES

KEYS = "kms"


def key_actions(action: str, operation: str = "") -> tuple[str, ...]:
    """The actions of KMS that a call with this IAM action needs; by its operation, where that needs more."""
    own = f"{action.partition(':')[0]}:{operation}"
    return _needed().get(own, ()) or _needed().get(action, ())


def service_call(denial: Denial) -> Denial:
    """The service's own call behind a key's denial, on what the line names of that service; any other denial as it is."""
    if denial.service != KEYS or not denial.via_service:
        return denial
    action = passing_action(denial.operation or "") or None
    named = parse_arn(denial.resource_name or "")
    target = denial.resource_name if named and named.service == denial.via_service else None
    return replace(denial, service=denial.via_service, action=action, resource=target, resource_name=None)


def with_service(denial: Denial) -> Denial:
    """A key's denial with the service whose operation used the key, where the operation tells it."""
    if denial.via_service or denial.service != KEYS:
        return denial
    return replace(denial, via_service=passing_action(denial.operation or "").partition(":")[0] or None)


def page_of(action: str) -> str:
    """AWS's page that says which of them; empty where none is declared."""
    return next((each.keys_page for each in SERVICES if each.prefix == action.partition(":")[0]), "")


def passing_action(operation: str) -> str:
    """`sqs:SendMessage` for SendMessage: the one call of a service that uses keys; empty where it may be several's."""
    found = [
        action
        for prefix in _with_keys()
        for action in actions_of(prefix, operation)[:1]
        if key_actions(action, operation)
    ]
    return found[0] if len(found) == 1 and not actions_of(KEYS, operation) else ""


@cache
def _with_keys() -> tuple[str, ...]:
    return tuple(dict.fromkeys(action.partition(":")[0] for action in _needed()))


@cache
def _needed() -> Mapping[str, tuple[str, ...]]:
    return {
        action: tuple(f"{KEYS}:{name}" for name in needed.split())
        for each in SERVICES
        for actions, needed in each.needs_besides.items()
        for action in each.actions(actions)
    }
