"""The playbook of a kind of 403 (playbooks/), filled with this incident's names.

Each kind has a JSON file of its name: `layer`, and `steps` in the order to take them. A step is told only where all
names in `needs` are known, and none of those in `unless`; `command` is a command that shows it and changes nothing,
`do` one that changes something, and stands in the step's own sentence.
"""

import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from why403.denials.denial import Kind
from why403.iam.arn import parse_arn
from why403.iam.layer import Layer
from why403.iam.principal import PrincipalKind, parse_principal
from why403.message import Message
from why403.remedies.case import Case
from why403.remedies.formats.attachment import Tree, filled
from why403.remedies.formats.aws_cli import command
from why403.remedies.remedy import Remedy, RemedyKind, Risk
from why403.remedies.risk import is_escalating
from why403.remedies.verify import who_calls
from why403.remedies.wanted import layer_named
from why403.workloads.credentials import PASSED_ROLE, STATE_MACHINE_ROLE
from why403.workloads.ecs.task import is_of_task_start
from why403.workloads.workload import UNSUPPORTED, WorkloadKind

NO_KIND = "other-denial"
"""A missing permission of which neither caller nor call could be found out."""
MOST_SERVICES = 6
"""That are named; `ListTagsForResource` is a call of some fifty."""
WHO = ["sts", "get-caller-identity"]
CLAIMED_CALLER = "claimed-caller"
"""A line of a caller that its workload is not known to be: it may be quoted, pasted or forged."""
WEB_IDENTITY = "web-identity"
"""A token of an OIDC provider was not let in: a pod's service account (IRSA), a pipeline's."""
POD_IDENTITY = "pod-identity"
NO_POD_ROLE = "EKS does not have permissions to assume the associated role"
"""How the agent of EKS Pod Identity words it: https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html"""
EXPLICIT = "explicit-"
EXPLICIT_DENY = "explicit-deny"
LOGGING_FAILURE = "logging-failure"
_LAKE_FORMATION = re.compile(
    r"Lake Formation permission\(s\)(?:: Required (?P<permission>[A-Za-z]{1,20}))? on (?P<name>(?:s3://)?[\w./-]{1,255})"
)
"""`Insufficient Lake Formation permission(s): Required Describe on orders`."""
_STATIC_KEYS = "static-keys"
_NETWORK = "NetworkInterface"
"""How the calls end with which Lambda sets up a function's place in a VPC."""
_STARTED = "ecs"
"""Who made the call before the application ran: ECS, for the task."""


@cache
def _book(kind: str) -> Mapping[str, Any]:
    path = Path(__file__).parent / "playbooks" / f"{kind}.json"
    book: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return book


def playbook(case: Case) -> tuple[Remedy, ...]:
    """One remedy without a draft: what to look at and what to do, in this order."""
    kind = _name_of(case)
    book = _book(kind)
    layer = layer_named(case.denial.deny_kind) if kind == EXPLICIT_DENY else None
    names = _incident_names(case)
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


def _name_of(case: Case) -> str:
    denial = case.denial
    if any(found.id in UNSUPPORTED for found in case.workload.findings):
        return CLAIMED_CALLER
    if denial.kind is not Kind.NONE:
        return denial.kind.value
    if NO_POD_ROLE in denial.excerpt:
        return POD_IDENTITY
    if denial.action == "sts:AssumeRoleWithWebIdentity":
        return WEB_IDENTITY
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


def _incident_names(case: Case) -> dict[str, str]:
    """What the line, the workload and the reads tell; a name that is not known is left out."""
    denial, workload, place = case.denial, case.workload, case.place
    caller = workload.caller_arn or denial.principal or ""
    resource = denial.resource or ""
    arn = parse_arn(resource)
    is_service = parse_principal(caller).kind is PrincipalKind.SERVICE
    known = {
        "service": denial.service,
        "operation": denial.operation,
        "action": denial.action,
        "services": _few(case.services),
        "resource": resource,
        "principal": denial.principal,
        "policy": denial.policy_arn,
        "request_id": denial.request_id,
        "role": parse_principal(caller).name,
        "caller": caller,
        "source": workload.source_arn if is_service else "",
        "workload": workload.name or workload.arn,
        "cluster": workload.cluster,
        "ecs_service": workload.service,
        "namespace": workload.service if workload.kind is WorkloadKind.EKS else "",
        "task_role": workload.task_role_arn,
        "static_keys": workload.credentials if workload.credentials == _STATIC_KEYS else "",
        "passed_role": workload.credentials if workload.credentials == PASSED_ROLE else "",
        "state_machine_role": caller if workload.credentials == STATE_MACHINE_ROLE else "",
        "network": denial.action if (denial.action or "").endswith(_NETWORK) else "",
        "execution_role": workload.execution_role_arn,
        "task_start": _STARTED if is_of_task_start(denial.excerpt) else "",
        "account": denial.account or place.account,
        "region": denial.region or place.region,
        "bucket": _bucket(case) if arn is None or arn.service == "s3" else "",
        "target": resource or caller or workload.arn,
        **_of_lake(denial.excerpt),
        **(case.names or {}),
    }
    return {name: value for name, value in known.items() if value}


def _few(services: Sequence[str]) -> str:
    shown = ", ".join(services[:MOST_SERVICES])
    return f"{shown}, …" if len(services) > MOST_SERVICES else shown


def _of_lake(text: str) -> dict[str, str]:
    """What Lake Formation says is lacking: the permission, and the table or location."""
    found = _LAKE_FORMATION.search(text)
    if found is None:
        return {}
    name = found["name"].rstrip(".")
    if name.startswith("s3:"):
        return {"lake_location": name}
    database, _, table = name.rpartition(".")
    resource = {"Table": {"DatabaseName": database or "DATABASE", "Name": table}}
    permission = (found["permission"] or "SELECT").upper()
    return {"lake_table": name, "lake_permission": permission, "lake_resource": json.dumps(resource)}


def _bucket(case: Case) -> str:
    arn = parse_arn(case.denial.resource or "")
    if arn is not None:
        return arn.resource.partition("/")[0]
    return (case.denial.resource_name or "") if case.denial.service == "s3" else ""
