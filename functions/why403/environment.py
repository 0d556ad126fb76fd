"""Door 3: the only reading of os.environ, one frozen dataclass a function.

The template's environment keys are these fields, upper case, and its values `Environment.texts`
(tests/infra/test_environment.py). What is JSON of a stage's own (log_groups, expected, routes) stays a text here:
that stage parses it, once a process.
"""

import base64
import gzip
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any, Self

from why403.errors import SettingsError
from why403.incidents.metric_names import NAMESPACE

METRICS_NAMESPACE = "METRICS_NAMESPACE"
"""Every function's, beside the fields of its dataclass."""
PACKED = "gzip+base85:"
"""How a packed value begins."""
Value = str | int | bool | tuple[str, ...] | Mapping[str, str]
"""What a field may hold. Numbers and texts stand in the environment as they are, the others as JSON."""

EXPECTED: Mapping[object, str] = {
    int: "a whole number",
    bool: "true or false",
    tuple[str, ...]: "a JSON list of texts",
    Mapping[str, str]: "a JSON object of texts",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """What one function is told by its template. Every field is set, though it may be set to nothing."""

    @classmethod
    def read(cls) -> Self:
        """Take the fields from os.environ; SettingsError names all that are not there or not what they should be."""
        names = [field.name for field in fields(cls)]
        missing = [name.upper() for name in names if name.upper() not in os.environ]
        if missing:
            raise SettingsError(
                f"{cls.__name__}: the environment lacks {', '.join(missing)}. "
                "Deploy the stack again; these are set by infra/."
            )
        kind: Any = cls  # which mypy takes for unhashable
        read: Self = _parsed(kind, tuple(os.environ[name.upper()] for name in names))
        return read

    def texts(self) -> dict[str, str]:
        """Each field, upper case, as `read` takes it."""
        return {field.name.upper(): _text(getattr(self, field.name)) for field in fields(self)}


def region_of_lambda() -> str:
    """The Region that Lambda runs us in; empty elsewhere."""
    return os.environ.get("AWS_REGION", "") if "AWS_LAMBDA_FUNCTION_NAME" in os.environ else ""


def metrics_namespace() -> str:
    """Where a function's metrics are: each stack of an account has its own, by its name."""
    return os.environ.get(METRICS_NAMESPACE) or NAMESPACE


@lru_cache(maxsize=8)
def _parsed(kind: Any, values: tuple[str, ...]) -> Any:  # noqa: ANN401  # a class, and an instance of it
    """Parsed once a process, as long as the environment says the same."""
    found: dict[str, Value] = {}
    wrong: list[str] = []
    for field, value in zip(fields(kind), values, strict=True):
        try:
            found[field.name] = _value(unpacked(value), field.type)
        except ValueError:
            wrong.append(f"{field.name.upper()} is {value[:100]!r}, expected {EXPECTED[field.type]}")
    if wrong:
        raise SettingsError(f"{kind.__name__}: {'; '.join(wrong)}. Deploy the stack again; infra/ sets them.")
    return kind(**found)


def _value(text: str, wanted: object) -> Value:
    """ValueError where the text is none of that type."""
    if wanted is str:
        return text
    value = json.loads(text)
    texts: list[object] = []
    if wanted == tuple[str, ...] and isinstance(value, list):
        value = tuple(value)
        texts = [*value]
    elif wanted == Mapping[str, str] and isinstance(value, dict):
        texts = [*value.values()]
    elif type(value) is not wanted:  # a bool is an int, and none here
        raise ValueError(text)
    if not all(isinstance(part, str) for part in texts):
        raise ValueError(text)
    kept: Value = value
    return kept


def _text(value: Value) -> str:
    if isinstance(value, str):
        return value
    return json.dumps(dict(value) if isinstance(value, Mapping) else value)


def unpacked(value: str) -> str:
    """The value as it was before infra/function.py packed it, as 4,096 bytes must hold all of a function's."""
    if not value.startswith(PACKED):
        return value
    return gzip.decompress(base64.b85decode(value.removeprefix(PACKED))).decode()


@dataclass(frozen=True, slots=True, kw_only=True)
class TriageEnvironment(Environment):
    """functions/triage.py."""

    table_name: str
    log_groups: str
    """JSON: {"include": [glob], "exclude": [glob]}; events of other groups are dropped before any call."""
    expected: str
    """JSON: [{"role", "action", "resource", "reason", "owner", "until"?}], each a glob."""
    own_account: str
    """Whose roles by the names of `own_roles` are ours: an account's, or `*` for every account's."""
    own_roles: tuple[str, ...]
    """Names of the functions' roles, without the Region behind them."""
    read_roles: tuple[str, ...]
    """Names of roles that are taken for reading in other accounts."""
    retention_days: int
    redact_emails: bool
    """E-mail addresses are secrets too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DiagnoseEnvironment(Environment):
    """functions/diagnose.py."""

    table_name: str
    topic_arn: str
    """The incidents topic: {"fingerprint", "generation", "transition"} for notify, and for machines."""
    target_read_roles: Mapping[str, str]
    """Account id → ARN of a role, for targets in other accounts."""
    organization_read_role: str
    """ARN of a role in the management account that reads SCPs and RCPs, or empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotifyEnvironment(Environment):
    """functions/notify.py."""

    table_name: str
    routes: str
    """JSON, see delivery/routing.py."""
    language: str
    page_url: str
    """The fix page's function URL, or empty where there is none."""
    stack_name: str
    """The stack, for the terminal's commands in messages."""
    console_dashboard: str
    """Name of the CloudWatch dashboard that shows the incidents, or empty where there is none."""
    link_secret_arn: str
    link_hours: int
    act_hours: int
    """How long a message's link to mute or expect opens; 0: messages carry none."""
    email_topic_arn: str
    alarm_topic_arn: str
    """What is published there is told in the rooms as well; empty: it is not."""
    chat_topic_arn: str
    machine_topic_arn: str
    """Takes the JSON message of docs/message-schema.md."""
    event_bus_name: str
    redact_emails: bool
    webhook_hosts: tuple[str, ...]
    """Hosts beside the vendors' own that a webhook may name; none as a rule."""
    slack_app: bool
    """Whether a bot's messages have buttons that act."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecheckEnvironment(Environment):
    """functions/recheck.py."""

    table_name: str
    topic_arn: str
    """The alarms topic: what the daily count of lines finds missing is told there. Transitions go by the outbox."""
    retention_days: int
    log_groups: str
    tags: Mapping[str, str]
    """Log groups that carry all of these are counted too; the value `*` is any."""
    target_read_roles: Mapping[str, str]
    organization_read_role: str
    quiet_hours_until_resolved: int
    """Hours without a new line after a fix was seen, before an incident is resolved."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyEnvironment(Environment):
    """functions/survey.py."""

    table_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscribeEnvironment(Environment):
    """functions/subscribe.py."""

    table_name: str
    log_groups: str
    """JSON as triage's: globs alone; named groups, which have the template's filters, are among the excluded."""
    tags: Mapping[str, str]
    """Groups that carry all of these fit as well; the value `*` is any."""
    stack: str
    filter_name: str
    destination_arn: str
    """The function triage."""
    topic_arn: str
    """The alarms topic: groups that send no lines are told there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FixPageEnvironment(Environment):
    """functions/fix_page.py."""

    table_name: str
    language: str
    link_secret_arn: str
    acting: str
    """Who may mute and expect: page/forms.py's Acting."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackAppEnvironment(Environment):
    """functions/slack_app.py."""

    table_name: str
    secrets: tuple[str, ...]
    """Names of the routes' secrets that may hold the app; never their content."""
    webhook_hosts: tuple[str, ...]
    redact_emails: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsoleEnvironment(Environment):
    """functions/console.py and functions/console_act.py."""

    table_name: str
    language: str
    acting: bool
    """Whether there is a function that mutes and expects."""
