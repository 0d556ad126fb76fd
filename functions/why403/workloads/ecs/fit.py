"""One task definition as a workload, and how surely it wrote the line.

Inferred, and only where nothing else is possible: the cluster has container instances, and all running instances
of the Region share one instance profile. service.py reads the task's own instance.
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/instance_IAM_role.html
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from why403.iam.place import Place
from why403.message import Message
from why403.reads import Answer, DeclaredRead, Read, Reply
from why403.workloads.answer_values import entries, environment_of
from why403.workloads.ec2 import INSTANCES, PROFILES, role_of_profile
from why403.workloads.ecs.definitions import family_of, revision_of
from why403.workloads.ecs.log_configuration import routes_anywhere, speaks_for, writes_to
from why403.workloads.ecs.task import RunningTask
from why403.workloads.likeness import likeness
from why403.workloads.log_origin import LogOrigin
from why403.workloads.role_names import role_arn, same_role
from why403.workloads.workload import (
    CERTAIN,
    GUESSED,
    LIKELY,
    REVISION_NOT_KNOWN,
    LikelyWorkload,
    Workload,
    WorkloadKind,
)

SAME_FAMILY = 0.97
"""The task runs another revision of this family."""
ALIKE = 0.6
"""Names that share this much of their parts may be of one thing."""
DESCRIBED_CLUSTERS = DeclaredRead(
    "ecs",
    "DescribeClusters",
    "See whether tasks without a task role run on EC2 instances, and so with the instance's role.",
)
NO_INSTANCE = frozenset({"FARGATE", "EXTERNAL"})
"""Launch types that run on no instance of EC2: a server of one's own has Systems Manager's role."""
RUNNING = [{"Name": "instance-state-name", "Values": ["running"]}]


def likely_workload(  # noqa: PLR0913  # what the rounds found
    definition: Mapping[str, Any],
    origin: LogOrigin,
    task: RunningTask | None,
    place: Place,
    *,
    clusters: tuple[str, ...] = (),
    instance: str = "",
    claimed: bool = False,
) -> LikelyWorkload | None:
    """The definition as a likely workload; None where nothing says that it writes to the log group.

    `claimed`: the line alone says that the task wrote it, so the definition's own settings must bear it out.
    """
    containers = entries(definition, "containerDefinitions")
    container = max(containers, key=lambda one: writes_to(one, origin), default={})
    workload = _workload(definition, container, place, clusters)
    configured = writes_to(container, origin)
    if claimed:
        configured = configured or (LIKELY if any(map(routes_anywhere, containers)) else 0.0)
    score, task_of_it = _score(workload, configured, origin, task, claimed=claimed)
    if score <= 0:
        return None
    if task_of_it is not None:
        workload = _as_run(workload, task_of_it)
    if needs_instance_role(workload):
        workload = replace(workload, instance_role_arn=instance)
    if origin.container and not task_of_it and not speaks_for(origin, workload.container):
        values = {"container": origin.container, "name": workload.name}
        workload = _with(workload, Message("workloads.stream-of-another-container", values))
    elif score <= GUESSED:
        workload = _with(workload, Message("workloads.guessed-by-name", {"name": workload.name}))
    return LikelyWorkload(workload, score, _registered(definition))


def with_unsure_revision(workload: Workload) -> Workload:
    """What ran is not known, so its role may be another: said of the newest revision, where it is not the only one."""
    if revision_of(workload.task_definition) == 1:
        return workload
    values = {"name": workload.name, "revision": str(revision_of(workload.task_definition))}
    return _with(workload, Message(REVISION_NOT_KNOWN, values))


def _score(
    workload: Workload, configured: float, origin: LogOrigin, task: RunningTask | None, *, claimed: bool
) -> tuple[float, RunningTask | None]:
    if claimed:
        return configured, task
    if task is not None:
        if task.definition in {workload.task_definition, workload.task_definition.rpartition("/")[2]}:
            return CERTAIN, task
        if family_of(task.definition) == family_of(workload.task_definition):
            return SAME_FAMILY, task
    if configured:
        return configured, None
    alike = max(likeness(workload.name, origin.log_group), likeness(workload.name, origin.log_stream))
    if origin.principal and workload.task_role_arn and same_role(workload.task_role_arn, origin.principal):
        return (LIKELY if alike else GUESSED), None
    return (GUESSED * alike if alike >= ALIKE else 0.0), None


def _workload(
    definition: Mapping[str, Any], container: Mapping[str, Any], place: Place, clusters: tuple[str, ...]
) -> Workload:
    arn = str(definition.get("taskDefinitionArn", ""))
    family = str(definition.get("family") or family_of(arn))
    return Workload(
        kind=WorkloadKind.ECS,
        arn=arn,
        name=family,
        task_definition=arn,
        task_role_arn=role_arn(str(definition.get("taskRoleArn") or ""), place),
        execution_role_arn=role_arn(str(definition.get("executionRoleArn") or ""), place),
        container=str(container.get("name", "")),
        account=place.account,
        region=place.region,
        partition=place.partition,
        environment=environment_of(container),
        command=tuple(str(word) for word in container.get("command") or ()),
        secret_names=tuple(str(one.get("name", "")) for one in entries(container, "secrets")),
        tags={str(tag.get("key")): str(tag.get("value", "")) for tag in entries(definition, "tags")},
        launch=_launch(definition),
        clusters=clusters,
    )


def needs_instance_role(workload: Workload) -> bool:
    """Whether it may run on an instance of EC2 and has no role of its own: it calls with the instance's."""
    return not workload.task_role_arn and workload.launch not in NO_INSTANCE


def _launch(definition: Mapping[str, Any]) -> str:
    """Only where the definition allows one kind alone."""
    required = definition.get("requiresCompatibilities") or definition.get("compatibilities") or ()
    kinds = {str(kind) for kind in required}
    if len(kinds) > 1:
        kinds -= {"EXTERNAL", "MANAGED_INSTANCES"}
    return kinds.pop() if len(kinds) == 1 else ""


def _as_run(workload: Workload, task: RunningTask) -> Workload:
    run = replace(
        workload,
        task=task.arn,
        cluster=task.cluster,
        service=task.service,
        launch=task.launch or workload.launch,
        task_role_arn=task.task_role or workload.task_role_arn,
        execution_role_arn=task.execution_role or workload.execution_role_arn,
        subnets=task.subnets,
        started=task.started,
    )
    if task.definition in {workload.task_definition, workload.task_definition.rpartition("/")[2]}:
        return run
    values = {
        "running": str(revision_of(task.definition)),
        "described": str(revision_of(workload.task_definition)),
        "family": workload.name,
    }
    return _with(run, Message("workloads.another-revision-runs", values))


def _with(workload: Workload, finding: Message) -> Workload:
    return replace(workload, findings=(*workload.findings, finding))


def _registered(definition: Mapping[str, Any]) -> float:
    moment = definition.get("registeredAt")
    timestamp = getattr(moment, "timestamp", None)
    if callable(timestamp):
        return float(timestamp())
    return float(moment) if isinstance(moment, (int, float)) else 0.0


def instance_reads(clusters: tuple[str, ...]) -> tuple[Read, ...]:
    """All running instances, all profiles, and the clusters' numbers of container instances."""
    return (
        INSTANCES.of(pages=3, Filters=RUNNING),
        PROFILES.of(pages=3, MaxItems=1000),
        *((DESCRIBED_CLUSTERS.of(clusters=list(clusters)),) if clusters else ()),
    )


def instance_role(replies: tuple[Reply, ...], place: Place, *, on_instance: bool = False) -> str:
    """The role's ARN where there can be only one, else empty. `on_instance`: the task is known to run on one."""
    if not replies:
        return ""
    instances, profiles, *described = replies
    if not isinstance(instances, Answer) or not isinstance(profiles, Answer) or instances.truncated:
        return ""
    registered = [
        cluster.get("registeredContainerInstancesCount")
        for reply in described
        if isinstance(reply, Answer)
        for cluster in reply.items("clusters")
    ]
    if not on_instance and not any(registered):
        return ""
    used = {
        str(profile["Arn"])
        for reservation in instances.items("Reservations")
        for instance in reservation.get("Instances", ())
        if isinstance(profile := instance.get("IamInstanceProfile"), dict) and profile.get("Arn")
    }
    roles = {role_of_profile(profile, profiles) for profile in used}
    return role_arn(roles.pop(), place) if len(roles) == 1 else ""
