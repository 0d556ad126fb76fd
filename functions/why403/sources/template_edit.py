"""A CloudFormation or SAM template, YAML or JSON: the roles that it makes, and one more inline policy spliced into its text.

PyYAML tells where each node stands, so nothing outside the added lines changes: comments, line ends and order stay. JSON is read
as YAML's flow style.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-formats.html
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from why403.errors import SettingsError
from why403.sources.cloudformation import DeployPlace, is_generated, read_cloudformation, role_made_by
from why403.sources.planned import UNKNOWN, Planned
from why403.sources.source_edit import Edit, RoleDraft, may_be
from why403.sources.template import PSEUDO, Resolver, flat, nodes_of, values_of

ROLE = "AWS::IAM::Role"
DEEPEST = 60
"""Levels of nesting; a template has some 15, and the parser recurses."""
Node = yaml.nodes.Node
Map = yaml.nodes.MappingNode
List = yaml.nodes.SequenceNode
Scalar = yaml.nodes.ScalarNode


@dataclass(frozen=True, slots=True)
class TemplateRole:
    """A role that a template makes: `properties` is where its inline policies stand; `sure`: the template tells its name."""

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

    def edited(self, draft: RoleDraft) -> Edit:
        """The template with the draft as one more inline policy of the role. SettingsError where that is not safe."""
        after = add_policy(self.template, self, draft.policy_name, draft.document)
        return Edit(path=self.path, before=self.template.text, after=after)

    def planned(self, path: Path, text: str, draft: RoleDraft) -> Planned:
        """The policies that the template would make with this text, this role under the name that was denied."""
        made = role_made_by(self.logical_id, {"Type": self.kind})
        place = DeployPlace(
            account=draft.account,
            partition=draft.partition,
            physical={made: draft.role, self.logical_id: draft.role},
        )
        return read_cloudformation(text.encode(), path.name, place)


@dataclass(frozen=True, slots=True)
class SourceTemplate:
    """One template's text, its tree and its values."""

    text: str
    root: Any
    values: Mapping[str, Any]

    def roles(self, draft: RoleDraft, path: Path) -> Iterator[TemplateRole]:
        """The roles that may be the one of the draft."""
        unknown = {f"AWS::{each}": UNKNOWN for each in PSEUDO}
        resolver = Resolver(
            self.values, unknown, lambda _: UNKNOWN, lambda _, __: UNKNOWN, with_defaults=False
        )
        nodes = member(self.root, "Resources")
        for key, node in nodes.value if isinstance(nodes, Map) else ():
            resource, properties = self.values["Resources"].get(key.value), member(node, "Properties")
            made = role_made_by(key.value, resource) if isinstance(resource, Mapping) else ""
            if not made or not isinstance(properties, Map):
                continue
            if "Condition" in resource and resolver.condition({"Condition": resource["Condition"]}) is False:
                continue
            told = resource["Properties"].get("RoleName") if resource["Type"] == ROLE else None
            sure = _named(told, str(resolver.value(told)), made, draft)
            if sure is not None:
                yield TemplateRole(
                    path, self, key.value, resource["Type"], properties, key.start_mark.line + 1, sure
                )


def source_template(text: str) -> SourceTemplate | None:
    """The template; None where the text is something else. SettingsError where it looks like one and does not parse."""
    if "Resources" not in text or "AWS::" not in text:
        return None
    try:
        depth = 0
        for event in yaml.parse(flat(text), Loader=yaml.SafeLoader):
            if isinstance(event, yaml.events.AliasEvent):
                raise SettingsError("it has a YAML alias, which CloudFormation does not take")
            depth += isinstance(event, yaml.events.CollectionStartEvent)
            depth -= isinstance(event, yaml.events.CollectionEndEvent)
            if depth > DEEPEST:
                raise SettingsError(f"it is nested deeper than {DEEPEST} levels")
        root = nodes_of(text)
        values = values_of(root)
    except (yaml.YAMLError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        raise SettingsError(f"it does not parse{f' (line {mark.line + 1})' if mark else ''}") from error
    resources = values.get("Resources") if isinstance(values, Mapping) else None
    return SourceTemplate(text, root, values) if isinstance(resources, Mapping) else None


def add_policy(template: SourceTemplate, made: TemplateRole, name: str, document: Mapping[str, Any]) -> str:
    """The template's text with the draft as one more inline policy of the role. SettingsError where that is not safe."""
    properties = made.properties
    policy: dict[str, Any] = (
        {"PolicyName": name, "PolicyDocument": dict(document)} if made.kind == ROLE else dict(document)
    )
    policies = member(properties, "Policies")
    if policies is None:
        text = spliced(template.text, properties, {"Policies": [policy]}, template.root)
    elif not isinstance(policies, List) or policies.tag != "tag:yaml.org,2002:seq":
        raise SettingsError("its Policies are no plain list (a name, an If or another function)")
    elif not policies.value:
        raise SettingsError("its Policies are an empty list: take that line out first")
    elif any(_text(member(one, "PolicyName")) == name for one in policies.value):
        raise SettingsError(f"it has a policy {name} already, which may not be deployed yet")
    else:
        text = spliced(template.text, policies, [policy], template.root)
    _prove(template, text, made, policy)
    return text


def _prove(template: SourceTemplate, text: str, made: TemplateRole, policy: Mapping[str, Any]) -> None:
    """Parsed again, the text must be the old template and this policy, nothing else."""
    again = source_template(text)
    wanted = _plain(template.root)
    wanted["Resources"][made.logical_id]["Properties"].setdefault("Policies", []).append(
        _plain(yaml.compose(json.dumps(policy), Loader=yaml.SafeLoader))
    )
    if again is None or _plain(again.root) != wanted:
        raise SettingsError("the edit would change more than the policy")


def spliced(text: str, into: Any, added: Any, root: Any) -> str:  # noqa: ANN401  # PyYAML has no types
    """The text with values added behind the last of a list's or mapping's, as its neighbours are written."""
    newline = "\r\n" if "\r\n" in text else "\n"
    last = into.value[-1][1] if isinstance(into, Map) else into.value[-1]
    first = into.value[0][0] if isinstance(into, Map) else into.value[0]
    if into.flow_style:
        at = last.end_mark.index
        shown = json.dumps(added)[1:-1]
        if first.start_mark.line != into.start_mark.line:
            margin = _margin(text, first.start_mark.index)
            step = margin.removeprefix(_margin(text, into.start_mark.index)) or "  "
            listed = json.dumps(added, indent=step).split("\n")[1:-1]
            shown = newline + newline.join(margin + line.removeprefix(step) for line in listed)
            return f"{text[:at]},{shown}{text[at:]}"
        return f"{text[:at]}, {shown}{text[at:]}"
    at = _end(text, last)
    margin = " " * into.start_mark.column
    written = yaml.dump(
        added, Dumper=_Indented if _indents(root) else yaml.SafeDumper, sort_keys=False, width=4096
    )
    if isinstance(added, list):
        written = re.sub(r"^ {2}", "", written, flags=re.MULTILINE) if written.startswith("  ") else written
    lines = newline.join(margin + line for line in written.splitlines()) + newline
    opened = "" if text[:at].endswith("\n") else newline
    return text[:at] + opened + lines + text[at:]


class _Indented(yaml.SafeDumper):  # type: ignore[misc,unused-ignore]  # PyYAML's C types
    """Lists stand deeper than their key."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: FBT001, FBT002, ARG002
        super().increase_indent(flow, False)  # noqa: FBT003


def _indents(node: Any) -> bool:  # noqa: ANN401
    """Whether the template's first block list stands deeper than its key; so where it has none."""
    waiting = [node]
    while waiting:
        one = waiting.pop(0)
        if isinstance(one, Map):
            for key, value in one.value:
                if isinstance(value, List) and not value.flow_style and value.value:
                    return bool(value.start_mark.column > key.start_mark.column)
                waiting.append(value)
    return True


def _end(text: str, node: Any) -> int:  # noqa: ANN401
    """Where the line after a node's last word begins: a block's own end mark stands behind comments and blanks."""
    while not isinstance(node, Scalar) and not node.flow_style and node.value:
        node = node.value[-1][1] if isinstance(node, Map) else node.value[-1]
    at = node.end_mark.index
    if isinstance(node, Scalar) and node.style in {"|", ">"}:
        at = len(text[:at].rstrip())
    return text.find("\n", at) + 1 or len(text)


def _margin(text: str, at: int) -> str:
    line = text[text.rfind("\n", 0, at) + 1 : at]
    return line[: len(line) - len(line.lstrip(" \t"))]


def _named(told: object, resolved: str, made: str, draft: RoleDraft) -> bool | None:
    """True: the template tells this very name; False: a deployment may make it; None: another role."""
    if told is None:
        return False if is_generated(draft.role, "", made) else None
    return may_be(draft.role, resolved)


def member(node: Any, name: str) -> Any:  # noqa: ANN401
    """A mapping's value, where it has that key once."""
    found = [value for key, value in node.value if key.value == name] if isinstance(node, Map) else []
    return found[0] if len(found) == 1 else None


def _text(node: Any) -> str:  # noqa: ANN401
    return str(node.value) if isinstance(node, Scalar) else ""


def _plain(node: Any) -> Any:  # noqa: ANN401
    """A node as plain values; a short function keeps its tag, marked by a NUL, so that two of them can be compared."""
    if isinstance(node, Map):
        plain: Any = {str(_plain(key)): _plain(value) for key, value in node.value}
        if any(key.startswith(("Fn::", "Ref")) for key in plain):
            return {"\0": plain}
    elif isinstance(node, List):
        plain = [_plain(one) for one in node.value]
    else:
        plain = _text(node)
    standard = node is None or node.tag.startswith("tag:yaml.org,2002:")
    return plain if standard else {"\0": [node.tag, plain]}
