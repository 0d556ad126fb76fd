"""The short telling that chats share: each block in a few lines. What is left out stands on the page."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from why403.iam.layer import Effect
from why403.notices.blocks import Actions, Block, Changed, Fix, Folded, Headline, Others, Steps, Unknown, Why
from why403.notices.checklist import Mark, Row, deciding
from why403.notices.inert import one_line
from why403.notices.moments import moment_of, utc
from why403.notices.notice import Notice
from why403.notices.offers import Offer, owning_account, plus_and_minus
from why403.notices.words import word

TITLE, SENTENCE, WHY = 150, 300, 700
"""Characters of a title, of one sentence, and of all that says why."""
STEP = {True: 300, False: 600}
"""Characters up to which a step is told, with a page and without: a longer one is a command, never cut in half."""
CAUSE, CAUSES = 120, 5
"""Characters of a folded cause, and how many of them are told."""
ROWS, FINDINGS, CHANGES, OFFERS, STEPS, CALLS = 3, 3, 2, 3, 3, 3
"""Of each: a message in a chat is read at a glance, and the page shows them all."""


class Style(StrEnum):
    """What a line is, for a dialect to give it its form."""

    TITLE = "title"
    NEWS = "news"
    """What happened to the incident: stands where a title would."""
    VERDICT = "verdict"
    TEXT = "text"
    SMALL = "small"
    CODE = "code"
    """Lines that begin with + or -."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Plain, not escaped; but for code and steps on one line."""

    style: Style
    text: str
    label: str = ""
    """Stands before it, and is marked."""
    at: int = 0
    """The moment that stands in `text` as `utc` writes it, in ms since the epoch: a dialect may tell it as local time."""


def brief(block: Block, notice: Notice) -> tuple[Line, ...]:  # noqa: PLR0911  # one a kind of block
    """The block in lines; none for what is on the page, or has a form of its own (links)."""
    match block:
        case Headline():
            return tuple(_headline(block, notice))
        case Why():
            return tuple(_why(block))
        case Folded():
            return tuple(_folded(block, notice))
        case Changed():
            return tuple(_changed(block, notice))
        case Fix():
            return tuple(_fix(block, notice))
        case Unknown():
            calls = dict.fromkeys(f"{spot.call} ({spot.error})" for spot in block.spots)
            told = word("notices.unread", notice.language, calls=", ".join(list(calls)[:CALLS]))
            return (_line(f"{Mark.UNKNOWN} {told}", Style.SMALL),)
        case Actions():
            return (_line(block.terminal, Style.SMALL),) if block.terminal else ()
        case Steps() | Others():
            return ()
    assert_never(block)


def _line(text: str, style: Style = Style.TEXT, *, label: str = "", at: int = 0) -> Line:
    return Line(style=style, text=one_line(text, SENTENCE), label=one_line(label, SENTENCE), at=at)


def _headline(block: Headline, notice: Notice) -> Iterator[Line]:
    if block.now:
        yield _line(
            block.now, Style.NEWS, at=moment_of(notice.incident.muted_until) if notice.incident else 0
        )
    else:
        yield Line(style=Style.TITLE, text=one_line(f"{block.mark} {block.title}", TITLE))
    severity = f"{word('notices.label.severity', notice.language)}: {block.severity}"
    where = " · ".join(part for part in (block.where, severity) if part)
    yield _line(where, Style.SMALL, at=notice.incident.first_seen if notice.incident else 0)
    if notice.in_full and block.confidence:
        label = word("notices.label.confidence", notice.language)
        yield _line(f"{label}: {block.confidence}", Style.SMALL)
    if notice.in_full:
        yield _line(block.verdict, Style.VERDICT)


def _why(block: Why) -> Iterator[Line]:
    rows = [_row(row) for row in deciding(block.rows)[:ROWS] if not _is_in_verdict(row, block)]
    findings = [
        _line(f"• {finding}") for finding in filter(None, (block.quote, block.meant, *block.findings))
    ]
    room = WHY
    for line in (*rows, *findings[:FINDINGS]):
        if room == WHY or len(line.label) + len(line.text) <= room:
            room -= len(line.label) + len(line.text)
            yield line


def _is_in_verdict(row: Row, block: Why) -> bool:
    """Whether a layer that denies explicitly says no more than the verdict above it and the steps below do."""
    alone = len(deciding(block.rows)) == 1 and row.finding.effect is Effect.EXPLICIT_DENY
    return alone and "operator" not in row.finding.values


def _folded(block: Folded, notice: Notice) -> Iterator[Line]:
    yield _line(block.heading, Style.SMALL)
    yield from (_line(f"• {cause[:CAUSE]}") for cause in block.causes[:CAUSES])
    if (left := len(block.causes) - CAUSES) > 0:
        yield _line(word("notices.digest.more", notice.language, count=str(left)), Style.SMALL)


def _row(row: Row) -> Line:
    reasons = " ".join(text for text in (row.reason, row.near_miss) if text)
    where = f" ({row.where})" if row.where and row.policy not in reasons else ""
    return _line(reasons, label=f"{row.mark} {row.layer}{where}")


def _changed(block: Changed, notice: Notice) -> Iterator[Line]:
    for change in block.changes[:CHANGES]:
        at = moment_of(change.when)
        values = {"what": change.what, "when": utc(at, notice.language) or change.when, "by": change.who}
        yield _line(word("notices.change", notice.language, **values), label=block.heading, at=at)


def _fix(block: Fix, notice: Notice) -> Iterator[Line]:
    if block.remark:
        yield _line(block.remark)
    for offer in block.offers[:OFFERS]:
        yield _line(offer.title, label=block.heading)
        yield from _offer(offer, notice, alone=len(block.offers) == 1)


def _offer(offer: Offer, notice: Notice, *, alone: bool) -> Iterator[Line]:
    """Beside another one it leaves room for the code: what is missing to prove it stands on the page."""
    if offer.marks:
        yield _line(" · ".join(offer.marks), Style.SMALL)
    if offer.letter:
        account = owning_account(offer.remedy, notice)
        where = "notices.letter.on-page" if notice.links.page else "notices.letter.below"
        yield _line(word(where, notice.language, account=account))
        yield Line(style=Style.CODE, text=plus_and_minus(offer))
        return
    owner = (offer.owner,) if offer.owner else ()
    why = offer.why[: 2 if alone else 1] if offer.drafts else ()  # of what to do by hand the steps say it
    yield from (_line(text) for text in (*owner, *why, *(offer.missing[:2] if alone else ())))
    if lines := plus_and_minus(offer):
        yield Line(style=Style.CODE, text=lines)
    if not offer.drafts:
        short = [step for step in offer.steps if len(step) <= STEP[bool(notice.links.page)]]
        for number, step in enumerate(short[:STEPS], 1):
            yield Line(style=Style.TEXT, text=f"{number}. {one_line(step)}")
