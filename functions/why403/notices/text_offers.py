"""The remedies in lines: the suggested one whole, the other ways without what they have in common with it."""

from collections.abc import Iterator

from why403.notices.inert import inert, one_line
from why403.notices.notice import Notice
from why403.notices.offers import Offer, other_ways, section_of, suggested
from why403.notices.pen import BOLD, Pen, colour_of_change
from why403.notices.words import word

Lines = list[str]
INDENT = "   "


def offer_parts(notice: Notice, pen: Pen) -> Iterator[Lines]:
    """Paragraphs: a heading and one for each remedy, or that there is none."""
    first = suggested(notice)
    if not first:
        yield [word("notices.no-remedy", notice.language)]
        return
    heading = pen(BOLD, word(section_of(first), notice.language))
    yield [heading] if len(first) == 1 else [heading, word("notices.together", notice.language)]
    said: set[str] = set()
    for number, offer in enumerate(first, 1):
        yield list(_offer(offer, f"{number}.", notice, pen, said))
    others = other_ways(notice)
    if others:
        yield [pen(BOLD, word("notices.section.alternatives", notice.language))]
    for number, offer in enumerate(others, len(first) + 1):
        yield list(_offer(offer, f"{number}.", notice, pen, said))


def _offer(offer: Offer, number: str, notice: Notice, pen: Pen, said: set[str]) -> Iterator[str]:
    """`said` holds the steps and commands that a remedy before told, and takes this one's."""
    yield pen(BOLD, f"{number} {one_line(offer.title)}")
    marks = [text for text in (offer.proof, offer.risk, offer.wider) if text]
    if marks:
        yield f"{INDENT}{' · '.join(marks)}"
    for text in (*offer.why, *offer.missing, *([offer.owner] if offer.owner else [])):
        yield f"{INDENT}{one_line(text)}"
    for line in inert(offer.diff, len(offer.diff)).splitlines():
        yield f"{INDENT}{pen(colour_of_change(line), line)}"
    if offer.drafts:
        yield ""
        yield inert(offer.drafts[0].text, len(offer.drafts[0].text))
    steps = [step for step in offer.steps if step not in said]
    verify = [command for command in offer.verify if command not in said]
    said.update(steps, verify)
    if steps and offer.drafts:
        yield ""
        yield f"{INDENT}{word('notices.section.steps', notice.language)}:"
    for count, text in enumerate(steps, 1):
        yield f"{INDENT}{count}. {one_line(text)}"
    if verify:
        yield ""
        yield f"{INDENT}{word('notices.section.verify', notice.language)}:"
        yield from (inert(command, len(command)) for command in verify)
