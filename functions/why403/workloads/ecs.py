"""Amazon ECS: the task definitions whose containers write to the log group, and the task that wrote the stream.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html
"""

from collections.abc import Mapping
from typing import Any

from why403.iam.place import Place
from why403.message import Message
from why403.reads import Answer, DeclaredRead, Plan, Read, Reply
from why403.workloads.clue import Clue
from why403.workloads.ecs_index import (
    FAMILIES,
    REVISIONS,
    TASK_DEFINITION,
    Index,
    describe,
    family_of,
    index_of,
)
from why403.workloads.ecs_instances import INSTANCE_READS, instance_reads, instance_role
from why403.workloads.ecs_task import TASKS, RunningTask, running_task
from why403.workloads.ecs_workload import sight
from why403.workloads.likeness import likeness
from why403.workloads.sighting import Sighting, Sightings, blind_spots

CLUSTERS = DeclaredRead(
    "ecs", "ListClusters", ("ecs:ListClusters",), "Find the clusters that tasks may run in."
)
SERVICES = DeclaredRead(
    "ecs", "ListServices", ("ecs:ListServices",), "Find the service that runs a task definition."
)
READS = (FAMILIES, REVISIONS, CLUSTERS, SERVICES, TASKS, TASK_DEFINITION, *INSTANCE_READS)
MOST_CLUSTERS = 8
OWN_GROUPS = ("/aws/ecs/", "/aws/events/", "/ecs/")


def claims(clue: Clue) -> bool:
    """Any log group may be written by a container, but for those that AWS's other services name."""
    return not clue.log_group.startswith("/aws/") or clue.log_group.startswith(OWN_GROUPS)


def find(clue: Clue, place: Place) -> Plan[Sightings]:
    """Two rounds: the lists, then the definitions, the stream's task, and what may run them."""
    lists = yield (
        FAMILIES.of(pages=5, status="ACTIVE"),
        REVISIONS.of(pages=3, status="ACTIVE", sort="DESC"),
        CLUSTERS.of(pages=2),
    )
    index = index_of(lists[0], lists[1], clue)
    clusters = _ranked_clusters(lists[2], clue)
    second = _Second(index, clusters, clue)
    replies = yield second.reads
    read = second.sort_out(replies)
    unread = (*blind_spots(lists), *blind_spots(replies))
    task = running_task(read.tasks, clue)
    services = _ranked_services(read.services, clue)
    inferred = instance_role(read.instances, place)
    found = tuple(
        sight(definition, clue, task, place, services=services, instance=inferred)
        for definition in read.definitions
    )
    kept = tuple(sighting for sighting in found if sighting is not None)
    return Sightings(found=kept, unreadable=unread, findings=_findings(index, kept, task))


class _Second:
    """The second round, and which of its replies is which."""

    def __init__(self, index: Index, clusters: tuple[str, ...], clue: Clue) -> None:
        tasks = tuple(TASKS.of(cluster=cluster, tasks=[clue.task], include=["TAGS"]) for cluster in clusters)
        self._parts: tuple[tuple[Read, ...], ...] = (
            tuple(describe(name) for name in index.names),
            tasks if clue.task else (),
            tuple(SERVICES.of(cluster=cluster, pages=2) for cluster in clusters),
            instance_reads(clusters) if not clue.principal and index.names else (),
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


def _ranked_clusters(clusters: Reply, clue: Clue) -> tuple[str, ...]:
    arns = clusters.texts("clusterArns") if isinstance(clusters, Answer) else ()
    ranked = sorted(arns, key=lambda arn: -likeness(arn.rpartition("/")[2], clue.log_group))
    return tuple(ranked[:MOST_CLUSTERS])


def _ranked_services(services: tuple[Reply, ...], clue: Clue) -> tuple[str, ...]:
    arns = [arn for reply in services if isinstance(reply, Answer) for arn in reply.texts("serviceArns")]
    return tuple(sorted(arns, key=lambda arn: -likeness(arn.rpartition("/")[2], clue.log_group)))


def _findings(index: Index, found: tuple[Sighting, ...], task: RunningTask | None) -> tuple[Message, ...]:
    findings = index.findings
    if task is not None and not any(
        family_of(sighting.workload.task_definition) == family_of(task.definition) for sighting in found
    ):
        findings = (
            *findings,
            Message("workloads.task-of-unread-definition", {"definition": task.definition}),
        )
    return findings
