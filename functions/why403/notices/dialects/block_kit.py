"""Slack's Block Kit: its pieces, its escaping, and the value that a button of ours gives back. Knows no notice.

https://docs.slack.dev/reference/block-kit/blocks
"""

from collections.abc import Callable
from typing import Any

from why403.incidents.incident import Incident
from why403.notices.inert import EDGE_UNDERSCORE, FENCE, LONGEST, WHOLE, inert, one_line, unlinked
from why403.notices.moments import utc
from why403.notices.words import Language

Piece = dict[str, Any]
"""A block."""
HEADER, SECTION, BUTTON = 150, 3_000, 75
"""Block Kit's own limits, in characters."""
LINES = "lines"
"""The button that shows the incident's lines."""
FORMAT = str.maketrans({"*": "∗", "~": "∼", "`": "'"})
ANGLES = str.maketrans({"<": "‹", ">": "›"})


def local(escaped: str, milliseconds: int, language: Language) -> str:
    """The text with the moment that it tells in UTC in the reader's own time zone.

    https://docs.slack.dev/messaging/formatting-message-text#date-formatting
    """
    told = utc(milliseconds, language)
    shown = f"<!date^{milliseconds // 1000}^{{date_short_pretty}} {{time}}|{told}>"
    return escaped.replace(told, shown, 1) if told else escaped


def code(text: str, fit: Callable[[str], str] = str) -> str:
    """A code block that the text cannot close; `fit` shortens what was escaped."""
    shown = fit(escaped(inert(text, WHOLE).replace(FENCE, "'''")))
    return f"{FENCE}\n{shown}\n{FENCE}"


def value_of(deed: str, incident: Incident, language: Language) -> str:
    """What Slack gives back when it is pressed: what to do, to which incident, in which life of it, and how to answer."""
    return f"{deed}|{incident.fingerprint}|{incident.generation}|{language}"


def plain(text: str, longest: int = BUTTON) -> Piece:
    """Words of ours, for what is pressed or titled."""
    return {"type": "plain_text", "text": one_line(text, longest), "emoji": True}


def header(text: str) -> Piece:
    """The message's title: plain text, in which no name calls anybody or turns into an emoji."""
    plain = one_line(text, HEADER).translate(ANGLES)
    return {"type": "header", "text": {"type": "plain_text", "text": plain, "emoji": False}}


def section(mrkdwn: str) -> Piece:
    """A paragraph. `verbatim`: Slack makes no links of its own."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": mrkdwn[:SECTION], "verbatim": True}}


def context(mrkdwn: str) -> Piece:
    """Small print."""
    text = {"type": "mrkdwn", "text": mrkdwn[:SECTION], "verbatim": True}
    return {"type": "context", "elements": [text]}


def prose(text: str, longest: int = LONGEST) -> str:
    """A text for a mrkdwn field: Slack's own formatting characters are replaced by ones that look alike."""
    plain = unlinked(one_line(text, longest)).translate(FORMAT)
    return escaped(EDGE_UNDERSCORE.sub("＿", plain))


def escaped(text: str) -> str:
    """As Slack wants it: without `<` nothing is a mention or a link.

    https://docs.slack.dev/messaging/formatting-message-text#escaping
    """
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
