"""Who is told of an incident: the routes of the settings.

A route is JSON: {"name"?, "log_groups"?: [glob], "roles"?: [glob of role or user names], "severity"?: the least it
takes ("low"), "language"?: "en"|"ja"|"ko", what the channels of register.py declare ("slack_secret"?,
"slack_channel"?, "email"?: bool, …), "quiet_hours"?: {"from": "22:00", "to": "07:00", "utc_offset": "+09:00", "severity"?: "high"},
"owner_tags"?: [tag key], "mentions"?: {tag value or stack: "<@U…>"|"<!subteam^S…>"}}.
Every route that fits is told. Names of secrets, never their content.

Hours in which nobody is to be woken: messages go out without a mention, and the pager stays silent.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Any

from why403.delivery.register import CHANNELS, ROUTE_FIELDS, SECRETS
from why403.errors import SettingsError
from why403.incidents.hours import MINUTE
from why403.incidents.incident import Severity
from why403.notices.naming import OWNER_TAGS
from why403.notices.words import Language

DAY = 24 * 60
"""Minutes."""
TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")
"""A clock of 24 hours with both digits, so that `7:00` is refused at deployment and not misread at night."""
OFFSET = re.compile(r"([+-])(0\d|1[0-4]):([0-5]\d)")
"""From UTC, which no place on earth is further from than 14 hours."""
EXPECTED = 'quiet_hours must be {"from": "22:00", "to": "07:00", "utc_offset": "+09:00"}'


@dataclass(frozen=True, slots=True)
class QuietHours:
    """Minutes of the day in UTC, from the first to before the last; `severity` is what wakes people all the same."""

    begin: int
    end: int
    severity: Severity

    def covers(self, now: int) -> bool:
        """Whether `now` (milliseconds since the epoch) is within them. Equal ends cover the whole day."""
        minute = now // MINUTE % DAY
        if self.begin < self.end:
            return self.begin <= minute < self.end
        return minute >= self.begin or minute < self.end


def parse_quiet_hours(told: Mapping[str, str] | None) -> QuietHours | None:
    """None where there are none; ValueError says what was expected."""
    if not told:
        return None
    if not isinstance(told, Mapping):
        raise TypeError(EXPECTED)
    begin, end = TIME.fullmatch(str(told.get("from", ""))), TIME.fullmatch(str(told.get("to", "")))
    offset = OFFSET.fullmatch(str(told.get("utc_offset", "+00:00")))
    if not begin or not end or not offset:
        raise ValueError(EXPECTED)
    ahead = int(offset[2]) * 60 + int(offset[3])
    shift = ahead if offset[1] == "+" else -ahead
    return QuietHours(_minutes(begin, shift), _minutes(end, shift), Severity(told.get("severity", "high")))


def _minutes(found: re.Match[str], shift: int) -> int:
    return (int(found[1]) * 60 + int(found[2]) - shift) % DAY


LOUDNESS = {Severity.LOW: 0, Severity.MEDIUM: 1, Severity.HIGH: 2}
OWN_FIELDS = (
    "name", "log_groups", "roles", "severity", "language", "quiet_hours", "owner_tags", "mentions",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One way to people. Empty `log_groups` or `roles` fit everything; no secret for a channel is no delivery there."""

    name: str
    log_groups: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    severity: Severity = Severity.LOW
    language: Language | None = None
    secrets: Mapping[str, str] = field(default_factory=dict)
    """The names of secrets, by channel."""
    options: Mapping[str, str] = field(default_factory=dict)
    """What else the route says of its channels, by field."""
    off: frozenset[str] = frozenset()
    """The shared channels that this route does not hear of."""
    quiet_hours: QuietHours | None = None
    owner_tags: tuple[str, ...] = OWNER_TAGS
    mentions: Mapping[str, str] = field(default_factory=dict)

    def fits(self, log_group: str, caller: str) -> bool:
        """Whether the incident is this route's; `caller` is the role's or user's name."""
        return _any(self.log_groups, log_group) and _any(self.roles, caller)

    def hears(self, severity: Severity) -> bool:
        """Whether it is loud enough for this route."""
        return LOUDNESS[severity] >= LOUDNESS[self.severity]

    def is_quiet(self, severity: Severity, now: int) -> bool:
        """Whether nobody is to be woken for it now (milliseconds since the epoch)."""
        quiet = self.quiet_hours
        return quiet is not None and quiet.covers(now) and LOUDNESS[severity] < LOUDNESS[quiet.severity]

    def mention(self, tags: Mapping[str, str], owners: tuple[str, ...]) -> str:
        """Whom to call: what the settings map the owner tags' values, or the stacks, to; else empty."""
        named = [tags[key] for key in self.owner_tags if key in tags] + list(owners)
        return next((self.mentions[name] for name in named if name in self.mentions), "")


@lru_cache(maxsize=1)
def parse_routes(text: str) -> tuple[Route, ...]:
    """The routes of the settings; SettingsError lists everything that is wrong with them."""
    try:
        told = json.loads(text or "[]")
    except ValueError as error:
        raise SettingsError(f"routes is no JSON: {error}") from None
    if not isinstance(told, list) or not all(isinstance(route, dict) for route in told):
        raise SettingsError("routes must be a list of objects, as docs/settings.md shows.")
    wrong: list[str] = []
    routes = tuple(_route(route, number, wrong) for number, route in enumerate(told, 1))
    names = [route.name for route in routes]
    wrong += [f"two routes are called {name}" for name in sorted({n for n in names if names.count(n) > 1})]
    if wrong:
        raise SettingsError("routes: " + "; ".join(wrong))
    return routes


def _route(told: Mapping[str, Any], number: int, wrong: list[str]) -> Route:
    name = str(told.get("name", f"route-{number}"))
    wrong += [
        f"{name}: there is no {key!r}{_meant(key)}" for key in told if key not in {*OWN_FIELDS, *ROUTE_FIELDS}
    ]
    mentions = told.get("mentions", {})
    wrong += [
        f"{name}: the mention {value!r} is none that a channel knows{_instead(value)}"
        for value in _bad_mentions(mentions)
    ]
    try:
        return Route(
            name=name,
            log_groups=tuple(told.get("log_groups", ())),
            roles=tuple(told.get("roles", ())),
            severity=Severity(told.get("severity", "low")),
            language=Language(told["language"]) if told.get("language") else None,
            secrets={channel: str(told.get(secret.setting, "")) for channel, secret in SECRETS.items()},
            options={option: str(told[option]) for option in _options() if option in told},
            off=frozenset(one.name for one in CHANNELS if one.can_be_off and not told.get(one.name, True)),
            quiet_hours=parse_quiet_hours(told.get("quiet_hours")),
            owner_tags=tuple(told.get("owner_tags", OWNER_TAGS)),
            mentions=mentions if isinstance(mentions, dict) else {},
        )
    except (ValueError, TypeError) as error:
        wrong.append(f"{name}: {error}")
        return Route(name=name)


def _meant(field_name: str) -> str:
    near = get_close_matches(field_name, (*OWN_FIELDS, *ROUTE_FIELDS), n=1)
    return f"; did you mean {near[0]!r}?" if near else ""


def _instead(mention: str) -> str:
    """What Slack takes in place of what people type there."""
    if mention in {"@here", "@channel", "@everyone"}:
        return "; write <!here>"
    return "; write the member's id: <@U0123456789>" if mention.startswith("@") else ""


def _bad_mentions(mentions: object) -> list[str]:
    if not isinstance(mentions, dict):
        return [str(mentions)]
    return [str(value) for value in mentions.values() if not _calls(str(value))]


def _options() -> Iterator[str]:
    return (option for channel in CHANNELS for option in channel.options)


def _calls(mention: str) -> bool:
    return any(channel.calls(mention) for channel in CHANNELS)


def _any(globs: tuple[str, ...], name: str) -> bool:
    return not globs or any(fnmatchcase(name, glob) for glob in globs)
