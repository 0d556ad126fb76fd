"""Commands that show whether a change worked and write nothing, and how long to wait before.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html
"""

import shlex
from collections.abc import Iterator, Mapping

from why403.decisions.decision import Request
from why403.iam.arn import parse_arn
from why403.iam.layer import Layer
from why403.iam.principal import PrincipalKind, parse_principal
from why403.message import Message
from why403.remedies.case import Case
from why403.remedies.formats.attachment import Tree, attachment, filled, resource_values, values_of
from why403.remedies.formats.aws_cli import command
from why403.remedies.proposal import Proposal
from why403.remedies.remedy import RemedyKind
from why403.remedies.scope import EVERY
from why403.services.register import NAMED
from why403.workloads.role_names import same_role
from why403.workloads.workload import Workload, WorkloadKind

LAST_FIVE_MINUTES = "$(( ($(date +%s) - 300) * 1000 ))"


TRIES = {
    action: template
    for each in NAMED
    for name, template in each.tries.items()
    for action in each.actions(name)
}
"""Action → the command that tries it and changes nothing."""
SIMULATED = frozenset({Layer.IDENTITY, Layer.BOUNDARY})
"""Layers that AWS's own simulator judges for a role: it takes no policy of the other side."""
CREDENTIALS_OF_ITS_OWN = frozenset({WorkloadKind.LAMBDA, WorkloadKind.CODEBUILD, WorkloadKind.STATES})
"""Nobody can go in there: a command that somebody runs tells of that person's credentials."""


def verify_commands(case: Case, proposal: Proposal, request: Request) -> tuple[str, ...]:
    """In the order to run them: the line judged again, AWS's simulator, what stands now, the log, the call.

    Under an explicit deny the call itself is not tried: whoever denied it may have meant it.
    """
    is_denied = proposal.kind is RemedyKind.PLAYBOOK
    return tuple(
        each
        for each in (
            explained_again(case),
            simulated(proposal, request),
            read_back(proposal),
            logs_since(case),
            inside(case.workload, ("aws", "sts", "get-caller-identity")),
            "" if is_denied else attempt(case.workload, request),
            deployments(case.workload),
        )
        if each
    )


def explained_again(case: Case) -> str:
    """The line, pasted in again, judged by the policies as they stand then; empty where its group is not known.

    A line stands in no command: anybody may have written it, and it may hold a secret.
    """
    if not case.log_group:
        return ""
    where = ["--log-group", case.log_group, *(["--log-stream", case.log_stream] if case.log_stream else [])]
    return shlex.join(["why403", "explain", *where, "-"])


def simulated(proposal: Proposal, request: Request) -> str:
    """AWS's own simulator on the caller's policies; empty where another layer has the say."""
    role = proposal.target
    if proposal.layer not in SIMULATED or parse_principal(role).kind not in {
        PrincipalKind.ROLE,
        PrincipalKind.USER,
    }:
        return ""
    query = "EvaluationResults[].[EvalActionName, EvalResourceName, EvalDecision]"
    arguments = ["iam", "simulate-principal-policy", "--policy-source-arn", role]
    asked = ["--action-names", request.action, "--resource-arns", request.resource]
    return command([*arguments, *asked, "--query", query, "--output", "text"])


def read_back(proposal: Proposal) -> str:
    """The policy as AWS holds it; empty where there is nothing that could be read."""
    row = attachment(proposal.form)
    if row is None or not row.read_back:
        return ""
    values = values_of(proposal)
    return command(_filled(row.read_back, values, str(values["region"]) if row.regional else ""))


def attempt(workload: Workload, request: Request) -> str:
    """The failing call through the CLI, as the workload itself makes it; empty where that would change something.

    With anybody else's credentials it would prove nothing.
    """
    template = TRIES.get(request.action)
    arn = parse_arn(request.resource)
    if template is None:
        return ""
    values = resource_values(arn) if arn is not None else {}
    key = "KEY" if values.get("key") == EVERY else values.get("key", "")
    arguments = _filled(template, {**values, "key": key}, arn.region if arn is not None else "")
    return inside(workload, ("aws", *arguments))


def _filled(template: str, values: Mapping[str, Tree], region: str) -> list[str]:
    arguments = [str(filled(each, values)) for each in shlex.split(template)]
    return [*arguments, "--region", region] if region else arguments


def who_calls(workload: Workload) -> str:
    """Who the workload is, asked from inside it; empty where nobody can go inside."""
    if workload.kind in CREDENTIALS_OF_ITS_OWN:
        return ""
    words = ("sts", "get-caller-identity")
    return inside(workload, ("aws", *words)) or command(words)


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
    if not case.log_group:
        return ""
    arguments = ["logs", "filter-log-events", "--log-group-name", case.log_group]
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
        if proposal.layer in SIMULATED and not same_role(workload.task_role_arn, proposal.target):
            return  # a policy of another role: that of the task is not touched
        yield Message("remedies.after.no-restart", {"role": workload.task_role_arn.rpartition("/")[2]})
    elif workload.cluster and workload.service:
        region = ["--region", workload.region] if workload.region else []
        arguments = ["ecs", "update-service", "--cluster", workload.cluster, "--service", workload.service]
        restart = command([*arguments, "--force-new-deployment", *region])
        yield Message("remedies.after.restart", {"command": restart, "definition": workload.task_definition})
