"""The windows that the Slack app opens over a message: an incident's lines, the form of what is expected, a sentence.

https://docs.slack.dev/reference/views/modal-views
"""

from typing import Any

from why403.incidents.incident import Incident, Sample
from why403.log_events.redaction import redact
from why403.notices.dialects.block_kit import Piece, code, context, local, plain, prose, section, value_of
from why403.notices.inert import WHOLE, inert
from why403.notices.moments import utc
from why403.notices.words import Language, word

TITLE = 24
"""Characters of a window's title and of its buttons: Slack's own limit."""
LINE = 2_800
"""Characters of a line that are shown; a section takes 3,000, as they are escaped."""
LONGEST_REASON = 200
"""Characters, as on the page."""
WHY, UNTIL = "reason", "until"
"""The blocks of the form, and so the names of its fields."""
EXPECT = "why403-expect"


def lines_view(incident: Incident, language: Language, *, emails: bool) -> dict[str, Any]:
    """The lines that are kept, redacted once more as rules may have been added since; `emails`: those too."""
    counted = {"group": incident.log_group, "count": f"{incident.count:,}"}
    told = [context(prose(word("notices.slack.lines", language, **counted)))]
    for sample in incident.samples:
        told += _sample(sample, language, emails=emails)
    return _view(word("notices.slack.lines-title", language), told, language)


def _sample(sample: Sample, language: Language, *, emails: bool) -> list[Piece]:
    seen = " · ".join(part for part in (utc(sample.timestamp, language), sample.log_stream) if part)
    when = local(prose(seen), sample.timestamp, language)
    text = inert(redact(sample.message, emails=emails), WHOLE)
    shown = code(text[:LINE])
    while len(shown) > LINE:
        text = text[: len(text) * LINE // len(shown) - 1]
        shown = code(text)
    return [context(when), section(shown)]


def expect_view(incident: Incident, language: Language) -> dict[str, Any]:
    """The form: why, and until when. Who says so is known."""
    reason = {
        "type": "plain_text_input",
        "action_id": WHY,
        "max_length": LONGEST_REASON,
        "focus_on_load": True,
    }
    blocks = [
        _input(WHY, word("notices.page.expect-why", language), reason),
        _input(
            UNTIL, word("notices.page.expect-until", language), {"type": "datepicker", "action_id": UNTIL}
        ),
        context(prose(word("notices.page.tell-us", language))),
    ]
    return {
        **_view(word("notices.slack.expect-title", language), blocks, language),
        "callback_id": EXPECT,
        "private_metadata": value_of(EXPECT, incident, language),
        "submit": plain(word("notices.slack.save", language), TITLE),
    }


def said_view(text: str, language: Language) -> dict[str, Any]:
    """A sentence."""
    return _view("why403", [section(prose(text))], language)


def _input(name: str, label: str, element: Piece) -> Piece:
    return {"type": "input", "block_id": name, "label": plain(label), "element": element}


def _view(title: str, blocks: list[Piece], language: Language) -> dict[str, Any]:
    close = plain(word("notices.slack.close", language), TITLE)
    return {"type": "modal", "title": plain(title, TITLE), "blocks": blocks, "close": close}
