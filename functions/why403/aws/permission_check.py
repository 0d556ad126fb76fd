"""Which of the reads that why403 makes an identity may make: asked of IAM's simulator, else tried out.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from why403.aws.probe import probe_of
from why403.aws.reader import Reader
from why403.iam.place import Place
from why403.policies import simulation
from why403.reads import Answer, DeclaredRead, Failure, Plan, Read, Reply

SIMULATE = simulation.SIMULATE.used_for("See which reads an identity lacks.", cache_seconds=0, by_person=True)
ACTIONS_A_CALL = 50
"""The answer has an entry an action: so many fit the five pages asked for, even where IAM sends ten a page."""
NOTHING_BOUND: Mapping[str, tuple[str, ...]] = {}


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
