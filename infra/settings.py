"""cdk.json's context `why403` → Settings: every wrong one told at once, each with what was expected.

Each setting is a field: its default, what it may be, and the sentence that docs/settings.md shows. Those that name a
channel's secret are made from the channels' register.
"""

import difflib
import json
from collections.abc import Iterator, Mapping
from dataclasses import Field, dataclass, field, fields
from pathlib import Path
from typing import Any, TypeVar

from why403.delivery.register import SECRETS
from why403.errors import SettingsError

from infra import setting_kinds as kinds
from infra.contradictions import contradictions
from infra.expectations import Expectation, list_of, map_of, one_of, whole_number, yes_or_no
from infra.former_settings import GONE, RENAMED

CONTEXT = "why403"
Value = TypeVar("Value")


def _setting(default: Value, expected: Expectation[Any], told: str) -> Value:
    metadata = {"expected": expected, "told": told}
    return field(default_factory=lambda: default, metadata=metadata)


def _switch(told: str, *, default: bool = False) -> bool:
    return _setting(default=default, expected=yes_or_no(), told=told)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the stack is told. Build it with `settings_of`, which validates."""

    stack_name: str = _setting(
        "why403", kinds.STACK_NAME, "The stack's name; names of log groups, alarms and secrets begin with it."
    )
    log_groups: tuple[str, ...] = _setting(
        (),
        list_of(kinds.LOG_GROUP_PATTERN),
        "Log groups to watch, by name (a subscription filter each, in the template), or as globs with `*` and `?`: see "
        "`globs_by`.",
    )
    exclude_log_groups: tuple[str, ...] = _setting(
        (),
        list_of(kinds.LOG_GROUP_PATTERN),
        "Globs of log groups to leave out. why403's own groups are always left out.",
    )
    log_group_tags: Mapping[str, str] = _setting(
        kinds.NOTHING,
        kinds.WANTED_TAGS,
        "Log groups that carry all of these tags are watched too; the value `*` is any.",
    )
    globs_by: str = _setting(
        "filters",
        one_of("filters", "account-policy"),
        "How log groups that fit a glob are watched: `filters` puts one of our own on each, on new ones as they are made, "
        "hourly repaired, and never touches another's; `account-policy` is one for the account and Region, which has "
        "room for no other, and each matching line of every group there starts triage.",
    )
    centralized_logs: bool = _switch(
        "Whether groups of `log_groups` that are named hold lines of other accounts or Regions (CloudWatch's log "
        "centralization): such lines are then told under those, and diagnosed there, by `target_read_roles`."
    )
    channel_secrets: Mapping[str, str] = field(default_factory=dict)
    """Names of secrets by channel, as the settings `<channel>_secret` give them: for routes that name none."""
    routes: tuple[Mapping[str, Any], ...] = _setting(
        (), kinds.ROUTES, "Who is told what. Empty: everything goes to the secrets that the settings name."
    )
    webhook_hosts: tuple[str, ...] = _setting(
        (), list_of(kinds.HOST), "Hosts beside the vendors' own that a webhook may name. Empty as a rule."
    )
    language: str = _setting("en", one_of("en", "ja", "ko"), "The language of messages and of the page.")
    redact_emails: bool = _switch("Whether e-mail addresses are redacted too. Secrets always are.")
    email_addresses: tuple[str, ...] = _setting(
        (), list_of(kinds.EMAIL), "Who gets incidents as e-mail. Each must confirm the subscription."
    )
    alarm_email_addresses: tuple[str, ...] = _setting(
        (), list_of(kinds.EMAIL), "Who hears that why403 itself is unwell. Each must confirm it."
    )
    chat: bool = _switch(
        "Whether to make a topic for Amazon Q Developer in chat applications (Slack, Teams)."
    )
    event_bus: str = _setting(
        "",
        kinds.EVENT_BUS,
        "Name of an EventBridge bus that gets an event for each incident; `default` is one.",
    )
    page_mode: str = _setting(
        "console",
        one_of("console", "signed", "off"),
        "Where incidents are shown: `console` a dashboard in the CloudWatch console, for those whom IAM lets (docs/console.md), "
        "`signed` a page at a public URL, opened by a message's link until it expires, `off` nowhere (`why403 open` shows them).",
    )
    link_hours: int = _setting(72, whole_number(0, 720), "How long the link to a fix page opens, in hours.")
    acting: str = _setting(
        "links",
        one_of("links", "off"),
        "Who may mute an incident or mark it as expected: `links` whoever opens a message's link to act, once and by name, or, "
        "in the console, whoever may invoke the function `console_act`; `off` nobody but `why403 mute` and `expect`.",
    )
    act_hours: int = _setting(
        8, whole_number(1, 72), "How long a message's link to mute or expect opens, in hours."
    )
    slack_app: bool = _switch(
        "Whether people act by buttons of a Slack app of yours, at a public URL that obeys Slack alone: docs/slack-app.md."
    )
    expected: tuple[Mapping[str, Any], ...] = _setting(
        (), list_of(kinds.EXPECTED), "Denials that are meant to be: globs, with reason and owner, and an end."
    )
    retention_days: int = _setting(90, whole_number(1, 3_650), "How long an incident is kept, in days.")
    log_retention_days: int = _setting(
        30,
        one_of(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365),
        "How long why403's own logs are kept, in days.",
    )
    recheck_minutes: int = _setting(10, whole_number(2, 59), "How often open incidents are evaluated anew.")
    resolve_after_hours: int = _setting(
        24,
        whole_number(0, 720),
        "Hours without a new line after a fix was seen, before it counts as resolved.",
    )
    reconcile_hour_utc: int = _setting(
        3, whole_number(0, 23), "The hour (UTC) at which yesterday's lines are counted against those seen."
    )
    concurrency: Mapping[str, int] = _setting(
        kinds.CONCURRENCY_DEFAULTS,
        map_of(one_of(*kinds.CONCURRENCY_DEFAULTS), whole_number(0, 1_000)),
        "Reserved concurrency of each function: the ceiling of load and spend. 0 reserves nothing. "
        "An account keeps at least 100 unreserved; new accounts may have fewer.",
    )
    alarms: bool = _switch(
        "Whether to make the alarms on why403 itself. Without them a fault of its own is seen in its logs alone.",
        default=True,
    )
    alarms_in_rooms: bool = _switch(
        "Whether these alarms are told in Slack and Teams too, where incidents are read.", default=True
    )
    dashboard: bool = _switch("Whether to make the CloudWatch dashboard, 3 USD a month.", default=True)
    table_writes_per_second: int = _setting(
        0, whole_number(0, 40_000), "A ceiling on the table's write units a second. 0: AWS's own."
    )
    permissions_boundary: str = _setting(
        "", kinds.BOUNDARY, "Permissions boundary of every role that the stack makes: a policy's name or ARN."
    )
    role_path: str = _setting("/", kinds.ROLE_PATH, "Path of every role and policy that the stack makes.")
    kms_key: str = _setting(
        "",
        kinds.KEY,
        "ARN of a key of yours for all that is kept: table, topics, queues, logs, secrets that the stack makes, "
        "environments. Its policy must let the services use it: docs/install.md. Empty: AWS's keys, and one of the stack's "
        "for its topics.",
    )
    subnets: tuple[str, ...] = _setting(
        (),
        list_of(kinds.SUBNET, at_most=16),
        "Subnets that the functions run in, private ones with a way out: they call AWS's APIs of many services, and channels.",
    )
    security_groups: tuple[str, ...] = _setting(
        (),
        list_of(kinds.SECURITY_GROUP, at_most=5),
        "Security groups of the functions in these subnets; HTTPS goes out.",
    )
    target_read_roles: Mapping[str, str] = _setting(
        kinds.NOTHING,
        kinds.READ_ROLES,
        "Roles to assume for reading targets in other accounts: account id to role ARN, and `*` to the name of a role that "
        "every other account of your organization has (docs/many-accounts.md).",
    )
    organization_read_role: str = _setting(
        "", kinds.OPTIONAL_ROLE_ARN, "A role in the management account that may read SCPs and RCPs."
    )
    deletion_protection: bool = _switch(
        "Whether the incident table is protected from being deleted, by whatever hand. It outlives the stack either way."
    )
    termination_protection: bool = _switch(
        "Whether CloudFormation refuses to delete the stack: `make destroy` then fails until it is switched off and deployed."
    )
    tags: Mapping[str, str] = _setting(kinds.NOTHING, kinds.TAGS, "Tags of everything.")

    @property
    def globs(self) -> tuple[str, ...]:
        """The log groups that are patterns."""
        return tuple(group for group in self.log_groups if set("*?") & set(group))

    @property
    def watches_account(self) -> bool:
        """Whether one account-level policy stands for all filters."""
        return bool(self.globs) and self.globs_by == "account-policy"

    @property
    def has_subscriber(self) -> bool:
        """Whether a function of ours puts filters."""
        return bool(self.globs or self.log_group_tags) and not self.watches_account

    @property
    def makes_own_room(self) -> bool:
        """Whether the stack makes a secret to be filled: where no room that people read together is named."""
        return not any(SECRETS[channel].is_room for channel in self.channel_secrets)

    def concurrency_of(self, function: str) -> int:
        """Reserved concurrency of a function, by its stem; 0: none is reserved."""
        return self.concurrency.get(function, kinds.CONCURRENCY_DEFAULTS[function])


@dataclass(frozen=True, slots=True)
class Declared:
    """One setting as cdk.json may give it."""

    name: str
    default: Any
    expected: Expectation[Any]
    told: str


def declared() -> tuple[Declared, ...]:
    """Every setting, in the order in which docs/settings.md shows them."""
    return tuple(one for item in fields(Settings) for one in _declared(item))


def _declared(item: "Field[Any]") -> Iterator[Declared]:
    default = item.default_factory() if callable(item.default_factory) else None
    if item.name != "channel_secrets":
        yield Declared(item.name, default, item.metadata["expected"], item.metadata["told"])
        return
    for secret in SECRETS.values():
        told = f"Name or ARN of a secret in Secrets Manager that holds {secret.holds}. Empty: {secret.if_unnamed}."
        yield Declared(secret.setting, "", kinds.SECRET_NAME, told)


def settings_of(context: object) -> Settings:
    """The settings that cdk.json's context, or `-c why403=…` as JSON, gives. SettingsError lists all wrong ones."""
    given = _read(context)
    known = {item.name: item for item in declared()}
    wrong = [_unknown(name, known) for name in given if name not in known]
    taken: dict[str, Any] = {}
    for name in given.keys() & known.keys():
        if name in GONE and given[name] == GONE[name][0]:
            wrong.append(f"{name}: {GONE[name][1]}")
            continue
        try:
            taken[name] = known[name].expected.take(given[name])
        except ValueError as error:
            wrong.append(f"{name}: {error}")
    secrets = {channel: taken.pop(secret.setting, "") for channel, secret in SECRETS.items()}
    settings = Settings(**taken, channel_secrets={channel: name for channel, name in secrets.items() if name})
    wrong.extend(contradictions(settings))
    if wrong:
        raise SettingsError(_told(wrong))
    return settings


def context_of(path: Path) -> Mapping[str, Any]:
    """cdk.json's context; SettingsError, with the place, where the file cannot be read."""
    try:
        told = json.loads(path.read_text("utf-8"))
    except json.JSONDecodeError as error:
        at = f"line {error.lineno}, column {error.colno}"
        raise SettingsError(f"{path.name} is not JSON: {error.msg} at {at}.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path.name} cannot be read: {error}") from None
    context = told.get("context", {}) if isinstance(told, dict) else None
    if not isinstance(context, dict):
        raise SettingsError(f'{path.name}: expected an object with "context", an object.')
    return context


def _read(context: object) -> Mapping[str, Any]:
    """The context's object; `-c` gives it as a text."""
    try:
        given = json.loads(context) if isinstance(context, str) else context
    except json.JSONDecodeError as error:
        raise SettingsError(_told([f"-c {CONTEXT}=… is not JSON: {error}"])) from None
    if given is None:
        return {}
    if isinstance(given, Mapping):
        return given
    raise SettingsError(_told([f"{CONTEXT}: expected an object of settings, found {type(given).__name__}"]))


def _unknown(name: str, declared: Mapping[str, object]) -> str:
    if name in RENAMED:
        return f"{name}: no longer read; {RENAMED[name]}"
    near = difflib.get_close_matches(name, declared, n=1)
    return f"{name}: there is no such setting" + (f"; did you mean `{near[0]}`?" if near else "")


def _told(wrong: list[str]) -> str:
    lines = "\n".join(f"  - {line}" for line in sorted(wrong))
    return (
        f"{len(wrong)} of the settings cannot be used:\n{lines}\n"
        f"They stand in cdk.json under context → {CONTEXT}; docs/settings.md says what each may be."
    )
