"""Task definitions in the index: listed page by page, renewed one by one, and verified before they count."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from why403.iam.place import Place
from why403.reads import Plan, Read, Reply, Unreadable, asked, together
from why403.workloads.answer_values import entries
from why403.workloads.ecs.definitions import FAMILIES, definitions_in, describe, family_of
from why403.workloads.ecs.fit import (
    instance_reads,
    instance_role,
    likely_workload,
    needs_instance_role,
    with_unsure_revision,
)
from why403.workloads.ecs.log_configuration import fits_template, groups_of, routes_anywhere, templates_of
from why403.workloads.ecs.service import (
    SERVICE,
    SERVICES,
    SERVICES_A_CALL,
    cluster_of,
    definitions_of,
    running_definitions,
    service_named,
)
from why403.workloads.ecs.task import CLUSTERS, Clusters, RunningTask, clusters_of, running_task, task_in
from why403.workloads.index import ANY_GROUP, MOST_WRITERS, Page, Written, named_roles
from why403.workloads.likeness import likeness
from why403.workloads.log_origin import LogOrigin
from why403.workloads.workload import (
    LIKELY,
    LikelyWorkload,
    SearchResult,
    WorkloadKind,
    Writer,
    answers,
    blind_spots,
    not_all,
)

WHY = "Keep the index of who writes to which log group."
INDEXED_CLUSTERS = CLUSTERS.used_for(WHY)
INDEXED_SERVICES = SERVICES.used_for(WHY)
INDEXED_SERVICE = SERVICE.used_for(WHY)
INDEXED_FAMILIES = FAMILIES.used_for(WHY)
A_SLICE = 50
"""Families or services of one slice: each is a call of DescribeTaskDefinition, and the budget is of one run."""
Definition = Mapping[str, Any]


def survey_services(cursor: str, _place: Place) -> Plan[Page]:
    """What runs: some services of a cluster, each with the definition that it runs now. `cursor`: `cluster token`."""
    here, _, token = cursor.partition(" ")
    (listed,) = yield (INDEXED_CLUSTERS.of(pages=100),)
    clusters = sorted({arn for answer in answers((listed,)) for arn in answer.texts("clusterArns")})
    cluster = here or next(iter(clusters), "")
    if not cluster:
        return Page(unread=blind_spots((listed,)))
    goes_on: dict[str, Any] = {"nextToken": token} if token else {}
    (reply,) = yield (INDEXED_SERVICES.of(cluster=cluster, maxResults=A_SLICE, **goes_on),)
    arns = [arn for answer in answers((reply,)) for arn in answer.texts("serviceArns")]
    described = (yield _described(cluster, arns)) if arns else ()
    services = [one for answer in answers(described) for one in answer.items("services")]
    running = {
        arn: (cluster, str(one.get("serviceName", ""))) for one in services for arn in definitions_of(one)
    }
    replies = (yield tuple(describe(arn) for arn in running)) if running else ()
    token = next((answer.text("nextToken") for answer in answers((reply,))), "")
    left = [arn for arn in clusters if arn > cluster]
    return Page(
        written=tuple(one for definition in definitions_in(replies) for one in _written(definition, running)),
        next=f"{cluster} {token}" if token else f"{left[0]} " if left else "",
        unread=blind_spots((listed, reply, *described, *replies)),
    )


def _described(cluster: str, arns: list[str]) -> tuple[Read, ...]:
    return tuple(
        INDEXED_SERVICE.of(cluster=cluster, services=arns[first : first + SERVICES_A_CALL])
        for first in range(0, len(arns), SERVICES_A_CALL)
    )


def survey_families(cursor: str, _place: Place) -> Plan[Page]:
    """Every family's newest revision, also of those that no service runs. `cursor` is ECS's own token."""
    goes_on: dict[str, Any] = {"nextToken": cursor} if cursor else {}
    (reply,) = yield (INDEXED_FAMILIES.of(status="ACTIVE", maxResults=A_SLICE, **goes_on),)
    families = [name for answer in answers((reply,)) for name in answer.texts("families")]
    replies = (yield tuple(describe(name) for name in families)) if families else ()
    return Page(
        written=tuple(one for definition in definitions_in(replies) for one in _written(definition, {})),
        next=next((answer.text("nextToken") for answer in answers((reply,))), ""),
        unread=blind_spots((reply, *replies)),
    )


def renew(definition: str, cluster: str = "", service: str = "") -> Plan[Page]:
    """One definition, by ARN or family, and where it runs."""
    (reply,) = yield (describe(definition),)
    where = {definition: (cluster, service)} if cluster else {}
    written = tuple(one for found in definitions_in((reply,)) for one in _written(found, where))
    return Page(written=written, unread=blind_spots((reply,)))


def renew_service(service: str) -> Plan[Page]:
    """The definition that a service runs, by the service's ARN."""
    cluster, name = cluster_of(service), service.rpartition("/")[2]
    (reply,) = yield (service_named(cluster or "default", name),)
    pages = yield from together(*(renew(arn, cluster, name) for arn in running_definitions((reply,))))
    return Page(
        written=tuple(one for page in pages for one in page.written),
        unread=(*blind_spots((reply,)), *(spot for page in pages for spot in page.unread)),
    )


def _written(definition: Definition, running: Mapping[str, tuple[str, str]]) -> tuple[Written, ...]:
    """The groups that the definition's containers write to."""
    arn = str(definition.get("taskDefinitionArn", ""))
    cluster, service = running.get(arn, ("", ""))
    roles = named_roles(definition, "taskRoleArn", "executionRoleArn")
    writer = Writer(kind=WorkloadKind.ECS, name=family_of(arn), cluster=cluster, service=service, roles=roles)
    containers = entries(definition, "containerDefinitions")
    found: dict[Written, None] = {}
    for container in containers:
        found |= dict.fromkeys((group, writer) for group in groups_of(container))
        for template in templates_of(container):
            found[(ANY_GROUP, replace(writer, template=template))] = None
    if any(map(routes_anywhere, containers)):
        found[(ANY_GROUP, writer)] = None
    return tuple(found)


def verify(writers: tuple[Writer, ...], origin: LogOrigin, place: Place) -> Plan[SearchResult]:
    """Those of the writers that write to the group as AWS has them now: one round, a second where one was deployed since.

    Where the stream names a task, it decides: it is looked for where the writers run, then in all clusters, and its
    definition is read: three rounds. What ran is not known where no cluster has it and no service tells.
    """
    known = [one for one in writers if not one.template or fits_template(one.template, origin.log_group)]
    chosen = sorted(
        _each_once(known), key=lambda one: -likeness(one.name, f"{origin.log_group} {origin.prefix}")
    )
    left_out = not_all("workloads.not-all-writers", min(len(chosen), MOST_WRITERS), len(chosen))
    chosen = chosen[:MOST_WRITERS]
    near = tuple(dict.fromkeys(one.cluster for one in chosen if one.cluster)) if origin.task else ()
    served = tuple(one for one in chosen if one.service)
    replies = yield (
        *(describe(one.name) for one in chosen),
        *(service_named(one.cluster, one.service) for one in served),
        *(task_in(cluster, origin.task) for cluster in near),
        *((CLUSTERS.of(pages=2),) if origin.task else ()),
    )
    described, rest = replies[: len(chosen)], replies[len(chosen) :]
    task = running_task(rest[len(served) :], origin.task)
    clusters = clusters_of(rest[-1], origin, near) if origin.task and task is None else Clusters(())
    runs = (
        [task]
        if task is not None
        else _runs(chosen, described, dict(zip(served, rest, strict=False)), origin)
    )
    last = yield from asked(
        (*_unknown(runs, described), *(task_in(each, origin.task) for each in clusters.arns))
    )
    task = task or running_task(last, origin.task)
    if task is not None:
        runs = [task]
        last = (*last, *(yield from asked(_unknown(runs, (*described, *last)))))
    left_out = (*left_out, *(clusters.findings if task is None else ()))
    found = yield from _fitting(runs, (*described, *last), origin, place, sure=task is not None)
    return SearchResult(found=found, unreadable=blind_spots((*replies, *last)), findings=left_out)


def _unknown(runs: list[RunningTask], replies: tuple[Reply, ...]) -> tuple[Read, ...]:
    """The definitions that run and that none of the replies describes."""
    known = {str(one.get("taskDefinitionArn")) for one in definitions_in(replies)}
    return tuple(describe(arn) for arn in dict.fromkeys(run.definition for run in runs) if arn not in known)


def _fitting(
    runs: list[RunningTask], replies: tuple[Reply, ...], origin: LogOrigin, place: Place, *, sure: bool
) -> Plan[tuple[LikelyWorkload, ...]]:
    """What runs and writes to the group; one round more where one on an instance has no role of its own."""
    definitions = {str(one.get("taskDefinitionArn")): one for one in definitions_in(replies)}
    of_instances: tuple[Reply, ...] = ()

    def fitting() -> list[tuple[RunningTask, LikelyWorkload]]:
        role = instance_role(of_instances, place, on_instance=sure)
        likely = (
            (run, _likely(definitions[run.definition], origin, run, place, sure=sure, instance=role))
            for run in runs
            if run.definition in definitions
        )
        return [(run, one) for run, one in likely if one is not None]

    found = fitting()
    bare = [run for run, one in found if needs_instance_role(one.workload)]
    if bare and not origin.principal:
        of_instances = yield instance_reads(tuple(dict.fromkeys(run.cluster for run in bare if run.cluster)))
        found = fitting()
    return tuple(one for _, one in found)


def _each_once(writers: list[Writer]) -> tuple[Writer, ...]:
    """A family that a service runs, without the same family standing alone."""
    run = {one.name for one in writers if one.service}
    return tuple({one.key: one for one in writers if one.service or one.name not in run}.values())


def _runs(
    chosen: list[Writer], described: tuple[Reply, ...], services: Mapping[Writer, Reply], origin: LogOrigin
) -> list[RunningTask]:
    """What each writer runs now: its service's definitions, else the family's newest; nothing where it is gone."""
    runs: dict[RunningTask, None] = {}
    for writer, reply in zip(chosen, described, strict=True):
        service = services.get(writer)
        found = running_definitions((service,)) if service is not None else ()
        newest = [str(one.get("taskDefinitionArn", "")) for one in definitions_in((reply,))]
        unread = isinstance(service, Unreadable)
        run = RunningTask(
            arn="",
            definition="",
            cluster=writer.cluster,
            service=writer.service if found or unread else "",
            is_newest=not found and (unread or bool(origin.task)),
        )
        runs |= dict.fromkeys(replace(run, definition=arn) for arn in found or newest)
    return list(runs)


def _likely(  # noqa: PLR0913  # what the rounds found
    definition: Definition,
    origin: LogOrigin,
    run: RunningTask,
    place: Place,
    *,
    sure: bool,
    instance: str,
) -> LikelyWorkload | None:
    """`sure`: the stream's own task runs it; else its settings must name the group, or leave that to a file."""
    found = likely_workload(definition, origin, run, place, instance=instance, claimed=not sure)
    if found is None or found.score < LIKELY:
        return None
    return replace(found, workload=with_unsure_revision(found.workload)) if run.is_newest else found
