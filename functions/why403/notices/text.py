"""The notice as plain text: for the terminal, and for e-mail."""

from collections.abc import Iterator

from why403.notices.checklist import Mark, rows
from why403.notices.findings import findings_of
from why403.notices.inert import one_line
from why403.notices.naming import caller_arn, target_arn
from why403.notices.notice import Notice
from why403.notices.pen import BOLD, Pen, colour_of
from why403.notices.text_offers import offer_parts
from why403.notices.updates import context_line
from why403.notices.verdict import headline
from why403.notices.words import Language, word

CANDIDATES = 4
"""Resources that may have been meant, the likeliest of them in the sentence before."""


def render_text(notice: Notice, *, colours: bool = False, width: int = 0) -> str:
    """The diagnosis in lines, about a screen of them. Ends without a line end.

    `colours` for a terminal that has them; `width` in columns folds sentences between words, 0 does not.
    """
    pen = Pen(colours=colours, width=width if notice.language is Language.ENGLISH else 0)
    parts = [
        [pen.folded(pen(BOLD, one_line(headline(notice))))],
        list(_facts(notice)),
        list(_checklist(notice, pen)),
        list(_findings(notice, pen)),
        list(_changes(notice)),
        *offer_parts(notice, pen),
        list(_next_denials(notice)),
        list(_unreadable(notice)),
        list(_links(notice)),
    ]
    return "\n\n".join("\n".join(part) for part in parts if part)


def _label(name: str, notice: Notice) -> str:
    return word(f"notices.label.{name}", notice.language)


def _facts(notice: Notice) -> Iterator[str]:
    told = notice.diagnosis
    facts = (
        ("caller", caller_arn(notice)),
        ("target", target_arn(notice)),
        ("where", context_line(notice)),
        ("request-id", told.denial.request_id or ""),
        ("confidence", word(f"notices.confidence.{told.confidence}", notice.language)),
    )
    for name, value in facts:
        if value:
            yield f"{_label(name, notice)}: {one_line(value)}"


def _checklist(notice: Notice, pen: Pen) -> Iterator[str]:
    for row in rows(notice):
        where = f" ({one_line(row.where)})" if row.where else ""
        told = " ".join(one_line(text) for text in (row.reason, row.near_miss) if text)
        yield pen.folded(f"{row.mark} {pen(colour_of(row.mark), f'{row.layer}{where}')}: {told}", "   ")


def _findings(notice: Notice, pen: Pen) -> Iterator[str]:
    for finding in findings_of(notice):
        yield pen.folded(f"• {one_line(finding)}", "  ")
    for candidate in notice.diagnosis.target_candidates[1:CANDIDATES]:
        percent = word("notices.score", notice.language, percent=str(round(candidate.score * 100)))
        yield f"  {one_line(candidate.arn)} ({percent})"


def _changes(notice: Notice) -> Iterator[str]:
    if notice.diagnosis.changes:
        yield word("notices.section.changes", notice.language)
    unknown = word("notices.change.unknown-by", notice.language)
    for change in notice.diagnosis.changes:
        values = {"what": change.what, "when": change.when, "by": change.by or unknown}
        yield f"  {one_line(word('notices.change', notice.language, **values))}"


def _next_denials(notice: Notice) -> Iterator[str]:
    for denial in notice.diagnosis.next_denials:
        layer = word(f"notices.layer.{denial.layer}", notice.language) if denial.layer else ""
        values = {"action": denial.action, "what": denial.resource, "layer": layer}
        yield one_line(word("notices.next-denial", notice.language, **values))


def _unreadable(notice: Notice) -> Iterator[str]:
    if notice.diagnosis.unreadable:
        yield word("notices.section.unreadable", notice.language)
    for spot in notice.diagnosis.unreadable:
        cure = f", {word('notices.cure', notice.language, cure=spot.cure)}" if spot.cure else ""
        yield f"  {Mark.UNKNOWN} {one_line(f'{spot.call} {spot.subject}: {spot.error}{cure}')}"


def _links(notice: Notice) -> Iterator[str]:
    for name, url in (
        ("page", notice.links.page),
        ("logs", notice.links.logs),
        ("caller", notice.links.caller),
    ):
        if url:
            yield f"{word(f'notices.button.{name}', notice.language)}: {url}"
