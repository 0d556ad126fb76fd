"""The e-mail: a subject and plain text, of one incident or a letter of many."""

from dataclasses import dataclass, replace

from why403.notices.dialects.text import render_mail
from why403.notices.inert import one_line, plain_words
from why403.notices.letter import Letter
from why403.notices.naming import action, what_in_short, who_in_short
from why403.notices.notice import Notice
from why403.notices.words import Language

LONGEST_BODY = 60_000
"""Characters; SNS takes 256 KiB of UTF-8."""
SUBJECT = 99
"""Characters: SNS takes fewer than 100, all of ASCII.

https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
"""
NAME = 40
"""Characters of an action in a subject; few are longer."""
LEFT_OUT = ".."
ROWS, LINE = 100, 600
"""Of a letter, and characters of each."""


@dataclass(frozen=True, slots=True)
class Email:
    """What SNS mails. It keeps the ASCII of the subject only."""

    subject: str
    body: str


def render_email(notice: Notice) -> Email:
    """One incident's transition."""
    return Email(_subject(notice), render_mail(notice)[:LONGEST_BODY])


def _subject(notice: Notice) -> str:
    """`why403: resolved (high, 123456789012): sqs:SendMessage, laravel-server, queue orders`.

    In English, whatever the body's language: SNS drops what is not ASCII.
    """
    notice = replace(notice, language=Language.ENGLISH)
    account = notice.place.account if notice.place else ""
    how_loud = ", ".join(filter(None, (notice.severity, account)))
    begin = f"why403: {notice.transition} ({how_loud}): {_ascii(action(notice), NAME)}"
    caller, target = _ascii(who_in_short(notice), SUBJECT), _ascii(what_in_short(notice), SUBJECT)
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


def write_email(letter: Letter) -> Email:
    """A letter, each row with the address of its page."""
    rows = letter.within(ROWS, lambda text: len(text) <= LONGEST_BODY // 2)
    told = ["\n".join(part for part in (f"• {plain_words(row.text, LINE)}", row.url) if part) for row in rows]
    subject = replace(letter, language=Language.ENGLISH).title
    body = "\n\n".join((letter.title, letter.opening, *told))
    return Email(f"why403: {subject}"[:SUBJECT], body[:LONGEST_BODY])
