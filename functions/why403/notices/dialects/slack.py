"""The Slack message: short enough to be read on a telephone at night; the page tells the rest.

https://docs.slack.dev/reference/block-kit/blocks
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, assert_never

from why403.diagnosis.bounded import fitted
from why403.incidents.incident import Incident
from why403.incidents.life_cycle_person import Deed, open_deeds
from why403.notices.blocks import Actions, Block, Changed, Folded, Headline, Unknown, Why, within
from why403.notices.brief import SENTENCE, Line, Style, brief
from why403.notices.dialects.block_kit import (
    LINES,
    Piece,
    code,
    context,
    escaped,
    header,
    local,
    plain,
    prose,
    section,
    value_of,
)
from why403.notices.inert import FENCE
from why403.notices.letter import Entry, Letter
from why403.notices.notice import Notice
from why403.notices.offers import cut
from why403.notices.outline import outline
from why403.notices.words import Language, word

MESSAGE = 1_600
"""Characters of all texts that are read: what the README promises, about a screen of a telephone."""
ROWS = 20
"""Of a letter: a block each, and Slack takes 50."""
URL = 3_000
"""Characters of a button's address: Block Kit's own limit."""
TEXT = 600
"""Characters of what a notification shows."""
SEEN = 2
"""Buttons to act that are seen at once: a row of a telephone holds few."""
LINKS_ALONE = frozenset({"why403-act", "why403-logs"})
"""Links whose place the app's own buttons take."""
LEAST_CODE = 200
"""Characters of a diff that are worth more than what else would stand in their place."""


def render_slack(notice: Notice) -> dict[str, Any]:
    """The message's JSON for a webhook or chat.postMessage, without a channel."""
    blocks = within(outline(notice), lambda kept: _length(_written(kept, notice, LEAST_CODE)) <= MESSAGE)
    room = MESSAGE - _length(_written(blocks, notice, 0))
    headline = next(block for block in blocks if isinstance(block, Headline))
    return {
        "text": prose(headline.now or headline.verdict, TEXT),
        "blocks": _written(blocks, notice, room),
        "unfurl_links": False,
        "unfurl_media": False,
    }


def write_slack(letter: Letter) -> dict[str, Any]:
    """A letter: its heading, and rows that lead to their pages."""
    rows = [_row(row) for row in letter.within(ROWS)]
    return {
        "text": prose(letter.title, TEXT),
        "blocks": [header(letter.title), context(prose(letter.opening)), *map(section, rows)],
        "unfurl_links": False,
        "unfurl_media": False,
    }


def _row(row: Entry) -> str:
    text = f"• {prose(row.text, SENTENCE)}"
    return f"{text} <{escaped(row.url)}|→>" if row.url and len(row.url) <= URL else text


def _length(pieces: Sequence[Piece]) -> int:
    """Characters of what is read."""
    texts = [piece["text"]["text"] for piece in pieces if "text" in piece]
    small = [
        element["text"] for piece in pieces for element in piece.get("elements", ()) if "text" in element
    ]
    behind = [
        option["text"]
        for piece in pieces
        for one in piece.get("elements", ())
        for option in one.get("options", ())
    ]
    return sum(map(len, texts)) + sum(
        len(one if isinstance(one, str) else one["text"]) for one in (*small, *behind)
    )


def _written(blocks: Sequence[Block], notice: Notice, room: int) -> list[Piece]:
    """At most seven pieces; `room` is for the characters of code."""
    pieces: list[Piece] = []
    for block in blocks:
        lines = brief(block, notice)
        room_each = room // max(1, sum(line.style is Style.CODE for line in lines))
        told = [(line, text) for line in lines if (text := _text(line, notice, room_each))]
        if isinstance(block, Actions):
            pieces = [*_with_small_print(pieces, [text for _, text in told]), *_actions(block, notice)]
        elif isinstance(block, Headline | Folded | Unknown):
            pieces += [_piece(line, text) for line, text in told]
        elif isinstance(block, Why | Changed):
            pieces[-1] = section("\n".join([pieces[-1]["text"]["text"], *(text for _, text in told)]))
        elif told:
            pieces.append(section("\n".join(text for _, text in told)))
    return pieces


def _piece(line: Line, text: str) -> Piece:
    """A line that stands alone."""
    if line.style is Style.TITLE:
        return header(line.text)
    return context(text) if line.style is Style.SMALL else section(text)


def _text(line: Line, notice: Notice, room: int) -> str:
    """The line as mrkdwn; empty for code where no room is left."""
    text = local(prose(line.text), line.at, notice.language)
    match line.style:
        case Style.VERDICT:
            return f"{notice.mention} *{text}*" if notice.mention else f"*{text}*"
        case Style.NEWS if notice.mention and not notice.in_full:
            return f"{notice.mention} {text}"
        case Style.CODE:
            return _code(line.text, room - 2 * len(FENCE) - 3, partial(cut, notice)) if room > 0 else ""
        case Style.TITLE | Style.NEWS | Style.SMALL | Style.TEXT:
            return f"*{prose(line.label)}:* {text}" if line.label else text
    assert_never(line.style)


def _code(text: str, longest: int, more: Callable[[int], str]) -> str:
    """Whole lines."""
    return code(text, lambda escaped: fitted(escaped, longest, more))


def _with_small_print(pieces: list[Piece], texts: list[str]) -> list[Piece]:
    """In the small print that the message ends with, where it does, so that the pieces stay seven."""
    if not texts or pieces[-1]["type"] != "context":
        return [*pieces, *map(context, texts)]
    return [*pieces[:-1], context("\n".join([pieces[-1]["elements"][0]["text"], *texts]))]


def _actions(block: Actions, notice: Notice) -> Iterator[Piece]:
    buttons = [
        {
            **_button(link.name, link.label),
            "url": link.url,
            **({"style": "primary"} if link.name == "page" else {}),
        }
        for link in block.links
        if len(link.url) <= URL
    ]
    own = (
        list(_own_buttons(notice.incident, notice.language)) if notice.in_full and notice.has_buttons else []
    )
    if buttons or own:
        yield {"type": "actions", "elements": [*buttons[:1], *own, *buttons[1:]]}


def _own_buttons(incident: Incident | None, language: Language) -> Iterator[Piece]:
    """What people can do as the incident stands: two are seen, the rest is behind the dots, which hide no single one."""
    if incident is None:
        return
    deeds = open_deeds(incident)
    seen = SEEN if len(deeds) > SEEN + 1 else len(deeds)
    for deed in deeds[:seen]:
        yield {**_button(deed, _label(deed, language)), "value": value_of(deed, incident, language)}
    lines = word("notices.button.logs", language)
    yield {**_button(LINES, lines), "value": value_of(LINES, incident, language)}
    behind = [
        {"text": plain(_label(deed, language)), "value": value_of(deed, incident, language)}
        for deed in deeds[seen:]
    ]
    if behind:
        yield {"type": "overflow", "action_id": "why403-more", "options": behind}


def _label(deed: Deed, language: Language) -> str:
    return word(f"notices.deed.{deed}", language)


def with_buttons(message: Mapping[str, Any], *, acts: bool) -> Mapping[str, Any]:
    """The message for an app, whose buttons take the place of links, or for a webhook, which has links alone."""
    kept = []
    for piece in message.get("blocks", ()):
        if piece["type"] != "actions":
            kept.append(piece)
            continue
        elements = [
            one
            for one in piece["elements"]
            if (one["action_id"] not in LINKS_ALONE if acts else "url" in one)
        ]
        if elements:
            kept.append({**piece, "elements": elements})
    return {**message, "blocks": kept}


def _button(name: str, text: str) -> Piece:
    return {"type": "button", "action_id": f"why403-{name}", "text": plain(text)}
