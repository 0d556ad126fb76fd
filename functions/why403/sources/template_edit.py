"""A CloudFormation or SAM template, YAML or JSON: what it makes, and a draft in the policy of that.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-formats.html
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from why403.errors import SettingsError
from why403.sources.cloudformation import (
    KINDS,
    OWN_POLICY,
    RESOURCE_POLICIES,
    DeployPlace,
    is_generated,
    read_cloudformation,
)
from why403.sources.kinds import SOURCE_KINDS
from why403.sources.planned import UNKNOWN, Planned
from why403.sources.sam import role_made_by
from why403.sources.source_edit import Edit, SourceDraft, may_be
from why403.sources.template import PSEUDO, Resolver, flat, nodes_of, values_of
from why403.sources.yaml_text import List, Map, member, plain, scalar, spliced

ROLE = "AWS::IAM::Role"
DEEPEST = 60
"""Levels of nesting; a template has some 15, and the parser recurses."""
POLICIES: Mapping[str, str] = {each.cloudformation[0]: each.held[0] for each in SOURCE_KINDS if each.held[0]}
"""The resource that holds another's policy."""
LISTED = {"Queues", "Topics"}
"""Properties of such a resource that hold several."""


@dataclass(frozen=True, slots=True)
class TemplateOwner:
    """What a template makes and a draft is for: a role, or what has a policy of its own.

    `properties` is its node; `sure`: the template tells its name.
    """

    path: Path
    template: "SourceTemplate"
    logical_id: str
    kind: str
    properties: Any
    line: int
    sure: bool

    @property
    def address(self) -> str:
        """As people find it in the file."""
        return f"{self.logical_id} ({self.kind})"

    def edited(self, draft: SourceDraft) -> Edit:
        """The template with the draft in the policy that it is for. SettingsError where that is not safe."""
        if draft.layer == "identity":
            after = add_policy(self.template, self, draft.policy_name, draft.document)
        else:
            after = add_statements(self.template, self, draft.document["Statement"])
        return Edit(path=self.path, before=self.template.text, after=after)

    def planned(self, path: Path, text: str, draft: SourceDraft) -> Planned:
        """The policies that the template would make with this text, this role under the name that was denied."""
        made = role_made_by(self.logical_id, {"Type": self.kind})
        place = DeployPlace(
            account=draft.account,
            partition=draft.partition,
            physical={made: draft.name, self.logical_id: draft.name},
        )
        return read_cloudformation(text.encode(), path.name, place)


@dataclass(frozen=True, slots=True)
class SourceTemplate:
    """One template's text, its tree and its values."""

    text: str
    root: Any
    values: Mapping[str, Any]

    def owners(self, draft: SourceDraft, path: Path) -> Iterator[TemplateOwner]:
        """What may make the role or the resource that the draft is for."""
        unknown = {f"AWS::{each}": UNKNOWN for each in PSEUDO}
        resolver = Resolver(
            self.values, unknown, lambda _: UNKNOWN, lambda _, __: UNKNOWN, with_defaults=False
        )
        nodes = member(self.root, "Resources")
        for key, node in nodes.value if isinstance(nodes, Map) else ():
            resource, properties = self.values["Resources"].get(key.value), member(node, "Properties")
            made = _made(key.value, resource, draft) if isinstance(resource, Mapping) else ""
            if not made or not (isinstance(properties, Map) or properties is None):
                continue
            if "Condition" in resource and resolver.condition({"Condition": resource["Condition"]}) is False:
                continue
            told = (
                (resource.get("Properties") or {}).get(KINDS[resource["Type"]][0])
                if made == key.value
                else None
            )
            sure = _named(told, str(resolver.value(told)), made, draft)
            if sure is not None:
                yield TemplateOwner(
                    path, self, key.value, resource["Type"], properties, key.start_mark.line + 1, sure
                )


def source_template(text: str) -> SourceTemplate | None:
    """The template; None where the text is something else. SettingsError where it looks like one and does not parse."""
    if "Resources" not in text or "AWS::" not in text:
        return None
    root, values = parsed(text)
    resources = values.get("Resources") if isinstance(values, Mapping) else None
    return SourceTemplate(text, root, values) if isinstance(resources, Mapping) else None


def parsed(text: str) -> tuple[Any, Any]:
    """A text's tree and its values. SettingsError where it does not parse, or unfolds without end."""
    try:
        depth = 0
        for event in yaml.parse(flat(text), Loader=yaml.SafeLoader):
            if isinstance(event, yaml.events.AliasEvent):
                raise SettingsError(
                    "it has a YAML alias, which is not edited, and which CloudFormation does not take"
                )
            depth += isinstance(event, yaml.events.CollectionStartEvent)
            depth -= isinstance(event, yaml.events.CollectionEndEvent)
            if depth > DEEPEST:
                raise SettingsError(f"it is nested deeper than {DEEPEST} levels")
        root = nodes_of(text)
        return root, values_of(root)
    except (yaml.YAMLError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        raise SettingsError(f"it does not parse{f' (line {mark.line + 1})' if mark else ''}") from error


def add_policy(template: SourceTemplate, made: TemplateOwner, name: str, document: Mapping[str, Any]) -> str:
    """The template's text with the draft as one more inline policy of the role. SettingsError where that is not safe."""
    policy: dict[str, Any] = (
        {"PolicyName": name, "PolicyDocument": dict(document)} if made.kind == ROLE else dict(document)
    )
    policies = member(made.properties, "Policies")
    if made.properties is None:
        raise SettingsError("it has no Properties to add a policy to")
    if policies is None and member(made.properties, "Fn::Transform") is not None:
        raise SettingsError("its Properties come from Fn::Transform, which may give it Policies")
    if (
        any(scalar(member(one, "PolicyName")) == name for one in policies.value if isinstance(one, Map))
        if isinstance(policies, List)
        else False
    ):
        raise SettingsError(f"it has a policy {name} already, which may not be deployed yet")
    way = ("Resources", made.logical_id, "Properties", "Policies")
    if policies is None:
        return _proven(
            template,
            spliced(template.text, made.properties, {"Policies": [policy]}, template.root),
            way,
            [policy],
        )
    return _appended(template, policies, way, [policy])


def add_statements(template: SourceTemplate, made: TemplateOwner, statements: Any) -> str:  # noqa: ANN401
    """The template's text with statements more in a resource's own policy, which is made where there is none."""
    listed = statements if isinstance(statements, list) else [statements]
    found = list(_documents(template, made))
    if len(found) > 1:
        raise SettingsError(f"{len(found)} policies are for it: {', '.join(way[1] for way, _ in found)}")
    if found:
        way, document = found[0]
        return _appended(template, member(document, "Statement"), (*way, "Statement"), listed)
    if made.kind not in POLICIES:
        raise SettingsError("it has no policy in the template: what it has then is AWS's own")
    key, held = RESOURCE_POLICIES[POLICIES[made.kind]]
    reference = {"Ref": made.logical_id}
    document = {"Version": "2012-10-17", "Statement": listed}
    given = {key: [reference] if key in LISTED else reference, held: document}
    name, resource = f"{made.logical_id}Policy", {"Type": POLICIES[made.kind], "Properties": given}
    if name in template.values["Resources"]:
        raise SettingsError(f"a resource {name} stands there already, for another")
    text = spliced(template.text, member(template.root, "Resources"), {name: resource}, template.root)
    return _proven(template, text, ("Resources", name), resource)


def _documents(template: SourceTemplate, made: TemplateOwner) -> Iterator[tuple[tuple[str, ...], Any]]:
    """The policies of a resource: (the way to the document, its node)."""
    own = OWN_POLICY.get(made.kind)
    if own and (document := member(made.properties, own)) is not None:
        yield ("Resources", made.logical_id, "Properties", own), document
    for logical, resource in template.values["Resources"].items():
        kind = str(resource.get("Type")) if isinstance(resource, Mapping) else ""
        if kind not in RESOURCE_POLICIES or POLICIES.get(made.kind) != kind:
            continue
        key, held = RESOURCE_POLICIES[kind]
        target = (resource.get("Properties") or {}).get(key)
        if {"Ref": made.logical_id} in (target if isinstance(target, list) else [target]):
            node = member(member(member(template.root, "Resources"), logical), "Properties")
            yield ("Resources", logical, "Properties", held), member(node, held)


def _appended(template: SourceTemplate, into: Any, way: tuple[str, ...], added: list[Any]) -> str:  # noqa: ANN401
    last = way[-1]
    if not isinstance(into, List) or into.tag != "tag:yaml.org,2002:seq":
        raise SettingsError(f"its {last} are no plain list (a name, an If or another function)")
    if not into.value:
        raise SettingsError(f"its {last} are an empty list: take that line out first")
    return _proven(template, spliced(template.text, into, added, template.root), way, added)


def _proven(template: SourceTemplate, text: str, way: tuple[str, ...], added: Any) -> str:  # noqa: ANN401
    """Parsed again, the text must be the old template and what was added, nothing else."""
    again, wanted = source_template(text), plain(template.root)
    inside = wanted
    for step in way[:-1]:
        inside = inside[step]
    more = plain(yaml.compose(json.dumps(added), Loader=yaml.SafeLoader))
    inside[way[-1]] = inside.get(way[-1], []) + more if isinstance(more, list) else more
    if again is None or plain(again.root) != wanted:
        raise SettingsError("the edit would change more than the policy")
    return text


def _made(logical: str, resource: Mapping[str, Any], draft: SourceDraft) -> str:
    """The logical id of the role or resource that it makes, where that is of the draft's kind."""
    if draft.layer != "resource":
        return role_made_by(logical, resource)
    kind = str(resource.get("Type"))
    service = f"arn:{{p}}:{draft.target.split(':')[2]}:"
    is_of_it = kind in (POLICIES.keys() | OWN_POLICY.keys()) and KINDS[kind][1].startswith(service)
    return logical if is_of_it else ""


def _named(told: object, resolved: str, made: str, draft: SourceDraft) -> bool | None:
    """True: the template tells this very name; False: a deployment may make it; None: another role."""
    if told is None:
        of_tags = draft.layer == "resource" and made == draft.logical_id
        return False if of_tags or is_generated(draft.name, "", made) else None
    return may_be(draft.name, resolved)
