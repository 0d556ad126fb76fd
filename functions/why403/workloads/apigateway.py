"""Amazon API Gateway: the API whose id or name is in the log group's name, or whose stage logs to it, and its integrations' role.

https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging.html
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from why403.iam.place import Place
from why403.incidents.log_groups import group_of_arn
from why403.reads import Answer, DeclaredRead, Plan, Read, Reply, together
from why403.workloads.index import MOST_WRITERS, Page
from why403.workloads.likeness import likeness
from why403.workloads.log_origin import LogOrigin
from why403.workloads.workload import (
    CERTAIN,
    CONFIGURED,
    GUESSED,
    LIKELY,
    LikelyWorkload,
    SearchResult,
    Workload,
    WorkloadKind,
    Writer,
    answers,
    blind_spots,
    not_all,
    one_role,
)

REST_API = DeclaredRead(
    "apigateway", "GetRestApi", "Read the API behind an execution log.", actions=("apigateway:GET",)
)
REST_APIS = DeclaredRead(
    "apigateway", "GetRestApis", "Find the API behind an access log.", actions=("apigateway:GET",)
)
RESOURCES = DeclaredRead(
    "apigateway",
    "GetResources",
    "Find the role that an API calls its integrations with.",
    actions=("apigateway:GET",),
)
HTTP_APIS = DeclaredRead(
    "apigatewayv2", "GetApis", "Find the HTTP API behind an access log.", actions=("apigateway:GET",)
)
STAGES = DeclaredRead(
    "apigateway",
    "GetStages",
    "Read which log group a stage writes its access log to.",
    actions=("apigateway:GET",),
)
HTTP_API = DeclaredRead(
    "apigatewayv2", "GetApi", "Read the API behind an access log.", actions=("apigateway:GET",)
)
HTTP_STAGES = DeclaredRead(
    "apigatewayv2",
    "GetStages",
    "Read which log group an HTTP API's stage writes its access log to.",
    actions=("apigateway:GET",),
)
INDEXED_APIS = REST_APIS.used_for("Keep the index of who writes to which log group.")
INDEXED_HTTP_APIS = HTTP_APIS.used_for("Keep the index of who writes to which log group.")
REST, HTTP = "restapis", "apis"
SLICE = 25
"""APIs of one slice of the survey, each a call: API Gateway takes ten calls of all kinds a second."""
_EXECUTION_GROUP = re.compile(
    r"API-Gateway-Execution-Logs_(?P<id>[a-z0-9]{1,20})/(?P<stage>[\w-]{1,128})", re.ASCII
)
"""API Gateway names the group itself, after API and stage."""
CALLER = "apigateway.amazonaws.com"
"""Who calls an integration that has no role, as an execution log tells; an access log tells of clients too."""
ACCESS_PREFIXES = ("/aws/apigateway/", "/aws/api-gateway/", "/aws/http-api/", "/aws/vendedlogs/apigateway/")


def claims(origin: LogOrigin) -> bool:
    """Execution logs, and access logs under the names that the console and its guides give them."""
    return _EXECUTION_GROUP.fullmatch(origin.log_group) is not None or origin.log_group.startswith(
        ACCESS_PREFIXES
    )


def find(origin: LogOrigin, place: Place) -> Plan[SearchResult]:
    """One round by id; by name one more to read the integrations of the likeliest."""
    execution = _EXECUTION_GROUP.fullmatch(origin.log_group)
    if execution is None:
        return (yield from _by_name(origin, place))
    api, resources = yield (REST_API.of(restApiId=execution["id"]), _resources(execution["id"]))
    unread = blind_spots((api, resources), execution["id"])
    if not isinstance(api, Answer):
        return SearchResult(unreadable=unread)
    workload = _workload(api.data, place, _credentials((resources,)), execution["stage"], origin)
    return SearchResult(found=(LikelyWorkload(workload, CERTAIN),), unreadable=unread)


def survey_rest(cursor: str, _place: Place) -> Plan[Page]:
    """Some REST APIs, each a call. `cursor` is API Gateway's own position."""
    goes_on: dict[str, Any] = {"position": cursor} if cursor else {}
    listed = yield (INDEXED_APIS.of(limit=SLICE, **goes_on),)
    return (yield from _surveyed(listed, REST, "items", "position"))


def survey_http(cursor: str, _place: Place) -> Plan[Page]:
    """Some HTTP and WebSocket APIs, each a call. `cursor` is API Gateway's own token."""
    goes_on: dict[str, Any] = {"NextToken": cursor} if cursor else {}
    listed = yield (INDEXED_HTTP_APIS.of(MaxResults=str(SLICE), **goes_on),)
    return (yield from _surveyed(listed, HTTP, "Items", "NextToken"))


def _surveyed(listed: tuple[Reply, ...], kind: str, items: str, token: str) -> Plan[Page]:
    names = [f"{kind}/{_id_of(api)}" for reply in listed for api in _listed(reply, items)]
    replies = yield tuple(map(_stages, names))
    written = tuple(
        (group, Writer(kind=WorkloadKind.API_GATEWAY, name=name))
        for name, reply in zip(names, replies, strict=True)
        for group in _groups(reply)
    )
    goes_on = next((answer.text(token) for answer in answers(listed)), "")
    return Page(written=written, next=goes_on, unread=blind_spots((*listed, *replies)))


def verify(writers: tuple[Writer, ...], origin: LogOrigin, place: Place) -> Plan[SearchResult]:
    """Those of the APIs of which a stage writes to the group as AWS has it now: two rounds."""
    names = [one.name for one in writers[:MOST_WRITERS]]
    staged = yield tuple(map(_stages, names))
    writing = [name for name, reply in zip(names, staged, strict=True) if origin.log_group in _groups(reply)]
    looked = yield from together(*(_named(name, origin, place) for name in writing))
    left_out = not_all("workloads.not-all-writers", len(names), len(writers))
    return SearchResult(
        found=tuple(one for result in looked for one in result.found),
        unreadable=(*blind_spots(staged), *(spot for result in looked for spot in result.unreadable)),
        findings=left_out,
    )


def _named(name: str, origin: LogOrigin, place: Place) -> Plan[SearchResult]:
    kind, _, api = name.partition("/")
    replies = yield (
        (HTTP_API.of(ApiId=api),) if kind == HTTP else (REST_API.of(restApiId=api), _resources(api))
    )
    found = tuple(
        LikelyWorkload(_workload(answer.data, place, _credentials(replies[1:]), "", origin), CONFIGURED)
        for answer in answers(replies[:1])
    )
    return SearchResult(found=found, unreadable=blind_spots(replies, api))


def _stages(name: str) -> Read:
    kind, _, api = name.partition("/")
    return HTTP_STAGES.of(ApiId=api) if kind == HTTP else STAGES.of(restApiId=api)


def _groups(reply: Reply) -> tuple[str, ...]:
    """The log groups that the stages write their access logs to."""
    if not isinstance(reply, Answer):
        return ()
    arns = [
        *(
            str((one.get("accessLogSettings") or {}).get("destinationArn") or "")
            for one in reply.items("item")
        ),
        *(
            str((one.get("AccessLogSettings") or {}).get("DestinationArn") or "")
            for one in reply.items("Items")
        ),
    ]
    return tuple(dict.fromkeys(filter(None, map(group_of_arn, arns))))


def _by_name(origin: LogOrigin, place: Place) -> Plan[SearchResult]:
    rest, http = yield (REST_APIS.of(limit=500, pages=2), HTTP_APIS.of(MaxResults="500", pages=2))
    unread = blind_spots((rest, http))
    apis = [*_listed(rest, "items"), *_listed(http, "Items")]
    best = max(apis, key=lambda api: _alike(api, origin), default={})
    if not best or not _alike(best, origin):
        return SearchResult(unreadable=unread)
    score = LIKELY if _id_of(best) in origin.log_group else GUESSED
    if "ApiId" in best:
        return SearchResult(
            found=(LikelyWorkload(_workload(best, place, (), "", origin), score),), unreadable=unread
        )
    (resources,) = yield (_resources(_id_of(best)),)
    workload = _workload(best, place, _credentials((resources,)), "", origin)
    return SearchResult(
        found=(LikelyWorkload(workload, score),), unreadable=(*unread, *blind_spots((resources,)))
    )


def _listed(reply: Reply, name: str) -> tuple[Mapping[str, Any], ...]:
    return reply.items(name) if isinstance(reply, Answer) else ()


def _id_of(api: Mapping[str, Any]) -> str:
    return str(api.get("id") or api.get("ApiId") or "")


def _alike(api: Mapping[str, Any], origin: LogOrigin) -> float:
    group = origin.log_group.rpartition("/")[2]
    name = str(api.get("name") or api.get("Name") or "")
    return 1.0 if _id_of(api) and _id_of(api) in origin.log_group else likeness(name, group)


def _resources(api: str) -> Read:
    return RESOURCES.of(pages=3, restApiId=api, embed=["methods"])


def _credentials(replies: Iterable[Reply]) -> frozenset[str]:
    """The roles that integrations call with."""
    return frozenset(
        str(integration["credentials"])
        for reply in replies
        if isinstance(reply, Answer)
        for resource in reply.items("items")
        for method in (resource.get("resourceMethods") or {}).values()
        if isinstance(integration := method.get("methodIntegration"), Mapping)
        and integration.get("credentials")
    )


def _workload(  # what the rounds found
    api: Mapping[str, Any], place: Place, roles: Iterable[str], stage: str, origin: LogOrigin
) -> Workload:
    name = str(api.get("name") or api.get("Name") or "")
    role, findings = one_role(name, roles, origin.principal)
    kind = HTTP if "ApiId" in api else REST
    at_stage = f"/stages/{stage}" if stage else ""
    return Workload(
        kind=WorkloadKind.API_GATEWAY,
        arn=f"arn:{place.partition}:apigateway:{place.region}::/{kind}/{_id_of(api)}{at_stage}",
        name=name,
        role_arn=role,
        caller_arn=role or (CALLER if stage and not findings else ""),
        findings=findings,
        account=place.account,
        region=place.region,
        partition=place.partition,
    )
