"""API Gateway's own 403s: is the route there, what authorizes its method, does the API have a policy.

https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from why403.denials.denial import Denial
from why403.iam.place import Place
from why403.log_events.log_event import LogEvent
from why403.message import Message
from why403.other_403.found import Other403
from why403.reads import Answer, DeclaredRead, Plan
from why403.services.apigateway import GET_API, unescaped
from why403.services.documents import parsed
from why403.services.reply_collector import ReplyCollector
from why403.workloads.apigateway import RESOURCES
from why403.workloads.workload import Workload

PAGES = 4
"""Of 500 resources each, where API Gateway's default quota is 300 an API; its routes come in smaller ones."""
HOST = re.compile(
    r"\b([a-z0-9]{6,20})\.execute-api\.[a-z0-9-]{1,30}\.amazonaws\.com(?:\.cn)?(/[^\s\"'?#]{0,512})?"
)
"""The API's id is the host's first label; 512 characters of path hold any route, and keep the search linear."""
LOG_GROUP = re.compile(r"API-Gateway-Execution-Logs_([a-z0-9]{6,20})/(\S{1,128})")
"""A REST API's execution logs: API Gateway names the group itself, after API and stage."""
METHOD = re.compile(r"\b(GET|POST|PUT|DELETE|PATCH|HEAD|OPTIONS)\b")
"""In capitals, as access logs and clients write it: `get` and `post` are words."""
ARN_OF_API = re.compile(r"/(?:restapis|apis)/([a-z0-9]{6,20})")
"""REST APIs stand under /restapis, HTTP APIs under /apis."""
GET_RESOURCES = RESOURCES.used_for(
    "Whether a REST API has the route that was called, and what authorizes its method.",
)
GET_AUTHORIZERS = DeclaredRead(
    "apigateway", "GetAuthorizers", "The authorizer that may have said no.", actions=("apigateway:GET",)
)
GET_ROUTES = DeclaredRead(
    "apigatewayv2",
    "GetRoutes",
    "Whether an HTTP API has the route that was called, and what authorizes it.",
    actions=("apigateway:GET",),
)


def read(denial: Denial, event: LogEvent, workload: Workload, place: Place) -> Plan[Other403]:
    """One round; none where nothing names the API."""
    del place
    text = f"{denial.resource_name or ''} {event.message}"[:8_000]
    api, path = _api(text, event, workload)
    if not api:
        return Other403()
    collector = ReplyCollector(api)
    rest, resources, authorizers, routes = yield (
        GET_API.of(restApiId=api),
        GET_RESOURCES.of(restApiId=api, pages=PAGES, embed=["methods"], limit=500),
        GET_AUTHORIZERS.of(restApiId=api),
        GET_ROUTES.of(ApiId=api, pages=PAGES),
    )
    about = collector.take(rest)
    known = [_rest_route(item) for item in collector.take(resources).items("items")]
    known += [_http_route(item) for item in collector.take(routes).items("Items")]
    found = METHOD.search(text)
    names = {"api": api, "path": path, "method": found[1] if found else ""}
    findings = [*_of_route(known, path, names["method"], api)]
    if parsed("API policy", unescaped(about.at("policy"))) is not None:
        findings.append(Message("policies.api-policy", {"api": api}))
    listed = [str(item.get("name", "")) for item in collector.take(authorizers).items("items")]
    if listed:
        names["authorizer"] = listed[0]
        findings.append(Message("policies.api-authorizer", {"api": api, "authorizers": ", ".join(listed)}))
    told = {key: value for key, value in names.items() if value}
    return Other403(names=told, findings=tuple(findings), unreadable=tuple(collector.spots))


Route = tuple[str, dict[str, str]]
"""The path, and what authorizes each method (`ANY` for all)."""


def _api(text: str, event: LogEvent, workload: Workload) -> tuple[str, str]:
    """(API id, path with its stage) from the line's URL, else from the log group or the workload."""
    found = HOST.search(text)
    if found is not None:
        return found[1], found[2] or ""
    group = LOG_GROUP.search(event.log_group)
    if group is not None:
        return group[1], ""
    arn = ARN_OF_API.search(workload.arn)
    return (arn[1], "") if arn is not None else ("", "")


def _rest_route(item: Mapping[str, Any]) -> Route:
    methods = item.get("resourceMethods")
    held = methods if isinstance(methods, Mapping) else {}
    return str(item.get("path", "")), {
        str(method): str(Answer(GET_RESOURCES.of(), held).at(str(method), "authorizationType") or "")
        for method in held
    }


def _http_route(item: Mapping[str, Any]) -> Route:
    method, _, path = str(item.get("RouteKey", "")).partition(" ")
    return path, {method: str(item.get("AuthorizationType", ""))}


def _of_route(known: list[Route], path: str, method: str, api: str) -> Iterable[Message]:
    """Whether the route is there; nothing where the line tells no path, or no route could be read."""
    if not path or not known:
        return
    fitting = [methods for route, methods in known if _fits(route, path)]
    if not fitting:
        yield Message("policies.api-no-route", {"api": api, "path": path})
        return
    for methods in fitting:
        kind = methods.get(method) or methods.get("ANY") or ""
        if method and method not in methods and "ANY" not in methods:
            yield Message("policies.api-no-method", {"api": api, "path": path, "method": method})
        elif kind and kind.upper() != "NONE":
            yield Message("policies.api-authorization", {"api": api, "path": path, "kind": kind})
        return


def _fits(route: str, path: str) -> bool:
    """A route fits a path with its stage, or without where the API is called by a name of its own."""
    parts = path.strip("/").split("/")
    return _matches(route, parts[1:]) or _matches(route, parts)


def _matches(route: str, parts: list[str]) -> bool:
    wanted = route.strip("/").split("/") if route.strip("/") else []
    for number, part in enumerate(wanted):
        if part.startswith("{") and part.endswith("+}"):
            return len(parts) > number
        if number >= len(parts) or (not part.startswith("{") and part != parts[number]):
            return False
    return len([part for part in parts if part]) == len(wanted)
