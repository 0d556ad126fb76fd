"""What the page's template shows of the remedies, ready to be put in."""

import re
from collections.abc import Iterator
from typing import Any

from why403.notices.notice import Notice
from why403.notices.offers import Offer, other_ways, section_of, suggested

Part = dict[str, Any]
LINES = {"+": "add", "-": "del", "@": "at"}
CONSOLE_LINK = re.compile(
    r"https://(?:[a-z0-9-]{1,30}\.)?console\.(?:aws\.amazon\.com|amazonaws\.cn|amazonaws-us-gov\.com)/[!-~]{1,4000}"
)
"""The only addresses in a text that become links: those of the AWS console."""


def offer_parts(notice: Notice) -> Part:
    """The remedies, in order: those to do now, all of them, and those to choose among instead."""
    first = suggested(notice)
    now = [_offer(offer, number) for number, offer in enumerate(first, 1)]
    others = [_offer(offer, number) for number, offer in enumerate(other_ways(notice), len(first) + 1)]
    return {"offers": now, "others": others, "offers_section": section_of(first)}


def _offer(offer: Offer, number: int) -> Part:
    return {
        "number": number,
        "title": offer.title,
        "target": offer.target,
        "adds": offer.adds,
        "proof": offer.proof,
        "proven": offer.remedy.proven,
        "risk": offer.risk,
        "wider": offer.wider,
        "why": offer.why,
        "owner": offer.owner,
        "missing": offer.missing,
        "diff": [(_kind(line), line) for line in offer.diff.splitlines()],
        "drafts": offer.drafts,
        "steps": [list(_pieces(step)) for step in offer.steps],
        "steps_first": not offer.drafts,
        "verify": offer.verify,
    }


def _kind(line: str) -> str:
    return "at" if line.startswith(("--- ", "+++ ")) else LINES.get(line[:1], "same")


def _pieces(step: str) -> Iterator[tuple[str, str]]:
    """A step as (text, link); the link is empty where the text is none of the console's addresses."""
    end = 0
    for found in CONSOLE_LINK.finditer(step):
        yield step[end : found.start()], ""
        yield found[0].partition("/home")[0].removeprefix("https://"), found[0]
        end = found.end()
    yield step[end:], ""
