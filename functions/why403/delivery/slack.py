"""Slack: a webhook, or chat.postMessage and chat.update with a bot's token.

The secret is the webhook's URL or a bot's token, plain, or JSON: {"webhook": "https://…"}, or
{"bot_token": "xoxb-…", "channel": "C…"}. With a "signing_secret" beside it, the bot's messages have buttons that
act (slack_app.py).

https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
https://docs.slack.dev/reference/methods/chat.postMessage
"""

import re
from contextlib import suppress

from why403.delivery.channel import Channel, Destination, Limits
from why403.delivery.doors import Doors, Post
from why403.delivery.slack_calls import (
    API,
    API_HOSTS,
    BOT,
    SECRET,
    WEBHOOK_HOSTS,
    Message,
    RefusedError,
    SlackAddress,
    call_slack,
    told_by,
)
from why403.delivery.webhook import JSON, PLAIN, as_json, checked, contents
from why403.errors import DeliveryRefusedError, DeliveryRetryableError, SettingsError
from why403.notices.dialects.block_kit import context, prose
from why403.notices.dialects.slack import render_slack, with_buttons, write_slack

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
NOTHING_SAID = ("no_text", "missing_text_or_fallback_or_attachments")
"""What Slack answers to a message that says nothing, where it would take one that says something."""
LARGEST = 50_000
"""Bytes: Slack counts characters, 13,200 of all blocks together and 40,000 of text; ours are far fewer."""


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
            return _post(body, address, doors.post)
        except RefusedError as refused:
            left_out = next((part for part in LESS if part in body and refused.is_one_of(LESS[part])), "")
            if not left_out:
                raise DeliveryRefusedError(refused.what_to_do) from None
            body = {name: part for name, part in body.items() if name != left_out}


def update_in_slack(message: Message, destination: Destination, doors: Doors) -> None:
    """Replace the message that began the thread. Doing it twice does no harm, and is no repetition to speak of.

    One that cannot be replaced any more (deleted, too old to edit) stays as it is: what is said in its thread, and
    refused there where the fault is a greater one, tells.
    """
    address = _address(destination, doors)
    if address.can_thread:
        shown = with_buttons(message, acts=address.has_app)
        body = {"channel": address.channel, "ts": destination.thread, **shown}
        try:
            with suppress(RefusedError):
                call_slack("chat.update", body, address, doors.post)
        except DeliveryRetryableError as error:
            raise DeliveryRetryableError(str(error), error.retry_after) from error


def ask_slack(text: str, destination: Destination, post: Post) -> str:
    """A message without a text is refused, as documented, and stands nowhere; a webhook or token that is no good is refused before."""
    address = slack_address(text, destination)
    who = "the webhook"
    try:
        if address.can_thread:
            told = call_slack("auth.test", {}, address, post)
            who = f"the bot {told.get('user', '')} of the workspace {told.get('team', '')}"
            call_slack("chat.postMessage", {"channel": address.channel}, address, post)
        else:
            _post({"text": ""}, address, post)
    except RefusedError as refused:
        if refused.is_one_of(NOTHING_SAID):
            return f"Slack knows {who}, and asks for a text"
        raise DeliveryRefusedError(refused.what_to_do) from None
    raise DeliveryRetryableError("Slack took a message without a text, which it does not do: is it Slack?")


def _address(destination: Destination, doors: Doors) -> SlackAddress:
    try:
        return slack_address(doors.secret(destination.secret), destination)
    except SettingsError as error:
        raise DeliveryRefusedError(str(error)) from error


def _post(message: Message, address: SlackAddress, post: Post) -> str:
    if address.can_thread:
        body = {"channel": address.channel, **message}
        return str(call_slack("chat.postMessage", body, address, post).get("ts", ""))
    told_by(post(address.webhook, as_json(message), {"Content-Type": JSON}))
    return ""


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
    ask=ask_slack,
    options=("slack_channel",),
    mention=re.compile(r"<@[UW][A-Z0-9]{2,20}>|<!subteam\^S[A-Z0-9]{2,20}>|<!(?:here|channel)>"),
)
