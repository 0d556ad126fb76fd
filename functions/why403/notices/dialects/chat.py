"""The envelope of Amazon Q Developer in chat applications (Slack, Teams): it drops every message without it.

https://docs.aws.amazon.com/chatbot/latest/adminguide/custom-notifs.html
"""

import re
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any, assert_never

from why403.diagnosis.bounded import fitted
from why403.notices.blocks import Actions, Block, Headline, Steps, within
from why403.notices.brief import Line, Style, brief
from why403.notices.inert import EDGE_UNDERSCORE, FENCE, LONGEST, WHOLE, inert, plain_words
from why403.notices.letter import Letter
from why403.notices.naming import action, caller_arn, target_arn
from why403.notices.notice import Notice
from why403.notices.offers import cut
from why403.notices.outline import outline

TITLE, SUMMARY, KEYWORD, GROUP, ARN = 250, 300, 60, 512, 2_048
"""Characters: what a chat shows of a field in a line or two; a log group's name and an ARN have no more."""
SENTENCE = 600
"""Characters of a next step or a letter's row: a paragraph in Slack."""
DESCRIPTION = 6_000
"""Characters: what people scroll through in a channel; blocks that do not fit are left out whole, never cut."""
CHANGE, STEPS = 1_500, 3
"""Characters of a change, and how many next steps: what follows stands on the page."""
ROWS = 20
"""Of a letter."""
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
            "nextSteps": [*_links(blocks), *_next_steps(blocks)],
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


def write_chat(letter: Letter, identity: str) -> dict[str, Any]:
    """A letter in the same envelope; `identity` is its own, and no incident's."""
    rows = letter.within(ROWS, lambda text: len(text) <= DESCRIPTION)
    told = [f"• {prose(row.text, SENTENCE)}" + (f" [→]({row.url})" if row.url else "") for row in rows]
    return {
        "version": "1.0",
        "source": "custom",
        "id": identity,
        "content": {
            "textType": "client-markdown",
            "title": prose(letter.title, TITLE),
            "description": "\n".join((prose(letter.opening), *told)),
        },
        "metadata": {"threadId": identity, "eventType": f"why403-{letter.kind}"},
    }


def _description(blocks: tuple[Block, ...], notice: Notice) -> str:
    def written(kept: Sequence[Block]) -> str:
        lines = (_text(line, notice) for block in kept for line in brief(block, notice))
        return "\n".join(filter(None, lines))

    return written(within(blocks, lambda kept: len(written(kept)) <= DESCRIPTION))


def _text(line: Line, notice: Notice) -> str:
    match line.style:
        case Style.TITLE | Style.NEWS:  # the envelope has a place for it
            return notice.mention if line.style is Style.NEWS and not notice.in_full else ""
        case Style.VERDICT:
            mention = f"{notice.mention} " if notice.mention else ""
            return f"{mention}**{prose(line.text)}**"
        case Style.CODE:
            return f"{FENCE}\n{fitted(code(line.text, WHOLE), CHANGE, partial(cut, notice))}\n{FENCE}"
        case Style.SMALL | Style.TEXT:
            return f"**{prose(line.label)}**: {prose(line.text)}" if line.label else prose(line.text)
    assert_never(line.style)


def _links(blocks: tuple[Block, ...]) -> Iterator[str]:
    for block in blocks:
        if isinstance(block, Actions):
            yield from (f"[{link.label}]({link.url})" for link in block.links)


def _next_steps(blocks: tuple[Block, ...]) -> Iterator[str]:
    """What follows a draft; a playbook's steps stand in the description."""
    for block in blocks:
        if isinstance(block, Steps):
            yield from (prose(step, SENTENCE) for step in block.steps[:STEPS])


def prose(text: str, longest: int = LONGEST) -> str:
    """A text in Amazon Q's markdown, which knows no escape: its formatting characters are replaced."""
    return EDGE_UNDERSCORE.sub("＿", plain_words(text, longest).translate(FORMAT))


def code(text: str, longest: int = LONGEST) -> str:
    """A text between fences in Amazon Q's markdown."""
    shown = inert(text, longest).replace(FENCE, "'''")
    return shown.replace("<", "＜").replace("@", "＠") if CALLS.search(shown) else shown
