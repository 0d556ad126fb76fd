"""A Slack message in the terminal."""

import html
import re
from typing import Any

from rich.console import Console
from rich.panel import Panel
from rich.text import Text

from demo.slack_sink import Message
from demo.slack_time import in_local_time

LINK = re.compile(r"<(https?://[^|>]+)\|([^>]+)>")
"""Slack's own form, `<address|words>`: a terminal needs the words alone."""


def print_message(message: Message) -> None:
    """Print the message as it was received, its buttons as their addresses."""
    console = Console(soft_wrap=False)
    console.print(Panel(Text("\n".join(_lines(message))), title="Slack", title_align="left", padding=(1, 2)))


def _lines(message: Message) -> list[str]:
    lines: list[str] = []
    for block in message.get("blocks", ()):
        lines.extend(_block(block))
    return lines or [_plain(message.get("text", ""))]


def _block(block: dict[str, Any]) -> list[str]:
    match block.get("type"):
        case "actions":
            buttons = [one for element in block["elements"] for one in element.get("options", (element,))]
            return [f"[{button['text']['text']}]" for button in buttons] + [""]
        case "context":
            return [_plain(" · ".join(part.get("text", "") for part in block["elements"])), ""]
        case "divider":
            return ["─" * 40]
        case _:
            parts = [block.get("text"), *block.get("fields", ())]
            return [_plain(part["text"]) for part in parts if part] + [""]


def _plain(text: str) -> str:
    return html.unescape(LINK.sub(r"\2", in_local_time(text))).replace("```", "")
