"""The kinds of value that why403's settings take, in the words that a wrong one is answered with."""

import json
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from why403.delivery.routing import parse_routes
from why403.errors import SettingsError

from infra.expectations import Expectation, any_object, either, iso_date, list_of, record, text

NOTHING: Mapping[str, str] = MappingProxyType({})
CONCURRENCY_DEFAULTS: Mapping[str, int] = MappingProxyType(
    {"triage": 10, "diagnose": 5, "notify": 2, "recheck": 1, "fix_page": 5}
)
OWN_LOG_GROUPS = "/why403/"
"""Every log group of ours begins so, and none that does is ever watched: it would be a loop."""

STACK_NAME = text(r"[A-Za-z][A-Za-z0-9-]{0,39}", "a stack's name (letters, digits and -, at most 40)")
LOG_GROUP_PATTERN = text(
    r"[.\-_/#A-Za-z0-9*?]{1,512}", "a log group's name, or a glob with * and ?, such as /ecs/orders or /ecs/*"
)
SECRET_NAME = text(
    r"|[A-Za-z0-9/_+=.@-]{1,512}|arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[A-Za-z0-9/_+=.@-]{1,519}",
    "a secret's name or ARN (not its content), or nothing",
)
"""Names have at most 512 characters, and an ARN ends in a hyphen and six of AWS's choice."""
HOST = text(
    r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?", "a host such as hooks.example.com, without https://"
)
EMAIL = text(r"[^@\s]+@[^@\s]+\.[^@\s]+", "an e-mail address")
EVENT_BUS = text(r"|[.\-_/A-Za-z0-9]{1,256}", "an event bus's name, or nothing")
ACCOUNT = text(r"\d{12}", "an account id of 12 digits")
ROLE_ARN = text(r"arn:aws[a-z-]*:iam::\d{12}:role/[\w+=,.@/-]+", "a role's ARN")
OPTIONAL_ROLE_ARN = text(r"|arn:aws[a-z-]*:iam::\d{12}:role/[\w+=,.@/-]+", "a role's ARN, or nothing")
BOUNDARY = either(
    text(r"|[\w+=,.@/-]{1,128}", "a policy's name, or nothing"),
    text(r"arn:aws[a-z-]*:iam::(\d{12}|aws):policy/[\w+=,.@/-]+", "a managed policy's ARN"),
)
ROLE_PATH = text(r"/([\w+=,.@-]+/)*", "a path that begins and ends with /, such as /teams/platform/")


def _take_routes(value: object) -> tuple[Mapping[str, Any], ...]:
    """As the function that follows them reads them, so that what is wrong is told before a deployment."""
    routes = _OBJECTS.take(value)
    try:
        parse_routes(json.dumps(routes))
    except SettingsError as error:
        raise ValueError(str(error).removeprefix("routes: ")) from None
    return routes


_OBJECTS = list_of(any_object("a route, as docs/settings.md shows"))
ROUTES = Expectation("a list of routes, as shown below", _take_routes)
_EXPECTED = record(
    {
        "log_group": text(r".+", "a glob of log groups"),
        "role": text(r".+", "a glob of role names or ARNs"),
        "action": text(r"\*|[a-z0-9-]+:[A-Za-z0-9*?]+", "a glob of actions, such as s3:Get*"),
        "resource": text(r".+", "a glob of resource ARNs"),
        "reason": text(r".*\S.*", "why it is meant to be"),
        "owner": text(r".*\S.*", "who says so"),
        "until": iso_date(),
    },
    optional=frozenset({"role", "action", "resource", "log_group", "until"}),
)


def _take_expected(value: object) -> Mapping[str, Any]:
    """An expected denial matches something: without a glob it would silence everything."""
    entry = _EXPECTED.take(value)
    if not entry.keys() & {"role", "action", "resource", "log_group"}:
        raise ValueError("expected at least one of role, action, resource, log_group, found none")
    return entry


EXPECTED = Expectation(_EXPECTED.said, _take_expected)


def loops(log_groups: tuple[str, ...]) -> Iterator[str]:
    """Groups that are why403's own, each with what watching it would do."""
    for group in log_groups:
        if group.startswith(OWN_LOG_GROUPS):
            yield f"log_groups: {group} is why403's own; watching it would answer each line with another"
