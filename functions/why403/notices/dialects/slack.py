"""The Slack message: short enough to be read on a telephone at night; the page tells the rest.

https://docs.slack.dev/reference/block-kit/blocks
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import Any, assert_never

from why403.diagnosis.bounded import fitted
from why403.notices.blocks import Actions, Block, Changed, Fix, Headline, Others, Steps, Unknown, Why, within
from why403.notices.checklist import Mark, Row, deciding
from why403.notices.inert import EDGE_UNDERSCORE, FENCE, LONGEST, WHOLE, inert, one_line
from why403.notices.moments import moment
from why403.notices.notice import Notice
from why403.notices.offers import Offer, cut, plus_and_minus
from why403.notices.outline import outline
from why403.notices.words import word

Piece = dict[str, Any]
"""A block of Block Kit."""
MESSAGE = 1_600
"""Characters of all texts that are read: what the README promises, about a screen of a telephone."""
HEADER, SECTION, BUTTON, URL = 150, 3_000, 75, 3_000
"""Block Kit's own limits."""
SENTENCE, WHERE, WHY = 300, 300, 700
"""Characters of one sentence, of where it happens, and of all that says why."""
STEP = {True: 300, False: 600}
"""Characters up to which a step is told, with a page and without: a longer one is a command, never cut in half."""
LEAST_CODE = 200
"""Characters of a diff that are worth more than what else would stand in their place."""
ROWS, FINDINGS, CHANGES, OFFERS, STEPS, CALLS = 3, 3, 2, 3, 3, 3
FORMAT = str.maketrans({"*": "∗", "~": "∼", "`": "'"})
ANGLES = str.maketrans({"<": "‹", ">": "›"})


def render_slack(notice: Notice) -> dict[str, Any]:
    """The message's JSON for a webhook or chat.postMessage, without a channel."""
    blocks = within(outline(notice), lambda kept: _length(_written(kept, notice, LEAST_CODE)) <= MESSAGE)
    room = MESSAGE - _length(_written(blocks, notice, 0))
    headline = next(block for block in blocks if isinstance(block, Headline))
    return {
        "text": prose(headline.now or headline.verdict, 2 * SENTENCE),
        "blocks": _written(blocks, notice, room),
        "unfurl_links": False,
        "unfurl_media": False,
    }


def _length(pieces: Sequence[Piece]) -> int:
    """Characters of what is read."""
    texts = [piece["text"]["text"] for piece in pieces if "text" in piece]
    small = [element["text"] for piece in pieces for element in piece.get("elements", ())]
    return sum(map(len, texts)) + sum(len(one if isinstance(one, str) else one["text"]) for one in small)


def _written(blocks: Sequence[Block], notice: Notice, room: int) -> list[Piece]:
    """At most seven pieces; `room` is for the characters of code."""
    pieces: list[Piece] = []
    for block in blocks:
        match block:
            case Headline():
                pieces += _headline(block, notice)
            case Why():
                pieces[-1] = _and(pieces[-1], _why(block))
            case Changed():
                pieces[-1] = _and(pieces[-1], [_changed(block, notice)])
            case Fix():
                pieces.append(section("\n".join(_fix(block, notice, room))))
            case Unknown():
                pieces.append(context(_unknown(block, notice)))
            case Actions():
                pieces += _actions(block)
            case Steps() | Others():  # what follows a draft, and the other ways, are for the page
                continue
            case _:
                assert_never(block)
    return pieces


def _and(piece: Piece, lines: Sequence[str]) -> Piece:
    """The section with more lines."""
    return section("\n".join([piece["text"]["text"], *lines]))


def _headline(block: Headline, notice: Notice) -> Iterator[Piece]:
    mention = f"{notice.mention} " if notice.mention else ""
    now = section(prose(block.now, SENTENCE)) if block.now else None
    small = [block.where, f"{word('notices.label.severity', notice.language)}: {block.severity}"]
    where = prose(" · ".join(part for part in small if part), WHERE)
    if now:
        yield now
    else:
        yield header(f"{block.mark} {block.title}")
    yield context(_local(where, notice.incident.first_seen if notice.incident else 0, notice))
    if notice.in_full:
        yield section(f"{mention}*{prose(block.verdict, SENTENCE)}*")


def _why(block: Why) -> list[str]:
    rows = deciding(block.rows)
    findings = [f"• {prose(finding, SENTENCE)}" for finding in filter(None, (block.meant, *block.findings))]
    room, lines = WHY, list[str]()
    for line in [*map(_row, rows[:ROWS]), *findings[:FINDINGS]]:
        room -= len(line)
        if room >= 0 or not lines:
            lines.append(line)
    return lines


def _row(row: Row) -> str:
    told = " ".join(text for text in (row.reason, row.near_miss) if text)
    where = f" ({row.where})" if row.where and row.policy not in told else ""
    return f"{row.mark} *{prose(f'{row.layer}{where}', 200)}*: {prose(told, SENTENCE)}"


def _changed(block: Changed, notice: Notice) -> str:
    told = [_change(change.what, change.when, change.who, notice) for change in block.changes[:CHANGES]]
    return f"*{prose(block.heading)}:* {'; '.join(told)}"


def _change(what: str, when: str, who: str, notice: Notice) -> str:
    try:
        at = int(datetime.fromisoformat(when).timestamp() * 1000)
    except ValueError:
        at = 0
    values = {"what": what, "when": _utc(at, notice) or when, "by": who}
    return _local(prose(word("notices.change", notice.language, **values), SENTENCE), at, notice)


def _utc(milliseconds: int, notice: Notice) -> str:
    told = moment(milliseconds)
    return word("notices.page.utc", notice.language, time=told) if told else ""


def _local(escaped: str, milliseconds: int, notice: Notice) -> str:
    """The moment in the reader's own time zone.

    https://docs.slack.dev/messaging/formatting-message-text#date-formatting
    """
    utc = _utc(milliseconds, notice)
    shown = f"<!date^{milliseconds // 1000}^{{date_short_pretty}} {{time}}|{utc}>"
    return escaped.replace(utc, shown, 1) if utc else escaped


def _fix(block: Fix, notice: Notice, room: int) -> Iterator[str]:
    offers = block.offers[:OFFERS]
    if block.remark:
        yield prose(block.remark)
    for offer in offers:
        yield f"*{prose(block.heading)}:* {prose(offer.title, SENTENCE)}"
        yield from _about(offer)
        lines = plus_and_minus(offer)
        if lines and room > 0:
            yield f"{FENCE}\n{_code(lines, room // len(offers) - 2 * len(FENCE) - 3, partial(cut, notice))}\n{FENCE}"
        short = [step for step in offer.steps if len(step) <= STEP[bool(notice.links.page)]]
        if not offer.drafts:
            yield from (f"{number}. {prose(step, 600)}" for number, step in enumerate(short[:STEPS], 1))


def _about(offer: Offer) -> Iterator[str]:
    if offer.marks:
        yield prose(" · ".join(offer.marks))
    owner = (offer.owner,) if offer.owner else ()
    yield from (prose(text, SENTENCE) for text in (*owner, *offer.why[:2], *offer.missing[:2]))


def _code(text: str, longest: int, more: Callable[[int], str]) -> str:
    """Whole lines, in a code block that they cannot close."""
    return fitted(_escaped(inert(text, WHOLE).replace(FENCE, "'''")), longest, more)


def _unknown(block: Unknown, notice: Notice) -> str:
    calls = dict.fromkeys(f"{spot.call} ({spot.error})" for spot in block.spots)
    told = word("notices.unread", notice.language, calls=", ".join(list(calls)[:CALLS]))
    return f"{Mark.UNKNOWN} {prose(told, SENTENCE)}"


def _actions(block: Actions) -> Iterator[Piece]:
    buttons = [
        _button(link.name, link.label, link.url, first=link.name == "page")
        for link in block.links
        if len(link.url) <= URL
    ]
    if buttons:
        yield {"type": "actions", "elements": buttons}


def _button(name: str, text: str, url: str, *, first: bool) -> Piece:
    """A button that opens a page; nothing is sent to us when it is pressed."""
    style = {"style": "primary"} if first else {}
    label = {"type": "plain_text", "text": one_line(text, BUTTON), "emoji": True}
    return {"type": "button", "action_id": f"why403-{name}", "text": label, "url": url, **style}


def header(text: str) -> Piece:
    """The message's title: plain text, in which no name calls anybody or turns into an emoji."""
    plain = one_line(text, HEADER).translate(ANGLES)
    return {"type": "header", "text": {"type": "plain_text", "text": plain, "emoji": False}}


def section(mrkdwn: str) -> Piece:
    """A paragraph. `verbatim`: Slack makes no links of its own."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": mrkdwn[:SECTION], "verbatim": True}}


def context(mrkdwn: str) -> Piece:
    """Small print."""
    text = {"type": "mrkdwn", "text": mrkdwn[:SECTION], "verbatim": True}
    return {"type": "context", "elements": [text]}


def prose(text: str, longest: int = LONGEST) -> str:
    """A text for a mrkdwn field: Slack's own formatting characters are replaced by ones that look alike."""
    plain = one_line(text, longest).translate(FORMAT)
    return _escaped(EDGE_UNDERSCORE.sub("＿", plain))


def _escaped(text: str) -> str:
    """As Slack wants it: without `<` nothing is a mention or a link.

    https://docs.slack.dev/messaging/formatting-message-text#escaping
    """
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
