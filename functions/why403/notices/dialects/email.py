"""The e-mail: a subject and plain text, one incident or a digest of many."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from why403.notices.dialects.text import render_text
from why403.notices.headline import place_of
from why403.notices.inert import one_line
from why403.notices.moments import moment
from why403.notices.naming import action, what, who_in_short
from why403.notices.notice import Notice
from why403.notices.verdict import headline
from why403.notices.words import Language, word

LONGEST_BODY = 60_000
"""Characters; SNS takes 256 KiB of UTF-8."""
SUBJECT = 99
"""Characters: SNS takes fewer than 100, all of ASCII.

https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
"""
NAME = 40
"""Characters of an action in a subject; few are longer."""
LEFT_OUT = ".."
DIGEST_LINES = 100


@dataclass(frozen=True, slots=True)
class Email:
    """What SNS mails. It keeps the ASCII of the subject only."""

    subject: str
    body: str


def render_email(notice: Notice) -> Email:
    """One incident's transition."""
    return Email(_subject(notice), render_text(notice)[:LONGEST_BODY])


def _subject(notice: Notice) -> str:
    """`why403: resolved (high, 123456789012): sqs:SendMessage, laravel-server, queue orders`.

    In English, whatever the body's language: SNS drops what is not ASCII.
    """
    notice = replace(notice, language=Language.ENGLISH)
    account = notice.place.account if notice.place else ""
    how_loud = ", ".join(filter(None, (notice.severity, account)))
    begin = f"why403: {notice.transition} ({how_loud}): {_ascii(action(notice), NAME)}"
    caller, target = _ascii(who_in_short(notice), SUBJECT), _ascii(what(notice), SUBJECT)
    room = SUBJECT - len(begin) - 2 * len(", ")
    if len(caller) + len(target) > room:
        target = target.partition(" ")[2] or target  # its name tells more than its kind
    caller = _ascii(caller, max(room // 2, room - len(target)))
    return ", ".join(filter(None, (begin, caller, _ascii(target, room - len(caller)))))


def _ascii(text: str, longest: int) -> str:
    """The text as a subject can hold it, its middle left out where it is too long."""
    plain = " ".join(one_line(text).encode("ascii", "ignore").decode().split())
    half = (longest - len(LEFT_OUT)) // 2
    return plain if len(plain) <= longest else f"{plain[:half]}{LEFT_OUT}{plain[-half:]}"


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
