"""What was deployed: the task definition's revision, the service's deployment, the stack's last update."""

from collections.abc import Mapping
from datetime import UTC, datetime

from why403.changes.change import Change
from why403.reads import Answer, DeclaredRead, Read, Reply
from why403.workloads.ecs.definitions import describe
from why403.workloads.workload import Workload, WorkloadKind

STACK = DeclaredRead(
    "cloudformation",
    "DescribeStacks",
    "See when the stack that owns a workload was updated last.",
    absent=("ValidationError",),
)
STACK_TAG = "aws:cloudformation:stack-name"


def deployment_reads(workload: Workload) -> tuple[Read, ...]:
    """The running revision and the owning stack, as far as they are known."""
    definition = workload.task_definition if workload.kind is WorkloadKind.ECS else ""
    stack = workload.tags.get(STACK_TAG, "")
    return (
        *((describe(definition),) if definition else ()),
        *((STACK.of(StackName=stack),) if stack else ()),
    )


def deployments(replies: tuple[Reply, ...], workload: Workload) -> tuple[tuple[datetime, Change], ...]:
    """Every deployment that the replies and the workload tell, with its time."""
    found = [one for reply in replies if isinstance(reply, Answer) for one in _told(reply)]
    started = moment_of(workload.started)
    if started is not None and workload.kind is WorkloadKind.LAMBDA:
        found.append(
            (started, _change("code or configuration of the function was changed", workload.arn, ""))
        )
    elif started is not None:
        found.append((started, _change("the running revision was started", workload.arn, "")))
    return tuple(found)


def moment_of(value: object) -> datetime | None:
    """A time as AWS gives it, in UTC; None where it is none."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return None
    if not isinstance(value, datetime):
        return None
    return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


def _told(reply: Answer) -> list[tuple[datetime, Change]]:
    told = []
    definition = reply.at("taskDefinition")
    if isinstance(definition, Mapping):
        moment = moment_of(definition.get("registeredAt"))
        arn, by = str(definition.get("taskDefinitionArn", "")), str(definition.get("registeredBy", ""))
        if moment is not None:
            told.append(
                (moment, _change(f"task definition {arn.rpartition('/')[2]} was registered", arn, by))
            )
    for stack in reply.items("Stacks"):
        moment = moment_of(stack.get("LastUpdatedTime") or stack.get("CreationTime"))
        if moment is not None:
            name, arn = stack.get("StackName", ""), str(stack.get("StackId", ""))
            told.append((moment, _change(f"stack {name} was deployed", arn, "")))
    return told


def _change(what: str, resource: str, by: str) -> Change:
    return Change(what=what, when="", by=by, resource=resource)
