"""The service that runs a task definition: its deployment, its subnets, and the revision that really runs.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeServices.html
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from why403.iam.place import Place
from why403.message import Message
from why403.reads import DeclaredRead, Plan, Read, Reply, asked
from why403.workloads.answer_values import entries, iso
from why403.workloads.ecs.definitions import definitions_in, describe, family_of, revision_of
from why403.workloads.ecs.fit import with_unsure_revision
from why403.workloads.likeness import likeness
from why403.workloads.role_names import role_arn
from why403.workloads.workload import (
    REVISION_NOT_KNOWN,
    SEVERAL_REVISIONS,
    Workload,
    WorkloadKind,
    answers,
    blind_spots,
    not_all,
    several_revisions,
)

SERVICE = DeclaredRead(
    "ecs",
    "DescribeServices",
    "See which revision a service runs, since when, and in which subnets.",
    cache_seconds=30,
)
SUBNETS = DeclaredRead(
    "ec2",
    "DescribeSubnets",
    "Find the VPC of a workload, and with it the endpoints that its calls go through.",
    cache_seconds=3600,
)
SERVICES = DeclaredRead("ecs", "ListServices", "Find the service that runs a task definition.")
SERVICES_A_CALL = 10
"""DescribeServices takes ten."""
MOST_CALLS = 2
"""Twenty services with the likest names, of those that may run one definition."""
MOST_RUNNING = 4
"""Revisions that run at once: two while a deployment is under way, a few of several services."""
MOST_LISTED = 4
"""Clusters whose services are listed for a definition that was found by name: beside the policies' reads, for a third of the calls of twelve."""


def describe_running(workload: Workload, place: Place) -> Plan[Workload]:
    """The workload with its service, deployment and VPC: two rounds, three where services are listed first, beside the policies' reads.

    Where a service runs another revision than the newest, the roles and `caller_arn` become that revision's: a
    caller read meanwhile may then be the wrong one. For kinds other than ECS, which are found whole, nothing is asked.
    """
    if workload.kind is not WorkloadKind.ECS:
        return workload
    listed = yield from asked(_list_services(workload.clusters))
    replies = yield from asked(_service_reads(workload, listed))
    unread = (*workload.unreadable, *blind_spots((*listed, *replies)))
    services = _services_of(workload, replies)
    known = replace(workload, unreadable=unread)
    if services:
        known = _with_service(known, services[0])
    elif listed:
        known = _of_no_service(known, len(_listed_in(listed)))
    running = tuple(dict.fromkeys(arn for service in services for arn in definitions_of(service)))
    others = () if workload.task else tuple(arn for arn in running if arn != workload.task_definition)
    second = (
        *(
            (SUBNETS.of(SubnetIds=list(known.subnets)),)
            if known.subnets and not known.vpc and not listed
            else ()
        ),
        *(describe(arn) for arn in others[:MOST_RUNNING]),
    )
    if second:
        last = yield second
        known = replace(known, vpc=known.vpc or _vpc(last), unreadable=(*unread, *blind_spots(last)))
        if others and workload.task_definition not in running:
            known = _as_running(known, others[0], last, place)
        known = _beside_others(known, last, place)
    return known


def _beside_others(workload: Workload, replies: tuple[Reply, ...], place: Place) -> Workload:
    """Said where other revisions that run now have other roles, and not said before."""
    roles = {role_arn(str(one.get("taskRoleArn") or ""), place) for one in definitions_in(replies)}
    told = any(found.id == SEVERAL_REVISIONS for found in workload.findings)
    if told or roles <= {workload.task_role_arn}:
        return workload
    return _with(workload, several_revisions(workload.name, workload.task_role_arn, *roles))


def _of_no_service(workload: Workload, listed: int) -> Workload:
    """Found by name, and no service that was looked at runs it: its revision is not known, unless all were looked at."""
    looked_at = min(len(workload.clusters), MOST_LISTED)
    left_out = not_all("workloads.not-all-clusters", looked_at, len(workload.clusters))
    if not left_out and listed <= MOST_CALLS * SERVICES_A_CALL:
        return workload
    unsure = with_unsure_revision(workload)
    return replace(unsure, findings=(*unsure.findings, *left_out))


def _listed_in(replies: Iterable[Reply]) -> list[str]:
    return [arn for reply in answers(replies) for arn in reply.texts("serviceArns")]


def _service_reads(workload: Workload, listed: tuple[Reply, ...]) -> tuple[Read, ...]:
    if workload.cluster and workload.service:
        return (SERVICE.of(cluster=workload.cluster, services=[workload.service], include=["TAGS"]),)
    arns = _listed_in(listed)
    by_cluster: dict[str, list[str]] = {}
    for arn in sorted(arns, key=lambda arn: -likeness(arn.rpartition("/")[2], workload.name)):
        by_cluster.setdefault(cluster_of(arn) or workload.cluster, []).append(arn)
    reads = [
        SERVICE.of(
            cluster=cluster or "default", services=those[first : first + SERVICES_A_CALL], include=["TAGS"]
        )
        for cluster, those in by_cluster.items()
        for first in range(0, len(those), SERVICES_A_CALL)
    ]
    return tuple(reads[:MOST_CALLS])


def service_named(cluster: str, name: str) -> Read:
    """The read of one service by its name."""
    return SERVICE.of(cluster=cluster, services=[name], include=["TAGS"])


def running_definitions(replies: Iterable[Reply]) -> tuple[str, ...]:
    """ARNs of all definitions that the services described run, the first one's own first."""
    services = (service for reply in answers(replies) for service in reply.items("services"))
    return tuple(dict.fromkeys(arn for service in services for arn in definitions_of(service)))


def definitions_of(service: Mapping[str, Any]) -> tuple[str, ...]:
    """What one service runs: several while a deployment is under way; in task sets alone where others deploy it.

    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TaskSet.html
    """
    if service.get("status") == "INACTIVE":
        return ()
    parts = (*entries(service, "deployments"), *entries(service, "taskSets"))
    running = [one for one in parts if one.get("status") in {"PRIMARY", "ACTIVE"} or one.get("runningCount")]
    return tuple(
        dict.fromkeys(filter(None, (str(one.get("taskDefinition") or "") for one in (service, *running))))
    )


def still_runs(workload: Workload) -> Plan[bool]:
    """Whether a service still runs the revision whose roles are known: one call. True for whatever has no service."""
    if workload.kind is not WorkloadKind.ECS or not workload.service or not workload.cluster:
        return True
    replies = yield (service_named(workload.cluster, workload.service),)
    running = running_definitions(replies)
    return not running or workload.task_definition in running


def _list_services(clusters: tuple[str, ...]) -> tuple[Read, ...]:
    """The reads of each cluster's services: a hundred a page, ten would be ECS's default."""
    return tuple(SERVICES.of(cluster=cluster, maxResults=100, pages=2) for cluster in clusters[:MOST_LISTED])


def cluster_of(service: str) -> str:
    """The cluster's name in a service's long ARN; empty in the old short form."""
    parts = service.partition(":service/")[2].split("/")
    return parts[0] if len(parts) > 1 else ""


def _services_of(workload: Workload, replies: tuple[Reply, ...]) -> list[Mapping[str, Any]]:
    """The services that run the workload's family, one that runs this very revision first."""
    family = family_of(workload.task_definition)
    running = [
        service
        for reply in answers(replies)
        for service in reply.items("services")
        if any(family_of(arn) == family for arn in definitions_of(service))
    ]
    return sorted(running, key=lambda service: workload.task_definition not in definitions_of(service))


def _with_service(workload: Workload, service: Mapping[str, Any]) -> Workload:
    network = (service.get("networkConfiguration") or {}).get("awsvpcConfiguration") or {}
    primary: Mapping[str, Any] = next(
        (one for one in entries(service, "deployments") if one.get("status") == "PRIMARY"), {}
    )
    tags = {str(tag.get("key")): str(tag.get("value", "")) for tag in entries(service, "tags")}
    return replace(
        workload,
        arn=str(service.get("serviceArn") or workload.arn),
        service=str(service.get("serviceName") or workload.service),
        cluster=str(service.get("clusterArn") or workload.cluster),
        launch=str(service.get("launchType") or workload.launch),
        started=iso(primary.get("createdAt")) or workload.started,
        subnets=tuple(network.get("subnets") or ()) or workload.subnets,
        tags={**workload.tags, **tags},
    )


def _vpc(replies: tuple[Reply, ...]) -> str:
    found = [str(subnet.get("VpcId", "")) for reply in answers(replies) for subnet in reply.items("Subnets")]
    return found[0] if found else ""


def _as_running(workload: Workload, running: str, replies: tuple[Reply, ...], place: Place) -> Workload:
    """The revision that runs is not the one that was found: its roles are the ones that count."""
    definition = next(
        (one for one in definitions_in(replies) if one.get("taskDefinitionArn") == running), None
    )
    values = {
        "running": str(revision_of(running)),
        "described": str(revision_of(workload.task_definition)),
        "family": workload.name,
    }
    if definition is None:
        return _with(workload, Message("workloads.another-revision-runs", values))
    role = role_arn(str(definition.get("taskRoleArn") or ""), place)
    execution = role_arn(str(definition.get("executionRoleArn") or ""), place)
    callers = {workload.task_role_arn: role, workload.execution_role_arn: execution}
    known = replace(
        workload,
        findings=tuple(found for found in workload.findings if found.id != REVISION_NOT_KNOWN),
        task_definition=running,
        task_role_arn=role,
        execution_role_arn=execution,
        caller_arn=_caller(workload, callers),
    )
    return _with(known, Message("workloads.not-newest-revision-runs", values))


def _caller(workload: Workload, callers: Mapping[str, str]) -> str:
    if workload.credentials in {"task-role", "execution-role"}:
        return callers.get(workload.caller_arn, workload.caller_arn)
    return workload.caller_arn


def _with(workload: Workload, finding: Message) -> Workload:
    return replace(workload, findings=(*workload.findings, finding))
