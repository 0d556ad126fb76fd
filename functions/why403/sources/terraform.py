"""The policies of a Terraform plan, as they would be and as they are.

https://developer.hashicorp.com/terraform/internals/json-format
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from why403.errors import SettingsError
from why403.iam.layer import Policy
from why403.sources.kinds import SOURCE_KINDS
from why403.sources.planned import (
    ALLOWS_SOMEBODY,
    ANYTHING,
    NOT_READ_NOTE,
    UNKNOWN,
    Planned,
    PlannedPrincipal,
    PlannedResource,
    document_of,
    listed,
    managed,
)
from why403.sources.template import MALFORMED, text_of

INDEX = re.compile(r"\[[^\]]*\]")
"""`[0]` or `["name"]` behind an address: the configuration has none."""
RESOURCE_POLICIES: Mapping[str, tuple[str, str, str]] = {
    each.terraform_held[0]: (each.terraform_held[1], "policy", each.terraform)
    for each in SOURCE_KINDS
    if each.terraform_held[0]
}
"""What the policy is for, its document, and the kind of resource that has it."""
OWN_POLICY = {each.terraform: each.terraform_own for each in SOURCE_KINDS if each.terraform_own}
ARNS = {each.terraform: each.arn.replace("??????", UNKNOWN) for each in SOURCE_KINDS if each.terraform}
NAMED_BY_PATH = {"aws_ecr_repository", "aws_secretsmanager_secret"}
"""Kinds whose names hold slashes; of others what stands behind the last is the name."""
NOT_READ = {
    "aws_iam_group_policy",
    "aws_iam_group_policy_attachment",
    "aws_vpc_endpoint_policy",
    "aws_organizations_policy",
    "aws_kms_grant",
}
"""Kinds with a say over calls that are told instead of read."""
HOLDERS = {"aws_iam_role": "role", "aws_iam_user": "user"}
HELD = {"aws_iam_role_policy": "role", "aws_iam_user_policy": "user"}
ATTACHED = {
    "aws_iam_role_policy_attachment": ("role",),
    "aws_iam_user_policy_attachment": ("user",),
    "aws_iam_policy_attachment": ("roles", "users"),
    "aws_iam_user_group_membership": ("user",),
    "aws_iam_group_membership": ("users",),
}
"""What gives policies to roles and users: by its ARN, or a group's, of which nothing is read."""
MAY_ALLOW = {
    "aws_lambda_permission": ("function_name", "aws_lambda_function"),
    "aws_dynamodb_resource_policy": ("resource_arn", "aws_dynamodb_table"),
}
"""Policies of resources that are not read: for which resource, and its kind."""
EXCLUSIVE = {
    f"aws_iam_{who}_{kind}_exclusive": (f"aws_iam_{who}_{of}", who, names, told)
    for who in ("role", "user")
    for kind, of, names, told in (
        ("policies", "policy", "policy_names", "name"),
        ("policy_attachments", "policy_attachment", "policy_arns", "policy_arn"),
    )
}
"""Lists of all policies that a role or user keeps: of which kind, whose, the list, and what it lists of each."""


def read_plan(raw: bytes, name: str) -> tuple[Planned | None, Planned]:
    """What stands now (None: the plan does not tell) and what would. SettingsError where it is no plan's JSON."""
    try:
        plan = json.loads(text_of(raw, name))
    except (ValueError, RecursionError) as error:
        raise SettingsError(f"{name} is no JSON: {str(error)[:200]}") from None
    if not isinstance(plan, Mapping) or not isinstance(plan.get("planned_values"), Mapping):
        raise SettingsError(f"{name} is no plan: give what `terraform show -json PLAN` prints.")
    version = str(plan.get("format_version", ""))
    if not version.startswith("1."):
        raise SettingsError(f"{name} has the format version {version or '(none)'}; 1.x is read.")
    try:
        return _both(plan, name)
    except MALFORMED as error:
        raise SettingsError(f"{name} is no plan as Terraform writes it: {str(error)[:200]}") from None


def _both(plan: Mapping[str, Any], name: str) -> tuple[Planned | None, Planned]:
    expressions = dict(_expressions((plan.get("configuration") or {}).get("root_module") or {}, ""))
    unknown = {
        each["address"]: (each.get("change") or {}).get("after_unknown")
        for each in plan.get("resource_changes") or []
    }
    prior = (plan.get("prior_state") or {}).get("values") or {}
    after = TerraformModule(
        name, list(_resources(plan["planned_values"].get("root_module") or {}, unknown)), expressions
    )
    found = list(_resources(prior.get("root_module") or {}, {}))
    before = TerraformModule(name, found, expressions) if found else None
    return before.planned() if before else None, after.planned()


@dataclass(frozen=True, slots=True)
class TerraformResource:
    """One resource: `values` hold UNKNOWN for what is not known."""

    address: str
    kind: str
    values: Mapping[str, Any]


def _resources(module: Mapping[str, Any], unknown: Mapping[str, Any]) -> Iterator[TerraformResource]:
    for each in module.get("resources") or []:
        if each.get("mode", "managed") == "managed":
            values = dict(each.get("values") or {})
            told = unknown.get(each["address"])
            for key, is_unknown in told.items() if isinstance(told, Mapping) else ():
                if is_unknown is True or (is_unknown and _any(is_unknown)):
                    values[key] = UNKNOWN
            yield TerraformResource(each["address"], each["type"], values)
    for child in module.get("child_modules") or []:
        yield from _resources(child, unknown)


def _any(value: object) -> bool:
    if isinstance(value, Mapping):
        return any(map(_any, value.values()))
    return any(map(_any, value)) if isinstance(value, list) else value is True


def _expressions(module: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for each in module.get("resources") or []:
        yield prefix + str(each.get("address")), each.get("expressions") or {}
    for name, call in (module.get("module_calls") or {}).items():
        yield from _expressions(call.get("module") or {}, f"{prefix}module.{name}.")


class TerraformModule:
    """The policies of resources, planned or read from a source. `expressions`: what an argument refers to, by address."""

    __slots__ = ("_by_address", "_exclusive", "_expressions", "_found", "_keys", "_name", "_policies", "_resources")  # fmt: skip

    def __init__(self, name: str, resources: list[TerraformResource], expressions: Mapping[str, Any]) -> None:
        self._name, self._resources, self._expressions = name, resources, expressions
        self._by_address: dict[str, list[TerraformResource]] = {}
        for each in resources:
            self._by_address.setdefault(INDEX.sub("", each.address), []).append(each)
        self._policies = {
            str(each.values.get("arn")): each for each in resources if each.kind == "aws_iam_policy"
        }
        self._exclusive = [each for each in resources if each.kind in EXCLUSIVE]
        self._keys: dict[str, str] = {}
        self._found = Planned(file=name)

    def planned(self) -> Planned:
        """What these resources make of the policies."""
        for each in self._resources:
            if each.kind in HOLDERS:
                self._holder(each)
        for each in self._resources:
            if each.kind in NOT_READ:
                self._found.notes.append(NOT_READ_NOTE.format(where=f"{self._name}: {each.address}"))
            self._held(each)
            self._resource_policy(each)
            self._found.made.append(str(each.values.get("arn") or UNKNOWN))
            self._found.made.append(_named(each))
        return self._found

    def _holder(self, role: TerraformResource) -> None:
        name = str(role.values.get("name") or UNKNOWN)
        key = f"{HOLDERS[role.kind]}/{name if UNKNOWN not in name else UNKNOWN + role.address}"
        self._keys[role.address] = key
        made = self._found.principals.setdefault(key, PlannedPrincipal(f"{self._name}: {role.address}"))
        for each in listed(role.values.get("inline_policy")):
            if isinstance(each, Mapping) and (each.get("name") or each.get("policy")):
                made.identity.append(Policy(role.address, document_of(each.get("policy"))))
        made.identity += [
            self._managed(str(arn), role, "managed_policy_arns")
            for arn in listed(role.values.get("managed_policy_arns"))
        ]
        if boundary := role.values.get("permissions_boundary"):
            made.boundary = [self._managed(str(boundary), role, "permissions_boundary")]

    def _held(self, each: TerraformResource) -> None:
        if each.kind in HELD:
            policy = Policy(each.address, document_of(each.values.get("policy")))
            kinds: tuple[str, ...] = (HELD[each.kind],)
        elif each.kind in ATTACHED:
            policy = self._managed(str(each.values.get("policy_arn") or UNKNOWN), each, "policy_arn")
            kinds = ATTACHED[each.kind]
        else:
            return
        if any(_takes_away(one, each) for one in self._exclusive):
            return
        for field in kinds:
            for name in listed(each.values.get(field)):
                self._principal(each, field, str(name)).identity.append(policy)

    def _principal(self, each: TerraformResource, field: str, name: str) -> PlannedPrincipal:
        key = f"{field.removesuffix('s')}/{name}"
        if UNKNOWN in name:
            referred = self._referred(each, field, HOLDERS)
            key = self._keys[referred.address] if referred else f"{key}{each.address}"
            if referred is None:
                self._found.notes.append(
                    f"{self._name}: whose {each.address} is, is not known before it is applied"
                )
        elsewhere = PlannedPrincipal(
            f"{self._name}: {each.address}", [Policy("policies elsewhere", ANYTHING)]
        )
        return self._found.principals.setdefault(key, elsewhere)

    def _managed(self, arn: str, each: TerraformResource, field: str) -> Policy:
        found = (
            self._policies.get(arn)
            if UNKNOWN not in arn
            else self._referred(each, field, {"aws_iam_policy": ""})
        )
        if found is None:
            return managed(arn)
        return Policy(found.address, document_of(found.values.get("policy")), arn.replace(UNKNOWN, ""))

    def _referred(
        self, each: TerraformResource, field: str, kinds: Iterable[str]
    ) -> TerraformResource | None:
        """The one planned resource of these kinds that an argument refers to."""
        bare = INDEX.sub("", each.address)
        expression = self._expressions.get(bare, {}).get(field) or {}
        names = expression.get("references") or [] if isinstance(expression, Mapping) else []
        prefix = bare.rpartition(f"{each.kind}.")[0]
        found = {
            one.address: one
            for name in names
            for one in self._by_address.get(prefix + INDEX.sub("", str(name)), [])
            if one.kind in set(kinds)
        }
        index = INDEX.findall(each.address)
        same = [one for one in found.values() if INDEX.findall(one.address) == index]
        alike = list(found.values()) if len(found) == 1 else same
        return alike[0] if len(alike) == 1 else None

    def _resource_policy(self, each: TerraformResource) -> None:
        own = OWN_POLICY.get(each.kind)
        if own and each.values.get(own):
            # The provider says that a policy nobody wrote is not known either: the configuration tells them apart.
            written = own in self._expressions.get(INDEX.sub("", each.address), {})
            if (text := each.values[own]) != UNKNOWN or written or each.kind == "aws_iam_role":
                self._add(each, str(each.values.get("arn") or _named(each)), document_of(text))
        elif each.kind in RESOURCE_POLICIES:
            field, document, kind = RESOURCE_POLICIES[each.kind]
            self._add(each, self._target(each, field, kind), document_of(each.values.get(document)))
        elif each.kind in MAY_ALLOW:
            self._add(each, self._target(each, *MAY_ALLOW[each.kind]), ALLOWS_SOMEBODY)

    def _target(self, each: TerraformResource, field: str, kind: str) -> str:
        """The ARN of what a policy is for, as far as it is told."""
        target = str(each.values.get(field) or UNKNOWN)
        referred = self._referred(each, field, {kind})
        arn = str(referred.values.get("arn") or UNKNOWN) if referred else arn_of(kind, target)
        return _named(referred) if referred and UNKNOWN in arn else arn

    def _add(self, each: TerraformResource, arn: str, document: Mapping[str, Any]) -> None:
        arn = _named(each) if arn == UNKNOWN else arn
        address = f"{self._name}: {each.address}"
        self._found.resources.append(PlannedResource(address, arn, Policy(each.address, document)))


def _takes_away(one: TerraformResource, each: TerraformResource) -> bool:
    """Whether one is a list of all policies of each's role or user, and does not have it."""
    kind, whose, listed_as, told = EXCLUSIVE[one.kind]
    kept, name = one.values.get(listed_as), str(each.values.get(told) or UNKNOWN)
    is_its = kind == each.kind and one.values.get(f"{whose}_name") == each.values.get(whose) not in {
        None,
        UNKNOWN,
    }
    is_known = isinstance(kept, list) and not any(UNKNOWN in str(at) for at in (*kept, name))
    return is_its and is_known and name not in (kept or [])


def _named(each: TerraformResource | None) -> str:
    """The ARN as far as the name tells it."""
    if each is None:
        return UNKNOWN
    told = (each.values.get(key) for key in ("bucket", "function_name", "name"))
    return arn_of(each.kind, str(next(filter(None, told), UNKNOWN)))


def arn_of(kind: str, name: str) -> str:
    """The ARN as far as the kind and name of a resource tell it."""
    if name.startswith("arn:") or name == UNKNOWN:
        return name
    if kind not in ARNS:
        return UNKNOWN
    bare = name if kind in NAMED_BY_PATH else name.rpartition("/")[2]
    return ARNS[kind].format(p="aws", r=UNKNOWN, a=UNKNOWN, n=bare)
