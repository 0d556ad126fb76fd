"""What to do about each refusal of Slack's, for people.

https://docs.slack.dev/reference/methods/chat.postMessage#errors
"""

NOT_WORKING = "Put a working token or webhook into the secret"
REASONS = {
    "missing_scope": "Under OAuth & Permissions of the Slack app give the bot the scope {needed}, install the app to the workspace again",
    "not_in_channel": "Invite the bot to the channel (/invite in it), or give it the scope chat:write.public for public channels",
    "channel_not_found": "Correct the channel (its id is safest: C…). Invite the bot where the channel is private",
    "is_archived": "The channel is archived: unarchive it, or name another",
    "channel_is_archived": "The channel is archived: unarchive it, or name another",
    "msg_too_long": "The message is longer than Slack takes: please report this",
    "restricted_action": "The workspace's settings must let the bot post in this channel",
    "action_prohibited": "The workspace's settings must let the bot post in this channel",
    "posting_to_general_channel_denied": "The workspace's settings must let the bot post in this channel",
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
OTHERWISE = "Look at the channel and the webhook or token, put a working one into the secret"


def what_to_do(error: str, needed: str = "") -> str:
    """A sentence for the log and the parked event; `needed` is the scope that Slack names."""
    reason = next((reason for known, reason in REASONS.items() if error.startswith(known)), OTHERWISE)
    told = reason.format(needed=needed or "chat:write")
    return f"Slack refuses the message: {error}. {told}, then redrive the dead-letter queue."
