"""The e-mail: a subject and plain text, one incident or a digest of many."""

from collections.abc import Sequence
from dataclasses import dataclass

from why403.notices.dialects.text import render_text
from why403.notices.inert import one_line
from why403.notices.moments import moment
from why403.notices.notice import Notice
from why403.notices.outline import place_of
from why403.notices.verdict import headline, title
from why403.notices.words import Language, word

LONGEST_BODY = 60_000
"""Characters; SNS takes 256 KiB of UTF-8."""
DIGEST_LINES = 100


@dataclass(frozen=True, slots=True)
class Email:
    """What SNS mails. It keeps the ASCII of the subject only."""

    subject: str
    body: str


def render_email(notice: Notice) -> Email:
    """One incident's transition."""
    subject = one_line(f"why403: {notice.transition}: {title(notice)}", 200)
    return Email(subject, render_text(notice)[:LONGEST_BODY])


def render_digest(notices: Sequence[Notice], minutes: int, language: Language) -> Email:
    """Many incidents of the last minutes in one e-mail, one line each."""
    counted = str(len(notices))
    opening = word("notices.digest", language, count=counted, minutes=str(minutes))
    lines = [_line(notice) for notice in notices[:DIGEST_LINES]]
    left = len(notices) - len(lines)
    if left > 0:
        lines.append(word("notices.digest.more", language, count=str(left)))
    where = dict.fromkeys(place_of(notice) for notice in notices)
    body = "\n\n".join(part for part in (opening, *where, *lines) if part)
    subject = word("notices.digest.subject", Language.ENGLISH, count=counted)
    return Email(f"why403: {subject}", body[:LONGEST_BODY])


def _line(notice: Notice) -> str:
    when = moment(notice.incident.first_seen) if notice.incident else ""
    return "\n".join(
        part for part in (f"• {when} {one_line(headline(notice), 600)}", notice.links.page) if part
    )
