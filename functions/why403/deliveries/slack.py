"""Post to Slack: a webhook, or chat.postMessage and chat.update with a bot's token.

https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
https://docs.slack.dev/reference/methods/chat.postMessage
"""

import json
from collections.abc import Mapping
from typing import Any

from why403.deliveries.http import Answered, post
from why403.deliveries.slack_refusals import what_to_do
from why403.errors import DeliveryRefusedError, DeliveryRetryableError
from why403.notices.slack_address import SlackAddress

JSON = "application/json; charset=utf-8"
FINE = 200
LATER = frozenset(
    {"ratelimited", "rate_limited", "internal_error", "fatal_error", "service_unavailable", "request_timeout"}
)
"""Errors of Slack's Web API that another try may mend."""
NOTHING: Mapping[str, Any] = {}
BAD_BLOCKS = (
    "invalid_blocks",
    "msg_blocks_too_long",
    "msg_too_long",
    "invalid_payload",
    "invalid_blocks_format",
    "invalid_attachments",
)


def post_to_slack(address: SlackAddress, message: Mapping[str, Any], thread: str = "") -> str:
    """The message's timestamp, by which it can be answered to or updated.

    Empty for a webhook, and where a bot's message was taken with an answer that cannot be read: it stands in the
    channel, so it is not posted again. A message whose blocks Slack refuses goes out as its text alone. DeliveryRetryableError and
    DeliveryRefusedError as errors.py says; no message of theirs holds an address or a token.
    """
    try:
        return _post(address, message, thread)
    except _BlocksRefusedError as refused:
        if "blocks" not in message:
            raise DeliveryRefusedError(what_to_do(str(refused))) from None
        return post_to_slack(
            address, {name: part for name, part in message.items() if name != "blocks"}, thread
        )


def update_in_slack(address: SlackAddress, timestamp: str, message: Mapping[str, Any]) -> None:
    """Replace the message that was posted at `timestamp`. Doing it twice does no harm."""
    body = {"channel": address.channel, "ts": timestamp, **message}
    try:
        _call(address, "chat.update", body)
    except _BlocksRefusedError as refused:
        raise DeliveryRefusedError(f"Slack refuses the update: {refused}.") from None


class _BlocksRefusedError(Exception):
    """Slack does not take the blocks; it may take the text."""


def _post(address: SlackAddress, message: Mapping[str, Any], thread: str) -> str:
    if address.can_thread:
        body = {"channel": address.channel, **message, **({"thread_ts": thread} if thread else {})}
        return str(_call(address, "chat.postMessage", body).get("ts", ""))
    answered = post(address.webhook, _json(message), {"Content-Type": JSON})
    if answered.status != FINE:
        _refuse(answered, answered.body.strip()[:100] or str(answered.status))
    return ""


def _call(address: SlackAddress, method: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
    """What Slack told; nothing where it took the message and its answer cannot be read."""
    headers = {"Content-Type": JSON, "Authorization": f"Bearer {address.bot_token}"}
    answered = post(f"{address.api}/{method}", _json(body), headers)
    told = _told(answered.body)
    if told is None and answered.status == FINE:
        return {}
    if told is None or told.get("ok") is not True:
        _refuse(answered, str((told or {}).get("error", answered.status)), told or {})
    return told or {}


def _told(body: str) -> Mapping[str, Any] | None:
    """The JSON object that Slack answers with, or None."""
    try:
        told = json.loads(body)
    except ValueError:
        return None
    return told if isinstance(told, dict) and "ok" in told else None


def _refuse(answered: Answered, error: str, told: Mapping[str, Any] = NOTHING) -> None:
    if error in LATER:
        raise DeliveryRetryableError(f"Slack asks for patience: {error}.", answered.retry_after)
    if any(known in error for known in BAD_BLOCKS):
        raise _BlocksRefusedError(error)
    raise DeliveryRefusedError(what_to_do(error, str(told.get("needed", ""))))


def _json(message: Mapping[str, Any]) -> bytes:
    return json.dumps(message, ensure_ascii=False).encode("utf-8", "replace")
