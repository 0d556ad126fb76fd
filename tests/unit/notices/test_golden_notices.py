"""Every form of every case, as people and programs get it: `pytest --renew` writes them anew.

In English, and one form in each language: what the other languages may differ in is told apart by their shape.
"""

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from why403.delivery.event_bus import render_event
from why403.delivery.register import CHANNELS
from why403.diagnosis.diagnosis_json import from_json, to_json
from why403.notices.dialects.chat import render_chat
from why403.notices.dialects.email import render_email
from why403.notices.dialects.machines import attributes, message_json
from why403.notices.dialects.pagerduty import render_pagerduty
from why403.notices.dialects.slack import render_slack
from why403.notices.dialects.text import render_text
from why403.notices.notice import Links, Notice
from why403.notices.words import Language
from why403.page.forms import forms_of
from why403.page.links import Purpose
from why403.page.render import render_page

from tests.unit.notices.notice_case import LANGUAGES, NAMES, diagnosis_of, notice_of

GOLDEN = Path(__file__).parent / "golden"
OUR_OWN = re.compile(r"(<style>|<script>).*?(</style>|</script>)|sha256-[A-Za-z0-9+/=]+", re.DOTALL)
LINKS = {purpose: f"?purpose={purpose}" for purpose in Purpose}
NOW = 1_795_608_000_000
"""2026-11-25."""


def _page(notice: Notice) -> str:
    """The page without our style and script, which are files of their own."""
    return (
        OUR_OWN.sub(
            r"\1\2", render_page(notice, forms=forms_of(notice.incident, notice.language, LINKS, NOW))
        )
        + "\n"
    )


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


def _event(notice: Notice) -> Mapping[str, Any]:
    """The entry without its detail, which is the message."""
    return {**render_event(notice), "Detail": "…"}


AS_READ: dict[str, Callable[[Notice], object]] = {
    "email": _email,
    "chat": render_chat,
    "machines": _message,
    "pagerduty": _pagerduty,
    "events": _event,
}
"""Channels whose messages are shown otherwise than they are sent, to be read."""
FORMS: dict[str, Callable[[Notice], object]] = {
    "text.txt": lambda notice: render_text(notice) + "\n",
    "page.html": _page,
    **{
        f"{channel.name}.{'txt' if channel.name == 'email' else 'json'}": AS_READ.get(
            channel.name, channel.render
        )
        for channel in CHANNELS
    },
}


SHOWN = [(name, form) for name in NAMES for form in FORMS if (name, form) != ("resolved", "page.html")]
READ_IN_EACH_LANGUAGE = "text.txt"
"""The form that holds every sentence."""
GOLDENS = [
    (name, form, language)
    for name, form in SHOWN
    for language in LANGUAGES
    if language is Language.ENGLISH or form == READ_IN_EACH_LANGUAGE
]


@pytest.mark.parametrize(("name", "form", "language"), GOLDENS)
def test_a_notice_is_told_as_it_was_agreed(
    name: str, form: str, language: Language, request: pytest.FixtureRequest
) -> None:
    told = FORMS[form](notice_of(name, language))
    text = told if isinstance(told, str) else json.dumps(told, ensure_ascii=False, indent=1) + "\n"
    golden = GOLDEN / name / f"{language}.{form}"
    if request.config.getoption("renew"):
        golden.parent.mkdir(parents=True, exist_ok=True)
        golden.write_text(text, encoding="utf-8")

    assert golden.read_text(encoding="utf-8") == text


def test_no_golden_is_left_of_what_is_told_no_more() -> None:
    wanted = {f"{name}/{language}.{form}" for name, form, language in GOLDENS}

    assert wanted == {path.relative_to(GOLDEN).as_posix() for path in GOLDEN.glob("*/*")}


@pytest.mark.parametrize(("name", "form"), SHOWN)
def test_a_language_changes_the_words_of_a_form_and_nothing_else(name: str, form: str) -> None:
    english, *others = (_shape(FORMS[form](notice_of(name, language))) for language in LANGUAGES)

    assert [english, english] == others


def _shape(told: object) -> object:
    """What no language changes: a page's elements, the lines of a text, the keys of a message."""
    if isinstance(told, Mapping):
        return {name: _shape(item) for name, item in told.items()}
    if isinstance(told, list):
        return [_shape(item) for item in told]
    if isinstance(told, str):
        return re.findall(r"<(?!!)/?[a-z0-9]+", told) or told.count("\n")
    return told


@pytest.mark.parametrize("name", NAMES)
def test_a_stored_diagnosis_is_read_back_whole(name: str) -> None:
    diagnosis = diagnosis_of(name)

    assert diagnosis == from_json(to_json(diagnosis))


def test_an_update_is_told_in_a_line() -> None:
    told = render_slack(notice_of("resolved", in_full=False))

    assert told["text"] == (
        "✅ Resolved after 2 h: laravel-server can't send to queue scout-admin-dev-jobs (sqs:SendMessage). 42 lines in all."
    )
    assert [block["type"] for block in told["blocks"]] == ["section", "context", "actions"]


def test_a_diagnosis_is_told_in_a_screen_with_one_draft_whole() -> None:
    links = Links(logs="https://console.aws.amazon.com/cloudwatch/home")
    told = render_text(notice_of("first_incident", incident=None, links=links), width=80)

    assert told.count("aws iam put-role-policy") == 1
    assert "5. Edit statement AllowECSTaskAccess of the queue policy, which almost allowed it" in told
    assert "`--format html` or `--format json` shows each of them whole." in told
    assert len(told.splitlines()) < 75


def test_a_mail_without_a_page_carries_every_draft_whole() -> None:
    mail = render_email(notice_of("first_incident", links=Links()))

    assert mail.body.count("aws iam put-role-policy") == 4
    assert mail.body.count("aws sqs set-queue-attributes") == 1


@pytest.mark.parametrize("in_full", [True, False])
def test_every_message_for_people_names_the_account_and_the_region(*, in_full: bool) -> None:
    notice = notice_of("resolved", in_full=in_full)
    mail = render_email(notice)
    told = [json.dumps(render_slack(notice)), json.dumps(render_chat(notice)), mail.body]

    assert [one for one in told if "account 123456789012, ap-northeast-1" not in one] == []
