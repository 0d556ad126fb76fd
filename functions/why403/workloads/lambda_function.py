"""AWS Lambda: the function behind /aws/lambda/NAME, or behind a log group of its own.

https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-loggroups.html
"""

import re
from collections.abc import Mapping
from typing import Any

from why403.iam.place import REGION, Place
from why403.message import Message
from why403.reads import Answer, DeclaredRead, Failure, Plan, Unreadable
from why403.workloads.answer_values import iso
from why403.workloads.index import MOST_WRITERS, Page, Written, named_roles
from why403.workloads.log_origin import LogOrigin
from why403.workloads.role_names import same_role
from why403.workloads.workload import (
    CERTAIN,
    CONFIGURED,
    LIKELY,
    LikelyWorkload,
    SearchResult,
    Workload,
    WorkloadKind,
    Writer,
    answers,
    blind_spots,
    not_all,
)

CONFIGURATION = DeclaredRead(
    "lambda", "GetFunctionConfiguration", "Read a function's role, log group, subnets and environment."
)
FUNCTIONS = DeclaredRead(
    "lambda", "ListFunctions", "Find the function that writes to a log group of its own."
)
INDEXED_FUNCTIONS = FUNCTIONS.used_for("Keep the index of who writes to which log group.")
_GROUP = re.compile(rf"/aws/lambda/(?:(?P<edge>{REGION})\.)?(?P<name>[\w-]{{1,140}})", re.ASCII)
"""Lambda@Edge puts its home Region before the name; a name has 64 characters, and Lambda's own field takes 140."""
PAGES = 30
"""Fifty functions each. Only where neither group nor stream names the function: the console's and the CLI's case."""
EDGE_REGION = "us-east-1"
LATEST = "$LATEST"


def claims(origin: LogOrigin) -> bool:
    """The default group's name, a stream as functions write it, or a custom group whose stream is not known."""
    if origin.log_group.startswith("/aws/"):
        return origin.log_group.startswith("/aws/lambda/") or bool(origin.version)
    return bool(origin.version) or not origin.log_stream


def find(origin: LogOrigin, place: Place) -> Plan[SearchResult]:
    """One round: the function that the stream names, else the group, as the version that ran; else every function's group."""
    group = _GROUP.fullmatch(origin.log_group)
    name = origin.function or (group["name"] if group else "")
    if not name:
        return (yield from _by_list(origin, place))
    region = EDGE_REGION if group and group["edge"] else ""
    qualified: dict[str, Any] = {"Qualifier": origin.version} if origin.version not in {"", LATEST} else {}
    (reply,) = yield (CONFIGURATION.of(region=region, FunctionName=name, **qualified),)
    if isinstance(reply, Answer):
        return SearchResult(found=(LikelyWorkload(_workload(reply.data, place, region), CERTAIN),))
    gone = isinstance(reply, Unreadable) and reply.failure is Failure.ABSENT
    findings = (Message("workloads.function-gone", {"name": name}),) if gone else ()
    return SearchResult(unreadable=blind_spots((reply,), name), findings=findings)


def _by_list(origin: LogOrigin, place: Place) -> Plan[SearchResult]:
    (reply,) = yield (FUNCTIONS.of(pages=PAGES),)
    functions = reply.items("Functions") if isinstance(reply, Answer) else ()
    more = isinstance(reply, Answer) and reply.truncated
    found = tuple(
        LikelyWorkload(_workload(function, place, ""), _score(function, origin))
        for function in functions
        if _writes_to(function, origin)
    )
    left_out = not_all("workloads.not-all-functions", len(functions), len(functions), more=more)
    return SearchResult(found=found, unreadable=blind_spots((reply,)), findings=left_out)


def survey(cursor: str, _place: Place) -> Plan[Page]:
    """A few hundred functions: those with a group of their own. `cursor` is Lambda's own marker."""
    goes_on: dict[str, Any] = {"Marker": cursor} if cursor else {}
    (reply,) = yield (INDEXED_FUNCTIONS.of(MaxItems=50, **goes_on),)
    functions = [one for answer in answers((reply,)) for one in answer.items("Functions")]
    return Page(
        written=tuple(one for function in functions for one in _written(function)),
        next=next((answer.text("NextMarker") for answer in answers((reply,))), ""),
        unread=blind_spots((reply,)),
    )


def renew(name: str) -> Plan[Page]:
    """One function, by name or ARN."""
    (reply,) = yield (CONFIGURATION.of(FunctionName=name),)
    written = tuple(one for answer in answers((reply,)) for one in _written(answer.data))
    return Page(written=written, unread=blind_spots((reply,)))


def _written(function: Mapping[str, Any]) -> tuple[Written, ...]:
    name = str(function.get("FunctionName", ""))
    group = str((function.get("LoggingConfig") or {}).get("LogGroup") or "")
    if not group or group == f"/aws/lambda/{name}":
        return ()
    return ((group, Writer(kind=WorkloadKind.LAMBDA, name=name, roles=named_roles(function, "Role"))),)


def verify(writers: tuple[Writer, ...], origin: LogOrigin, place: Place) -> Plan[SearchResult]:
    """Those of the writers that write to the group as AWS has them now: one round; none where the stream is no function's."""
    named = [one.name for one in writers if claims(origin)]
    replies = yield tuple(CONFIGURATION.of(FunctionName=name) for name in named[:MOST_WRITERS])
    found = tuple(
        LikelyWorkload(_workload(answer.data, place, ""), _score(answer.data, origin))
        for answer in answers(replies)
        if _writes_to(answer.data, origin)
    )
    left_out = not_all("workloads.not-all-writers", min(len(named), MOST_WRITERS), len(named))
    return SearchResult(found=found, unreadable=blind_spots(replies), findings=left_out)


def _writes_to(function: Mapping[str, Any], origin: LogOrigin) -> bool:
    logging = function.get("LoggingConfig")
    return isinstance(logging, Mapping) and logging.get("LogGroup") == origin.log_group


def _score(function: Mapping[str, Any], origin: LogOrigin) -> float:
    """Several functions may share a group: the line's principal tells them apart, else what its wrapper says of the function."""
    if not origin.principal:
        is_another = origin.line.function not in {"", function.get("FunctionName")}
        return LIKELY if is_another else CONFIGURED
    return CERTAIN if same_role(str(function.get("Role", "")), origin.principal) else LIKELY


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
