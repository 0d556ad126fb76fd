"""The playbook of a kind of 403, filled with this incident's names.

Each kind has a JSON file of its name: `layer`, and `steps` in the order to take them. A step is told only where all
names in `needs` are known, and none of those in `unless`; `command` is a command that shows it and changes nothing,
`do` one that changes something, and stands in the step's own sentence.
"""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from why403.denials.denial import Denial, Kind
from why403.iam.layer import Layer
from why403.message import Message
from why403.remedies.case import Case
from why403.remedies.formats.attachment import Tree, filled
from why403.remedies.formats.aws_cli import command
from why403.remedies.playbooks.incident_names import incident_names
from why403.remedies.remedy import Remedy, RemedyKind, Risk
from why403.remedies.risk import is_escalating
from why403.remedies.verify import who_calls
from why403.remedies.wanted import layer_named

NO_KIND = "other-denial"
"""A missing permission of which neither caller nor call could be found out."""
WHO = ["sts", "get-caller-identity"]
EXPLICIT = "explicit-"
EXPLICIT_DENY = "explicit-deny"
LOGGING_FAILURE = "logging-failure"


@cache
def _book(kind: str) -> Mapping[str, Any]:
    path = Path(__file__).with_name(f"{kind}.json")
    book: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return book


def playbook(case: Case) -> tuple[Remedy, ...]:
    """One remedy without a draft: what to look at and what to do, in this order."""
    kind = _name_of(case.denial)
    book = _book(kind)
    layer = layer_named(case.denial.deny_kind) if kind == EXPLICIT_DENY else None
    names = incident_names(case)
    steps = [each for each in book["steps"] if _fits(each, names)]
    return (
        Remedy(
            set=1,
            layer=layer or Layer(book["layer"]),
            target=names.get(book.get("target", "target"), "") or names.get("target", ""),
            kind=RemedyKind.PLAYBOOK,
            title=Message(f"remedies.playbook.{kind}.title"),
            steps=tuple(_step(each, names) for each in steps),
            risk=Risk.HIGH if is_escalating(case.denial.action or "-:-") else Risk.LOW,
            verify=tuple(
                filter(None, (_look(each["command"], names, case) for each in steps if "command" in each))
            ),
        ),
    )


def _name_of(denial: Denial) -> str:
    if denial.kind is not Kind.NONE:
        return denial.kind.value
    if denial.deny_kind is not None and denial.deny_kind.value.startswith(EXPLICIT):
        return EXPLICIT_DENY
    return LOGGING_FAILURE if denial.service == "logs" else NO_KIND


def _fits(step: Mapping[str, Any], names: Mapping[str, str]) -> bool:
    needed = all(names.get(each) for each in step.get("needs", ()))
    return needed and not any(names.get(each) for each in step.get("unless", ()))


def _step(step: Mapping[str, Any], names: Mapping[str, str]) -> Message:
    values = {name: names[name] for name in step.get("needs", ())}
    if "do" in step:
        values["command"] = _command(step["do"], names)
    return Message(step["say"], values)


def _look(template: list[str], names: Mapping[str, str], case: Case) -> str:
    """The command that shows it; empty where it would tell of the reader, and not of the workload."""
    return who_calls(case.workload) if template == WHO else _command(template, names)


def _command(template: list[str], names: Mapping[str, str]) -> str:
    values: dict[str, Tree] = dict(names)
    return command(str(filled(each, values)) for each in template)
