"""Block Kit's pieces, within its limits.

https://docs.slack.dev/reference/block-kit/blocks
"""

import json
from typing import Any

from why403.notices.inert import one_line

Block = dict[str, Any]
HEADER, SECTION, BUTTON, URL, CONTEXT = 150, 3_000, 75, 3_000, 10
BLOCKS, ALL_BLOCKS = 50, 12_000
"""Blocks of a message, and characters of all of them as JSON: Slack refuses some 13,200."""
ANGLES = str.maketrans({"<": "‹", ">": "›"})


def header(text: str) -> Block:
    """The message's title: plain text, in which no name calls anybody or turns into an emoji."""
    plain = one_line(text, HEADER).translate(ANGLES)
    return {"type": "header", "text": {"type": "plain_text", "text": plain, "emoji": False}}


def section(mrkdwn: str) -> Block:
    """A paragraph. `verbatim`: Slack makes no links of its own."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": mrkdwn[:SECTION], "verbatim": True}}


def context(*mrkdwn: str) -> Block:
    """Small print."""
    texts = [{"type": "mrkdwn", "text": text[:SECTION], "verbatim": True} for text in mrkdwn if text]
    return {"type": "context", "elements": texts[:CONTEXT]}


def button(identifier: str, text: str, url: str, *, first: bool = False) -> Block:
    """A button that opens a page; nothing is sent to us when it is pressed."""
    style = {"style": "primary"} if first else {}
    label = {"type": "plain_text", "text": one_line(text, BUTTON), "emoji": True}
    return {"type": "button", "action_id": identifier, "text": label, "url": url, **style}


def actions(*buttons: Block) -> Block:
    """A row of buttons."""
    return {"type": "actions", "elements": list(buttons)}


def size(blocks: list[Block]) -> int:
    """Characters of the blocks as they are sent."""
    return len(json.dumps(blocks, ensure_ascii=False))


def fenced(code: str) -> str:
    """A code block of escaped text."""
    return f"```\n{code}\n```"
