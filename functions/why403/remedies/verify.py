"""Commands that read a change back and try the call again, and how long to wait in between.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html
"""

import shlex
from collections.abc import Iterator, Mapping

from why403.decisions.request import Request
from why403.iam.arn import parse_arn
from why403.message import Message
from why403.remedies.case import Case
from why403.remedies.formats.attachment import Tree, attachment, filled, resource_values, values_of
from why403.remedies.formats.aws_cli import command
from why403.remedies.proposal import Proposal
from why403.remedies.remedy import RemedyKind
from why403.remedies.scope import EVERY
from why403.services.register import NAMED
from why403.workloads.workload import Workload, WorkloadKind

LAST_FIVE_MINUTES = "$(( ($(date +%s) - 300) * 1000 ))"


TRIES = {
    action: template
    for each in NAMED
    for name, template in each.tries.items()
    for action in each.actions(name)
}
"""Action → the command that tries it and changes nothing that counts."""


def verify_commands(case: Case, proposal: Proposal, request: Request) -> tuple[str, ...]:
    """In the order to run them: what stands now, who calls, the call itself, the log's next minutes."""
    return tuple(
        each
        for each in (
            read_back(proposal),
            inside(case.workload, ("aws", "sts", "get-caller-identity")),
            attempt(case.workload, request),
            deployments(case.workload),
            logs_since(case),
        )
        if each
    )


def read_back(proposal: Proposal) -> str:
    """The policy as AWS holds it; empty where there is nothing that could be read."""
    row = attachment(proposal.form)
    if row is None or not row.read_back:
        return ""
    values = values_of(proposal)
    return command(_filled(row.read_back, values, str(values["region"]) if row.regional else ""))


def attempt(workload: Workload, request: Request) -> str:
    """The failing call through the CLI, as the workload itself makes it; empty where a try would change things."""
    template = TRIES.get(request.action)
    arn = parse_arn(request.resource)
    if template is None:
        return ""
    values = resource_values(arn) if arn is not None else {}
    key = "KEY" if values.get("key") == EVERY else values.get("key", "")
    arguments = _filled(template, {**values, "key": key}, arn.region if arn is not None else "")
    return inside(workload, ("aws", *arguments)) or command(arguments)


def _filled(template: str, values: Mapping[str, Tree], region: str) -> list[str]:
    arguments = [str(filled(each, values)) for each in shlex.split(template)]
    return [*arguments, "--region", region] if region else arguments


def inside(workload: Workload, words: tuple[str, ...]) -> str:
    """The command as run in the task, with the task's own credentials; empty where there is no task to go into."""
    if workload.kind is not WorkloadKind.ECS or not workload.cluster:
        return ""
    task = workload.task.rpartition("/")[2] or "TASK_ID"
    arguments = ["ecs", "execute-command", "--cluster", workload.cluster, "--task", task, "--interactive"]
    if workload.container:
        arguments += ["--container", workload.container]
    region = ["--region", workload.region] if workload.region else []
    return command([*arguments, "--command", shlex.join(words), *region])


def deployments(workload: Workload) -> str:
    """The service's deployments and events, for ECS."""
    if workload.kind is not WorkloadKind.ECS or not (workload.cluster and workload.service):
        return ""
    query = "services[].{deployments: deployments[].[status, taskDefinition, createdAt], events: events[:5].message}"
    arguments = ["ecs", "describe-services", "--cluster", workload.cluster, "--services", workload.service]
    region = ["--region", workload.region] if workload.region else []
    return command([*arguments, "--query", query, *region])


def logs_since(case: Case) -> str:
    """The denials of the last five minutes in this log group: none, once it works."""
    names = case.names or {}
    group = names.get("log_group", "")
    if not group:
        return ""
    stream = names.get("log_stream", "")
    arguments = ["logs", "filter-log-events", "--log-group-name", group]
    arguments += ["--log-stream-names", stream] if stream else []
    arguments += ["--filter-pattern", "?AccessDenied ?denied ?Forbidden ?403", "--region", case.place.region]
    return f"{command(arguments)} --start-time {LAST_FIVE_MINUTES}"


def after_applying(case: Case, proposal: Proposal) -> Iterator[Message]:
    """How long it takes to show, and whether something must be started anew."""
    if proposal.kind is RemedyKind.PLAYBOOK:
        return
    yield Message("remedies.after.propagation")
    workload = case.workload
    if workload.kind is not WorkloadKind.ECS:
        return
    if workload.task_role_arn:
        yield Message("remedies.after.no-restart", {"role": workload.task_role_arn.rpartition("/")[2]})
    elif workload.cluster and workload.service:
        region = ["--region", workload.region] if workload.region else []
        arguments = ["ecs", "update-service", "--cluster", workload.cluster, "--service", workload.service]
        restart = command([*arguments, "--force-new-deployment", *region])
        yield Message("remedies.after.restart", {"command": restart, "definition": workload.task_definition})
