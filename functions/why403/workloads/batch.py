"""AWS Batch: the job definition in the stream's name, `definition/default/task`.

https://docs.aws.amazon.com/batch/latest/userguide/using_awslogs.html
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from why403.iam.place import Place
from why403.message import Message
from why403.reads import Answer, DeclaredRead, Plan, Read, Reply
from why403.workloads.answer_values import entries, environment_of
from why403.workloads.ec2 import read_profile, role_in
from why403.workloads.ecs.log_configuration import groups_of, writes_to
from why403.workloads.index import MOST_WRITERS, Page, Written, named_roles
from why403.workloads.log_origin import LogOrigin
from why403.workloads.role_names import role_arn, same_role
from why403.workloads.workload import (
    CERTAIN,
    CONFIGURED,
    GUESSED,
    LikelyWorkload,
    SearchResult,
    Workload,
    WorkloadKind,
    Writer,
    answers,
    blind_spots,
    not_all,
)

DEFINITIONS = DeclaredRead("batch", "DescribeJobDefinitions", "Find the role that a batch job runs with.")
ENVIRONMENTS = DeclaredRead(
    "batch",
    "DescribeComputeEnvironments",
    "Find the instance profile that jobs without a role of their own run with.",
    cache_seconds=300,
)
INDEXED_DEFINITIONS = DEFINITIONS.used_for("Keep the index of who writes to which log group.")
EVENTS = "aws.batch"
"""EventBridge's name of Batch."""
GROUP = "/aws/batch/job"


def claims(origin: LogOrigin) -> bool:
    """Batch's own group and events, or another group with a stream as Batch writes it."""
    if origin.line.source:
        return origin.line.source == EVENTS
    return origin.log_group == GROUP or origin.container == "default"


def find(origin: LogOrigin, place: Place) -> Plan[SearchResult]:
    """Two rounds: the definitions and compute environments, then the instance profile where one is needed."""
    definitions, environments = yield (_definitions(origin), ENVIRONMENTS.of(pages=2))
    found = _newest(definitions, origin, place)
    known = len(definitions.items("jobDefinitions")) if isinstance(definitions, Answer) else 0
    more = isinstance(definitions, Answer) and definitions.truncated
    left_out = not_all("workloads.not-all-job-definitions", known, known, more=more)
    unread = blind_spots((definitions, environments))
    profiles = _profiles(environments)
    if len(profiles) != 1 or all(one.workload.role_arn for one in found):
        return SearchResult(found=found, unreadable=unread, findings=left_out)
    (reply,) = yield (read_profile(profiles[0]),)
    role = role_in(reply)
    with_instance = tuple(_with_instance(one, role) for one in found)
    unread = (*unread, *blind_spots((reply,), profiles[0]))
    return SearchResult(found=with_instance, unreadable=unread, findings=left_out)


def survey(cursor: str, _place: Place) -> Plan[Page]:
    """A hundred job definitions: those with a group of their own. `cursor` is Batch's own token."""
    goes_on: dict[str, Any] = {"nextToken": cursor} if cursor else {}
    (reply,) = yield (INDEXED_DEFINITIONS.of(status="ACTIVE", maxResults=100, **goes_on),)
    token = next((answer.text("nextToken") for answer in answers((reply,))), "")
    return Page(written=_written((reply,)), next=token, unread=blind_spots((reply,)))


def renew(name: str) -> Plan[Page]:
    """One job definition, by name."""
    (reply,) = yield (DEFINITIONS.of(status="ACTIVE", jobDefinitionName=name),)
    return Page(written=_written((reply,)), unread=blind_spots((reply,)))


def _written(replies: tuple[Reply, ...]) -> tuple[Written, ...]:
    found = [
        (
            group,
            Writer(
                kind=WorkloadKind.BATCH,
                name=str(definition.get("jobDefinitionName", "")),
                roles=named_roles(_container(definition), "jobRoleArn", "executionRoleArn"),
            ),
        )
        for answer in answers(replies)
        for definition in answer.items("jobDefinitions")
        for group in groups_of(_container(definition))
        if group != GROUP
    ]
    return tuple(dict.fromkeys(found))


def verify(writers: tuple[Writer, ...], origin: LogOrigin, place: Place) -> Plan[SearchResult]:
    """Those of the writers that write to the group as AWS has them now: one round."""
    named = [one.name for one in writers if not origin.prefix or one.name == origin.prefix]
    chosen = named[:MOST_WRITERS]
    replies = yield tuple(DEFINITIONS.of(status="ACTIVE", jobDefinitionName=name) for name in chosen)
    newest = [
        one for reply in replies for one in _newest(reply, replace(origin, prefix=""), place, named=True)
    ]
    left_out = not_all("workloads.not-all-writers", len(chosen), len(named))
    return SearchResult(found=tuple(newest), unreadable=blind_spots(replies), findings=left_out)


def _definitions(origin: LogOrigin) -> Read:
    """The one that an event names, those of the stream's name, or all."""
    if origin.line.source:
        return DEFINITIONS.of(jobDefinitions=[origin.line.definition])
    named = {"jobDefinitionName": origin.prefix} if origin.prefix else {}
    return DEFINITIONS.of(pages=5, status="ACTIVE", **named)


def _newest(
    reply: Reply, origin: LogOrigin, place: Place, *, named: bool = False
) -> tuple[LikelyWorkload, ...]:
    """Each definition that may have written, for each role that its revisions have the newest: a job may be of an older one.

    `named`: only its own settings count.
    """
    newest: dict[tuple[str, str], Mapping[str, Any]] = {}
    for answer in answers((reply,)):
        for definition in answer.items("jobDefinitions"):
            name = str(definition.get("jobDefinitionName", ""))
            key = (name, str(_container(definition).get("jobRoleArn") or ""))
            if name and _revision(definition) >= _revision(newest.get(key, {})):
                newest[key] = definition
    result = (
        LikelyWorkload(
            _workload(definition, place),
            (CONFIGURED if _configured(_container(definition), origin) else 0.0)
            if named
            else _score(definition, origin),
            _revision(definition),
        )
        for definition in newest.values()
    )
    return tuple(one for one in result if one.score > 0)


def _score(definition: Mapping[str, Any], origin: LogOrigin) -> float:
    container = _container(definition)
    if origin.line.source:
        return CERTAIN
    if origin.prefix and origin.prefix == definition.get("jobDefinitionName"):
        return CERTAIN if origin.log_group == GROUP or _configured(container, origin) else GUESSED
    if origin.prefix:
        return 0.0
    role = str(container.get("jobRoleArn") or container.get("taskRoleArn") or "")
    if origin.principal and role and same_role(role, origin.principal):
        return CONFIGURED
    return GUESSED if origin.log_group == GROUP else 0.0


def _configured(container: Mapping[str, Any], origin: LogOrigin) -> bool:
    unnamed = replace(origin, container="", prefix="")
    return writes_to(container, unnamed) >= CONFIGURED


def _container(definition: Mapping[str, Any]) -> Mapping[str, Any]:
    """The job's container, with the roles beside it whichever orchestration defines it."""
    plain = definition.get("containerProperties")
    if isinstance(plain, Mapping):
        return plain
    properties = definition.get("ecsProperties")
    for task in entries(properties, "taskProperties") if isinstance(properties, Mapping) else ():
        for container in entries(task, "containers"):
            return {
                **container,
                "jobRoleArn": task.get("taskRoleArn"),
                "executionRoleArn": task.get("executionRoleArn"),
            }
    return {}


def _workload(definition: Mapping[str, Any], place: Place) -> Workload:
    container = _container(definition)
    capabilities = definition.get("platformCapabilities") or ()
    return Workload(
        kind=WorkloadKind.BATCH,
        arn=str(definition.get("jobDefinitionArn", "")),
        name=str(definition.get("jobDefinitionName", "")),
        role_arn=role_arn(str(container.get("jobRoleArn") or ""), place),
        execution_role_arn=role_arn(str(container.get("executionRoleArn") or ""), place),
        account=place.account,
        region=place.region,
        partition=place.partition,
        environment=environment_of(container),
        command=tuple(str(word) for word in container.get("command") or ()),
        secret_names=tuple(str(secret.get("name", "")) for secret in entries(container, "secrets")),
        launch="FARGATE" if "FARGATE" in capabilities else "EC2",
    )


def _profiles(reply: Reply) -> tuple[str, ...]:
    found = {
        str(resources["instanceRole"]): None
        for answer in answers((reply,))
        for environment in answer.items("computeEnvironments")
        if isinstance(resources := environment.get("computeResources"), Mapping)
        and resources.get("instanceRole")
    }
    return tuple(found)


def _with_instance(one: LikelyWorkload, role: str) -> LikelyWorkload:
    workload = one.workload
    if workload.role_arn or workload.launch == "FARGATE" or not role:
        return one
    finding = Message("workloads.instance-profile", {"role": role})
    changed = replace(workload, instance_role_arn=role, findings=(*workload.findings, finding))
    return replace(one, workload=changed)


def _revision(definition: Mapping[str, Any]) -> int:
    return int(definition.get("revision") or 0)
