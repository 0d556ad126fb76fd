"""AWS Lambda: the function behind /aws/lambda/NAME, or behind a log group of its own.

https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-loggroups.html
"""

import re
from collections.abc import Mapping
from typing import Any

from why403.iam.place import Place
from why403.message import Message
from why403.reads import Answer, DeclaredRead, Failure, Plan, Unreadable
from why403.workloads.clue import Clue
from why403.workloads.ecs_task import iso
from why403.workloads.role_names import same_role
from why403.workloads.sighting import CERTAIN, CONFIGURED, LIKELY, Sighting, Sightings, blind_spots
from why403.workloads.workload import Workload, WorkloadKind

CONFIGURATION = DeclaredRead(
    "lambda",
    "GetFunctionConfiguration",
    ("lambda:GetFunctionConfiguration",),
    "Read a function's role, log group, subnets and environment.",
)
FUNCTIONS = DeclaredRead(
    "lambda",
    "ListFunctions",
    ("lambda:ListFunctions",),
    "Find the function that writes to a log group of its own.",
)
READS = (CONFIGURATION, FUNCTIONS)
_GROUP = re.compile(
    r"/aws/lambda/(?:(?P<edge>[a-z]{2}(?:-[a-z]{1,10}){1,2}-\d)\.)?(?P<name>[\w-]{1,140})", re.ASCII
)
EDGE_REGION = "us-east-1"
LATEST = "$LATEST"


def claims(clue: Clue) -> bool:
    """The default group's name, a stream as functions write it, or a custom group whose stream is not known."""
    if clue.log_group.startswith("/aws/"):
        return clue.log_group.startswith("/aws/lambda/") or bool(clue.version)
    return bool(clue.version) or not clue.log_stream


def find(clue: Clue, place: Place) -> Plan[Sightings]:
    """One round: the function by its name where the names tell it, else every function's log group."""
    group = _GROUP.fullmatch(clue.log_group)
    name = group["name"] if group else clue.function
    if not name:
        return (yield from _by_list(clue, place))
    region = EDGE_REGION if group and group["edge"] else ""
    qualified: dict[str, Any] = {"Qualifier": clue.version} if clue.version not in {"", LATEST} else {}
    (reply,) = yield (CONFIGURATION.of(region=region, FunctionName=name, **qualified),)
    if isinstance(reply, Answer):
        return Sightings(found=(Sighting(_workload(reply.data, place, region), CERTAIN),))
    gone = isinstance(reply, Unreadable) and reply.failure is Failure.ABSENT
    findings = (Message("workloads.function-gone", {"name": name}),) if gone else ()
    return Sightings(unreadable=blind_spots((reply,), name), findings=findings)


def _by_list(clue: Clue, place: Place) -> Plan[Sightings]:
    (reply,) = yield (FUNCTIONS.of(pages=10),)
    functions = reply.items("Functions") if isinstance(reply, Answer) else ()
    found = tuple(
        Sighting(_workload(function, place, ""), _score(function, clue))
        for function in functions
        if _writes_to(function, clue)
    )
    return Sightings(found=found, unreadable=blind_spots((reply,)))


def _writes_to(function: Mapping[str, Any], clue: Clue) -> bool:
    logging = function.get("LoggingConfig")
    return isinstance(logging, Mapping) and logging.get("LogGroup") == clue.log_group


def _score(function: Mapping[str, Any], clue: Clue) -> float:
    """Several functions may share a group: the line's principal tells them apart."""
    if not clue.principal:
        return CONFIGURED
    return CERTAIN if same_role(str(function.get("Role", "")), clue.principal) else LIKELY


def _workload(function: Mapping[str, Any], place: Place, region: str) -> Workload:
    network = function.get("VpcConfig") or {}
    environment = (function.get("Environment") or {}).get("Variables") or {}
    return Workload(
        kind=WorkloadKind.LAMBDA,
        arn=str(function.get("FunctionArn", "")),
        name=str(function.get("FunctionName", "")),
        role_arn=str(function.get("Role", "")),
        account=place.account,
        region=region or place.region,
        partition=place.partition,
        subnets=tuple(network.get("SubnetIds") or ()),
        vpc=str(network.get("VpcId") or ""),
        started=iso(function.get("LastModified")),
        environment={str(name): str(value) for name, value in environment.items()},
    )
