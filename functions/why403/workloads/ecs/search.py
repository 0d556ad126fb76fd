"""Amazon ECS: the task that wrote the line and its definition; else the definitions that write to the log group.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from why403.iam.place import Place
from why403.message import Message
from why403.reads import Plan, Reply, asked
from why403.workloads.ecs.definitions import (
    FAMILIES,
    REVISIONS,
    Index,
    definitions_in,
    describe,
    family_of,
    guessed_families,
    index_of,
)
from why403.workloads.ecs.fit import (
    NO_INSTANCE,
    instance_reads,
    instance_role,
    likely_workload,
    needs_instance_role,
    with_unsure_revision,
)
from why403.workloads.ecs.service import (
    running_definitions,
    service_named,
)
from why403.workloads.ecs.task import (
    CLUSTERS,
    Clusters,
    RunningTask,
    clusters_of,
    running_task,
    task_in,
)
from why403.workloads.line_fields import EVENT_GROUPS
from why403.workloads.log_origin import LogOrigin
from why403.workloads.stack import TASK_DEFINITION as STACKED_DEFINITION
from why403.workloads.stack import beside, of_type
from why403.workloads.workload import CONFIGURED, LIKELY, LikelyWorkload, SearchResult, blind_spots

OWN_GROUPS = ("/aws/ecs/", EVENT_GROUPS, "/ecs/")
OF_OTHERS = ("API-Gateway-Execution-Logs_", "/aws-glue/")
"""Groups that other services name and write alone: API Gateway and Glue."""
EVENTS = "aws.ecs"
"""EventBridge's name of ECS."""
MOST_BESIDE = 10
"""Families with the likest names, looked at beside those of the group's own stack: others may share the group."""
PAGES_BESIDE = 3
"""Of a hundred families each, listed beside the search for the task: where it is gone that saves a round."""
Definition = Mapping[str, Any]


def claims(origin: LogOrigin) -> bool:
    """Any log group may be written by a container, but for those that AWS's other services name."""
    if origin.line.source:
        return origin.line.source == EVENTS
    if origin.version or origin.log_group.startswith(OF_OTHERS):
        return False  # a stream of Lambda's form, or a group where no container writes
    return not origin.log_group.startswith("/aws/") or origin.log_group.startswith(OWN_GROUPS)


def find(origin: LogOrigin, place: Place) -> Plan[SearchResult]:
    """By ECS's own event; by the task that stream or line names: three rounds, also where it is gone; by group: two."""
    line = origin.line
    if line.source:
        return _by_event(origin, place)
    if not origin.task and line.names_task:
        return _by_line(replace(origin, container=origin.container or line.container), place)
    return _by_task(origin, place) if origin.task else _by_group(origin, place)


def _by_event(origin: LogOrigin, place: Place) -> Plan[SearchResult]:
    """One round, two where the event names a service alone. EventBridge wrote it: its definition is the one."""
    line = origin.line
    definition = line.definition
    asked: tuple[Reply, ...] = ()
    if not definition and line.service and line.cluster:
        asked = yield (service_named(line.cluster, line.service),)
        definition = next(iter(running_definitions(asked)), "")
    if not definition:
        return SearchResult(unreadable=blind_spots(asked))
    (reply,) = yield (describe(definition),)
    task = RunningTask(arn="", definition=definition, cluster=line.cluster, service=line.service)
    found = _of_task(definitions_in((reply,)), origin, task, place)
    return SearchResult(found=found, unreadable=blind_spots((*asked, reply), definition))


def _by_line(origin: LogOrigin, place: Place) -> Plan[SearchResult]:
    """The line's task or definition, if it writes to this group: one round, two for a task alone. Else whatever does: two more."""
    line = origin.line
    near = (task_in(line.cluster, line.task),) if line.cluster and line.task else ()
    named = (describe(line.definition),) if line.definition else ()
    replies = yield (*named, *near)
    running = running_task(replies, line.task)
    if (
        running is not None
        and ":" not in line.definition
        and line.definition in {"", family_of(running.definition)}
    ):
        replies = yield (describe(running.definition),)
    definitions = definitions_in(replies)
    arn = str(definitions[0]["taskDefinitionArn"]) if definitions else ""
    task = (
        running if running is not None and running.definition == arn else RunningTask(arn="", definition=arn)
    )
    found = _of_task(definitions, origin, task, place, claimed=True)
    if ":" not in line.definition and task is not running:
        found = tuple(replace(one, workload=with_unsure_revision(one.workload)) for one in found)
    if found and found[0].score > LIKELY:
        return SearchResult(found=found)
    other = yield from _by_group(replace(origin, container=""), place)
    definition = line.definition or (running.definition if running else "")
    refused = (
        (Message("workloads.line-names-another-task", {"definition": definition}),)
        if definition and not found
        else ()
    )
    return replace(other, found=(*other.found, *found), findings=(*other.findings, *refused))


def _by_task(origin: LogOrigin, place: Place) -> Plan[SearchResult]:
    """The stream's task in all clusters, then its definition; without the task whatever writes to the group."""
    guessed = guessed_families(origin)
    listed, *described = yield (CLUSTERS.of(pages=2), *(describe(name) for name in guessed))
    clusters = clusters_of(listed, origin)
    families, stack, *tasks = yield (
        FAMILIES.of(pages=PAGES_BESIDE, status="ACTIVE"),
        beside(origin.log_group),
        *(task_in(cluster, origin.task) for cluster in clusters.arns),
    )
    task, guesses = running_task(tasks, origin.task), definitions_in(described)
    if task is None:
        index = index_of(families, None, origin)
        gone = yield from _likeliest(index, stack, clusters, origin, place)
        unread = (*blind_spots((listed, families, *tasks)), *gone.unreadable)
        return replace(gone, unreadable=unread, findings=(*gone.findings, *clusters.findings))
    known = tuple(one for one in guesses if one.get("taskDefinitionArn") == task.definition)
    on_instance = not origin.principal and task.launch not in NO_INSTANCE
    reads = (
        *(() if known else (describe(task.definition),)),
        *(instance_reads(()) if on_instance else ()),
    )
    last: tuple[Reply, ...] = (yield reads) if reads else ()
    instance = instance_role(last[-2:], place, on_instance=True) if on_instance else ""
    family = family_of(task.definition)
    alike = [one for one in guesses if family_of(str(one.get("taskDefinitionArn"))) == family]
    found = _of_task((*known, *definitions_in(last), *alike), origin, task, place, instance=instance)
    unknown = Message("workloads.task-of-unread-definition", {"definition": task.definition})
    return SearchResult(
        found=found, unreadable=blind_spots(last, task.definition), findings=() if found else (unknown,)
    )


def _of_task(  # noqa: PLR0913  # what is known of the task
    definitions: tuple[Definition, ...],
    origin: LogOrigin,
    task: RunningTask,
    place: Place,
    *,
    instance: str = "",
    claimed: bool = False,
) -> tuple[LikelyWorkload, ...]:
    """The task's workload, from the first of the definitions."""
    found = (
        likely_workload(one, origin, task, place, instance=instance, claimed=claimed)
        for one in definitions[:1]
    )
    return tuple(one for one in found if one is not None)


def _by_group(origin: LogOrigin, place: Place) -> Plan[SearchResult]:
    """Two rounds: the lists, then the definitions and what may run them."""
    families, revisions, listed, stack = yield (
        FAMILIES.of(pages=5, status="ACTIVE"),
        REVISIONS.of(status="ACTIVE", sort="DESC"),
        CLUSTERS.of(pages=2),
        beside(origin.log_group),
    )
    clusters = clusters_of(listed, origin)
    found = yield from _likeliest(index_of(families, revisions, origin), stack, clusters, origin, place)
    return replace(found, unreadable=(*blind_spots((families, revisions, listed)), *found.unreadable))


def _likeliest(
    index: Index, stack: Reply, clusters: Clusters, origin: LogOrigin, place: Place
) -> Plan[SearchResult]:
    """One round: those of the index; where it leaves some out, first those in one stack with the log group."""
    owned = of_type(stack, STACKED_DEFINITION) if index.findings else ()
    names = (*owned, *index.names[:MOST_BESIDE]) if owned else index.names
    found = yield from _described(tuple(dict.fromkeys(names)), clusters, origin, place)
    sure = any(one.workload.task_definition in owned and one.score >= CONFIGURED for one in found.found)
    return replace(found, findings=() if sure else index.findings)


def _described(
    names: tuple[str, ...], clusters: Clusters, origin: LogOrigin, place: Place
) -> Plan[SearchResult]:
    """One round: the definitions, each as likely as it writes to the group; one more where one on an instance has no role of its own."""
    replies = yield from asked(tuple(describe(name) for name in names))
    of_instances: tuple[Reply, ...] = ()

    def fitting() -> tuple[LikelyWorkload, ...]:
        role = instance_role(of_instances, place)
        likely = (
            likely_workload(one, origin, None, place, clusters=clusters.arns, instance=role)
            for one in definitions_in(replies)
        )
        return tuple(one for one in likely if one is not None)

    found = fitting()
    if not origin.principal and any(needs_instance_role(one.workload) for one in found):
        of_instances = yield instance_reads(clusters.arns)
        found = fitting()
    return SearchResult(found=found, unreadable=blind_spots(replies))
