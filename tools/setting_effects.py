"""docs/setting-changes.md: what CloudFormation does to a stack when one setting changes, by its own schemas.

Each change is two synthesized templates, set against each other. Whether a changed property replaces its resource stands in
the resource type's schema (createOnlyProperties), as cfn-lint ships it.
"""

import json
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from aws_cdk import App
from aws_cdk import aws_lambda as lambda_
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER  # type: ignore[import-untyped]  # it has no types
from why403.aws.granted_reads import granted_reads
from why403.delivery.register import OWN_ROOM, SECRETS

from infra.settings import declared, settings_of
from infra.stack import Why403Stack

BASE: Mapping[str, Any] = {"log_groups": ["/ecs/orders"]}
GLOBS: Mapping[str, Any] = {"log_groups": ["/ecs/*"]}
SIGNED: Mapping[str, Any] = {**BASE, "page_mode": "signed"}
INSIDE: Mapping[str, Any] = {
    **BASE,
    "subnets": ["subnet-0123456789abcdef0"],
    "security_groups": ["sg-0123456789abcdef0"],
}
TOGETHER: Mapping[str, Mapping[str, Any]] = {"subnets": INSIDE}
"""What has to be set beside a setting."""
CHANGES: Mapping[str, tuple[Mapping[str, Any], Any]] = {
    "log_groups": (BASE, ["/ecs/orders", "/app/*"]),
    "exclude_log_groups": (GLOBS, ["/ecs/test-*"]),
    "log_group_tags": (BASE, {"why403": "on"}),
    "globs_by": (GLOBS, "account-policy"),
    **{secret.setting: (BASE, f"team/{channel}") for channel, secret in SECRETS.items()},
    "routes": (BASE, [{SECRETS[OWN_ROOM.name].setting: "team/webhook"}]),
    "webhook_hosts": (BASE, ["hooks.example.com"]),
    "language": (BASE, "ja"),
    "email_addresses": (BASE, ["a@example.com"]),
    "alarm_email_addresses": (BASE, ["a@example.com"]),
    "event_bus": (BASE, "default"),
    "page_mode": (SIGNED, "console"),
    "link_hours": (SIGNED, 24),
    "acting": (BASE, "off"),
    "act_hours": (SIGNED, 1),
    "expected": (BASE, [{"role": "probe", "reason": "it probes", "owner": "search"}]),
    "retention_days": (BASE, 30),
    "log_retention_days": (BASE, 7),
    "recheck_minutes": (BASE, 5),
    "resolve_after_hours": (BASE, 1),
    "reconcile_hour_utc": (BASE, 4),
    "concurrency": (BASE, {"triage": 3}),
    "table_writes_per_second": (BASE, 100),
    "permissions_boundary": (BASE, "limit"),
    "role_path": (BASE, "/teams/"),
    "kms_key": (BASE, "arn:aws:kms:eu-central-1:123456789012:key/11112222-3333-4444-5555-666677778888"),
    "subnets": (BASE, ["subnet-0123456789abcdef0"]),
    "security_groups": (INSIDE, ["sg-0123456789abcdef1"]),
    "target_read_roles": (BASE, {"111122223333": "arn:aws:iam::111122223333:role/read"}),
    "organization_read_role": (BASE, "arn:aws:iam::111122223333:role/read"),
    "tags": (BASE, {"team": "search"}),
}
"""Setting → the settings before, and its value after; what is on or off is switched. Another `stack_name` is another stack."""
LOST: Mapping[str, str] = {
    "AWS::Logs::LogGroup": "what it logged",
    "AWS::SQS::Queue": "events that are parked in it",
    "AWS::SNS::Topic": "who subscribed to it",
    "AWS::KMS::Key": "the key, after 30 days",
    "AWS::Lambda::Url": "the URL: links that were sent open no more",
    "AWS::DynamoDB::Table": "every incident",
    "AWS::SecretsManager::Secret": "what the secret holds",
}
"""What goes with a resource that is taken away or replaced, and is not kept."""
REFUSED = "CloudFormation refuses it, as what has a fixed name cannot be replaced: destroy the stack and deploy it anew"
KEPT = frozenset({"Retain", "RetainExceptOnCreate"})
HEAD = """\
# What a changed setting does to a stack
Written by `make docs` from the templates of before and after, and CloudFormation's own schemas: what is made, changed in place,
replaced by a new one, taken away; and what is lost by that. The incident table is never replaced; it and the secrets are kept
where they are taken out ([upgrade.md](upgrade.md)). Another `stack_name` is another stack.

| setting | from, to | made | changed | replaced | taken away | lost |
| --- | --- | --- | --- | --- | --- | --- |
"""
LONGEST = 60
"""Characters of a value that the table shows."""
Resources = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Effects:
    """What happens to which resources, by logical id; of those that are made, by type."""

    made_kinds: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    replaced: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    """Of the replaced, those that keep the name that is given to them: CloudFormation refuses such a change."""


def resources_of(settings: Mapping[str, Any]) -> Resources:
    """The stack's resources under these settings; the rules of cdk-nag are not asked again."""
    with tempfile.TemporaryDirectory() as folder:
        asset = Path(folder) / "asset"
        asset.mkdir()
        (asset / "triage.py").write_text('"""Nothing."""\n')
        app = App(outdir=str(Path(folder) / "out"))
        code = lambda_.Code.from_asset(str(asset))
        Why403Stack(app, settings=settings_of(settings), code=code, reads=granted_reads())
        template = json.loads(Path(app.synth().stacks[0].template_full_path).read_text("utf-8"))
    found: Resources = template["Resources"]
    return found


def effects(before: Resources, after: Resources) -> Effects:
    """What CloudFormation does to get from the one to the other."""
    both = [name for name in before if name in after and before[name]["Type"] == after[name]["Type"]]
    changed = {name: _changed(before[name], after[name]) for name in both}
    replaced = [name for name, properties in changed.items() if properties & _fixed(before[name]["Type"])]
    return Effects(
        made_kinds=tuple(after[name]["Type"] for name in after if name not in both),
        changed=tuple(name for name in both if changed[name] and name not in replaced),
        replaced=tuple(replaced),
        gone=tuple(name for name in before if name not in both),
        refused=tuple(
            name for name in replaced if _named(before[name]) and not changed[name] & _names(before[name])
        ),
    )


def lost(before: Resources, found: Effects) -> tuple[str, ...]:
    """What goes with what is taken away or replaced, and is not kept by its policy."""
    gone = [(before[name], "DeletionPolicy") for name in found.gone]
    gone += [(before[name], "UpdateReplacePolicy") for name in found.replaced]
    told = [LOST[one["Type"]] for one, policy in gone if one["Type"] in LOST and one.get(policy) not in KEPT]
    return tuple(dict.fromkeys(told))


def changes() -> dict[str, tuple[Mapping[str, Any], Any]]:
    """Every setting that is tried, in the order of docs/settings.md."""
    switched = {one.name: (BASE, not one.default) for one in declared() if isinstance(one.default, bool)}
    tried = {**switched, **CHANGES}
    return {one.name: tried[one.name] for one in declared() if one.name in tried}


def setting_effects() -> dict[str, tuple[Resources, Effects]]:
    """Setting → the resources before, and what its change does."""
    synthesized: dict[str, Resources] = {}

    def of(settings: Mapping[str, Any]) -> Resources:
        key = json.dumps(settings, sort_keys=True)
        if key not in synthesized:
            synthesized[key] = resources_of(settings)
        return synthesized[key]

    return {
        name: (of(base), effects(of(base), of({**base, **TOGETHER.get(name, {}), name: value})))
        for name, (base, value) in changes().items()
    }


def effects_docs(found: Mapping[str, tuple[Resources, Effects]]) -> str:
    """The page's text."""
    return HEAD + "\n".join(_row(name, *each) for name, each in found.items()) + "\n"


def _row(name: str, before: Resources, found: Effects) -> str:
    base, value = changes()[name]
    cells = [
        f"`{name}`",
        f"{_shown(base.get(name))} → {_shown(value)}",
        _told(found.made_kinds),
        *(_told(before[one]["Type"] for one in part) for part in (found.changed, found.replaced, found.gone)),
        "; ".join(lost(before, found)) if not found.refused else REFUSED,
    ]
    return f"| {' | '.join(cells)} |"


def _shown(value: object) -> str:
    if value is None:
        return "default"
    text = json.dumps(value)
    return f"`{text if len(text) <= LONGEST else text[:LONGEST] + '…'}`"


def _told(kinds: Iterable[str]) -> str:
    """Each kind once: how many there are of it changes with every function and alarm that is added."""
    return ", ".join(sorted({kind.removeprefix("AWS::") for kind in kinds}))


@cache
def _schema(kind: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", kind).schema
    return found


def _properties(kind: str, rule: str) -> frozenset[str]:
    """The outermost properties that the schema lists under that rule."""
    return frozenset(path.split("/")[2] for path in _schema(kind).get(rule) or ())


def _fixed(kind: str) -> frozenset[str]:
    return frozenset() if kind.startswith("Custom::") else _properties(kind, "createOnlyProperties")


def _names(resource: Mapping[str, Any]) -> frozenset[str]:
    return _properties(resource["Type"], "primaryIdentifier")


def _named(resource: Mapping[str, Any]) -> bool:
    """Whether the template itself gives all that the resource is known by."""
    names = _names(resource)
    return bool(names) and names <= set(resource.get("Properties", {}))


def _changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> frozenset[str]:
    one, other = before.get("Properties", {}), after.get("Properties", {})
    return frozenset(name for name in {*one, *other} if one.get(name) != other.get(name))
