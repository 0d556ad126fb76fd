"""Plain text: for the terminal, and for e-mail."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from textwrap import wrap
from typing import assert_never

from why403.notices.blocks import Actions, Block, Changed, Fix, Folded, Headline, Others, Steps, Unknown, Why
from why403.notices.brief import CAUSES
from why403.notices.checklist import Mark
from why403.notices.inert import ADDRESS, WHOLE, inert, linkless, one_line, plain_words
from why403.notices.notice import Notice
from why403.notices.offers import Offer
from why403.notices.outline import outline
from why403.notices.words import Language, word

Lines = list[str]
INDENT = "   "
CANDIDATES = 4
"""Resources that may have been meant, the likeliest of them in the sentence before."""
STEPS = 3
"""Next steps, and commands that check them, that are told of a draft; a playbook's are all told."""
FINDINGS, CHANGES, CALLS, CHANGED = 3, 2, 3, 10
"""Of one screen: findings, changes just before, calls that could not be read, lines of a policy's change."""
COMMAND = 600
"""Characters of a command that fits on a screen beside the rest: six rows of 100 columns."""
RESET, BOLD, RED, GREEN, YELLOW, DIM = "\x1b[0m", "\x1b[1m", "\x1b[31m", "\x1b[32m", "\x1b[33m", "\x1b[2m"
NARROWEST = 40
"""Columns from which folding helps."""
COLOUR = {
    Mark.ALLOWS: GREEN,
    Mark.DENIES: RED,
    Mark.NEAR_MISS: YELLOW,
    Mark.UNKNOWN: YELLOW,
    Mark.NO_SAY: DIM,
}


def render_mail(notice: Notice) -> str:
    """The whole diagnosis as a mail client shows it: of nothing that a line says it makes a link."""
    return _Mail(notice, colours=False, width=0).text(outline(notice))


def render_text(notice: Notice, *, colours: bool = False, width: int = 0, whole: bool = True) -> str:
    """The diagnosis in lines: the `whole`, or one screen of it. Ends without a line end.

    `colours` for a terminal that has them; `width` in columns folds sentences between words, 0 does not.
    """
    write = _Writer if whole else _OneScreen
    writer = write(notice, colours=colours, width=width if notice.language is Language.ENGLISH else 0)
    return writer.text(outline(notice))


class _Writer:
    """Writes blocks in colours, or not, and folds sentences to a width, or not."""

    def __init__(self, notice: Notice, *, colours: bool, width: int) -> None:
        self.notice = notice
        self.colours = colours
        self.width = width

    def said(self, text: str) -> str:
        """A text that may hold a line's own words, on one line."""
        return one_line(text)

    def shown(self, text: str) -> str:
        return inert(text, WHOLE)

    def pasted(self, text: str) -> str:
        """A command or a document, to be taken over as it is."""
        return inert(text, WHOLE)

    def text(self, blocks: Iterable[Block]) -> str:
        """The paragraphs of all blocks, a blank line between them."""
        paragraphs = (paragraph for block in blocks for paragraph in self.paragraphs(block))
        return "\n\n".join("\n".join(lines) for lines in paragraphs if lines)

    def paragraphs(self, block: Block) -> Iterator[Lines]:
        match block:
            case Headline():
                yield [self._folded(self.said(block.now))] if block.now else []
                yield [self._folded(self._bold(self.said(block.verdict)))]
                yield [f"{label}: {self.said(value)}" for label, value in block.facts]
            case Why():
                yield list(self._rows(block))
                yield list(self._findings(block))
            case Folded():
                yield [block.heading, *self._causes(block, len(block.causes))]
            case Changed():
                yield [block.heading, *self._changes(block)]
            case Fix():
                yield from self._fix(block)
            case Steps():
                yield [f"{block.heading}:", *self._numbered(block.steps[:STEPS])] if block.steps else []
                commands = [self.pasted(command) for command in block.verify[:STEPS]]
                yield [f"{block.verify_heading}:", *commands] if commands else []
            case Others():
                yield from self._others(block)
                yield [self.said(denial) for denial in block.next_denials]
            case Unknown():
                yield [block.heading, *self._unknown(block)]
            case Actions():
                yield [
                    *(f"{link.label}: {link.url}" for link in block.links),
                    *filter(None, [block.terminal]),
                ]
            case _:
                assert_never(block)

    def _rows(self, block: Why) -> Iterator[str]:
        for row in block.rows:
            where = f" ({self.said(row.where)})" if row.where else ""
            reasons = " ".join(self.said(text) for text in (row.reason, row.near_miss) if text)
            layer = self._coloured(COLOUR[row.mark], f"{row.layer}{where}")
            yield self._folded(f"{row.mark} {layer}: {reasons}", INDENT)

    def _findings(self, block: Why) -> Iterator[str]:
        for finding in filter(None, (block.quote, block.meant, *block.findings)):
            yield self._folded(f"• {self.said(finding)}", "  ")
        for candidate in block.candidates[1:CANDIDATES]:
            yield f"  {self.said(candidate.arn)} ({candidate.likelihood})"

    def _causes(self, block: Folded, most: int) -> Iterator[str]:
        yield from (f"  {self.said(cause)}" for cause in block.causes[:most])
        if (left := len(block.causes) - most) > 0:
            yield f"  {word('notices.digest.more', self.notice.language, count=str(left))}"

    def _changes(self, block: Changed) -> Iterator[str]:
        for change in block.changes:
            values = {"what": change.what, "when": change.when, "by": change.by}
            yield f"  {self.said(word('notices.change', self.notice.language, **values))}"

    def _fix(self, block: Fix) -> Iterator[Lines]:
        if not block.offers:
            yield [self._folded(block.remark)]
            return
        yield [self._bold(block.heading), *([block.remark] if block.remark else [])]
        for number, offer in enumerate(block.offers, 1):
            yield from self._offer(offer, number)

    def _offer(self, offer: Offer, number: int) -> Iterator[Lines]:
        """What it is and what it changes; then the command, at the margin so that it can be copied."""
        yield list(self._about(offer, number))
        if offer.drafts:
            yield [self.pasted(offer.drafts[0].text)]
        else:
            yield list(self._numbered(offer.steps))

    def _about(self, offer: Offer, number: int) -> Iterator[str]:
        yield self._bold(f"{number}. {self.said(offer.title)}")
        if offer.marks:
            yield f"{INDENT}{' · '.join(offer.marks)}"
        if offer.letter:
            yield from (f"{INDENT}{line}".rstrip() for line in self.pasted(offer.letter).splitlines())
            return
        for text in (*offer.why, *offer.missing, *([offer.owner] if offer.owner else [])):
            yield self._folded(f"{INDENT}{self.said(text)}", INDENT)
        for line in self.shown(offer.change).splitlines():
            yield f"{INDENT}{self._coloured(_of_change(line), line)}"

    def _others(self, block: Others) -> Iterator[Lines]:
        """Each in a line or two, and where they stand whole; whole where an incident has no page."""
        if not block.offers:
            return
        notice, heading = self.notice, self._bold(block.heading)
        first = 1 + sum(
            remedy.set == notice.diagnosis.remedies[0].set for remedy in notice.diagnosis.remedies
        )
        if notice.incident is not None and not notice.links.page:
            yield [heading]
            for number, offer in enumerate(block.offers, first):
                yield from self._offer(offer, number)
            return
        whole = word("notices.whole" if notice.links.page else "notices.whole.no-page", notice.language)
        yield [heading, *self._in_short(block.offers, first), whole]

    def _in_short(self, offers: tuple[Offer, ...], first: int) -> Iterator[str]:
        for number, offer in enumerate(offers, first):
            marks = [*filter(None, (offer.way, offer.adds, offer.risk, offer.wider, offer.proof_alone))]
            yield f"{number}. {self.said(offer.title)}"
            if marks:
                yield self._folded(f"{INDENT}{self.said(' · '.join(marks))}", INDENT)

    def _unknown(self, block: Unknown) -> Iterator[str]:
        for spot in block.spots:
            cure = f", {word('notices.cure', self.notice.language, cure=spot.cure)}" if spot.cure else ""
            yield f"  {Mark.UNKNOWN} {self.said(f'{spot.call} {spot.subject}: {spot.error}{cure}')}"

    def _numbered(self, steps: tuple[str, ...]) -> Iterator[str]:
        for count, text in enumerate(steps, 1):
            yield self._folded(f"{INDENT}{count}. {self.said(text)}", f"{INDENT}   ")

    def _bold(self, text: str) -> str:
        return self._coloured(BOLD, text)

    def _coloured(self, colour: str, text: str) -> str:
        return f"{colour}{text}{RESET}" if self.colours else text

    def _folded(self, text: str, indent: str = "") -> str:
        """A sentence in lines of the terminal's width, those after the first indented; no word is broken."""
        if self.width < NARROWEST:
            return text
        lines = wrap(
            text,
            self.width - 1,
            subsequent_indent=indent,
            break_long_words=False,
            break_on_hyphens=False,
        )
        return "\n".join(lines)


class _Mail(_Writer):
    """Mail clients make links of what looks like an address, in commands too: one that holds one is not told here."""

    def said(self, text: str) -> str:
        return plain_words(text)

    def shown(self, text: str) -> str:
        return linkless(super().shown(text))

    def pasted(self, text: str) -> str:
        shown = super().pasted(text)
        return word("notices.mail.address", self.notice.language) if ADDRESS.search(shown) else shown


class _OneScreen(_Writer):
    """What people read first: the verdict, why, the fix and what comes next; the rest is named in a line each."""

    def text(self, blocks: Iterable[Block]) -> str:
        """As ever, but that what is only named stands together."""
        blocks = tuple(blocks)
        named = [block for block in blocks if isinstance(block, Others | Unknown)]
        lines = [line for block in named for paragraph in self.paragraphs(block) for line in paragraph]
        told = super().text(block for block in blocks if block not in named)
        return "\n\n".join(part for part in (told, "\n".join(lines)) if part)

    def paragraphs(self, block: Block) -> Iterator[Lines]:
        match block:
            case Why():
                most = FINDINGS + bool(block.quote)
                yield [*self._rows(block), *list(self._findings(replace(block, candidates=())))[:most]]
            case Folded():
                yield [block.heading, *self._causes(block, CAUSES)]
            case Changed():
                yield [block.heading, *list(self._changes(block))[:CHANGES]]
            case Steps():
                check = [self._told("check", command=inert(block.verify[0], WHOLE))] if block.verify else []
                yield [*(self._told("next", step=one_line(step)) for step in block.steps[:1]), *check]
            case Others():
                denials = [one_line(denial) for denial in block.next_denials[:CHANGES]]
                yield [
                    *denials,
                    *([self._told("others", number=str(len(block.offers)))] if block.offers else []),
                ]
            case Unknown():
                calls = list(dict.fromkeys(one_line(spot.call) for spot in block.spots))
                more = f", … ({len(calls)})" if len(calls) > CALLS else ""
                yield [self._told("unread", calls=", ".join(calls[:CALLS]) + more)]
            case Actions():
                yield [f"{link.label}: {link.url}" for link in block.links if link.name == "page"]
            case _:
                yield from super().paragraphs(block)

    def _fix(self, block: Fix) -> Iterator[Lines]:
        if len(block.offers) != 1:
            yield from super()._fix(block)
            return
        (offer,) = block.offers
        heading = self._bold(f"{block.heading}: {one_line(offer.title)}")
        yield [self._folded(heading, INDENT), *list(self._about(offer, 1))[1:], *self._to_do(offer)]

    def _offer(self, offer: Offer, number: int) -> Iterator[Lines]:
        yield [*self._about(offer, number), *self._to_do(offer)]

    def _about(self, offer: Offer, number: int) -> Iterator[str]:
        changed = offer.change.splitlines()
        if len(changed) <= CHANGED:
            yield from super()._about(offer, number)
            return
        yield from super()._about(replace(offer, change="\n".join(changed[:CHANGED])), number)
        yield f"{INDENT}{self._told('lines', number=str(len(changed) - CHANGED))}"

    def _to_do(self, offer: Offer) -> Iterator[str]:
        if not offer.drafts:
            yield from self._numbered(offer.steps)
            return
        command = inert(offer.drafts[0].text, WHOLE)
        yield command if len(command) <= COMMAND else f"{INDENT}{self._told('command')}"

    def _told(self, what: str, **values: str) -> str:
        told = word(f"notices.screen.{what}", self.notice.language, **values)
        return told if what == "check" else self._folded(told, INDENT)


def _of_change(line: str) -> str:
    """The colour of a line of a diff."""
    if line.startswith("+"):
        return GREEN
    return RED if line.startswith("-") else DIM
