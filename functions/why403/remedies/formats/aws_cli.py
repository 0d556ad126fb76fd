"""AWS CLI: one command a line, every argument quoted for a POSIX shell.

https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-parameters.html
"""

import json
import shlex
from collections.abc import Iterable, Mapping
from typing import Any

from why403.remedies.diff import compact
from why403.remedies.formats.attachment import DOCUMENT, Attachment, Tree, attachment, filled, fillings
from why403.remedies.proposal import Proposal


def render(proposal: Proposal) -> str:
    """The commands that apply the proposal; empty where none can without losing statements."""
    row = attachment(proposal.form)
    if row is None:
        return ""
    commands = [
        command(_arguments(template, row, proposal, values))
        for values in fillings(row, proposal)
        for template in (row.aws_cli, row.aws_cli_then)
        if template
    ]
    return "\n".join(commands)


def command(arguments: Iterable[str]) -> str:
    """`aws` with its arguments; a value that looks like an option is tied to its own."""
    words: list[str] = []
    for argument in arguments:
        looks_like_option = argument.startswith("-") and not argument.startswith("--")
        if looks_like_option and words and words[-1].startswith("--"):
            words[-1] = shlex.quote(f"{words[-1]}={argument}")
        else:
            words.append(shlex.quote(argument))
    return " ".join(("aws", *words))


def _arguments(
    template: tuple[Any, ...], row: Attachment, proposal: Proposal, values: Mapping[str, Tree]
) -> list[str]:
    arguments: list[str] = []
    for part in template:
        value = _value(part, proposal, values)
        if not value and arguments and arguments[-1].startswith("--"):
            arguments.pop()
        elif isinstance(value, list):
            arguments.extend(str(each) for each in value)
        else:
            arguments.append(str(value))
    if proposal.grant_constraint:
        constraint = {"EncryptionContextSubset": dict(proposal.grant_constraint)}
        arguments += ["--constraints", json.dumps(constraint)]
    region = values.get("region")
    return [*arguments, "--region", str(region)] if row.region and region else arguments


def _value(part: Any, proposal: Proposal, values: Mapping[str, Tree]) -> Tree:  # noqa: ANN401  # a piece of a JSON row
    document = compact(proposal.after) if proposal.after is not None else ""
    if part == DOCUMENT:
        return document
    if isinstance(part, dict):
        return json.dumps({key: document if value == DOCUMENT else value for key, value in part.items()})
    return filled(part, values)
