"""The Slack app: what Slack sends when somebody presses a button, whether Slack sent it, and how people are answered.

The bot's secret names two things more: {"bot_token": …, "channel": …, "signing_secret": "…", "team": "T…"}.

https://docs.slack.dev/authentication/verifying-requests-from-slack
https://docs.slack.dev/reference/interaction-payloads/block_actions-payload
https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload
"""

import base64
import binascii
import hashlib
import hmac
import json
import re
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from why403.delivery.doors import Post
from why403.delivery.slack_calls import (
    API,
    API_HOSTS,
    BOT,
    SECRET,
    WEBHOOK_HOSTS,
    RefusedError,
    SlackAddress,
    call_slack,
)
from why403.delivery.webhook import JSON, as_json, checked, contents
from why403.errors import DeliveryError, DeliveryRefusedError, SettingsError

LARGEST = 300_000
"""Characters of a request's body: Slack sends our message back, each character of it in up to twelve."""
WINDOW = 300
"""Seconds by which a request's time may differ from ours: what Slack's page names."""
TIME = re.compile(r"[0-9]{9,11}")
"""Seconds since the epoch."""
SIGNATURE = re.compile(r"v0=[0-9a-f]{64}")
"""HMAC-SHA256, version 0: the only one that there is."""
KEY = re.compile(r"[0-9a-f]{32,128}")
"""A signing secret: Slack's have 32 hexadecimal digits. An empty one would let everybody sign."""
TEAM = re.compile(r"[TE][A-Z0-9]{2,20}")
"""A workspace's id, or that of an Enterprise organization."""
PERSON = re.compile(r"[UW][A-Z0-9]{2,20}")
"""A member's id; bots and apps have others."""
NAME = re.compile(r"[^\w .-]")
"""What a member's name does not need, and what could make it look like another's."""
LONGEST_NAME = 60
"""Characters: Slack's own names have 80 at most, and this stands in a line beside an id."""
TOO_LATE = frozenset({"expired_trigger_id", "exchanged_trigger_id", "trigger_expired", "trigger_exchanged"})
"""Slack opens a window within three seconds of the click, once."""
BLOCK_ACTIONS, VIEW_SUBMISSION = "block_actions", "view_submission"


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackApp:
    """A bot whose app sends us what people press. `repr` shows no secret."""

    bot: SlackAddress
    signing_secret: str = field(repr=False)
    teams: frozenset[str]
    """Whose people may act: in a channel that is shared, others see the buttons too."""

    def sent(self, request: "SlackRequest") -> bool:
        """Whether Slack signed the request for this app."""
        signed = b"v0:" + request.time.encode() + b":" + request.body
        digest = hmac.new(self.signing_secret.encode(), signed, hashlib.sha256).hexdigest()
        return hmac.compare_digest(f"v0={digest}".encode(), request.signature.encode())


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackRequest:
    """What came over HTTP in a form that Slack's requests have; not yet that Slack sent it."""

    body: bytes
    time: str
    """Seconds since the epoch, as it was signed."""
    signature: str

    @property
    def name(self) -> str:
        """What it is noted under: the same request has the same, whoever sends it again."""
        return f"slack-{hashlib.sha256(self.time.encode() + b':' + self.body).hexdigest()}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Interaction:
    """What somebody did: pressed a button, or sent a window's form. What Slack did not tell is empty."""

    kind: str
    teams: frozenset[str]
    """The workspace that it happened in, and that of the person."""
    user: str
    name: str
    value: str
    """Ours, as we gave it to the button or the window."""
    trigger: str
    response_url: str
    fields: Mapping[str, str]
    """Of a window's form, by their blocks' ids."""

    @property
    def person(self) -> str:
        """`alice (Slack U012AB3CD)`: a name may change, and may be another's too; the id is the one that Slack vouches for."""
        name = " ".join(NAME.sub("", self.name).split())[:LONGEST_NAME]
        return f"{name} (Slack {self.user})" if name else f"Slack {self.user}"


def app_in(text: str, name: str, hosts: Collection[str]) -> SlackApp | None:
    """The app in the secret called `name`; None where it holds none. SettingsError, without the secret, where it is broken."""
    told = contents(text, name, SECRET)
    key = told.get("signing_secret", "")
    if not key:
        return None
    teams = frozenset(told.get("team", "").replace(",", " ").split())
    if not KEY.fullmatch(key) or not teams or not all(map(TEAM.fullmatch, teams)):
        raise SettingsError(
            f'The secret {name} holds a "signing_secret", but the app cannot be used: that must be as Slack shows it (32 '
            'hexadecimal digits), and "team" the workspace\'s id (T…; several with commas).'
        )
    token = told.get("bot_token", "")
    if not token.startswith(BOT):
        raise SettingsError(
            f'The secret {name} holds a "signing_secret", and no "bot_token" (xoxb-…) beside it.'
        )
    api = checked(told.get("api", API), name, API_HOSTS, hosts).rstrip("/")
    return SlackApp(bot=SlackAddress(bot_token=token, api=api), signing_secret=key, teams=teams)


def parse_slack_request(event: Mapping[str, Any], now: int) -> SlackRequest | None:
    """The request in a function URL's event, where it can be Slack's; `now` in seconds since the epoch. Never raises.

    https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-payloads
    """
    told = event.get("headers")
    headers = (
        {str(name).lower(): str(value) for name, value in told.items()} if isinstance(told, Mapping) else {}
    )
    time, signature = headers.get("x-slack-request-timestamp", ""), headers.get("x-slack-signature", "")
    body = event.get("body")
    if not isinstance(body, str) or len(body) > LARGEST:
        return None
    try:
        raw = base64.b64decode(body, validate=True) if event.get("isBase64Encoded") else body.encode()
    except (binascii.Error, ValueError):
        return None
    is_formed = TIME.fullmatch(time) and SIGNATURE.fullmatch(signature)
    if not is_formed or abs(now - int(time)) > WINDOW:
        return None
    return SlackRequest(body=raw, time=time, signature=signature)


def parse_interaction(body: bytes) -> Interaction | None:
    """What a request that Slack signed tells; None where it is no interaction. Never raises."""
    try:
        (payload,) = parse_qs(body.decode(), max_num_fields=10, strict_parsing=True)["payload"]
        told = json.loads(payload)
    except (ValueError, KeyError, RecursionError):
        return None
    if not isinstance(told, dict):
        return None
    view = _at(told, "view")
    actions = told.get("actions")
    pressed = next((one for one in actions if isinstance(one, dict)), {}) if isinstance(actions, list) else {}
    value = _text(pressed, "value") or _text(_at(pressed, "selected_option"), "value")
    user = _at(told, "user")
    return Interaction(
        kind=_text(told, "type"),
        teams=frozenset(filter(None, (_text(_at(told, "team"), "id"), _text(user, "team_id")))),
        user=_text(user, "id"),
        name=_text(user, "username") or _text(user, "name"),
        value=_text(view, "private_metadata") if told.get("type") == VIEW_SUBMISSION else value,
        trigger=_text(told, "trigger_id"),
        response_url=_text(told, "response_url"),
        fields=_fields(_at(view, "state", "values")),
    )


def open_view(view: Mapping[str, Any], asked: Interaction, app: SlackApp, post: Post, too_late: str) -> None:
    """Open a window for who pressed the button. DeliveryError where Slack does not.

    Where it came too late, they are told so beside the message, and nobody else is.
    https://docs.slack.dev/reference/methods/views.open
    """
    try:
        call_slack("views.open", {"trigger_id": asked.trigger, "view": view}, app.bot, post)
    except RefusedError as refused:
        if refused.error not in TOO_LATE:
            raise DeliveryRefusedError(refused.what_to_do) from None
        told = {"response_type": "ephemeral", "replace_original": False, "text": too_late}
        with suppress(SettingsError, DeliveryError):
            hosts = () if app.bot.api == API else (app.bot.api.split("/")[2],)
            url = checked(asked.response_url, "response_url", WEBHOOK_HOSTS, hosts)
            post(url, as_json(told), {"Content-Type": JSON})


def _fields(values: Mapping[str, Any]) -> Mapping[str, str]:
    """Each block of our windows has one input: a text or a date."""
    inputs = {
        block: next(iter(told.values()), None) for block, told in values.items() if isinstance(told, dict)
    }
    return {
        block: _text(told, "value") or _text(told, "selected_date")
        for block, told in inputs.items()
        if isinstance(told, dict)
    }


def _at(told: Mapping[str, Any], *path: str) -> Mapping[str, Any]:
    for name in path:
        found = told.get(name)
        told = found if isinstance(found, dict) else {}
    return told


def _text(told: Mapping[str, Any], name: str) -> str:
    """Halves of surrogates could be stored nowhere."""
    found = told.get(name)
    return found.encode(errors="replace").decode() if isinstance(found, str) else ""
