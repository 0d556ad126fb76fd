"""CloudFormation: a template in YAML, for a stack of its own or to merge into the one that owns the resource.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-formats.html
"""

import re
from collections.abc import Mapping
from typing import Any

from why403.remedies.formats.attachment import attachment, filled, fillings, quoted
from why403.remedies.naming import identifier
from why403.remedies.proposal import Proposal
from why403.services.declaration import Block, Draft

VERSION = "2010-09-09"
OWNED = "Merge this resource into the template that defines it; a stack of its own would collide with it."
BARE = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
"""A key that YAML reads as text without quotes; its words for true, false and null are looked for apart."""
YAML_WORDS = frozenset({"true", "false", "yes", "no", "on", "off", "null", "y", "n"})


def render(proposal: Proposal) -> str:
    """The template; empty where CloudFormation cannot attach this policy."""
    row = attachment(proposal.form)
    if row is None or not row.cloudformation:
        return ""
    template: dict[str, Any] = {"AWSTemplateFormatVersion": VERSION}
    if is_owned(row):
        template["Description"] = OWNED
    template["Resources"] = resources(row, proposal)
    return yaml(template)


def is_owned(row: Draft) -> bool:
    """Whether CloudFormation, and with it the CDK, holds the policy inside the resource."""
    return row.cloudformation is not None and row.cloudformation.owned


def resources(row: Draft, proposal: Proposal) -> dict[str, Any]:
    """The template's resources by logical id."""
    block = row.cloudformation
    if block is None:
        return {}
    logical_id = proposal.owner.logical_id if block.owned and proposal.owner is not None else ""
    name = logical_id or identifier(proposal.policy_name or proposal.form)
    several = fillings(row, proposal)
    return {
        f"{name}{number or ''}": _resource(block, filled(dict(block.arguments), values), proposal)
        for number, values in enumerate(several)
    }


def _resource(block: Block, properties: object, proposal: Proposal) -> dict[str, Any]:
    held = dict(properties) if isinstance(properties, dict) else {}
    if block.document and proposal.after is not None:
        held[block.document] = proposal.after
    kept = {"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"} if block.owned else {}
    return {"Type": block.type, **kept, "Properties": held}


def yaml(value: object, depth: int = 0) -> str:
    """Block style, every text value quoted, so that no name is ever taken for YAML."""
    return "\n".join(_lines(value, depth)) + "\n"


def _lines(value: object, depth: int) -> list[str]:
    indent = "  " * depth
    if isinstance(value, Mapping) and value:
        return [line for key, each in value.items() for line in _entry(f"{indent}{_key(key)}:", each, depth)]
    if isinstance(value, (list, tuple)) and value:
        return [line for each in value for line in _item(indent, each, depth)]
    return [indent + _scalar(value)]


def _entry(head: str, value: object, depth: int) -> list[str]:
    if isinstance(value, (Mapping, list, tuple)) and value:
        return [head, *_lines(value, depth + 1)]
    return [f"{head} {_scalar(value)}"]


def _item(indent: str, value: object, depth: int) -> list[str]:
    if isinstance(value, (Mapping, list, tuple)) and value:
        first, *rest = _lines(value, depth + 1)
        return [f"{indent}- {first.lstrip(' ')}", *rest]
    return [f"{indent}- {_scalar(value)}"]


def _key(key: str) -> str:
    return key if BARE.fullmatch(key) and key.lower() not in YAML_WORDS else quoted(key)


def _scalar(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return str(value)
    if isinstance(value, Mapping):
        return "{}"
    if isinstance(value, (list, tuple)):
        return "[]"
    return "null" if value is None else quoted(str(value))
