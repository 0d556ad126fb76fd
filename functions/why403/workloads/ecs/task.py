"""The task that wrote the stream: running, or stopped within the last hour.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeTasks.html
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from why403.reads import Answer, DeclaredRead, Reply
from why403.workloads.answer_values import entries, iso
from why403.workloads.log_origin import LogOrigin

TASKS = DeclaredRead(
    "ecs",
    "DescribeTasks",
    ("ecs:DescribeTasks",),
    "Find the task that wrote a log stream, its revision, its subnets and role overrides.",
    cache_seconds=30,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningTask:
    """Empty text: it does not tell."""

    arn: str
    definition: str
    cluster: str = ""
    service: str = ""
    """The service's name."""
    launch: str = ""
    container_instance: str = ""
    task_role: str = ""
    """Where the task was run with another role than its definition's."""
    execution_role: str = ""
    subnets: tuple[str, ...] = ()
    started: str = ""


def running_task(replies: Iterable[Reply], origin: LogOrigin) -> RunningTask | None:
    """The task whose id the stream's name holds, or None."""
    for reply in replies:
        if isinstance(reply, Answer):
            for task in reply.items("tasks"):
                if origin.task and str(task.get("taskArn", "")).rpartition("/")[2] == origin.task:
                    return _from_task(task)
    return None


def _from_task(task: Mapping[str, Any]) -> RunningTask:
    overrides = task.get("overrides")
    override: Mapping[str, Any] = overrides if isinstance(overrides, Mapping) else {}
    group = str(task.get("group", ""))
    started = task.get("startedAt") or task.get("createdAt")
    return RunningTask(
        arn=str(task.get("taskArn", "")),
        definition=str(task.get("taskDefinitionArn", "")),
        cluster=str(task.get("clusterArn", "")),
        service=group.removeprefix("service:") if group.startswith("service:") else "",
        launch=_launch(task),
        container_instance=str(task.get("containerInstanceArn") or ""),
        task_role=str(override.get("taskRoleArn") or ""),
        execution_role=str(override.get("executionRoleArn") or ""),
        subnets=_subnets(task),
        started=iso(started),
    )


def _launch(task: Mapping[str, Any]) -> str:
    if task.get("launchType"):
        return str(task["launchType"])
    return "FARGATE" if str(task.get("capacityProviderName", "")).startswith("FARGATE") else ""


def _subnets(task: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(
        str(detail.get("value"))
        for attachment in entries(task, "attachments")
        for detail in entries(attachment, "details")
        if detail.get("name") == "subnetId" and detail.get("value")
    )
