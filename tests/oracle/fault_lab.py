"""The fault lab: worlds in which a call is allowed, each broken in exactly one way.

`faults()` gives every pair of world and break. A case is what `why403 evaluate` reads; a fault says besides which
layer, policy and statement a right decision names.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

import copy
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

HOME, AWAY = "123456789012", "111122223333"
Case = dict[str, Any]
CALLS = (
    ("sqs:SendMessage", "arn:aws:sqs:us-east-1:{account}:orders-{n}", "sqs:ReceiveMessage"),
    ("s3:GetObject", "arn:aws:s3:::shop-{n}/in/file.txt", "s3:PutObject"),
    ("secretsmanager:GetSecretValue", "arn:aws:secretsmanager:us-east-1:{account}:secret:db-{n}-AbCdEf",
     "secretsmanager:DescribeSecret"),
    ("kms:Decrypt", "arn:aws:kms:us-east-1:{account}:key/11111111-2222-3333-4444-55555555{n:04}", "kms:Encrypt"),
    ("sts:AssumeRole", "arn:aws:iam::{account}:role/deploy-{n}", "sts:TagSession"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class World:
    """An allowed case. `other` is another action of the service; `cross` that another account owns the target."""

    case: Case
    other: str
    cross: bool

    @property
    def action(self) -> str:
        return str(self.case["request"]["action"])

    @property
    def target_must_allow(self) -> bool:
        return self.cross or self.action.startswith(("kms:", "sts:"))


@dataclass(frozen=True, slots=True)
class Fault:
    """A world broken once: `layer`, `policy` and `statement` as the decision must name them (empty: none to name).

    `decision` is implicit-deny or explicit-deny; `allowed` the case before the break.
    """

    name: str
    allowed: Case
    case: Case
    decision: str
    layer: str
    policy: str = ""
    statement: str = ""


def faults(seed: int, worlds: int) -> Iterator[Fault]:
    """Every way of breaking each of `worlds` random allowed worlds."""
    rng = random.Random(seed)  # noqa: S311 - the same seed must make the same worlds
    for number in range(worlds):
        world = allowed_world(rng, number)
        for break_it in BREAKS:
            fault = break_it(world)
            if fault is not None:
                yield fault


def allowed_world(rng: random.Random, number: int) -> World:
    """A world with every layer, in which the call is allowed by exactly one statement a layer."""
    action, pattern, other = rng.choice(CALLS)
    cross = rng.random() < 0.5
    account = AWAY if cross else HOME
    resource = pattern.format(account=account, n=number % 1000)
    principal = f"arn:aws:sts::{HOME}:assumed-role/app-{number % 7}/s1"
    role = f"arn:aws:iam::{HOME}:role/app-{number % 7}"
    organization = {"StringEquals": {"aws:PrincipalOrgID": "o-aaaa"}}
    policies: dict[str, Any] = {
        "identity": [noise("logs"), policy("app-access", statement("Mine", action, resource, organization))],
        "boundary": [policy("edge", statement("Edge", f"{action.partition(':')[0]}:*", "*"))],
        "session": [policy("session", statement("Session", action, "*"))],
        "scp": [[policy(f"scp-{level}", statement("Full", "*", "*"))] for level in range(rng.randint(1, 3))],
        "rcp": [[policy("rcp", statement("Full", "*", "*", principal="*"))]],
    }
    if cross or action.startswith(("kms:", "sts:")):
        who = {
            "AWS": rng.choice(
                (role, f"arn:aws:iam::{HOME}:root") if cross else (f"arn:aws:iam::{HOME}:root",)
            )
        }
        theirs = statement("Theirs", action, "*" if action.startswith("kms:") else resource, principal=who)
        if action.startswith("sts:"):
            del theirs["Resource"]
        policies["resource"] = policy("target-policy", theirs)
    request = {
        "principal": principal,
        "action": action,
        "resource": resource,
        "resource_account": account,
        "context": {"aws:PrincipalOrgID": "o-aaaa"},
        "context_complete": True,
    }
    return World({"id": f"world-{number}", "request": request, "policies": policies}, other, cross)


def statement(sid: str, action: str, resource: str, condition: Any = None, *, principal: Any = None) -> Case:
    """One Allow statement."""
    written = {"Sid": sid, "Effect": "Allow", "Action": action, "Resource": resource}
    if principal is not None:
        written["Principal"] = principal
    return written | ({"Condition": condition} if condition else {})


def policy(name: str, *statements: Case) -> Case:
    """A policy of that name."""
    return {"name": name, "document": {"Version": "2012-10-17", "Statement": list(statements)}}


def noise(name: str) -> Case:
    """A policy that speaks of something else."""
    return policy(name, statement("Logs", "logs:PutLogEvents", "*"))


def _broken(world: World, name: str, change: Callable[[Case], object], **named: str) -> Fault:
    case = copy.deepcopy(world.case)
    change(case["policies"])
    return Fault(name, world.case, case, **({"decision": "implicit-deny"} | named))


def _first(policies: Any) -> Case:
    found: Case = policies["document"]["Statement"][0]
    return found


def _statement_removed(world: World) -> Fault:
    return _broken(world, "statement removed", lambda p: p["identity"].pop(), layer="identity")


def _deny_added(world: World) -> Fault:
    deny = policy("guard", statement("No", world.action, "*") | {"Effect": "Deny"})
    named = {"layer": "identity", "policy": "guard", "statement": "No", "decision": "explicit-deny"}
    return _broken(world, "deny added", lambda p: p["identity"].append(deny), **named)


def _deny_by_scp(world: World) -> Fault:
    deny = policy("org-guard", statement("No", "*", "*") | {"Effect": "Deny"})
    named = {"layer": "scp", "policy": "org-guard", "statement": "No", "decision": "explicit-deny"}
    return _broken(world, "deny added to the SCP", lambda p: p["scp"][-1].append(deny), **named)


def _deny_by_rcp(world: World) -> Fault:
    deny = policy("data-guard", statement("No", "*", "*", principal="*") | {"Effect": "Deny"})
    named = {"layer": "rcp", "policy": "data-guard", "statement": "No", "decision": "explicit-deny"}
    return _broken(world, "deny added to the RCP", lambda p: p["rcp"][0].append(deny), **named)


def _condition_changed(world: World) -> Fault:
    wanted = {"StringEquals": {"aws:PrincipalOrgID": "o-bbbb"}}
    named = {"layer": "identity", "policy": "app-access", "statement": "Mine"}
    return _broken(
        world, "condition changed", lambda p: _first(p["identity"][1]).update(Condition=wanted), **named
    )


def _wrong_arn(world: World) -> Fault:
    wrong = f"{world.case['request']['resource']}-dev"
    named = {"layer": "identity", "policy": "app-access", "statement": "Mine"}
    return _broken(world, "wrong ARN", lambda p: _first(p["identity"][1]).update(Resource=wrong), **named)


def _boundary_narrowed(world: World) -> Fault:
    named = {"layer": "boundary", "policy": "edge", "statement": "Edge"}
    return _broken(
        world, "boundary narrowed", lambda p: _first(p["boundary"][0]).update(Action=world.other), **named
    )


def _session_narrowed(world: World) -> Fault:
    narrow = f"{world.case['request']['resource']}-dev"
    named = {"layer": "session", "policy": "session", "statement": "Session"}
    return _broken(
        world, "session policy narrowed", lambda p: _first(p["session"][0]).update(Resource=narrow), **named
    )


def _level_without_allow(world: World) -> Fault:
    return _broken(world, "SCP level without an allow", lambda p: p["scp"][-1].clear(), layer="scp")


def _target_names_another(world: World) -> Fault | None:
    """A key policy without delegation, a trust policy or another account's policy that names somebody else."""
    if not world.target_must_allow:
        return None
    another = {"AWS": f"arn:aws:iam::{HOME}:role/somebody-else"}
    layer = "trust" if world.action.startswith("sts:") else "resource"
    named = {"layer": layer, "policy": "target-policy", "statement": "Theirs"}
    return _broken(
        world, "target names another", lambda p: _first(p["resource"]).update(Principal=another), **named
    )


def _target_policy_missing(world: World) -> Fault | None:
    if not world.target_must_allow:
        return None
    layer = "trust" if world.action.startswith("sts:") else "resource"
    return _broken(world, "target's policy missing", lambda p: p.pop("resource"), layer=layer)


BREAKS: tuple[Callable[[World], Fault | None], ...] = (
    _statement_removed,
    _deny_added,
    _deny_by_scp,
    _deny_by_rcp,
    _condition_changed,
    _wrong_arn,
    _boundary_narrowed,
    _session_narrowed,
    _level_without_allow,
    _target_names_another,
    _target_policy_missing,
)
