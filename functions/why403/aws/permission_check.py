"""Which of the reads that why403 makes an identity may make: asked of IAM's simulator, else tried out.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from botocore.exceptions import BotoCoreError

from why403.aws.reader import Reader
from why403.aws.session import client
from why403.iam.place import Place
from why403.policies import simulation
from why403.reads import Answer, DeclaredRead, Failure, Plan, Read, Reply

SIMULATE = simulation.SIMULATE.used_for("See which reads an identity lacks.", cache_seconds=0, by_person=True)
ACTIONS_A_CALL = 50
"""The answer has an entry an action: so many fit the five pages asked for, even where IAM sends ten a page."""
NOTHING_BOUND: Mapping[str, tuple[str, ...]] = {}
_MADE_UP = "why403-doctor"


class Permission(StrEnum):
    """UNKNOWN: neither the simulator nor a try could tell."""

    GRANTED = "granted"
    MISSING = "missing"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """One IAM action, whether it is granted, and what it is needed for."""

    action: str
    permission: Permission
    reasons: tuple[str, ...]


def check(
    reader: Reader,
    reads: Iterable[DeclaredRead],
    principal: str,
    *,
    own: Place | None,
    bound: Mapping[str, tuple[str, ...]] = NOTHING_BOUND,
) -> tuple[Checked, ...]:
    """Every action of `reads` for the role or user of ARN `principal`; actions of `bound` on these ARNs, others on `*`.

    The simulator is asked first. Where it cannot be, and the principal is our own identity (`own` is its place),
    each read is tried with made-up names: an answer, or `there is no such thing`, shows the permission.
    """
    declared = tuple(dict.fromkeys(reads))
    reasons: dict[str, dict[str, None]] = {}
    for read in declared:
        for action in read.actions:
            reasons.setdefault(action, {})[read.reason] = None
    told = reader.run(_simulate(principal, tuple(reasons), bound))
    unsure = [read for read in declared if any(action not in told for action in read.actions)]
    if own is not None and unsure:
        told = {**reader.run(_try(unsure, own)), **told}
    return tuple(
        Checked(action=action, permission=told.get(action, Permission.UNKNOWN), reasons=tuple(why))
        for action, why in sorted(reasons.items())
    )


def _simulate(
    principal: str, actions: tuple[str, ...], bound: Mapping[str, tuple[str, ...]]
) -> Plan[dict[str, Permission]]:
    """Granted is what is granted on all of its ARNs."""
    anywhere = [action for action in actions if action not in bound]
    asked: list[dict[str, Any]] = [
        {"ActionNames": anywhere[first : first + ACTIONS_A_CALL]}
        for first in range(0, len(anywhere), ACTIONS_A_CALL)
    ]
    asked += [
        {"ActionNames": [action], "ResourceArns": list(bound[action])}
        for action in actions
        if action in bound
    ]
    replies: tuple[Reply, ...] = yield tuple(
        SIMULATE.of(PolicySourceArn=principal, pages=5, **parameters) for parameters in asked
    )
    told: dict[str, Permission] = {}
    for reply in replies:
        for result in reply.items("EvaluationResults") if isinstance(reply, Answer) else ():
            name, granted = str(result.get("EvalActionName", "")), result.get("EvalDecision") == "allowed"
            if told.get(name) is not Permission.MISSING:
                told[name] = Permission.GRANTED if granted else Permission.MISSING
    return told


def _try(reads: list[DeclaredRead], place: Place) -> Plan[dict[str, Permission]]:
    tries = [probe for read in reads if (probe := probe_of(read, place)) is not None]
    replies: tuple[Reply, ...] = (yield tuple(tries)) if tries else ()
    told: dict[str, Permission] = {}
    for probe, reply in zip(tries, replies, strict=True):
        for action, permission in _shown(probe, reply).items():
            told[action] = permission if told.get(action) is not Permission.MISSING else Permission.MISSING
    return told


def _shown(probe: Read, reply: Reply) -> dict[str, Permission]:
    if isinstance(reply, Answer) or reply.failure is Failure.ABSENT:
        return dict.fromkeys(probe.declared.actions, Permission.GRANTED)
    if reply.failure is Failure.REFUSED:
        return dict.fromkeys(probe.declared.actions, Permission.MISSING)
    return {}


def probe_of(read: DeclaredRead, place: Place) -> Read | None:
    """`read` in `place` with the least parameters that its model takes; None where the model is not known here."""
    try:
        model = client(read.service).meta.service_model.operation_model(read.operation)
    except (BotoCoreError, KeyError):
        return None
    shape = model.input_shape
    parameters = _structure(shape) if shape is not None else {}
    return read.of(**{name: _named(name, value, read.service, place) for name, value in parameters.items()})


def _named(name: str, value: object, service: str, place: Place) -> Any:  # noqa: ANN401
    """What must be of a form: the account is our own, an ARN is one."""
    if name == "AccountId":
        return place.account
    if name.lower().endswith("arn"):
        return f"arn:{place.partition}:{service}:{place.region}:{place.account}:{_MADE_UP}"
    return value


def _structure(shape: Any) -> dict[str, Any]:  # noqa: ANN401  # botocore's shapes have no static type
    return {name: _value(shape.members[name]) for name in shape.required_members}


def _value(shape: Any) -> object:  # noqa: ANN401
    match shape.type_name:
        case "structure":
            value: object = _structure(shape)
        case "list":
            value = [_value(shape.member)]
        case "map":
            value = {}
        case "integer" | "long" | "float" | "double":
            value = max(1, int(shape.metadata.get("min", 1)))
        case "boolean":
            value = False
        case "timestamp":
            value = 0
        case _:
            value = _text(shape)
    return value


def _text(shape: Any) -> str:  # noqa: ANN401
    choices = shape.metadata.get("enum")
    if choices:
        return str(choices[0])
    shortest = int(shape.metadata.get("min", 1))
    return (_MADE_UP * (shortest // len(_MADE_UP) + 1))[: max(shortest, len(_MADE_UP))]
