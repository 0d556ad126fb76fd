"""Every form of every case in every language, as people and programs get it: `pytest --renew` writes them anew."""

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from why403.notices.chat import render_chat
from why403.notices.diagnosis_json import from_json, to_json
from why403.notices.email import render_email
from why403.notices.links import Purpose
from why403.notices.message_json import attributes, message_json
from why403.notices.notice import Notice
from why403.notices.page import render_page
from why403.notices.pagerduty import render_pagerduty
from why403.notices.slack import render_slack
from why403.notices.text import render_text
from why403.notices.words import Language

from tests.unit.notices.notice_case import LANGUAGES, NAMES, diagnosis_of, notice_of

GOLDEN = Path(__file__).parent / "golden"
OUR_OWN = re.compile(r"(<style>|<script>).*?(</style>|</script>)|sha256-[A-Za-z0-9+/=]+", re.DOTALL)
LINKS = {purpose: f"?purpose={purpose}" for purpose in Purpose}


def _page(notice: Notice) -> str:
    """The page without our style and script, which are files of their own."""
    return OUR_OWN.sub(r"\1\2", render_page(notice, links=LINKS, tomorrow="2026-11-26")) + "\n"


def _email(notice: Notice) -> str:
    mail = render_email(notice)
    return f"Subject: {mail.subject}\n\n{mail.body}\n"


def _message(notice: Notice) -> dict[str, Any]:
    """The message without the diagnosis, which is what its case holds."""
    return {
        "attributes": attributes(notice),
        "message": {**message_json(notice, 200_000), "diagnosis": "…"},
    }


def _pagerduty(notice: Notice) -> Mapping[str, Any] | None:
    event = render_pagerduty(notice, "made-up-routing-key")
    if event and "payload" in event:
        return {**event, "payload": {**event["payload"], "custom_details": "…"}}
    return event


FORMS: dict[str, Callable[[Notice], object]] = {
    "text.txt": lambda notice: render_text(notice) + "\n",
    "email.txt": _email,
    "page.html": _page,
    "slack.json": render_slack,
    "chat.json": render_chat,
    "message.json": _message,
    "pagerduty.json": _pagerduty,
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("name", "form"),
    [(name, form) for name in NAMES for form in FORMS if (name, form) != ("resolved", "page.html")],
)
def test_a_notice_is_told_as_it_was_agreed(
    name: str, language: Language, form: str, request: pytest.FixtureRequest
) -> None:
    told = FORMS[form](notice_of(name, language))
    text = told if isinstance(told, str) else json.dumps(told, ensure_ascii=False, indent=1) + "\n"
    golden = GOLDEN / name / f"{language}.{form}"
    if request.config.getoption("renew"):
        golden.parent.mkdir(parents=True, exist_ok=True)
        golden.write_text(text, encoding="utf-8")

    assert golden.read_text(encoding="utf-8") == text


@pytest.mark.parametrize("name", NAMES)
def test_a_stored_diagnosis_is_read_back_whole(name: str) -> None:
    diagnosis = diagnosis_of(name)

    assert diagnosis == from_json(to_json(diagnosis))


def test_an_update_is_told_in_a_line() -> None:
    told = render_slack(notice_of("resolved", in_full=False))

    assert told["text"] == "✅ Resolved: sqs:SendMessage denied. 42 lines in all."
    assert [block["type"] for block in told["blocks"]] == ["section", "context", "actions"]
