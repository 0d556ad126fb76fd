"""AWS's own record of a denied request, by the authorization id of its message; and EC2's encoded messages.

https://docs.aws.amazon.com/STS/latest/APIReference/API_DecodeAuthorizationMessage.html
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from why403.denials.denial import Denial, DenyKind
from why403.iam.layer import Effect, Layer
from why403.iam.place import Place
from why403.iam.reference import spell_action
from why403.policies.reading import AuthorizationRecord
from why403.reads import Answer, BlindSpot, DeclaredRead, Failure, Plan, Unreadable

Context = dict[str, str | tuple[str, ...]]
TRIES = 3
"""The record is written a little after the denial: asked again in the next rounds, never waited for."""
PAGES = 3
"""A record is mostly one page; a caller with many policies has more."""
LAYERS = {
    "SERVICE_CONTROL_POLICY": Layer.SCP,
    "RESOURCE_CONTROL_POLICY": Layer.RCP,
    "VPC_ENDPOINT": Layer.VPC_ENDPOINT,
    "RESOURCE": Layer.RESOURCE,
    "PRINCIPAL": Layer.IDENTITY,
    "PERMISSIONS_BOUNDARY": Layer.BOUNDARY,
    "SESSION": Layer.SESSION,
}
EFFECTS = {
    "ALLOW": Effect.ALLOW,
    "EXPLICIT_DENY": Effect.EXPLICIT_DENY,
    "IMPLICIT_DENY": Effect.IMPLICIT_DENY,
    "NO_IMPACT": Effect.NOT_APPLICABLE,
}
DENIED = frozenset({"EXPLICIT_DENY", "IMPLICIT_DENY"})
GET_DETAILS = DeclaredRead(
    "iam-toolbox",
    "GetRequestAuthorizationDetails",
    "AWS's own record of the denied request, where its message carries an authorization id.",
    cache_seconds=0,
)
DECODE = DeclaredRead(
    "sts",
    "DecodeAuthorizationMessage",
    "EC2 encodes its denials: who, what and on which resource is told only to those who may decode.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DecodedMessage:
    """What an encoded message says. Empty where it does not tell, or could not be opened (`unreadable`)."""

    action: str = ""
    resource: str = ""
    principal: str = ""
    explicit: bool | None = None
    statements: tuple[Mapping[str, Any], ...] = ()
    """The statements that matched, as AWS decodes them."""
    context: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)
    unreadable: tuple[BlindSpot, ...] = ()


def read_record(authorization_id: str, place: Place) -> Plan[AuthorizationRecord | None]:
    """The record; None where there is none (yet), or it may not be read. Up to three rounds, as long as it is absent."""
    del place
    for _ in range(TRIES):
        (reply,) = yield (GET_DETAILS.of(pages=PAGES, authorizationId=authorization_id),)
        if isinstance(reply, Answer):
            return _record(reply)
        if reply.failure is not Failure.ABSENT:
            return None
    return None


def _record(answer: Answer) -> AuthorizationRecord | None:
    evaluations = answer.items("evaluations")
    denied = [item for item in evaluations if item.get("evaluatedEffect") in DENIED]
    if not evaluations:
        return None
    evaluation = (denied or list(evaluations))[0]
    checks = [check for check in evaluation.get("checks") or () if isinstance(check, Mapping)]
    effects: dict[Layer, Effect] = {}
    for check in checks:
        layer = LAYERS.get(str(check.get("checkType", "")))
        effect = EFFECTS.get(str(check.get("evaluatedEffect", "")))
        if layer is not None and effect is not None:
            effects[layer] = effect
    if not effects:
        return None
    whole, own = answer.at("requestContext"), evaluation.get("context")
    return AuthorizationRecord(effects=effects, context={**_context(whole), **_context(own)})


def _context(found: object) -> Context:
    if not isinstance(found, Mapping):
        return {}
    return {str(key): _value(value) for key, value in found.items() if value is not None}


def _value(value: object) -> str | tuple[str, ...]:
    if isinstance(value, list | tuple):
        return tuple(_text(item) for item in value)
    return _text(value)


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True, default=str)


def decode_message(encoded: str, place: Place) -> Plan[DecodedMessage]:
    """What EC2's encoded message says. One round."""
    del place
    (reply,) = yield (DECODE.of(EncodedMessage=encoded),)
    if isinstance(reply, Unreadable):
        return DecodedMessage(unreadable=(reply.spot("encoded authorization message"),))
    try:
        found = json.loads(reply.text("DecodedMessage") or "{}")
    except (ValueError, RecursionError):
        found = {}
    opened = Answer(reply.read, found if isinstance(found, dict) else {})
    explicit = opened.at("explicitDeny")
    action = opened.text("context", "action")
    return DecodedMessage(
        action=spell_action(action) or action,
        resource=opened.text("context", "resource"),
        principal=opened.text("context", "principal", "arn"),
        explicit=explicit if isinstance(explicit, bool) else None,
        statements=opened.items("matchedStatements", "items"),
        context={
            str(item["key"]): _values(item)
            for item in opened.items("context", "conditions", "items")
            if "key" in item
        },
    )


def _values(condition: Mapping[str, Any]) -> str | tuple[str, ...]:
    held = condition.get("values")
    items = held.get("items") if isinstance(held, Mapping) else None
    values = tuple(str(item.get("value", "")) for item in items or () if isinstance(item, Mapping))
    return values[0] if len(values) == 1 else values


def open_message(denial: Denial, place: Place) -> Plan[Denial]:
    """The denial with what its encoded message tells; as it was where that cannot be opened. One round."""
    opened = yield from decode_message(denial.encoded_message or "", place)
    if not opened.action:
        return denial
    explicit = denial.deny_kind in {None, DenyKind.UNKNOWN} and opened.explicit
    return replace(
        denial,
        action=opened.action,
        actions=(opened.action, *(other for other in denial.actions if other != opened.action)),
        service=opened.action.partition(":")[0],
        resource=opened.resource or denial.resource,
        principal=opened.principal or denial.principal,
        deny_kind=DenyKind.EXPLICIT_UNKNOWN if explicit else denial.deny_kind,
    )
