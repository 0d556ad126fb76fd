"""A second evaluator: slow, obvious, two-valued, written from the documentation and sharing no code with ours.

It reads a case as `why403 evaluate` does and says allowed, implicit-deny or explicit-deny; unknown only where a Deny
cannot be read, or a key of several values has no set operator. What a call carries it always knows.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

import itertools
import re
from typing import Any

from tests.oracle.slow_conditions import Context, as_texts, one_condition, substitute, wild

Case = dict[str, Any]


class World:
    """One case with what follows from its principal."""

    def __init__(self, case: Case) -> None:
        self.request = case["request"]
        self.policies = case["policies"]
        self.principal: str = self.request["principal"]
        self.action: str = self.request["action"]
        self.resource: str = self.request["resource"]
        self.kind = kind_of(self.principal)
        self.account = self.principal.split(":")[4] if self.principal.startswith("arn:") else ""
        self.name = self.principal.rpartition("/")[2]
        if self.kind == "session":
            self.name = self.principal.split("/")[1]
        self.readings: dict[str, bool] = {}
        """Whether what nobody can know of an Allow or a Deny is taken to hold."""
        self.context: Context = {k.lower(): as_texts(v) for k, v in self.request.get("context", {}).items()}
        for key, value in derived(self).items():
            self.context.setdefault(key, [value])

    @property
    def owner(self) -> str:
        if self.resource == "*":
            return self.account
        return (
            self.request.get("resource_account") or (self.resource.split(":") + [""] * 5)[4] or self.account
        )

    @property
    def is_identity(self) -> bool:
        return self.kind in {"user", "role", "session", "federated", "root"}


def kind_of(principal: str) -> str:
    forms = {":user/": "user", ":role/": "role", ":assumed-role/": "session", ":federated-user/": "federated"}
    if principal.endswith(":root"):
        return "root"
    for form, kind in forms.items():
        if form in principal:
            return kind
    return "anonymous" if principal == "anonymous" else "service"


def derived(world: World) -> dict[str, str]:
    if world.kind == "anonymous":
        return {"aws:principaltype": "Anonymous", "aws:userid": "anonymous"}
    if world.kind == "service":
        return {"aws:principalisawsservice": "true", "aws:principalservicename": world.principal}
    role = f"arn:aws:iam::{world.account}:role/{world.name}"
    found = {
        "aws:principalarn": role if world.kind == "session" else world.principal,
        "aws:principalaccount": world.account,
        "aws:principalisawsservice": "false",
        "kms:calleraccount": world.account,
        "aws:principaltype": {"user": "User", "federated": "FederatedUser", "root": "Account"}.get(
            world.kind, "AssumedRole"
        ),
    }
    if world.kind == "user":
        found["aws:username"] = world.name
    if world.kind == "federated":
        found["aws:userid"] = f"{world.account}:{world.name}"
    if world.kind == "root":
        found["aws:userid"] = world.account
    return found


def statements(policy: Case) -> list[tuple[dict[str, Any], str | None]]:
    document = policy["document"]
    written = document["Statement"]
    return [(one, document.get("Version")) for one in (written if isinstance(written, list) else [written])]


def segments_of(pattern: str) -> list[str]:
    hidden = re.sub(r"\$\{[^{}]*\}", lambda found: found.group().replace(":", "\ue009"), pattern)
    return [part.replace("\ue009", ":") for part in hidden.split(":", 5)]


def is_readable(pattern: str, version: str | None, *, short: bool) -> bool:
    """Whether IAM knows what the pattern of a resource means."""
    wanted = segments_of(pattern)
    wild_service = len(wanted) > 2 and ("*" in wanted[2] or "?" in wanted[2])
    early_variable = version == "2012-10-17" and any("${" in part for part in wanted[:5])
    unread = not pattern.startswith("arn") or wild_service or early_variable
    return pattern == "*" or not (unread or (len(wanted) < 6 and not short))


def names_resource(pattern: str, version: str | None, world: World, *, short: bool) -> bool:
    if pattern == "*":
        return True
    if world.resource == "*" or not is_readable(pattern, version, short=short):
        return False
    wanted = segments_of(pattern)
    wanted += ["*"] * (6 - len(wanted))
    last = substitute(wanted[5], world.context, version=version)
    given = world.resource.split(":", 5)
    if last is None or len(given) < 6:
        return False
    return all(wild(w, g) for w, g in zip([*wanted[:5], last], given, strict=True))


def speaks_of(statement: dict[str, Any], version: str | None, world: World, layer: str) -> bool:
    """Action, resource and conditions; the principal is another question."""
    doubt = world.readings[statement["Effect"]]
    if "Action" not in statement and "NotAction" not in statement:
        if statement["Effect"] == "Allow" or not doubt:
            return False
    else:
        action = as_texts(statement.get("Action", statement.get("NotAction")))
        if any(wild(one.lower(), world.action.lower()) for one in action) is ("NotAction" in statement):
            return False
    if not means_resource(statement, version, world, layer):
        return False
    return all(
        one_condition(operator, key, values, world.context, version=version, doubt=doubt)
        for operator, tests in statement.get("Condition", {}).items()
        for key, values in tests.items()
    )


def means_resource(statement: dict[str, Any], version: str | None, world: World, layer: str) -> bool:
    if "Resource" not in statement and "NotResource" not in statement:
        return True
    short = layer != "session"
    patterns = as_texts(statement.get("Resource", statement.get("NotResource")))
    named = any(names_resource(one, version, world, short=short) for one in patterns)
    if "NotResource" in statement:
        return not named
    checked_by_iam = layer != "resource" and statement["Effect"] == "Deny"
    if checked_by_iam and not all(is_readable(one, version, short=short) for one in patterns):
        return named or world.readings["Deny"]
    return named


def named_as(element: Any, world: World) -> str:
    """How an element names the caller: direct, role, account, or not at all."""
    if element == "*" or "*" in as_texts(element.get("AWS", [])):
        return "direct"
    aws = as_texts(element.get("AWS", []))
    if not world.is_identity:
        named = world.kind == "service" and world.principal in as_texts(element.get("Service", []))
        return "direct" if named else ""
    account = f"arn:aws:iam::{world.account}:root" in aws or world.account in aws
    if world.kind == "root":
        return "direct" if account else ""
    if world.principal in aws:
        return "role" if world.kind == "role" else "direct"
    user = f"arn:aws:iam::{world.account}:user/{world.name}"
    behind = (world.kind == "session" and any(is_role(one, world) for one in aws)) or (
        world.kind == "federated" and user in aws
    )
    return "role" if behind else "account" if account else ""


def is_role(arn: str, world: World) -> bool:
    return arn.startswith(f"arn:aws:iam::{world.account}:role/") and arn.rpartition("/")[2] == world.name


def spared(element: Any, world: World) -> bool:
    """Whether a Deny with NotPrincipal lets the caller go."""
    if world.kind in {"anonymous", "service", "root"}:
        return named_as(element, world) != ""
    if element == "*":
        return True
    aws = as_texts(element.get("AWS", []))
    if "*" in aws:
        return True
    if "boundary" in world.policies:
        return False
    account = world.account in aws or f"arn:aws:iam::{world.account}:root" in aws
    if world.kind == "session":
        return account and world.principal in aws and any(is_role(one, world) for one in aws)
    return account and world.principal in aws


def naming(statement: dict[str, Any], world: World, layer: str) -> str:
    if layer not in {"resource", "vpc_endpoint"}:
        return "direct"
    element = statement.get("Principal", statement.get("NotPrincipal"))
    if element != "*" and not isinstance(element, dict):
        return "direct" if statement["Effect"] == "Deny" and world.readings["Deny"] else ""
    if "NotPrincipal" not in statement:
        named = named_as(element, world)
        doubt = (
            statement["Effect"] == "Deny"
            and element != "*"
            and "*" in "".join(as_texts(element.get("AWS", [])))
        )
        return named or ("direct" if doubt and world.readings["Deny"] else "")
    element = statement["NotPrincipal"]
    left_out = spared(element, world) if statement["Effect"] == "Deny" else named_as(element, world) != ""
    return "" if left_out else "direct"


def effects(policies: list[Case], world: World, layer: str) -> set[str]:
    """`Deny`, and how each Allow that applies names the caller."""
    found = set()
    for policy in policies:
        for statement, version in statements(policy):
            how = naming(statement, world, layer)
            if how and speaks_of(statement, version, world, layer):
                found.add("Deny" if statement["Effect"] == "Deny" else how)
    return found


RCP_SERVICES = {"s3", "sts", "kms", "sqs", "secretsmanager", "dynamodb", "ecr", "logs"}


def evaluate(case: Case) -> str:
    """What AWS would answer to the case: by every reading of what is in doubt."""
    world = World(case)
    found = set()
    for allow, deny in itertools.product((True, False), repeat=2):
        world.readings = {"Allow": allow, "Deny": deny}
        found.add(evaluate_reading(world))
    if len(found) > 1 and "allowed" not in found:
        return "implicit-deny"
    return found.pop() if len(found) == 1 else "unknown"


def evaluate_reading(world: World) -> str:
    if world.kind in {"user", "root"} and world.action == "sts:GetSessionToken":
        return "allowed"
    policies = world.policies
    own = {
        layer: effects(policies[layer], world, layer)
        for layer in ("identity", "boundary", "session")
        if layer in policies
    }
    if world.kind in {"root", "service", "anonymous"}:
        own = {}
    levels = [effects(level, world, "scp") for level in policies.get("scp", [])] if world.is_identity else []
    linked = "aws-service-role/" in world.principal or (
        world.kind == "session" and world.name.startswith("AWSServiceRoleFor")
    )
    if linked:
        levels = []
    guards = [effects(level, world, "rcp") for level in policies.get("rcp", [])]
    if linked or world.action.split(":")[0].lower() not in RCP_SERVICES:
        guards = []
    endpoint = (
        [effects(policies["vpc_endpoint"], world, "vpc_endpoint")] if "vpc_endpoint" in policies else []
    )
    resource = effects([policies["resource"]], world, "resource") if "resource" in policies else set()
    if any("Deny" in found for found in [*own.values(), *levels, *guards, *endpoint, resource]):
        return "explicit-deny"
    if is_beyond_credentials(world):
        return "implicit-deny"
    around = (
        all(levels) and all(endpoint) and not (world.is_identity and not linked and policies.get("scp") == [])
    )
    return "allowed" if around and granted(world, own, resource) else "implicit-deny"


def is_beyond_credentials(world: World) -> bool:
    """What root, federated users and roles can never call, by the comparison table of STS's operations."""
    action = world.action.lower()
    if world.kind in {"root", "federated"} and action == "sts:assumerole":
        return True
    token = action in {"sts:getsessiontoken", "sts:getfederationtoken"}
    return token and world.kind in {"role", "session", "federated"}


def granted(world: World, own: dict[str, set[str]], resource: set[str]) -> bool:
    if not world.is_identity:
        return bool(resource)
    limited = all(own.get(layer, {"direct"}) for layer in ("boundary", "session"))
    limited = limited and (world.kind != "federated" or "session" in own)
    identity = world.kind == "root" or (bool(own.get("identity")) and limited)
    if world.owner != world.account:
        return identity and bool(resource)
    if "direct" in resource or ("role" in resource and limited):
        return True
    if world.action.lower() == "sts:assumerole" or ":key/" in world.resource:
        return identity and bool(resource)
    return identity
