"""The Teams message: one Adaptive Card, in which nothing that a line says is Markdown.

Text stands in TextRuns, which know no Markdown: no escape is needed, and none can be forgotten. Changes stand in
CodeBlocks, which clients without them show as a plain run.

https://learn.microsoft.com/adaptive-cards/schema-explorer/text-run
https://learn.microsoft.com/microsoftteams/platform/task-modules-and-cards/cards/cards-format
"""

import json
import re
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any, assert_never

from why403.diagnosis.bounded import fitted
from why403.notices.blocks import Actions, Block, Changed, Fix, Headline, Others, Steps, Unknown, Why, within
from why403.notices.checklist import Mark, Row, deciding
from why403.notices.inert import WHOLE, inert, one_line
from why403.notices.notice import Notice
from why403.notices.offers import Offer, cut, plus_and_minus
from why403.notices.outline import outline
from why403.notices.words import word

Element = dict[str, Any]
"""An element of an Adaptive Card."""
VERSION = "1.5"
"""The newest schema that every Teams client shows."""
BUDGET = 24_000
"""Bytes of the message. Teams takes some 28 KB, and says so to nobody: the workflow fails after it has answered."""
CODE_SIZES = (1_200, 600, 240)
"""Characters of each change, tried in this order. Each stands twice in the card, for clients without CodeBlock."""
STEP = {True: 300, False: 600}
"""Characters up to which a step is told, with a page and without: a longer one is a command, never cut in half."""
TITLE, SENTENCE, BUTTON = 150, 300, 75
ROWS, FINDINGS, CHANGES, OFFERS, STEPS, CALLS = 3, 3, 2, 3, 3, 3
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


def size(message: dict[str, Any]) -> int:
    """Bytes as they are sent."""
    return len(json.dumps(message, ensure_ascii=False).encode())


def _message(blocks: Sequence[Block], notice: Notice, code_size: int) -> dict[str, Any]:
    headline = next(block for block in blocks if isinstance(block, Headline))
    links = [link for block in blocks if isinstance(block, Actions) for link in block.links]
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": VERSION,
        "fallbackText": prose(headline.now or headline.verdict),
        "body": [
            *_mention(notice),
            *(part for block in blocks for part in _elements(block, notice, code_size)),
        ],
        "actions": [
            {"type": "Action.OpenUrl", "title": prose(link.label, BUTTON), "url": link.url} for link in links
        ],
        "msteams": {"width": "Full", "entities": _entities(notice)},
    }
    attachment = {
        "contentType": "application/vnd.microsoft.card.adaptive",
        "contentUrl": None,
        "content": card,
    }
    return {"type": "message", "attachments": [attachment]}


def _mention(notice: Notice) -> list[Element]:
    """The settings' own text, which the client turns into a mention."""
    return [{"type": "TextBlock", "text": notice.mention, "wrap": True}] if notice.mention else []


def _entities(notice: Notice) -> list[Element]:
    """Whom the mention means: a sign-in name or an object id of Microsoft Entra."""
    who = notice.mention.removeprefix("<at>").removesuffix("</at>")
    mentioned = {"id": who, "name": who}
    return [{"type": "mention", "text": notice.mention, "mentioned": mentioned}] if who else []


def _elements(block: Block, notice: Notice, code_size: int) -> Iterator[Element]:
    match block:
        case Headline():
            yield from _headline(block, notice)
        case Why():
            yield from map(_row, deciding(block.rows)[:ROWS])
            findings = list(filter(None, (block.meant, *block.findings)))
            yield from (paragraph(run(f"• {finding}")) for finding in findings[:FINDINGS])
        case Changed():
            told = [(change.what, change.when, change.who) for change in block.changes[:CHANGES]]
            changes = [word("notices.change", notice.language, what=a, when=b, by=c) for a, b, c in told]
            yield labelled(block.heading, "; ".join(changes))
        case Fix():
            yield from [paragraph(run(block.remark))] if block.remark else []
            for offer in block.offers[:OFFERS]:
                yield from _offer(offer, block.heading, notice, code_size)
        case Unknown():
            calls = dict.fromkeys(f"{spot.call} ({spot.error})" for spot in block.spots)
            told_calls = word("notices.unread", notice.language, calls=", ".join(list(calls)[:CALLS]))
            yield paragraph(run(f"{Mark.UNKNOWN} {told_calls}", isSubtle=True))
        case Steps() | Others() | Actions():  # what follows a change, and the other ways, are for the page
            return
        case _:
            assert_never(block)


def _headline(block: Headline, notice: Notice) -> Iterator[Element]:
    severity = f"{word('notices.label.severity', notice.language)}: {block.severity}"
    title = block.now or f"{block.mark} {block.title}"
    yield paragraph(run(title, SENTENCE if block.now else TITLE, size="Large", weight="Bolder"))
    yield paragraph(run(" · ".join(part for part in (block.where, severity) if part), isSubtle=True))
    if notice.in_full:
        yield paragraph(run(block.verdict, weight="Bolder"))


def _row(row: Row) -> Element:
    reasons = " ".join(text for text in (row.reason, row.near_miss) if text)
    where = f" ({row.where})" if row.where and row.policy not in reasons else ""
    return labelled(f"{row.mark} {row.layer}{where}", reasons)


def _offer(offer: Offer, heading: str, notice: Notice, code_size: int) -> Iterator[Element]:
    yield labelled(heading, offer.title)
    if offer.marks:
        yield paragraph(run(" · ".join(offer.marks), isSubtle=True))
    owner = (offer.owner,) if offer.owner else ()
    yield from (paragraph(run(text)) for text in (*owner, *offer.why[:2], *offer.missing[:2]))
    if lines := plus_and_minus(offer):
        yield code(lines, code_size, notice)
    if not offer.drafts:
        short = [step for step in offer.steps if len(step) <= STEP[bool(notice.links.page)]]
        yield from (paragraph(run(f"{n}. {step}", WHOLE)) for n, step in enumerate(short[:STEPS], 1))


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
    plain = {"type": "TextRun", "text": FILLED_IN.sub("{ {", shown), "fontType": "Monospace"}
    return {"type": "CodeBlock", "language": "PlainText", "codeSnippet": shown, "fallback": paragraph(plain)}


def prose(text: str, longest: int = SENTENCE) -> str:
    """A text in one line. Nothing but a date's form means anything in a TextRun."""
    return FILLED_IN.sub("{ {", one_line(text, longest))
