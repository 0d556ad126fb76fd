"""The policies of CloudFormation and SAM templates."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from why403.errors import SettingsError
from why403.iam.layer import Policy
from why403.sources.kinds import SOURCE_KINDS
from why403.sources.planned import (
    ALLOWS_SOMEBODY,
    ALLOWS_UNKNOWN,
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
from why403.sources.sam import SAM_ROLES, role_made_by, sam_policies, with_globals
from why403.sources.template import MALFORMED, Resolver, read_template

KINDS: Mapping[str, tuple[str, str]] = {
    each.cloudformation[0]: (each.cloudformation[1], each.arn) for each in SOURCE_KINDS
}
"""The property that names a resource, and its ARN: partition, Region, account, name."""
NAMED_BY_PATH = {"AWS::ECR::Repository", "AWS::Logs::LogGroup", "AWS::SecretsManager::Secret"}
REF_IS_ARN = {"AWS::SNS::Topic", "AWS::SecretsManager::Secret", "AWS::IAM::ManagedPolicy"}
RESOURCE_POLICIES: Mapping[str, tuple[str, str]] = {
    each.held[0]: (each.held[1], each.held[2]) for each in SOURCE_KINDS if each.held[0]
}
"""What the policy is for, and its document."""
OWN_POLICY = {each.cloudformation[0]: each.own for each in SOURCE_KINDS if each.own}
NOT_READ = {
    "AWS::IAM::Group",
    "AWS::IAM::GroupPolicy",
    "AWS::EC2::VPCEndpoint",
    "AWS::Organizations::Policy",
}
"""Kinds with a say over calls that are told instead of read."""
MEMBERSHIPS = {"AWS::IAM::UserToGroupAddition"}
"""What gives users the policies of groups, which are not read."""
GENERATED = re.compile(r"(.+)-([A-Za-z0-9]+)-([A-Za-z0-9]{8,14})")
"""A name that CloudFormation made: stack, logical id (either may be cut), random letters."""
EXPANDED = {"AWS::Serverless-2016-10-31", "AWS::LanguageExtensions"}


@dataclass(frozen=True, slots=True, kw_only=True)
class DeployPlace:
    """Where a template would go. Empty: not known. `physical`: logical id → physical id; `seen`: names in requests."""

    account: str = ""
    region: str = ""
    partition: str = "aws"
    stack: str = ""
    physical: Mapping[str, str] = field(default_factory=dict)
    seen: frozenset[str] = frozenset()


def read_cloudformation(raw: bytes, name: str, place: DeployPlace) -> Planned:
    """The policies that a template would make. SettingsError where it is none."""
    template = read_template(raw, name)
    try:
        return _Template(template, name, place).planned()
    except MALFORMED as error:
        raise SettingsError(f"{name} is no template as CloudFormation takes it: {str(error)[:200]}") from None


class _Template:
    __slots__ = ("_found", "_name", "_place", "_resolver", "_resources")

    def __init__(self, template: Mapping[str, Any], name: str, place: DeployPlace) -> None:
        self._name, self._place = name, place
        self._resources: Mapping[str, Any] = template["Resources"]
        pseudo = {
            "AWS::AccountId": place.account or UNKNOWN,
            "AWS::Region": place.region or UNKNOWN,
            "AWS::Partition": place.partition,
            "AWS::StackName": place.stack or UNKNOWN,
            "AWS::StackId": UNKNOWN,
            "AWS::URLSuffix": "amazonaws.com",
        }
        self._resolver = Resolver(template, pseudo, self._ref, self._attribute)
        self._found = Planned(file=name, account=place.account)
        transforms = template.get("Transform") or []
        for each in transforms if isinstance(transforms, list) else [transforms]:
            if each not in EXPANDED:
                self._found.notes.append(
                    f"{name}: the macro {each} is not resolved; what it adds is not known"
                )

    def planned(self) -> Planned:
        for logical, resource in self._existing():
            if resource["Type"] in {"AWS::IAM::Role", "AWS::IAM::User"}:
                self._principal(logical, resource)
            elif resource["Type"] in SAM_ROLES:
                self._serverless(logical, resource)
        for logical, resource in self._existing():
            if resource["Type"] in NOT_READ:
                self._found.notes.append(NOT_READ_NOTE.format(where=f"{self._name}: {logical}"))
            self._attached(logical, resource)
            self._connected(logical, resource)
            self._resource_policy(logical, resource)
            if resource["Type"] in KINDS:
                self._found.made.append(self._attribute(logical, "Arn"))
        return self._found

    def _existing(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """The resources that a deployment makes; one under a condition that is not known counts as made."""
        for logical, resource in self._resources.items():
            if not isinstance(resource, Mapping) or not isinstance(resource.get("Type"), str):
                continue
            named = resource.get("Condition")
            if named is None or self._resolver.condition({"Condition": named}) is not False:
                yield str(logical), resource

    def _physical(self, logical: str) -> str:
        resource = self._resources.get(logical)
        if not isinstance(resource, Mapping):
            return UNKNOWN
        named = KINDS.get(str(resource.get("Type")), ("", ""))[0]
        written = (resource.get("Properties") or {}).get(named)
        if written is None or (logical in self._place.physical and not isinstance(written, str)):
            return self._generated(logical)
        return str(self._resolver.value(written))

    def _generated(self, logical: str) -> str:
        """The name that is deployed, or the one in the requests that CloudFormation can have made for this resource."""
        if logical in self._place.physical:
            return self._place.physical[logical]
        alike = [name for name in self._place.seen if is_generated(name, self._place.stack, logical)]
        return alike[0] if len(alike) == 1 else UNKNOWN

    def _ref(self, logical: str) -> str:
        kind = str((self._resources.get(logical) or {}).get("Type"))
        return self._attribute(logical, "Arn") if kind in REF_IS_ARN else self._physical(logical)

    def _attribute(self, logical: str, attribute: str) -> str:
        kind = str((self._resources.get(logical) or {}).get("Type"))
        name = self._physical(logical)
        if kind not in KINDS or not (attribute.endswith("Arn") or attribute == "Id"):
            return name if attribute.endswith("Name") else UNKNOWN
        if name.startswith("arn:"):
            return name
        path = str(self._resolver.value((self._resources[logical].get("Properties") or {}).get("Path", "/")))
        if kind.startswith("AWS::IAM::") and path != "/":
            name = path.strip("/") + "/" + name
        place = self._place
        bare = name if kind.startswith("AWS::IAM::") else name.rpartition("/")[2]
        if kind in NAMED_BY_PATH:
            bare = name
        account, region = place.account or UNKNOWN, place.region or UNKNOWN
        return KINDS[kind][1].format(p=place.partition, r=region, a=account, n=bare)

    def _value(self, resource: Mapping[str, Any], key: str) -> Any:  # noqa: ANN401
        return self._resolver.value((resource.get("Properties") or {}).get(key))

    def _principal(self, logical: str, resource: Mapping[str, Any]) -> None:
        made = self._made(resource["Type"].rpartition("::")[2].lower(), logical, logical)
        for each in listed(self._value(resource, "Policies")):
            is_policy = isinstance(each, Mapping)
            made.identity.append(
                Policy(f"{each.get('PolicyName')} ({logical})", document_of(each.get("PolicyDocument")))
                if is_policy
                else Policy(logical, ANYTHING)
            )
        made.identity += [self._managed(each) for each in listed(self._value(resource, "ManagedPolicyArns"))]
        if self._value(resource, "Groups"):
            made.identity.append(Policy("the groups' policies", ANYTHING))
        boundary = self._value(resource, "PermissionsBoundary")
        if boundary:
            made.boundary = [self._managed(boundary)]

    def _role_name(self, logical: str, address: str) -> str:
        name = self._physical(logical) if logical in self._resources else self._generated(logical)
        return name.rpartition("/")[2] if UNKNOWN not in name else f"{UNKNOWN}{address}"

    def _made(self, kind: str, logical: str, address: str) -> PlannedPrincipal:
        name = self._role_name(logical, address)
        if name.startswith(UNKNOWN):
            self._found.notes.append(
                f"{self._name}: the name of {address} is not known: give --stack-resources"
            )
        made = PlannedPrincipal(f"{self._name}: {address}")
        if self._found.notes and any("macro" in note for note in self._found.notes):
            made.identity.append(Policy("what a macro adds", ANYTHING))
        return self._found.principals.setdefault(f"{kind}/{name}", made)

    def _serverless(self, logical: str, resource: Mapping[str, Any]) -> None:
        role = role_made_by(logical, resource)
        if not role:
            return
        made = self._made("role", role, logical)
        given = self._resolver.value(with_globals(resource, self._resolver.template))
        for each in sam_policies(str(resource["Type"]), given):
            made.identity.append(self._managed(each) if isinstance(each, str) else each)
            if isinstance(each, Policy) and each.document is ALLOWS_UNKNOWN:
                self._found.notes.append(f"{self._name}: {logical}: what {each.name} adds is not read")

    def _managed(self, arn: object) -> Policy:
        for logical, resource in self._existing():
            if resource["Type"] == "AWS::IAM::ManagedPolicy" and arn == self._attribute(logical, "Arn"):
                return Policy(logical, document_of(self._value(resource, "PolicyDocument")))
        return managed(str(arn))

    def _attached(self, logical: str, resource: Mapping[str, Any]) -> None:
        kind = resource["Type"]
        if kind not in {
            "AWS::IAM::Policy",
            "AWS::IAM::ManagedPolicy",
            "AWS::IAM::RolePolicy",
            "AWS::IAM::UserPolicy",
            *MEMBERSHIPS,
        }:
            return
        document = ANYTHING if kind in MEMBERSHIPS else document_of(self._value(resource, "PolicyDocument"))
        policy, given = Policy(logical, document), resource.get("Properties") or {}
        named = [("role", each) for each in (*listed(given.get("Roles")), *listed(given.get("RoleName")))]
        named += [("user", each) for each in (*listed(given.get("Users")), *listed(given.get("UserName")))]
        for holder, written in named:
            made = self._found.principals.get(self._key(holder, written))
            if made is None:
                name = str(self._resolver.value(written))
                made = self._made_elsewhere(holder, name, logical)
            made.identity.append(policy)

    def _connected(self, logical: str, resource: Mapping[str, Any]) -> None:
        """What a connector of SAM's grants the role of its source; any role, where that is not told."""
        if resource["Type"] == "AWS::Serverless::Connector":
            source = self._value(resource, "Source")
            of = str(source.get("Id")) if isinstance(source, Mapping) else ""
            role = role_made_by(of, self._resources.get(of) or {})
            key = f"role/{self._role_name(role, of)}" if role else ""
            for name, each in self._found.principals.items():
                if key in {"", name}:
                    each.identity.append(Policy(f"the connector {logical}", ALLOWS_UNKNOWN))

    def _key(self, holder: str, written: object) -> str:
        if isinstance(written, Mapping) and UNKNOWN in self._physical(str(written.get("Ref"))):
            return f"{holder}/{UNKNOWN}{written.get('Ref')}"
        return f"{holder}/{self._resolver.value(written)}"

    def _made_elsewhere(self, holder: str, name: str, logical: str) -> PlannedPrincipal:
        """A role of another stack: what it has besides is not known."""
        made = PlannedPrincipal(f"{self._name}: {logical}", [Policy("policies elsewhere", ANYTHING)])
        return self._found.principals.setdefault(f"{holder}/{name}", made)

    def _resource_policy(self, logical: str, resource: Mapping[str, Any]) -> None:
        kind = resource["Type"]
        if (own := OWN_POLICY.get(kind)) and (resource.get("Properties") or {}).get(own) is not None:
            self._add(logical, self._attribute(logical, "Arn"), document_of(self._value(resource, own)))
        elif kind == "AWS::Lambda::Permission":
            name = str(self._value(resource, "FunctionName") or UNKNOWN)
            arn = KINDS["AWS::Lambda::Function"][1].format(p=UNKNOWN, r=UNKNOWN, a=UNKNOWN, n=name)
            self._add(logical, name if name.startswith("arn:") else arn, ALLOWS_SOMEBODY)
        elif kind in RESOURCE_POLICIES:
            key, document = RESOURCE_POLICIES[kind]
            for written in listed((resource.get("Properties") or {}).get(key)):
                self._add(logical, self._target(written), document_of(self._value(resource, document)))

    def _target(self, written: object) -> str:
        """The ARN of what a policy is for: a resource of the template, or a name or URL."""
        if isinstance(written, Mapping) and str(written.get("Ref")) in self._resources:
            return self._attribute(str(written["Ref"]), "Arn")
        text = str(self._resolver.value(written))
        return text if text.startswith("arn:") else f"arn:aws:s3:::{text}" if "/" not in text else UNKNOWN

    def _add(self, logical: str, arn: str, document: Mapping[str, Any]) -> None:
        self._found.resources.append(
            PlannedResource(f"{self._name}: {logical}", arn, Policy(logical, document))
        )


def is_generated(name: str, stack: str, logical: str) -> bool:
    """Whether CloudFormation may have made this name. An empty stack: any."""
    parts = GENERATED.fullmatch(name)
    if parts is None:
        return False
    begun, middle = parts[1].lower(), parts[2].lower()
    is_cut = len(name) > 50  # noqa: PLR2004  # a name is cut at 63 or 64 letters
    of_stack = not stack or stack.lower() == begun or (is_cut and stack.lower().startswith(begun))
    return of_stack and (middle == logical.lower() or (is_cut and logical.lower().startswith(middle)))
