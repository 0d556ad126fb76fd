"""The Teams message: one Adaptive Card, in which nothing that a line says is Markdown.

Text stands in TextRuns, which know no Markdown: no escape is needed, and none can be forgotten. Changes stand in
CodeBlocks, which clients without them show as a plain run.

https://learn.microsoft.com/adaptive-cards/schema-explorer/text-run
https://learn.microsoft.com/microsoftteams/platform/task-modules-and-cards/cards/cards-format
"""

import json
import re
from collections.abc import Sequence
from functools import partial
from typing import Any, assert_never

from why403.diagnosis.bounded import fitted
from why403.notices.blocks import Actions, Block, Headline, within
from why403.notices.brief import SENTENCE, Line, Style, brief
from why403.notices.inert import WHOLE, inert, linkless, plain_words
from why403.notices.letter import Entry, Letter
from why403.notices.notice import Notice
from why403.notices.offers import cut
from why403.notices.outline import outline

Element = dict[str, Any]
"""An element of an Adaptive Card."""
VERSION = "1.5"
"""The newest schema that every Teams client shows."""
BUDGET = 24_000
"""Bytes of the message. Teams takes some 28 KB, and says so to nobody: the workflow fails after it has answered."""
CODE_SIZES = (1_200, 600, 240)
"""Characters of each change, tried in this order. Each stands twice in the card, for clients without CodeBlock."""
BUTTON = 75
"""Characters: Slack's most, so that both chats' buttons read alike."""
ROWS = 20
"""Of a letter."""
FILLED_IN = re.compile(r"\{\{(?=DATE|TIME)")
"""`{{DATE(…)}}` in a text is filled in by the client."""


def render_teams(notice: Notice) -> dict[str, Any]:
    """The message's JSON for a workflow's webhook."""
    blocks = outline(notice)
    for code_size in CODE_SIZES:
        message = _message(blocks, notice, code_size)
        if size(message) <= BUDGET:
            return message
    kept = within(blocks, lambda some: size(_message(some, notice, CODE_SIZES[-1])) <= BUDGET)
    return _message(kept, notice, CODE_SIZES[-1])


def write_teams(letter: Letter) -> dict[str, Any]:
    """A letter: each row leads to its page."""
    body = [
        paragraph(run(letter.title, size="Large", weight="Bolder")),
        paragraph(run(letter.opening, isSubtle=True)),
        *(
            paragraph(_row(row))
            for row in letter.within(ROWS, lambda text: len(text.encode()) <= BUDGET // 2)
        ),
    ]
    return _enveloped(letter.title, body)


def _row(row: Entry) -> Element:
    opens = {"selectAction": {"type": "Action.OpenUrl", "url": row.url}} if row.url else {}
    return run(f"• {row.text}") | opens


def _enveloped(fallback: str, body: list[Element], **card: Any) -> dict[str, Any]:  # noqa: ANN401  # JSON
    content = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": VERSION,
        "fallbackText": prose(fallback),
        "body": body,
        **card,
    }
    attachment = {
        "contentType": "application/vnd.microsoft.card.adaptive",
        "contentUrl": None,
        "content": content,
    }
    return {"type": "message", "attachments": [attachment]}


def size(message: dict[str, Any]) -> int:
    """Bytes as they are sent."""
    return len(json.dumps(message, ensure_ascii=False).encode())


def _message(blocks: Sequence[Block], notice: Notice, code_size: int) -> dict[str, Any]:
    headline = next(block for block in blocks if isinstance(block, Headline))
    links = [link for block in blocks if isinstance(block, Actions) for link in block.links]
    told = (_element(line, notice, code_size) for block in blocks for line in brief(block, notice))
    return _enveloped(
        headline.now or headline.verdict,
        [*_mention(notice), *told],
        actions=[
            {"type": "Action.OpenUrl", "title": prose(link.label, BUTTON), "url": link.url} for link in links
        ],
        msteams={"width": "Full", "entities": _entities(notice)},
    )


def _mention(notice: Notice) -> list[Element]:
    """The settings' own text, which the client turns into a mention."""
    return [{"type": "TextBlock", "text": notice.mention, "wrap": True}] if notice.mention else []


def _entities(notice: Notice) -> list[Element]:
    """Whom the mention means: a sign-in name or an object id of Microsoft Entra."""
    who = notice.mention.removeprefix("<at>").removesuffix("</at>")
    mentioned = {"id": who, "name": who}
    return [{"type": "mention", "text": notice.mention, "mentioned": mentioned}] if who else []


def _element(line: Line, notice: Notice, code_size: int) -> Element:
    match line.style:
        case Style.TITLE | Style.NEWS:
            return paragraph(run(line.text, size="Large", weight="Bolder"))
        case Style.SMALL:
            return paragraph(run(line.text, isSubtle=True))
        case Style.VERDICT:
            return paragraph(run(line.text, weight="Bolder"))
        case Style.TEXT:
            return labelled(line.label, line.text) if line.label else paragraph(run(line.text, WHOLE))
        case Style.CODE:
            return code(line.text, code_size, notice)
    assert_never(line.style)


def paragraph(*runs: Element) -> Element:
    """A text that wraps."""
    return {"type": "RichTextBlock", "inlines": list(runs)}


def labelled(label: str, text: str) -> Element:
    """A text after its label in bold."""
    bold = {"type": "TextRun", "text": f"{prose(label)}: ", "weight": "Bolder"}
    return paragraph(bold, run(text))


def run(text: str, longest: int = SENTENCE, **style: str | bool) -> Element:
    """A piece of a text, in one style."""
    return {"type": "TextRun", "text": prose(text, longest), **style}


def code(text: str, longest: int, notice: Notice) -> Element:
    """Whole lines of a change: half a statement must never be pasted."""
    shown = fitted(inert(text, WHOLE), longest, partial(cut, notice))
    plain = {"type": "TextRun", "text": FILLED_IN.sub("{ {", linkless(shown)), "fontType": "Monospace"}
    return {"type": "CodeBlock", "language": "PlainText", "codeSnippet": shown, "fallback": paragraph(plain)}


def prose(text: str, longest: int = SENTENCE) -> str:
    """A text in one line. Nothing but a date's form means anything in a TextRun."""
    return FILLED_IN.sub("{ {", plain_words(text, longest))
