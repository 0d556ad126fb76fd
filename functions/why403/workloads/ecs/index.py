"""Task definitions in the index: listed page by page, renewed one by one, and verified before they count."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from why403.iam.place import Place
from why403.reads import Plan, Read, Reply
from why403.workloads.answer_values import entries
from why403.workloads.ecs.definitions import FAMILIES, definitions_in, describe, family_of
from why403.workloads.ecs.fit import instance_reads, instance_role, likely_workload
from why403.workloads.ecs.log_configuration import fits_template, groups_of, routes_anywhere, templates_of
from why403.workloads.ecs.service import SERVICE, SERVICES, SERVICES_A_CALL, cluster_of, service_named
from why403.workloads.ecs.task import CLUSTERS, RunningTask, running_task, task_in
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
        str(one["taskDefinition"]): (cluster, str(one.get("serviceName", "")))
        for one in services
        if one.get("taskDefinition")
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
    running = [
        str(one.get("taskDefinition", "")) for answer in answers((reply,)) for one in answer.items("services")
    ]
    if not running or not running[0]:
        return Page(unread=blind_spots((reply,)))
    return (yield from renew(running[0], cluster, name))


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

    Where the stream names a task that runs in one of their clusters, it decides.
    """
    known = [one for one in writers if not one.template or fits_template(one.template, origin.log_group)]
    chosen = sorted(
        _each_once(known), key=lambda one: -likeness(one.name, f"{origin.log_group} {origin.prefix}")
    )
    left_out = not_all("workloads.not-all-writers", min(len(chosen), MOST_WRITERS), len(chosen))
    chosen = chosen[:MOST_WRITERS]
    clusters = tuple(dict.fromkeys(one.cluster for one in chosen if one.cluster)) if origin.task else ()
    served = tuple(one for one in chosen if one.service)
    replies = yield (
        *(describe(one.name) for one in chosen),
        *(service_named(one.cluster, one.service) for one in served),
        *(task_in(cluster, origin.task) for cluster in clusters),
    )
    described, rest = replies[: len(chosen)], replies[len(chosen) :]
    task = running_task(rest[len(served) :], origin.task)
    runs = _runs(chosen, described, served, rest)
    if task is not None:
        runs = [task]
    definitions = {str(one.get("taskDefinitionArn")): one for one in definitions_in(described)}
    more = tuple(dict.fromkeys(run.definition for run in runs if run.definition not in definitions))
    last: tuple[Reply, ...] = (yield tuple(describe(arn) for arn in more)) if more else ()
    definitions |= {str(one.get("taskDefinitionArn")): one for one in definitions_in(last)}
    fitting = [
        (run, one)
        for run in runs
        if run.definition in definitions
        and (one := _likely(definitions[run.definition], origin, run, place, sure=task is not None))
        is not None
    ]
    on_instance = tuple(
        run.cluster
        for run, one in fitting
        if not one.workload.task_role_arn and one.workload.launch != "FARGATE"
    )
    if on_instance and not origin.principal:
        asked = yield instance_reads(tuple(filter(None, on_instance)))
        role = instance_role(asked, place, on_instance=task is not None)
        fitting = [
            (
                run,
                _likely(definitions[run.definition], origin, run, place, sure=task is not None, instance=role)
                or one,
            )
            for run, one in fitting
        ]
    return SearchResult(
        found=tuple(one for _, one in fitting), unreadable=blind_spots((*replies, *last)), findings=left_out
    )


def _each_once(writers: list[Writer]) -> tuple[Writer, ...]:
    """A family that a service runs, without the same family standing alone."""
    run = {one.name for one in writers if one.service}
    return tuple({one.key: one for one in writers if one.service or one.name not in run}.values())


def _runs(
    chosen: list[Writer], described: tuple[Reply, ...], served: tuple[Writer, ...], rest: tuple[Reply, ...]
) -> list[RunningTask]:
    """What each writer runs now: its service's definition, else the family's newest; nothing where it is gone."""
    services = dict(zip([one.key for one in served], rest[: len(served)], strict=True))
    runs = []
    for writer, reply in zip(chosen, described, strict=True):
        newest = [str(one.get("taskDefinitionArn", "")) for one in definitions_in((reply,))]
        found = [
            str(one.get("taskDefinition", ""))
            for answer in answers((services[writer.key],) if writer.key in services else ())
            for one in answer.items("services")
            if one.get("status") != "INACTIVE"
        ]
        definition = next(iter(found), "") or next(iter(newest), "")
        if definition:
            service = writer.service if found else ""
            runs.append(RunningTask(arn="", definition=definition, cluster=writer.cluster, service=service))
    return runs


def _likely(  # noqa: PLR0913  # what the rounds found
    definition: Definition,
    origin: LogOrigin,
    run: RunningTask,
    place: Place,
    *,
    sure: bool,
    instance: str = "",
) -> LikelyWorkload | None:
    """`sure`: the stream's own task runs it; else its settings must name the group, or leave that to a file."""
    found = likely_workload(definition, origin, run, place, instance=instance, claimed=not sure)
    return found if found is not None and found.score >= LIKELY else None
