"""What Slack sends to an app's Request URL, as its documentation shows: a press of a button, a window's form; signed.

https://docs.slack.dev/authentication/verifying-requests-from-slack
https://docs.slack.dev/reference/interaction-payloads/block_actions-payload
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

SIGNING_SECRET = "8f742231b10e8888abcd99eeeeee85a5"  # noqa: S105  # made up
TEAM, USER, CHANNEL = "T0MADEUP01", "U012AB3CD", "C0MADEUP01"
FORM = "application/x-www-form-urlencoded"


def pressed(
    element: Mapping[str, Any], message: Mapping[str, Any], url: str = "", **user: str
) -> dict[str, Any]:
    """A button of a message was pressed, or, where `element` is an option, it was chosen behind the dots."""
    chosen = {"type": "overflow", "action_id": "why403-more", "selected_option": element}
    action = element if "action_id" in element else chosen
    return {
        "type": "block_actions",
        **_who(**user),
        "trigger_id": "12466734323.1395872398.5bc61dd4ec8e4f0e8f6a4e0b2b2c9d11",
        "container": {"type": "message", "message_ts": "1764000000.000100", "channel_id": CHANNEL},
        "channel": {"id": CHANNEL, "name": "alerts"},
        "message": {"type": "message", "ts": "1764000000.000100", **message},
        "response_url": url or "https://hooks.slack.com/actions/T0MADEUP01/1/made-up",
        "actions": [{"block_id": "b0007", "action_ts": "1764000060.000200", **action}],
    }


def submitted(view: Mapping[str, Any], values: Mapping[str, str], **user: str) -> dict[str, Any]:
    """A window's form was sent; `values` by their blocks."""
    inputs = {block["block_id"]: block["element"] for block in view["blocks"] if block["type"] == "input"}
    state = {
        name: {inputs[name]["action_id"]: {"type": inputs[name]["type"], _holds(inputs[name]): value}}
        for name, value in values.items()
    }
    shown = {**view, "id": "V0MADEUP01", "team_id": TEAM, "hash": "1764000060.a1", "state": {"values": state}}
    return {
        "type": "view_submission",
        **_who(**user),
        "trigger_id": "12466734323.1395872398.6bc61dd4ec8e4f0e8f6a4e0b2b2c9d12",
        "view": shown,
        "response_urls": [],
    }


def signed(body: str, at: int, secret: str = SIGNING_SECRET) -> dict[str, str]:
    """The headers of a request of `at` seconds since the epoch."""
    digest = hmac.new(secret.encode(), f"v0:{at}:{body}".encode(), hashlib.sha256).hexdigest()
    return {
        "Content-Type": FORM,
        "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
        "X-Slack-Request-Timestamp": str(at),
        "X-Slack-Signature": f"v0={digest}",
    }


def encoded(payload: Mapping[str, Any]) -> str:
    """The body: one field, JSON as Slack writes it."""
    return urlencode({"payload": json.dumps(payload, ensure_ascii=True).replace("/", "\\/")})


def _who(user: str = USER, name: str = "alice", team: str = TEAM, of: str = "") -> dict[str, Any]:
    """`team`: where it happened; `of`: the person's own, in a channel that organizations share."""
    return {
        "team": {"id": team, "domain": "made-up"},
        "user": {"id": user, "username": name, "name": name, "team_id": of or team},
        "api_app_id": "A0MADEUP01",
        "token": "made-up",
        "enterprise": None,
        "is_enterprise_install": False,
    }


def _holds(element: Mapping[str, Any]) -> str:
    return "selected_date" if element["type"] == "datepicker" else "value"
