"""Terraform: resource blocks for the AWS provider, the policy through jsonencode().

https://developer.hashicorp.com/terraform/language/expressions/strings#escape-sequences
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from why403.remedies.formats.attachment import attachment, filled, fillings, quoted
from why403.remedies.proposal import Proposal
from why403.services.declaration import Block

BARE_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
"""What HCL takes for an identifier; other keys are quoted."""
OWNED = "# This resource exists: change the block that defines it, or import it first."


def render(proposal: Proposal) -> str:
    """The blocks, formatted as `terraform fmt` does; empty where the provider has no such resource."""
    row = attachment(proposal.form)
    if row is None or not row.terraform:
        return ""
    blocks: list[str] = []
    several = fillings(row, proposal)
    for number, values in enumerate(several):
        label = _label(proposal) + (f"_{number + 1}" if len(several) > 1 else "")
        arguments = filled(dict(row.terraform.arguments), values)
        blocks.append(_block(row.terraform, label, arguments, proposal))
        if then := row.terraform.then:
            blocks.append(_block(then, label, filled(dict(then.arguments), values), proposal))
    comment = [OWNED] if row.terraform.owned else []
    return "\n".join([*comment, "\n\n".join(blocks)]) + "\n"


def _block(shape: Block, label: str, arguments: object, proposal: Proposal) -> str:
    lines = dict(arguments) if isinstance(arguments, dict) else {}
    if proposal.grant_constraint:
        return _grant_block(shape.type, label, lines, proposal.grant_constraint)
    width = max((len(key) for key in lines), default=0)
    text = [f"  {key.ljust(width)} = {hcl(value, 1)}" for key, value in lines.items()]
    if shape.document and proposal.after is not None:
        text += [*([""] if text else []), f"  {shape.document} = jsonencode({hcl(proposal.after, 1)})"]
    return "\n".join([f'resource "{shape.type}" "{label}" {{', *text, "}"])


def _grant_block(kind: str, label: str, lines: Mapping[str, Any], constraint: Mapping[str, str]) -> str:
    width = max(len(key) for key in lines)
    text = [f"  {key.ljust(width)} = {hcl(value, 1)}" for key, value in lines.items()]
    nested = ["", "  constraints {", f"    encryption_context_subset = {hcl(constraint, 2)}", "  }"]
    return "\n".join([f'resource "{kind}" "{label}" {{', *text, *nested, "}"])


def _label(proposal: Proposal) -> str:
    words = re.sub(r"[^0-9A-Za-z]+", "_", proposal.policy_name or proposal.form).strip("_").lower()
    return words if words[:1].isalpha() else f"policy_{words}"


def hcl(value: object, depth: int) -> str:
    """A JSON value as an HCL expression: strings without interpolation, objects one key a line."""
    inner = "  " * (depth + 1)
    if isinstance(value, str):
        return _string(value)
    if isinstance(value, Mapping):
        if not value:
            return "{}"
        keys = {key: key if BARE_KEY.fullmatch(key) else _string(key) for key in value}
        lines = _aligned([(keys[key], hcl(each, depth + 1)) for key, each in value.items()])
        return "{\n" + "\n".join(f"{inner}{line}" for line in lines) + "\n" + "  " * depth + "}"
    if isinstance(value, (list, tuple)):
        if all(isinstance(each, str) for each in value) and len(value) <= 1:
            return "[" + ", ".join(hcl(each, depth) for each in value) + "]"
        return "[\n" + "".join(f"{inner}{hcl(each, depth + 1)},\n" for each in value) + "  " * depth + "]"
    return json.dumps(value)


def _aligned(pairs: list[tuple[str, str]]) -> list[str]:
    """`terraform fmt` aligns the equals signs of neighbouring one-line items; a longer one ends the run."""
    lines: list[str] = []
    run: list[tuple[str, str]] = []
    for key, text in [*pairs, ("", "")]:
        if key and "\n" not in text:
            run.append((key, text))
            continue
        width = max((len(each) for each, _ in run), default=0)
        lines += [f"{each.ljust(width)} = {shown}" for each, shown in run]
        run = []
        if key:
            lines.append(f"{key} = {text}")
    return lines


def _string(text: str) -> str:
    """A quoted template without templates: `${` and `%{` doubled, everything odd escaped."""
    return quoted(text).replace("${", "$${").replace("%{", "%%{")
