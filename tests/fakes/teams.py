"""A Teams workflow behind its webhook: it answers that it has started, and posts, or fails where nobody hears of it.

https://learn.microsoft.com/connectors/teams/#microsoft-teams-webhook
"""

import json
from dataclasses import dataclass, field
from typing import Any

from demo.slack_answers import Reply

LARGEST = 28_000
"""Bytes of a message: https://learn.microsoft.com/microsoftteams/limits-specifications-teams."""
ELEMENTS = {"TextBlock", "RichTextBlock", "TextRun", "CodeBlock", "Container", "Action.OpenUrl", "ActionSet"}
CARD = "application/vnd.microsoft.card.adaptive"


@dataclass(slots=True)
class TeamsWorkflow:
    """`posted` are cards in the channel, `dropped` why a started workflow posted nothing."""

    posted: list[Any] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)

    def answer(self, path: str, message: Any) -> Reply:
        """202 for whatever the trigger takes, with no body."""
        if "sig=" not in path:
            return refusal(401, "DirectApiAuthorizationRequired")
        if not isinstance(message, dict) or not isinstance(message.get("attachments"), list):
            return refusal(400, "TriggerInputSchemaMismatch")
        if problem := _problem(message):
            self.dropped.append(problem)
        else:
            self.posted.append(message["attachments"][0]["content"])
        return Reply(202, "", {"x-ms-workflow-run-id": "08584400000000000000000000000CU00"})


def refusal(status: int, code: str) -> Reply:
    """How a workflow refuses."""
    return Reply(status, json.dumps({"error": {"code": code, "message": "Nothing was started."}}))


def _problem(message: dict[str, Any]) -> str:
    if len(json.dumps(message, ensure_ascii=False).encode()) > LARGEST:
        return "RequestEntityTooLarge"
    attachment = message["attachments"][0] if message["attachments"] else {}
    card = attachment.get("content", {})
    if attachment.get("contentType") != CARD or card.get("type") != "AdaptiveCard":
        return "no Adaptive Card"
    strange = {part["type"] for part in _parts([card["body"], card.get("actions", [])])} - ELEMENTS
    return f"unknown elements {sorted(strange)}" if strange else ""


def _parts(told: Any) -> list[dict[str, Any]]:
    if isinstance(told, list):
        return [part for item in told for part in _parts(item)]
    if not isinstance(told, dict) or "type" not in told:
        return []
    return [told, *_parts([value for value in told.values() if isinstance(value, list | dict)])]
