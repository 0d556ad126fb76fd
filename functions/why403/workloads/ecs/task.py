"""The task that wrote the stream, running or stopped within the last hour, and the clusters to ask for it.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeTasks.html
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from why403.message import Message
from why403.reads import Answer, DeclaredRead, Read, Reply
from why403.workloads.answer_values import entries, iso
from why403.workloads.likeness import likeness
from why403.workloads.log_origin import LogOrigin
from why403.workloads.workload import not_all

TASKS = DeclaredRead(
    "ecs",
    "DescribeTasks",
    "Find the task that wrote a log stream, its revision, its subnets and role overrides.",
    cache_seconds=30,
)
CLUSTERS = DeclaredRead("ecs", "ListClusters", "Find the clusters that tasks may run in.", cache_seconds=300)
MOST_CLUSTERS = 20
"""DescribeTasks is a call for each cluster: so many leave half of a diagnosis's calls to the policies."""
TASK_START_WORDS = (
    "CannotPullContainer", "CannotPullECRContainer", "CannotPullImageManifest", "ResourceInitializationError",
    "unable to pull secrets or registry auth", "execution resource retrieval failed", "Fetching secret data from",
    "failed to initialize logging driver", "failed to validate logger args", "ecs-agent",
)  # fmt: skip
LONGEST_LOOK = 65_536
"""Characters: the agent's lines are short, and an application's megabyte is not searched for its words."""


@dataclass(frozen=True, slots=True)
class Clusters:
    """ARNs of the clusters to ask, likeliest name first, and what is said where some are left out."""

    arns: tuple[str, ...]
    findings: tuple[Message, ...] = ()


def clusters_of(listed: Reply, origin: LogOrigin, asked: tuple[str, ...] = ()) -> Clusters:
    """From ListClusters' reply, without those that were `asked` before."""
    known = listed.texts("clusterArns") if isinstance(listed, Answer) else ()
    more = isinstance(listed, Answer) and listed.truncated
    names = {name_of(one) for one in asked}
    ranked = sorted(
        (arn for arn in known if name_of(arn) not in names),
        key=lambda arn: -likeness(name_of(arn), origin.log_group),
    )
    chosen = tuple(ranked[: max(0, MOST_CLUSTERS - len(names))])
    looked_at = len(known) - len(ranked) + len(chosen)
    return Clusters(chosen, not_all("workloads.not-all-clusters", looked_at, len(known), more=more))


def name_of(cluster: str) -> str:
    """A cluster's name, of its ARN or as it is."""
    return cluster.rpartition("/")[2]


def task_in(cluster: str, task: str) -> Read:
    """The read of a task by its id in one cluster."""
    return TASKS.of(cluster=cluster, tasks=[task], include=["TAGS"])


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningTask:
    """Empty text: it does not tell."""

    arn: str
    definition: str
    cluster: str = ""
    service: str = ""
    """The service's name."""
    launch: str = ""
    task_role: str = ""
    """Where the task was run with another role than its definition's."""
    execution_role: str = ""
    subnets: tuple[str, ...] = ()
    started: str = ""
    is_newest: bool = False
    """Nothing tells what ran: the definition is its family's newest."""


def running_task(replies: Iterable[Reply], task: str) -> RunningTask | None:
    """The task of this id, or None."""
    for reply in replies:
        if isinstance(reply, Answer):
            for described in reply.items("tasks"):
                if task and str(described.get("taskArn", "")).rpartition("/")[2] == task:
                    return _from_task(described)
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


def is_of_task_start(message: str) -> bool:
    """Whether the line was written about a call of the agent and not of the application."""
    head = message[:LONGEST_LOOK]
    return any(word in head for word in TASK_START_WORDS)
