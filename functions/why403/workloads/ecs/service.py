"""The service that runs a task definition: its deployment, its subnets, and the revision that really runs.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeServices.html
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from why403.iam.place import Place
from why403.message import Message
from why403.reads import Answer, DeclaredRead, Plan, Read, Reply
from why403.workloads.answer_values import entries, iso
from why403.workloads.ecs.definitions import describe, family_of, revision_of
from why403.workloads.likeness import likeness
from why403.workloads.log_origin import LogOrigin
from why403.workloads.role_names import role_arn
from why403.workloads.workload import Workload, WorkloadKind, answers, blind_spots

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
MOST_CALLS = 4
"""Forty services that run one definition; others of it have the same roles."""


def describe_running(workload: Workload, place: Place) -> Plan[Workload]:
    """The workload with its service, deployment and VPC: at most two rounds, beside the policies' reads.

    Where a service runs another revision than the newest, the roles and `caller_arn` become that revision's: a
    caller read meanwhile may then be the wrong one. For kinds other than ECS, which are found whole, nothing is asked.
    """
    if workload.kind is not WorkloadKind.ECS:
        return workload
    reads = _service_reads(workload)
    replies: tuple[Reply, ...] = (yield reads) if reads else ()
    unread = (*workload.unreadable, *blind_spots(replies))
    service = _service_of(workload, replies)
    known = replace(workload, unreadable=unread)
    if service is not None:
        known = _with_service(known, service)
    running = str(service.get("taskDefinition", "")) if service is not None else ""
    differs = bool(running) and running != workload.task_definition and not workload.task
    second = (
        *((SUBNETS.of(SubnetIds=list(known.subnets)),) if known.subnets and not known.vpc else ()),
        *((describe(running),) if differs else ()),
    )
    if second:
        last = yield second
        known = replace(known, vpc=known.vpc or _vpc(last), unreadable=(*unread, *blind_spots(last)))
        known = _as_running(known, running, last, place) if differs else known
    return known


def _service_reads(workload: Workload) -> tuple[Read, ...]:
    if workload.cluster and workload.service:
        return (SERVICE.of(cluster=workload.cluster, services=[workload.service], include=["TAGS"]),)
    by_cluster: dict[str, list[str]] = {}
    for arn in workload.services:
        by_cluster.setdefault(cluster_of(arn) or workload.cluster, []).append(arn)
    reads = [
        SERVICE.of(
            cluster=cluster or "default", services=arns[first : first + SERVICES_A_CALL], include=["TAGS"]
        )
        for cluster, arns in by_cluster.items()
        for first in range(0, len(arns), SERVICES_A_CALL)
    ]
    return tuple(reads[:MOST_CALLS])


def service_named(cluster: str, name: str) -> Read:
    """The read of one service by its name."""
    return SERVICE.of(cluster=cluster, services=[name], include=["TAGS"])


def running_definition(replies: tuple[Reply, ...]) -> str:
    """ARN of the definition that the first service described runs, or empty."""
    found = (
        str(one.get("taskDefinition", "")) for reply in answers(replies) for one in reply.items("services")
    )
    return next(found, "")


def still_runs(workload: Workload) -> Plan[bool]:
    """Whether a service still runs the revision whose roles are known: one call. True for whatever has no service."""
    if workload.kind is not WorkloadKind.ECS or not workload.service or not workload.cluster:
        return True
    replies = yield (service_named(workload.cluster, workload.service),)
    return running_definition(replies) in {"", workload.task_definition}


def list_services(clusters: tuple[str, ...]) -> tuple[Read, ...]:
    """The reads of each cluster's services: a hundred a page, ten would be ECS's default."""
    return tuple(SERVICES.of(cluster=cluster, maxResults=100, pages=2) for cluster in clusters)


def services_in(replies: tuple[Reply, ...], origin: LogOrigin) -> tuple[str, ...]:
    """ARNs of all services listed, those named like the log group first."""
    arns = [arn for reply in answers(replies) for arn in reply.texts("serviceArns")]
    return tuple(sorted(arns, key=lambda arn: -likeness(arn.rpartition("/")[2], origin.log_group)))


def cluster_of(service: str) -> str:
    """The cluster's name in a service's long ARN; empty in the old short form."""
    parts = service.partition(":service/")[2].split("/")
    return parts[0] if len(parts) > 1 else ""


def _service_of(workload: Workload, replies: tuple[Reply, ...]) -> Mapping[str, Any] | None:
    family = family_of(workload.task_definition)
    running = [
        service
        for reply in answers(replies)
        for service in reply.items("services")
        if family_of(str(service.get("taskDefinition", ""))) == family and service.get("status") != "INACTIVE"
    ]
    return max(
        running, key=lambda service: service.get("taskDefinition") == workload.task_definition, default=None
    )


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
        (
            one
            for reply in replies
            if isinstance(reply, Answer) and isinstance(one := reply.at("taskDefinition"), Mapping)
        ),
        None,
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
