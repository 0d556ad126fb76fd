"""The envelope of Amazon Q Developer in chat applications (Slack, Teams): it drops every message without it.

https://docs.aws.amazon.com/chatbot/latest/adminguide/custom-notifs.html
"""

import re
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any, assert_never

from why403.diagnosis.bounded import fitted
from why403.notices.blocks import (
    Actions,
    Block,
    Changed,
    Fix,
    Headline,
    Others,
    Steps,
    Unknown,
    Why,
    within,
)
from why403.notices.checklist import Mark
from why403.notices.inert import EDGE_UNDERSCORE, FENCE, LONGEST, WHOLE, inert, one_line
from why403.notices.naming import action, caller_arn, target_arn
from why403.notices.notice import Notice
from why403.notices.offers import Offer, cut
from why403.notices.outline import outline
from why403.notices.words import word

TITLE, SUMMARY, KEYWORD, GROUP, ARN = 250, 300, 60, 512, 2_048
SENTENCE = 600
DESCRIPTION = 6_000
CHANGE, OFFERS, FINDINGS, STEPS = 1_500, 3, 3, 3
FORMAT = str.maketrans(
    {
        "*": "∗",
        "~": "∼",
        "`": "'",
        "[": "［",
        "]": "］",
        "<": "＜",
        ">": "＞",
        "@": "＠",
        "#": "＃",
        "|": "｜",
        "\\": "＼",
    }
)
CALLS = re.compile(r"<[!@#]|@(?:here|channel|everyone)")
"""What calls people even within a code block."""


def render_chat(notice: Notice) -> dict[str, Any]:
    """The envelope, as the JSON object to publish on the chat topic. Threads are kept by fingerprint."""
    wanted = action(notice)
    keywords = [wanted.partition(":")[0], wanted.partition(":")[2], notice.severity.value]
    blocks = outline(notice)
    headline = next(block for block in blocks if isinstance(block, Headline))
    return {
        "version": "1.0",
        "source": "custom",
        "id": notice.identity,
        "content": {
            "textType": "client-markdown",
            "title": prose(headline.now or f"{headline.mark} {headline.title}", TITLE),
            "description": _description(blocks, notice),
            "nextSteps": [*_links(blocks), *(step for block in blocks for step in _next_steps(block))],
            "keywords": [prose(keyword, KEYWORD) for keyword in keywords if keyword],
        },
        "metadata": {
            "threadId": notice.identity,
            "summary": prose(headline.verdict, SUMMARY),
            "eventType": f"why403-{notice.transition}",
            "relatedResources": [
                prose(arn, ARN) for arn in (caller_arn(notice), target_arn(notice)) if arn.startswith("arn:")
            ],
            "additionalContext": {
                "account": notice.place.account if notice.place else "",
                "region": notice.place.region if notice.place else "",
                "logGroup": prose(notice.log_group, GROUP),
                "confidence": notice.diagnosis.confidence.value,
            },
        },
    }


def _description(blocks: tuple[Block, ...], notice: Notice) -> str:
    def written(kept: Sequence[Block]) -> str:
        return "\n".join(line for block in kept for line in _lines(block, notice))

    return written(within(blocks, lambda kept: len(written(kept)) <= DESCRIPTION))


def _lines(block: Block, notice: Notice) -> Iterator[str]:
    match block:
        case Headline():
            mention = f"{notice.mention} " if notice.mention else ""
            yield f"{mention}**{prose(block.verdict, SENTENCE)}**"
            yield prose(block.where, 2 * GROUP)
        case Why():
            yield from _why(block)
        case Changed():
            yield f"**{prose(block.heading)}**"
            for change in block.changes[:FINDINGS]:
                values = {"what": change.what, "when": change.when, "by": change.who}
                yield f"- {prose(word('notices.change', notice.language, **values), SENTENCE)}"
        case Fix():
            yield from [prose(block.remark)] if block.remark else []
            for offer in block.offers[:OFFERS]:
                yield from _offer(offer, block.heading, notice)
        case Steps() | Others() | Unknown() | Actions():
            return
        case _:
            assert_never(block)


def _why(block: Why) -> Iterator[str]:
    for row in block.rows:
        if row.mark is not Mark.NO_SAY:
            reasons = prose(" ".join(text for text in (row.reason, row.near_miss) if text), SENTENCE)
            yield f"{row.mark} **{prose(row.layer, 100)}**: {reasons}"
    for finding in list(filter(None, (block.meant, *block.findings)))[:FINDINGS]:
        yield f"- {prose(finding, SENTENCE)}"


def _offer(offer: Offer, heading: str, notice: Notice) -> Iterator[str]:
    yield f"**{prose(heading)}**: {prose(offer.title, SENTENCE)}"
    if offer.change:
        change = code(offer.change.rstrip("\n"), WHOLE)
        yield f"```\n{fitted(change, CHANGE, partial(cut, notice))}\n```"


def _links(blocks: tuple[Block, ...]) -> Iterator[str]:
    for block in blocks:
        if isinstance(block, Actions):
            yield from (f"[{link.label}]({link.url})" for link in block.links)


def _next_steps(block: Block) -> Iterator[str]:
    match block:
        case Steps():
            yield from (prose(step, SENTENCE) for step in block.steps[:STEPS])
        case Fix():
            steps = [step for offer in block.offers if not offer.drafts for step in offer.steps]
            yield from (prose(step, SENTENCE) for step in steps[:STEPS])
        case _:
            return


def prose(text: str, longest: int = LONGEST) -> str:
    """A text in Amazon Q's markdown, which knows no escape: its formatting characters are replaced."""
    return EDGE_UNDERSCORE.sub("＿", one_line(text, longest).translate(FORMAT))


def code(text: str, longest: int = LONGEST) -> str:
    """A text between fences in Amazon Q's markdown."""
    shown = inert(text, longest).replace(FENCE, "'''")
    return shown.replace("<", "＜").replace("@", "＠") if CALLS.search(shown) else shown
