"""Slack talked to: a bot or a webhook, one method of its Web API, and what to do where it refuses.

Knows no message of ours, so that the Slack app, which is given three seconds, loads none of what makes them.

https://docs.slack.dev/apis/web-api
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from why403.delivery.doors import Answered, Post, Secret
from why403.delivery.webhook import JSON, as_json
from why403.errors import DeliveryRetryableError

Message = Mapping[str, Any]
WEBHOOK_HOSTS = frozenset({"hooks.slack.com", "hooks.slack-gov.com"})
API = "https://slack.com/api"
API_HOSTS = frozenset({"slack.com", "slack-gov.com"})
BOT = "xoxb-"
"""How a bot's token begins."""
SUCCESS = range(200, 300)
"""The Web API answers so even where it refuses; then the body says why."""
LATER = frozenset(
    {
        "ratelimited",
        "rate_limited",
        "message_limit_exceeded",
        "internal_error",
        "fatal_error",
        "service_unavailable",
        "request_timeout",
        "team_added_to_org",
        "org_login_required",
    }
)
"""Errors of Slack's Web API that another try may mend; the last two while a workspace moves into an organization."""
UNSURE = frozenset({"internal_error", "fatal_error"})
"""Those of them after which the message may stand in the channel all the same, as Slack documents."""
NOT_WORKING = "Put a working token or webhook into the secret"
MAY_NOT_POST = "The workspace's settings must let the bot post in this channel"
ARCHIVED = "The channel is archived: unarchive it, or name another"
NOT_AS_ASKED = "The message is not as Slack takes it: please report this"
WEB_PAGE = "a web page"
SAID = 100
"""Characters of an answer that are repeated in ours: an error's name has fewer."""
WHAT_TO_DO = {
    "invalid_auth": NOT_WORKING,
    "invalid_token": NOT_WORKING,
    WEB_PAGE: "Something stands between, such as a proxy: let the function through to Slack, or correct the address",
    "missing_scope": "Under OAuth & Permissions of the Slack app give the bot the scope {needed}, and install the app again",
    "not_in_channel": "Invite the bot to the channel (/invite in it), or give it the scope chat:write.public for public channels",
    "channel_not_found": "Correct the channel (its id is safest: C…). Invite the bot where the channel is private",
    "is_archived": ARCHIVED,
    "channel_is_archived": ARCHIVED,
    "msg_too_long": "The message is longer than Slack takes: please report this",
    "invalid_": NOT_AS_ASKED,
    "msg_blocks_too_long": NOT_AS_ASKED,
    "no_text": NOT_AS_ASKED,
    "too_many_attachments": NOT_AS_ASKED,
    "accesslimited": "The workspace is open to certain networks alone: let in the addresses that the function calls from",
    "team_access_not_granted": "Install the Slack app in the workspace that the channel is in",
    "restricted_action": MAY_NOT_POST,
    "action_prohibited": MAY_NOT_POST,
    "posting_to_general_channel_denied": MAY_NOT_POST,
    "ekm_access_denied": "The workspace's administrators have suspended posting: ask them",
    "account_inactive": NOT_WORKING,
    "no_service": NOT_WORKING,
    "no_team": NOT_WORKING,
    "not_authed": NOT_WORKING,
    "token_expired": NOT_WORKING,
    "token_revoked": NOT_WORKING,
}
"""Slack's error, or how it begins, → what to do: the first that fits."""
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


def call_slack(method: str, body: Message, address: SlackAddress, post: Post) -> Message:
    """What Slack told; nothing where it took the message and its answer cannot be read.

    RefusedError and DeliveryRetryableError where it did not.
    """
    headers = {"Content-Type": JSON, "Authorization": f"Bearer {address.bot_token}"}
    answered = post(f"{address.api}/{method}", as_json(body), headers)
    told = told_by(answered)
    if told is None and answered.body and not answered.body.lstrip().startswith(("{", "[")):
        raise DeliveryRetryableError(
            "Slack's answer is not Slack's: something stands between, such as a proxy.", may_have_arrived=True
        )
    return told or {}


def told_by(answered: Answered) -> Message | None:
    """What Slack told of what it took; None where that cannot be read. RefusedError and DeliveryRetryableError where it did not."""
    told = _told(answered.body)
    if told is not None and told["ok"] is not True:
        _refuse(answered, str(told.get("error", answered.status)), str(told.get("needed", "")))
    if answered.status not in SUCCESS:
        said = answered.body.strip()[:SAID] or str(answered.status)
        _refuse(answered, f"{WEB_PAGE} ({answered.status})" if said.startswith("<") else said)
    return told


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
