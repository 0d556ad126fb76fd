"""Where a Slack message goes: what a secret in Secrets Manager holds, and which hosts it may name.

The secret is the webhook's URL or a bot's token, plain, or JSON: {"webhook": "https://…"}, or
{"bot_token": "xoxb-…", "channel": "C…"}.
"""

import json
from collections.abc import Collection
from dataclasses import dataclass, field
from urllib.parse import SplitResult, urlsplit

from why403.errors import SettingsError

WEBHOOK_HOSTS = frozenset({"hooks.slack.com", "hooks.slack-gov.com"})
API = "https://slack.com/api"
API_HOSTS = frozenset({"slack.com", "slack-gov.com"})
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
HTTPS = 443


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackAddress:
    """A webhook, or a bot and its channel. `repr` shows no secret."""

    webhook: str = field(default="", repr=False)
    bot_token: str = field(default="", repr=False)
    channel: str = ""
    api: str = API

    @property
    def can_thread(self) -> bool:
        """A webhook answers without a timestamp: nothing can be answered to, or updated."""
        return bool(self.bot_token)


def parse_slack_secret(
    secret: str, name: str, allowed: Collection[str] = (), channel: str = ""
) -> SlackAddress:
    """The address in the secret called `name`; SettingsError, without the secret, where it is none.

    `allowed` are hosts (with port) beside Slack's own; `channel` is the route's, before the secret's own.
    """
    text = secret.strip()
    if not text:
        raise SettingsError(
            f"The secret {name} is empty. Put the Slack webhook's URL in: "
            f"aws secretsmanager put-secret-value --secret-id {name} --secret-string https://hooks.slack.com/…"
        )
    try:
        told = json.loads(text) if text.startswith("{") else _plain(text)
    except ValueError:
        raise SettingsError(f"The secret {name} looks like JSON and is none. Put it in again.") from None
    if token := str(told.get("bot_token", "")):
        return _bot(token, channel or str(told.get("channel", "")), str(told.get("api", API)), name, allowed)
    webhook = str(told.get("webhook", ""))
    _check(webhook, name, WEBHOOK_HOSTS, allowed)
    return SlackAddress(webhook=webhook)


def _plain(text: str) -> dict[str, str]:
    return {"bot_token": text} if text.startswith("xoxb-") else {"webhook": text}


def _bot(token: str, channel: str, api: str, name: str, allowed: Collection[str]) -> SlackAddress:
    if not channel:
        raise SettingsError(
            f'The secret {name} holds a bot token, but no channel is named: add "slack_channel" to the route, '
            'or "channel" to the secret.'
        )
    _check(api, name, API_HOSTS, allowed)
    return SlackAddress(bot_token=token, channel=channel, api=api.rstrip("/"))


def _check(url: str, name: str, hosts: Collection[str], allowed: Collection[str]) -> None:
    """Only https and Slack's hosts; a host of the allow-list as well, by http only on this machine."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise SettingsError(f"The secret {name} holds no URL that can be used. Put it in again.") from None
    plain = (
        "@" not in parts.netloc and "\\" not in url and url.isascii() and url.isprintable() and " " not in url
    )
    if plain and parts.scheme == "https" and parts.hostname in hosts and port in {None, HTTPS}:
        return
    if plain and parts.netloc in allowed and _may_be_plain(parts):
        return
    raise SettingsError(
        f"The secret {name} must hold an https URL of {', '.join(sorted(hosts))}, or of a host that the setting "
        "slack_hosts names. Put the webhook's URL in again."
    )


def _may_be_plain(parts: SplitResult) -> bool:
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
