"""The kinds of value that why403's settings take, in the words that a wrong one is answered with."""

import json
import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from why403.aws.accounts import ANY_ACCOUNT, ROLE_NAME
from why403.delivery.register import ROUTE_FIELDS, SECRETS
from why403.delivery.routing import OWN_FIELDS, parse_routes
from why403.errors import SettingsError
from why403.incidents.incident import Severity
from why403.notices.words import Language

from infra.expectations import (
    Expectation,
    any_object,
    either,
    iso_date,
    list_of,
    map_of,
    record,
    shown_text,
    text,
)

NOTHING: Mapping[str, str] = MappingProxyType({})
CONCURRENCY_DEFAULTS: Mapping[str, int] = MappingProxyType(
    {
        "triage": 10,
        "diagnose": 5,
        "notify": 2,
        "recheck": 1,
        "survey": 2,
        "subscribe": 0,
        "fix_page": 5,
        "console": 5,
        "console_act": 2,
        "slack_app": 2,
    }
)
OWN_LOG_GROUPS = "/why403/"
"""Every log group of ours begins so, and none that does is ever watched: it would be a loop."""

REGULAR = re.compile(r"[\^$()|\\+\[\]]|\.[*+?]")
"""What stands in regular expressions and never in a glob of ours: `.*` is a dot and anything, which no name needs."""
ARN_NAME = re.compile(r"arn:aws[a-z-]*:[a-z]+:[a-z0-9-]*:\d*:(?:[a-z-]+[:/])?(?P<name>[^:]+)(?::\*)?")
"""An ARN and the name in it."""
VALUE = r"xox[a-z]-|[a-z0-9.-]+\.(?:com|us)/|[0-9a-f]{32}$|R[0-9A-Z]{31}$"
"""What a secret's name never is: a token of Slack's, a webhook without its https://, a routing key of PagerDuty's."""
LOOKS_SECRET = re.compile(rf"https?://\S+|{VALUE}", re.IGNORECASE)
"""The same, and a webhook."""


def as_glob(written: str) -> str:
    """What a regular expression was meant to be."""
    if REGULAR.search(written) is None:
        return ""
    simple = re.sub(r"\\(.)", r"\1", re.sub(r"\.[*+?]", "*", written.strip("^$")))
    meant = "name each group, or take a wider glob" if REGULAR.search(simple) else f"as a glob: {simple}"
    return f"that is a regular expression; {meant}"


def name_of_arn(written: str) -> str:
    """The name in an ARN, where a name was asked for."""
    found = ARN_NAME.fullmatch(written)
    return f"that is an ARN; its name alone: {found['name']}" if found else ""


def _as_stack(written: str) -> str:
    name, _, end = written.rpartition("-")
    what = {"incidents": "a dashboard", "globs": "a subscription filter"}.get(end, "")
    return f'a name that ends in "-{end}" is what a stack {name} gives {what}' if what else ""


def _as_secret(written: str) -> str:
    return "put it into a secret, and name that secret here" if LOOKS_SECRET.match(written) else ""


def _as_path(written: str) -> str:
    path = f"/{written.strip('/')}/"
    return f"did you mean {path}?" if re.fullmatch(r"/([\w+=,.@-]+/)+", path) else ""  # as ROLE_PATH


def _as_host(written: str) -> str:
    found = re.match(r"https?://([a-z0-9.-]{1,253})", written)  # the host of a web address
    return f"its host alone: {found[1]}" if found else ""


def _as_email(written: str) -> str:
    return "a channel is told through slack_secret" if written[:1] in {"#", "@"} else ""


def _as_role(written: str) -> str:
    is_name = re.fullmatch(r"[\w+=,.@-]{1,64}", written)  # what IAM takes for a role's name
    return f"the whole ARN: arn:aws:iam::123456789012:role/{written}" if is_name else ""


def _globs(said: str, pattern: str = r".+") -> Expectation[str]:
    """A glob, and no regular expression."""
    return text(rf"(?!.*(?:[\^$()|\\]|\.[*+?])){pattern}", said, as_glob)


STACK_NAME = text(
    r"(?!.*-(?:incidents|globs)$)[A-Za-z][A-Za-z0-9-]{0,39}",
    "a stack's name (letters, digits and -, at most 40)",
    _as_stack,
)
LOG_GROUP_PATTERN = text(
    r"(?!.*\.[*?])[.\-_/#A-Za-z0-9*?]{1,512}",
    "a log group's name, or a glob with * and ?, such as /ecs/orders or /ecs/*",
    lambda written: name_of_arn(written) or as_glob(written),
)
SECRET_NAME = text(
    rf"|(?!{VALUE})[A-Za-z0-9/_+=.@-]{{1,512}}|arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{{12}}:secret:[A-Za-z0-9/_+=.@-]{{1,519}}",
    "a secret's name or ARN (not its content), or nothing",
    _as_secret,
)
"""Names have at most 512 characters, and an ARN ends in a hyphen and six of AWS's choice."""
HOST = text(
    r"(?!xox[a-z]-)[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?",
    "a host such as hooks.example.com, without https://",
    _as_host,
)
EMAIL = text(r"[!-?A-~]+@[A-Za-z0-9.-]+\.[A-Za-z0-9-]+", "an e-mail address, in ASCII", _as_email)
EVENT_BUS = text(r"|[.\-_/A-Za-z0-9]{1,256}", "an event bus's name, or nothing", name_of_arn)
ACCOUNT = text(r"\d{12}", "an account id of 12 digits")
PATHED = r"(?!.{577})"
"""Before a role's name with its path: 512 characters and 64. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html"""
ROLE = rf"arn:aws[a-z-]*:iam::\d{{12}}:role/{PATHED}{ROLE_NAME}"
ROLE_ARN = text(ROLE, "a role's ARN", _as_role)
OPTIONAL_ROLE_ARN = text(rf"|{ROLE}", "a role's ARN, or nothing", _as_role)
_READ_ROLE = map_of(
    text(r"\d{12}|\*", "an account id of 12 digits or *"),
    either(
        ROLE_ARN,
        text(PATHED + ROLE_NAME, "a role's name, with its path and without a / before it"),
    ),
)


def _take_read_roles(value: object) -> Mapping[str, str]:
    """A role of one account by its ARN, of all by its name: an ARN would be of one account again."""
    roles = _READ_ROLE.take(value)
    for account, role in roles.items():
        (_EVERY_NAME if account == ANY_ACCOUNT else ROLE_ARN).take(role)
        found = role.split(":")[4] if account != ANY_ACCOUNT else account
        if found != account:
            raise ValueError(f"{account} is given a role of {found}")
    return roles


_EVERY_NAME = text(r"(?!arn:).*", "a role's name for *, as it is in every account")
READ_ROLES = Expectation(_READ_ROLE.said, _take_read_roles, _READ_ROLE.schema)
POLICY_NAME = r"(?!.{641})(?:[\w+=,.@-]+/)*[\w+=,.@-]{1,128}"
"""With its path, as IAM takes it: 512 characters, and 128 of the name."""
BOUNDARY = either(
    text(rf"|{POLICY_NAME}", "a policy's name, or nothing"),
    text(rf"arn:aws[a-z-]*:iam::(\d{{12}}|aws):policy/{POLICY_NAME}", "a managed policy's ARN"),
)
KEY = text(
    r"|arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key/[A-Za-z0-9-]{1,64}", "a KMS key's ARN (no alias), or nothing"
)
SUBNET = text(r"subnet-[0-9a-f]{8,17}", "a subnet's id, such as subnet-0123456789abcdef0")
SECURITY_GROUP = text(r"sg-[0-9a-f]{8,17}", "a security group's id, such as sg-0123456789abcdef0")
TAGS_OF_A_RESOURCE = 50  # of people; those of AWS itself do not count
TAG = r"""[^!"#$%&'()*,;<>?\[\\\]^`{|}~\x00-\x1f\x7f]"""
"""Letters, digits and blanks of all languages and _.:/=+-@, as IAM takes them; keys beginning with aws: are AWS's own.

https://docs.aws.amazon.com/tag-editor/latest/userguide/tagging.html
"""
TAGS = map_of(
    text(rf"(?!aws:){TAG}{{1,128}}", "a tag's key (letters, digits, _.:/=+-@, and not aws:)"),
    text(rf"{TAG}{{0,256}}", "its value (letters, digits, _.:/=+-@)"),
    at_most=TAGS_OF_A_RESOURCE,
)
IN_A_POLICY = r"(?!.*[^\x00-\xff])"
"""A policy of IAM holds no characters beyond Latin-1. https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html"""
WANTED_TAGS = map_of(
    text(rf"{IN_A_POLICY}{TAG}{{1,128}}", "a tag's key, in Latin-1 as IAM's policies are"),
    text(rf"\*|{IN_A_POLICY}{TAG}{{0,256}}", "its value, or * for any, in Latin-1"),
    at_most=TAGS_OF_A_RESOURCE,
)
ROLE_PATH = text(
    r"(?!.{513})/([\w+=,.@-]+/)*", "a path that begins and ends with /, such as /teams/platform/", _as_path
)


def _take_routes(value: object) -> tuple[Mapping[str, Any], ...]:
    """As the function that follows them reads them, so that what is wrong is told before a deployment."""
    routes = _OBJECTS.take(value)
    wrong = [error for number, route in enumerate(routes) for error in _bad_secrets(number, route)]
    try:
        parse_routes(json.dumps(routes))
    except SettingsError as error:
        wrong.append(shown_text(str(error).removeprefix("routes: ")))
    if wrong:
        raise ValueError("; ".join(wrong))
    return routes


def _bad_secrets(number: int, route: Mapping[str, Any]) -> Iterator[str]:
    for secret in SECRETS.values():
        try:
            SECRET_NAME.take(route.get(secret.setting, ""))
        except ValueError as error:
            yield f"[{number}] {secret.setting}: {error}"


_ROUTE: Mapping[str, Any] = {
    "type": "object",
    "properties": {
        **{name: {} for name in (*OWN_FIELDS, *ROUTE_FIELDS)},
        "name": {"type": "string"},
        "log_groups": {"type": "array", "items": {"type": "string"}},
        "roles": {"type": "array", "items": {"type": "string"}},
        "severity": {"enum": [one.value for one in Severity]},
        "language": {"enum": [one.value for one in Language]},
        "mentions": {"type": "object", "additionalProperties": {"type": "string"}},
        **{secret.setting: SECRET_NAME.schema for secret in SECRETS.values()},
    },
    "additionalProperties": False,
}
_OBJECTS = list_of(any_object("a route, as docs/settings.md shows", _ROUTE))
ROUTES = Expectation("a list of routes, as shown below", _take_routes, _OBJECTS.schema)
_EXPECTED = record(
    {
        "log_group": _globs("a glob of log groups"),
        "role": _globs("a glob of role names or ARNs"),
        "action": text(r"\*|[a-z0-9-]+:[A-Za-z0-9*?]+", "a glob of actions, such as s3:Get*", as_glob),
        "resource": _globs("a glob of resource ARNs"),
        "reason": text(r".*\S.*", "why it is meant to be"),
        "owner": text(r".*\S.*", "who says so"),
        "until": iso_date(),
    },
    optional=frozenset({"role", "action", "resource", "log_group", "until"}),
)


_GLOBS = ("role", "action", "resource", "log_group")


def _take_expected(value: object) -> Mapping[str, Any]:
    """An expected denial matches something: without a glob it would silence everything."""
    entry = _EXPECTED.take(value)
    globs = [entry[name] for name in _GLOBS if name in entry]
    if not globs:
        raise ValueError(f"expected at least one of {', '.join(_GLOBS)}, found none")
    if not any(glob.strip("*") for glob in globs):
        raise ValueError("expected a glob that does not fit everything: it would silence all")
    return entry


_ANY_GLOB = [{"required": [name], "properties": {name: {"not": {"pattern": r"^\*+$"}}}} for name in _GLOBS]
EXPECTED = Expectation(_EXPECTED.said, _take_expected, {**_EXPECTED.schema, "anyOf": _ANY_GLOB})
