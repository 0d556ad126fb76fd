"""Amazon ECS: the task definitions whose containers write to the log group, and the task that wrote the stream.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html
"""

from collections.abc import Mapping
from typing import Any

from why403.iam.place import Place
from why403.message import Message
from why403.reads import Answer, DeclaredRead, Plan, Read, Reply
from why403.workloads.ecs.definitions import (
    FAMILIES,
    REVISIONS,
    TASK_DEFINITION,
    Index,
    describe,
    family_of,
    index_of,
)
from why403.workloads.ecs.fit import sight
from why403.workloads.ecs.instances import INSTANCE_READS, instance_reads, instance_role
from why403.workloads.ecs.task import TASKS, RunningTask, running_task
from why403.workloads.likeness import likeness
from why403.workloads.log_origin import LogOrigin
from why403.workloads.search_result import LikelyWorkload, SearchResult, blind_spots

CLUSTERS = DeclaredRead(
    "ecs", "ListClusters", ("ecs:ListClusters",), "Find the clusters that tasks may run in."
)
SERVICES = DeclaredRead(
    "ecs", "ListServices", ("ecs:ListServices",), "Find the service that runs a task definition."
)
READS = (FAMILIES, REVISIONS, CLUSTERS, SERVICES, TASKS, TASK_DEFINITION, *INSTANCE_READS)
MOST_CLUSTERS = 8
OWN_GROUPS = ("/aws/ecs/", "/aws/events/", "/ecs/")


def claims(origin: LogOrigin) -> bool:
    """Any log group may be written by a container, but for those that AWS's other services name."""
    return not origin.log_group.startswith("/aws/") or origin.log_group.startswith(OWN_GROUPS)


def find(origin: LogOrigin, place: Place) -> Plan[SearchResult]:
    """Two rounds: the lists, then the definitions, the stream's task, and what may run them."""
    lists = yield (
        FAMILIES.of(pages=5, status="ACTIVE"),
        REVISIONS.of(pages=3, status="ACTIVE", sort="DESC"),
        CLUSTERS.of(pages=2),
    )
    index = index_of(lists[0], lists[1], origin)
    clusters = _ranked_clusters(lists[2], origin)
    second = _Second(index, clusters, origin)
    replies = yield second.reads
    read = second.sort_out(replies)
    unread = (*blind_spots(lists), *blind_spots(replies))
    task = running_task(read.tasks, origin)
    services = _ranked_services(read.services, origin)
    inferred = instance_role(read.instances, place)
    found = tuple(
        sight(definition, origin, task, place, services=services, instance=inferred)
        for definition in read.definitions
    )
    kept = tuple(one for one in found if one is not None)
    return SearchResult(found=kept, unreadable=unread, findings=_findings(index, kept, task))


class _Second:
    """The second round, and which of its replies is which."""

    def __init__(self, index: Index, clusters: tuple[str, ...], origin: LogOrigin) -> None:
        tasks = tuple(
            TASKS.of(cluster=cluster, tasks=[origin.task], include=["TAGS"]) for cluster in clusters
        )
        self._parts: tuple[tuple[Read, ...], ...] = (
            tuple(describe(name) for name in index.names),
            tasks if origin.task else (),
            tuple(SERVICES.of(cluster=cluster, pages=2) for cluster in clusters),
            instance_reads(clusters) if not origin.principal and index.names else (),
        )
        self.reads = tuple(read for part in self._parts for read in part)

    def sort_out(self, replies: tuple[Reply, ...]) -> "_Read":
        left = iter(replies)
        parts = [tuple(next(left) for _ in part) for part in self._parts]
        definitions = tuple(
            {**reply.data["taskDefinition"], "tags": reply.data.get("tags")}
            for reply in parts[0]
            if isinstance(reply, Answer) and isinstance(reply.at("taskDefinition"), Mapping)
        )
        return _Read(definitions, parts[1], parts[2], parts[3])


class _Read:
    def __init__(
        self,
        definitions: tuple[Mapping[str, Any], ...],
        tasks: tuple[Reply, ...],
        services: tuple[Reply, ...],
        instances: tuple[Reply, ...],
    ) -> None:
        self.definitions = definitions
        self.tasks = tasks
        self.services = services
        self.instances = instances


def _ranked_clusters(clusters: Reply, origin: LogOrigin) -> tuple[str, ...]:
    arns = clusters.texts("clusterArns") if isinstance(clusters, Answer) else ()
    ranked = sorted(arns, key=lambda arn: -likeness(arn.rpartition("/")[2], origin.log_group))
    return tuple(ranked[:MOST_CLUSTERS])


def _ranked_services(services: tuple[Reply, ...], origin: LogOrigin) -> tuple[str, ...]:
    arns = [arn for reply in services if isinstance(reply, Answer) for arn in reply.texts("serviceArns")]
    return tuple(sorted(arns, key=lambda arn: -likeness(arn.rpartition("/")[2], origin.log_group)))


def _findings(
    index: Index, found: tuple[LikelyWorkload, ...], task: RunningTask | None
) -> tuple[Message, ...]:
    findings = index.findings
    if task is not None and not any(
        family_of(one.workload.task_definition) == family_of(task.definition) for one in found
    ):
        findings = (
            *findings,
            Message("workloads.task-of-unread-definition", {"definition": task.definition}),
        )
    return findings
