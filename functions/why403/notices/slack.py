"""The Slack message: who, what and why in one line, what is missing, the draft, and where to go on."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from why403.diagnosis.bounded import fitted
from why403.iam.principal import PrincipalKind, parse_principal
from why403.notices.checklist import Mark, Row, rows
from why403.notices.findings import findings_of
from why403.notices.inert import slack_code, slack_prose
from why403.notices.naming import caller_arn
from why403.notices.notice import Notice
from why403.notices.offers import Offer, cut, section_of, suggested
from why403.notices.slack_blocks import (
    ALL_BLOCKS,
    BLOCKS,
    SECTION,
    URL,
    Block,
    actions,
    button,
    context,
    fenced,
    header,
    section,
    size,
)
from why403.notices.updates import context_line, mark_of, update_line
from why403.notices.verdict import headline, title
from why403.notices.words import word

CODE_SIZES = (2_400, 1_200, 600, 240)
"""Characters of diff and draft, tried in this order until all blocks fit."""
COMMAND = 900
"""Characters of a command that is shown beside its change; a longer one is for the page, where there is one."""
SENTENCE, STEP = 600, 300
STEPS_SHOWN, FINDINGS_SHOWN, OFFERS_SHOWN = 3, 3, 3


def render_slack(notice: Notice) -> dict[str, Any]:
    """The message's JSON for a webhook or chat.postMessage, without a channel."""
    if not notice.in_full:
        return _update(notice)
    for code_size in CODE_SIZES:
        blocks = list(_blocks(notice, code_size))
        if size(blocks) < ALL_BLOCKS and len(blocks) <= BLOCKS:
            break
    return _message(slack_prose(headline(notice), SENTENCE), blocks)


def _update(notice: Notice) -> dict[str, Any]:
    """A transition in one line, for the thread, or short on its own."""
    line = slack_prose(update_line(notice), SENTENCE)
    return _message(line, [section(line), context(slack_prose(context_line(notice))), *_buttons(notice)])


def _message(text: str, blocks: list[Block]) -> dict[str, Any]:
    return {"text": text, "blocks": blocks, "unfurl_links": False, "unfurl_media": False}


def _blocks(notice: Notice, code_size: int) -> Iterator[Block]:
    mention = f"{notice.mention} " if notice.mention else ""
    yield header(f"{mark_of(notice)} {title(notice)}")
    yield section(f"{mention}*{slack_prose(headline(notice), SENTENCE)}*")
    yield context(_context(notice))
    checklist = "\n".join(_row(row) for row in rows(notice) if row.mark is not Mark.NO_SAY)
    if checklist:
        yield section(checklist)
    if any(offer.drafts for offer in suggested(notice)):
        yield from _remedy(notice, code_size)
        yield from _findings(notice)
    else:
        yield from _findings(notice)
        yield from _remedy(notice, code_size)
    yield from _unread(notice)
    yield from _buttons(notice)


def _context(notice: Notice) -> str:
    severity = word(f"notices.severity.{notice.severity}", notice.language)
    confidence = word(f"notices.confidence.{notice.diagnosis.confidence}", notice.language)
    told = [
        context_line(notice),
        f"{word('notices.label.severity', notice.language)}: {severity}",
        f"{word('notices.label.confidence', notice.language)}: {confidence}",
    ]
    return slack_prose(" · ".join(part for part in told if part))


def _row(row: Row) -> str:
    told = " ".join(text for text in (row.reason, row.near_miss) if text)
    where = f" ({row.where})" if row.where and row.policy not in told else ""
    return f"{row.mark} *{slack_prose(f'{row.layer}{where}', 200)}*: {slack_prose(told, SENTENCE)}"


def _findings(notice: Notice) -> Iterator[Block]:
    told = [f"• {slack_prose(finding, SENTENCE)}" for finding in findings_of(notice)[:FINDINGS_SHOWN]]
    if told:
        yield section("\n".join(told))


def _remedy(notice: Notice, code_size: int) -> Iterator[Block]:
    offers = suggested(notice)
    if not offers:
        yield section(slack_prose(word("notices.no-remedy", notice.language)))
    if len(offers) > 1:
        yield section(slack_prose(word("notices.together", notice.language)))
    for offer in offers[:OFFERS_SHOWN]:
        yield from _offer(offer, notice, code_size // min(len(offers), OFFERS_SHOWN))


def _offer(offer: Offer, notice: Notice, code_size: int) -> Iterator[Block]:
    yield section(_about(offer, notice))
    if offer.change:
        yield section(fenced(_code(offer.change, code_size, notice)))
    if offer.drafts and (not notice.links.page or len(offer.drafts[0].text) <= min(COMMAND, code_size)):
        yield section(fenced(_code(offer.drafts[0].text, code_size, notice)))
    steps = [f"{n}. {slack_prose(step, 2 * SENTENCE)}" for n, step in enumerate(_steps(offer, notice), 1)]
    if steps:
        yield section("\n".join(steps))


def _steps(offer: Offer, notice: Notice) -> tuple[str, ...]:
    """A step as long as a command is for the page, where there is one."""
    short = tuple(step for step in offer.steps if len(step) <= STEP or not notice.links.page)
    return short[:STEPS_SHOWN]


def _about(offer: Offer, notice: Notice) -> str:
    marks = [text for text in (offer.proof, offer.risk, offer.wider) if text]
    heading = word(section_of((offer,)), notice.language)
    lines = [f"*{slack_prose(heading)}:* {slack_prose(offer.title, SENTENCE)}"]
    if marks:
        lines.append(slack_prose(" · ".join(marks)))
    lines += [slack_prose(text, SENTENCE) for text in (*offer.why[:2], *offer.missing[:2])]
    return "\n".join(lines)[:SECTION]


def _code(text: str, longest: int, notice: Notice) -> str:
    """Whole lines of a draft: half a command must never be pasted."""
    return fitted(slack_code(text.rstrip("\n"), len(text)), longest, partial(cut, notice))


def _unread(notice: Notice) -> Iterator[Block]:
    calls = dict.fromkeys(f"{spot.call} ({spot.error})" for spot in notice.diagnosis.unreadable)
    if calls:
        told = word("notices.unread", notice.language, calls=", ".join(list(calls)[:5]))
        yield context(f"❔ {slack_prose(told, SENTENCE)}")


def _buttons(notice: Notice) -> Iterator[Block]:
    links = notice.links
    is_user = parse_principal(caller_arn(notice)).kind is PrincipalKind.USER
    wanted = (
        ("page", links.page, "page"),
        ("logs", links.logs, "logs"),
        ("caller", links.caller, "caller-user" if is_user else "caller"),
    )
    shown = [
        button(
            f"why403-{identifier}",
            word(f"notices.button.{text}", notice.language),
            url,
            first=identifier == "page",
        )
        for identifier, url, text in wanted
        if url and len(url) <= URL
    ]
    if shown:
        yield actions(*shown)
