"""AWS CLI: one command a line, every argument quoted for a POSIX shell.

https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-parameters.html
"""

import json
import shlex
from collections.abc import Iterable, Mapping

from why403.remedies.formats.attachment import DOCUMENT, Tree, attachment, filled, fillings
from why403.remedies.proposal import Proposal
from why403.remedies.statements import compact
from why403.services.declaration import Draft


def render(proposal: Proposal) -> str:
    """The commands that apply the proposal; empty where none can without losing statements."""
    row = attachment(proposal.form)
    if row is None:
        return ""
    commands = [
        command(_arguments(template, row, proposal, values))
        for values in fillings(row, proposal)
        for template in (row.cli, row.cli_then)
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


def _arguments(template: str, row: Draft, proposal: Proposal, values: Mapping[str, Tree]) -> list[str]:
    arguments: list[str] = []
    for part in shlex.split(template):
        value = _document(row, proposal) if part == DOCUMENT else filled(part, values)
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
    return [*arguments, "--region", str(region)] if row.regional and region else arguments


def _document(row: Draft, proposal: Proposal) -> str:
    """The policy on one line, in the JSON that the command takes it in."""
    document = compact(proposal.after) if proposal.after is not None else ""
    return json.dumps(filled(row.wrapped, {"document": document})) if row.wrapped else document
