"""Slack: a webhook, or chat.postMessage and chat.update with a bot's token.

The secret is the webhook's URL or a bot's token, plain, or JSON: {"webhook": "https://…"}, or
{"bot_token": "xoxb-…", "channel": "C…"}. With a "signing_secret" beside it, the bot's messages have buttons that
act (slack_app.py).

https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
https://docs.slack.dev/reference/methods/chat.postMessage
"""

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from why403.delivery.channel import Answered, Channel, Destination, Doors, Limits, Post, Secret
from why403.delivery.webhook import JSON, PLAIN, as_json, checked, contents
from why403.errors import DeliveryRefusedError, DeliveryRetryableError, SettingsError
from why403.notices.dialects.slack import context, prose, render_slack, with_buttons, write_slack

Message = Mapping[str, Any]
WEBHOOK_HOSTS = frozenset({"hooks.slack.com", "hooks.slack-gov.com"})
API = "https://slack.com/api"
API_HOSTS = frozenset({"slack.com", "slack-gov.com"})
BOT = "xoxb-"
"""How a bot's token begins."""
FINE = 200
LATER = frozenset(
    {"ratelimited", "rate_limited", "internal_error", "fatal_error", "service_unavailable", "request_timeout"}
)
"""Errors of Slack's Web API that another try may mend."""
UNSURE = frozenset({"internal_error", "fatal_error"})
"""Those of them after which the message may stand in the channel all the same, as Slack documents."""
BAD_BLOCKS = (
    "invalid_blocks",
    "msg_blocks_too_long",
    "msg_too_long",
    "invalid_payload",
    "invalid_blocks_format",
    "invalid_attachments",
)
NO_THREAD = ("thread_not_found", "cannot_reply_to_message", "restricted_action_non_threadable_channel")
"""The message can stand on its own all the same."""
LESS = {"blocks": BAD_BLOCKS, "thread_ts": NO_THREAD}
"""What is left out of a message that Slack refuses so."""
NOT_WORKING = "Put a working token or webhook into the secret"
MAY_NOT_POST = "The workspace's settings must let the bot post in this channel"
ARCHIVED = "The channel is archived: unarchive it, or name another"
WHAT_TO_DO = {
    "missing_scope": "Under OAuth & Permissions of the Slack app give the bot the scope {needed}, and install the app again",
    "not_in_channel": "Invite the bot to the channel (/invite in it), or give it the scope chat:write.public for public channels",
    "channel_not_found": "Correct the channel (its id is safest: C…). Invite the bot where the channel is private",
    "is_archived": ARCHIVED,
    "channel_is_archived": ARCHIVED,
    "msg_too_long": "The message is longer than Slack takes: please report this",
    "restricted_action": MAY_NOT_POST,
    "action_prohibited": MAY_NOT_POST,
    "posting_to_general_channel_denied": MAY_NOT_POST,
    "ekm_access_denied": "The workspace's administrators have suspended posting: ask them",
    "account_inactive": NOT_WORKING,
    "invalid_auth": NOT_WORKING,
    "invalid_token": NOT_WORKING,
    "no_service": NOT_WORKING,
    "no_team": NOT_WORKING,
    "not_authed": NOT_WORKING,
    "token_expired": NOT_WORKING,
    "token_revoked": NOT_WORKING,
}
"""Slack's error, or how it begins, → what to do."""
LARGEST = 50_000
"""Bytes: Slack counts characters, 13,200 of all blocks together and 40,000 of text; ours are far fewer."""
OTHERWISE = "Look at the channel and the webhook or token, put a working one into the secret"
SECRET = Secret(
    setting="slack_secret",
    holds="the Slack webhook's URL, or a bot's token",
    example="https://hooks.slack.com/services/…",
    needs='A bot\'s token (`xoxb-…`, plain or as `{"bot_token": "xoxb-…", "channel": "C…"}`) needs `slack_channel` or '
    "`channel`, the scope `chat:write`, and an invitation to the channel or `chat:write.public`. With a bot, updates are "
    "told in a thread and the first message is renewed. With `slack_app`, `signing_secret` and `team` beside it let people "
    "act where they read (docs/slack-app.md).",
    if_unnamed="the stack makes one, `<stack_name>/slack`, for you to fill, unless another room for people is named",
    is_room=True,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackAddress:
    """A webhook, or a bot and its channel. `repr` shows no secret."""

    webhook: str = field(default="", repr=False)
    bot_token: str = field(default="", repr=False)
    channel: str = ""
    api: str = API
    has_app: bool = False
    """Whether the bot's app sends us what people press."""

    @property
    def can_thread(self) -> bool:
        """A webhook answers without a timestamp: nothing can be answered to, or updated."""
        return bool(self.bot_token)


def slack_address(text: str, destination: Destination) -> SlackAddress:
    """The address in a secret's text; SettingsError, without the secret, where it is none.

    The route's `slack_channel` goes before the secret's own.
    """
    name, hosts = destination.secret, destination.hosts
    told = contents(text, name, SECRET)
    plain = told.get(PLAIN, "")
    token = plain if plain.startswith(BOT) else told.get("bot_token", "")
    if not token:
        return SlackAddress(webhook=checked(plain or told.get("webhook", ""), name, WEBHOOK_HOSTS, hosts))
    channel = destination.options.get("slack_channel", "") or told.get("channel", "")
    if not channel:
        raise SettingsError(
            f'The secret {name} holds a bot token, but no channel is named: add "slack_channel" to the route, '
            'or "channel" to the secret.'
        )
    api = checked(told.get("api", API), name, API_HOSTS, hosts)
    has_app = bool(told.get("signing_secret"))
    return SlackAddress(bot_token=token, channel=channel, api=api.rstrip("/"), has_app=has_app)


def post_to_slack(message: Message, destination: Destination, doors: Doors) -> str:
    """The message's timestamp, by which it can be answered to or updated.

    Empty for a webhook, and where a bot's message was taken with an answer that cannot be read: it stands in the
    channel, so it is not posted again. A message whose blocks Slack refuses goes out as its text alone; one that
    cannot stand in its thread stands outside.
    """
    address = _address(destination, doors)
    body = {
        **with_buttons(message, acts=address.has_app),
        **({"thread_ts": destination.thread} if destination.thread else {}),
    }
    while True:
        try:
            return _post(body, address, doors)
        except RefusedError as refused:
            left_out = next((part for part in LESS if part in body and refused.is_one_of(LESS[part])), "")
            if not left_out:
                raise DeliveryRefusedError(refused.what_to_do) from None
            body = {name: part for name, part in body.items() if name != left_out}


def update_in_slack(message: Message, destination: Destination, doors: Doors) -> None:
    """Replace the message that began the thread. Doing it twice does no harm.

    One that cannot be replaced any more (deleted, too old to edit) stays as it is: what is said in its thread, and
    refused there where the fault is a greater one, tells.
    """
    address = _address(destination, doors)
    if address.can_thread:
        shown = with_buttons(message, acts=address.has_app)
        body = {"channel": address.channel, "ts": destination.thread, **shown}
        with suppress(RefusedError):
            call_slack("chat.update", body, address, doors.post)


class RefusedError(Exception):
    """Slack does not take it; it may take less of it."""

    def __init__(self, error: str, needed: str = "") -> None:
        super().__init__(error)
        self.error = error
        self.needed = needed

    def is_one_of(self, known: tuple[str, ...]) -> bool:
        """A webhook's answer may say more than the error's name."""
        return any(name in self.error for name in known)

    @property
    def what_to_do(self) -> str:
        """A sentence for the log and the parked event."""
        found = next((told for known, told in WHAT_TO_DO.items() if self.error.startswith(known)), OTHERWISE)
        told = found.format(needed=self.needed or "chat:write")
        return f"Slack refuses the message: {self.error}. {told}, then redrive the dead-letter queue."


def _address(destination: Destination, doors: Doors) -> SlackAddress:
    try:
        return slack_address(doors.secret(destination.secret), destination)
    except SettingsError as error:
        raise DeliveryRefusedError(str(error)) from error


def _post(message: Message, address: SlackAddress, doors: Doors) -> str:
    if address.can_thread:
        body = {"channel": address.channel, **message}
        return str(call_slack("chat.postMessage", body, address, doors.post).get("ts", ""))
    answered = doors.post(address.webhook, as_json(message), {"Content-Type": JSON})
    if answered.status != FINE:
        _refuse(answered, answered.body.strip()[:100] or str(answered.status))
    return ""


def call_slack(method: str, body: Message, address: SlackAddress, post: Post) -> Message:
    """What Slack told; nothing where it took the message and its answer cannot be read.

    RefusedError and DeliveryRetryableError where it did not.
    """
    headers = {"Content-Type": JSON, "Authorization": f"Bearer {address.bot_token}"}
    answered = post(f"{address.api}/{method}", as_json(body), headers)
    told = _told(answered.body)
    if told is None and answered.status == FINE:
        return {}
    if told is None or told.get("ok") is not True:
        error = (told or {}).get("error", answered.status)
        _refuse(answered, str(error), str((told or {}).get("needed", "")))
    return told or {}


def _told(body: str) -> Message | None:
    """The JSON object that Slack answers with, or None."""
    try:
        told = json.loads(body)
    except ValueError:
        return None
    return told if isinstance(told, dict) and "ok" in told else None


def _refuse(answered: Answered, error: str, needed: str = "") -> None:
    if error in LATER:
        raise DeliveryRetryableError(
            f"Slack asks for patience: {error}.", answered.retry_after, may_have_arrived=error in UNSURE
        )
    raise RefusedError(error, needed)


def _sent_again(message: Message, told: str) -> Message:
    return {**message, "blocks": [*message["blocks"], context(prose(told))]}


SLACK = Channel(
    name="slack",
    title="Slack",
    page="https://docs.slack.dev/reference/methods/chat.postMessage",
    limits=Limits(bytes=LARGEST, a_second=1),
    permissions=("secretsmanager:GetSecretValue",),
    render=render_slack,
    send=post_to_slack,
    renew=update_in_slack,
    sent_again=_sent_again,
    alone=20,
    write=lambda letter, _identity: write_slack(letter),
    secret=SECRET,
    options=("slack_channel",),
    mention=re.compile(r"<@[UW][A-Z0-9]{2,20}>|<!subteam\^S[A-Z0-9]{2,20}>|<!(?:here|channel)>"),
)
