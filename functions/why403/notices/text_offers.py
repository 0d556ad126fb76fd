"""The remedies in lines: the suggested ones whole, the other ways by what sets them apart."""

from collections.abc import Iterator

from why403.notices.inert import inert, one_line
from why403.notices.notice import Notice
from why403.notices.offers import Offer, other_ways, section_of, suggested
from why403.notices.pen import BOLD, Pen, colour_of_change
from why403.notices.words import word

Lines = list[str]
INDENT = "   "
STEPS = 3
"""Next steps, and commands that check them, that are told of a draft; a playbook's are all told."""


def offer_parts(notice: Notice, pen: Pen) -> Iterator[Lines]:
    """Paragraphs: a heading and one for each remedy, or that there is none."""
    first = suggested(notice)
    if not first:
        yield [pen.folded(word("notices.no-remedy", notice.language))]
        return
    heading = pen(BOLD, word(section_of(first), notice.language))
    yield [heading] if len(first) == 1 else [heading, word("notices.together", notice.language)]
    for number, offer in enumerate(first, 1):
        yield from _offer(offer, number, pen)
    yield list(_steps(first, notice, pen))
    yield list(_verify(first, notice))
    if notice.incident is not None and not notice.links.page:
        yield from _others_whole(len(first) + 1, notice, pen)
    else:
        yield list(_others(len(first) + 1, notice, pen))


def _offer(offer: Offer, number: int, pen: Pen) -> Iterator[Lines]:
    """What it is and what it changes; then the command, at the margin so that it can be copied."""
    yield list(_about(offer, number, pen))
    if offer.drafts:
        yield [inert(offer.drafts[0].text, len(offer.drafts[0].text))]
    else:
        yield list(_numbered(offer.steps, pen))


def _about(offer: Offer, number: int, pen: Pen) -> Iterator[str]:
    yield pen(BOLD, f"{number}. {one_line(offer.title)}")
    marks = [text for text in (offer.proof, offer.risk, offer.wider) if text]
    if marks:
        yield f"{INDENT}{' · '.join(marks)}"
    for text in (*offer.why, *offer.missing, *([offer.owner] if offer.owner else [])):
        yield pen.folded(f"{INDENT}{one_line(text)}", INDENT)
    for line in inert(offer.change, len(offer.change)).splitlines():
        yield f"{INDENT}{pen(colour_of_change(line), line)}"


def _steps(first: tuple[Offer, ...], notice: Notice, pen: Pen) -> Iterator[str]:
    """What follows applying the drafts, each step once."""
    steps = dict.fromkeys(step for offer in first if offer.drafts for step in offer.steps)
    if steps:
        yield f"{word('notices.section.steps', notice.language)}:"
    yield from _numbered(tuple(steps)[:STEPS], pen)


def _numbered(steps: tuple[str, ...], pen: Pen) -> Iterator[str]:
    for count, text in enumerate(steps, 1):
        yield pen.folded(f"{INDENT}{count}. {one_line(text)}", f"{INDENT}   ")


def _verify(first: tuple[Offer, ...], notice: Notice) -> Iterator[str]:
    commands = dict.fromkeys(command for offer in first for command in offer.verify)
    if commands:
        yield f"{word('notices.section.verify', notice.language)}:"
    yield from (inert(command, len(command)) for command in list(commands)[:STEPS])


def _others(number: int, notice: Notice, pen: Pen) -> Iterator[str]:
    """The other ways, each in a line or two, and where they stand whole."""
    others = other_ways(notice)
    if others:
        yield pen(BOLD, word("notices.section.alternatives", notice.language))
    for count, offer in enumerate(others, number):
        marks = [text for text in (offer.adds, offer.risk, offer.wider, offer.proof_alone) if text]
        yield f"{count}. {one_line(offer.title)}"
        if marks:
            yield pen.folded(f"{INDENT}{one_line(' · '.join(marks))}", INDENT)
    if others:
        yield word("notices.whole" if notice.links.page else "notices.whole.no-page", notice.language)


def _others_whole(number: int, notice: Notice, pen: Pen) -> Iterator[Lines]:
    """The other ways in full: without a page the message carries all."""
    others = other_ways(notice)
    if others:
        yield [pen(BOLD, word("notices.section.alternatives", notice.language))]
    for count, offer in enumerate(others, number):
        yield from _offer(offer, count, pen)
