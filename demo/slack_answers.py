"""How Slack answers, as its documentation and its own answers show: the whole message comes back, larger than it was.

https://docs.slack.dev/reference/methods/chat.postMessage
https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
"""

import html
import json
from dataclasses import dataclass, field
from typing import Any

TEXT, BLOCKS, ALL_BLOCKS, SECTION = 40_000, 50, 13_200, 3_000
"""Characters of `text`; blocks; characters of all blocks together; characters of a section's text."""
LARGEST_VIEW, VIEW_LABEL = 250_000, 24
"""Of a window: all of it; its title and buttons."""
POSTED = "1764000000.000100"
"""The timestamp of what was posted."""
PROFILE = {
    "id": "B0MADEUP01",
    "app_id": "A0MADEUP01",
    "user_id": "U0MADEUP01",
    "name": "why403",
    "icons": {f"image_{size}": f"https://a.slack-edge.com/80588/img/bot_{size}.png" for size in (36, 48, 72)},
    "deleted": False,
    "updated": 1_764_000_000,
    "team_id": "T0MADEUP01",
}

WHO = {
    "ok": True,
    "url": "https://acme.slack.com/",
    "team": "Acme",
    "user": "why403",
    "team_id": PROFILE["team_id"],
    "user_id": PROFILE["user_id"],
    "bot_id": PROFILE["id"],
}
"""https://docs.slack.dev/reference/methods/auth.test"""


@dataclass(frozen=True, slots=True)
class Reply:
    """What is answered; `late` seconds after the request was taken."""

    status: int = 200
    body: str = "ok"
    headers: dict[str, str] = field(default_factory=dict)
    late: float = 0


def slack_answer(path: str, message: Any, posted: str = POSTED) -> Reply:  # noqa: ANN401  # whatever JSON came
    """What Slack answers to a message that it takes: by `path`, as its Web API or as a webhook."""
    method = path.rpartition("/api/")[2]
    if method == "views.open":
        return _opened(message)
    if method == "auth.test":
        return Reply(body=_as_slack_writes(WHO))
    problem = _problem(message)
    if not path.startswith("/api/"):
        return Reply(400, problem) if problem else Reply()
    if problem:
        return slack_refusal(problem)
    timestamp = str(message["ts"]) if method == "chat.update" else posted
    return Reply(
        body=_as_slack_writes({"ok": True, "channel": message["channel"], **_echo(message, timestamp)})
    )


def _opened(message: Any) -> Reply:  # noqa: ANN401  # whatever JSON came
    """A window, or why there is none: https://docs.slack.dev/reference/methods/views.open."""
    view, trigger = message.get("view", {}), message.get("trigger_id", "")
    if not trigger:
        return slack_refusal("invalid_arguments")
    if trigger.startswith("expired"):
        return slack_refusal("expired_trigger_id")
    labels = [view.get(name, {}).get("text", "") for name in ("title", "submit", "close")]
    inputs = any(block["type"] == "input" for block in view.get("blocks", ()))
    if (
        _problem(view, LARGEST_VIEW)
        or max(map(len, labels)) > VIEW_LABEL
        or (inputs and "submit" not in view)
    ):
        return slack_refusal("invalid_arguments")
    opened = {
        "id": "V0MADEUP01",
        "team_id": PROFILE["team_id"],
        "state": {"values": {}},
        "hash": "1764000060.a1",
    }
    return Reply(body=_as_slack_writes({"ok": True, "view": {**view, **opened}}))


def slack_refusal(error: str, status: int = 200, retry_after: str = "", **more: str) -> Reply:
    """A refusal of the Web API: most come with status 200."""
    headers = {"Retry-After": retry_after} if retry_after else {}
    return Reply(status, _as_slack_writes({"ok": False, "error": error, **more}), headers)


def _as_slack_writes(told: Any) -> str:  # noqa: ANN401  # JSON
    """ASCII only, and each slash escaped: up to six bytes a character."""
    return json.dumps(told, ensure_ascii=True).replace("/", "\\/")


def _problem(message: Any, largest: int = ALL_BLOCKS) -> str:  # noqa: ANN401  # whatever JSON came
    if not isinstance(message, dict):
        return "invalid_payload"
    blocks, text = message.get("blocks", []), message.get("text", "")
    if not blocks and not text:
        return "no_text"
    if len(text) > TEXT:
        return "msg_too_long"
    if len(json.dumps(blocks, ensure_ascii=False)) > largest:
        return "msg_blocks_too_long"
    sections = [block.get("text") or {} for block in blocks if block.get("type") == "section"]
    return (
        "invalid_blocks"
        if len(blocks) > BLOCKS or any(len(s.get("text", "")) > SECTION for s in sections)
        else ""
    )


def _echo(message: dict[str, Any], timestamp: str) -> dict[str, Any]:
    """The message as it stands in the channel now."""
    blocks = [
        {"block_id": f"b{number:04}", **_block(block)}
        for number, block in enumerate(message.get("blocks", []))
    ]
    stored = {
        "type": "message",
        "subtype": "bot_message",
        "user": PROFILE["user_id"],
        "ts": timestamp,
        "bot_id": PROFILE["id"],
        "app_id": PROFILE["app_id"],
        "team": PROFILE["team_id"],
        "text": html.escape(html.unescape(message.get("text", "")), quote=False),
        "bot_profile": PROFILE,
        "blocks": blocks,
        **({"thread_ts": message["thread_ts"]} if "thread_ts" in message else {}),
    }
    return {"ts": timestamp, "message": stored}


def _block(told: Any) -> Any:  # noqa: ANN401  # a part of a block
    """The block with what Slack adds: defaults of texts, ids of what can be clicked."""
    if isinstance(told, list):
        return [_block(part) for part in told]
    if not isinstance(told, dict):
        return told
    parts = {name: _block(part) for name, part in told.items()}
    match told.get("type"):
        case "mrkdwn":
            return {**parts, "text": _escaped(told["text"]), "verbatim": False}
        case "plain_text":
            return {**parts, "text": _escaped(told["text"]), "emoji": True}
        case "button":
            return {"action_id": "a0001", **parts}
    return parts


def _escaped(text: str) -> str:
    """Slack stores what was escaped as it was, and escapes what was not; its own `<…>` stay."""
    return (
        text.replace("&", "&amp;")
        .replace("&amp;lt;", "&lt;")
        .replace("&amp;gt;", "&gt;")
        .replace("&amp;amp;", "&amp;")
    )
