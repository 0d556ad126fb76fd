"""Slack takes every message: by the models of its own SDK, and within the limits of Block Kit."""

import json
from dataclasses import replace
from typing import Any

import pytest
from slack_sdk.models.blocks import Block
from why403.incidents.incident import State
from why403.notices.dialects.slack import render_slack, with_buttons
from why403.notices.notice import Links
from why403.notices.words import Language, words

from tests.unit.notices.notice_case import LANGUAGES, NAMES, huge, notice_of
from tests.unit.notices.test_hostile_lines import HOSTILE, said

ALL_TOGETHER, ONE_TEXT, HEADER, BUTTON = 12_000, 3_000, 150, 75
BLOCKS, READ, OF_A_ROW = 7, 1_600, 6
"""What the README promises: a message that is read at a glance, not only one that Slack takes."""


def _texts(told: Any) -> list[str]:
    if isinstance(told, dict):
        own = [told["text"]] if isinstance(told.get("text"), str) else []
        return own + [text for item in told.values() for text in _texts(item)]
    return [text for item in told for text in _texts(item)] if isinstance(told, list) else []


def _elements(message: dict[str, Any]) -> list[dict[str, Any]]:
    return [one for block in message["blocks"] if block["type"] == "actions" for one in block["elements"]]


def _hold(message: dict[str, Any]) -> None:
    for block in Block.parse_all(message["blocks"]):
        block.validate_json()
    assert len(message["blocks"]) <= BLOCKS
    assert sum(map(len, _texts(message["blocks"]))) <= READ
    assert len(json.dumps(message["blocks"], ensure_ascii=False)) < ALL_TOGETHER
    assert max(map(len, _texts(message["blocks"]))) <= ONE_TEXT
    assert (message["unfurl_links"], message["unfurl_media"]) == (False, False)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_slack_takes_each_notice(name: str, language: Language) -> None:
    _hold(render_slack(notice_of(name, language)))
    _hold(render_slack(notice_of(name, language, in_full=False)))
    _hold(render_slack(notice_of(name, language, links=Links(), stack="s" * 128)))


@pytest.mark.parametrize("language", LANGUAGES)
def test_slack_takes_a_notice_whose_every_text_ishuge(language: Language) -> None:
    _hold(render_slack(huge(language)))
    _hold(render_slack(replace(huge(language), links=Links(), stack="s" * 128)))


@pytest.mark.parametrize("owner", ["terraform", "cloudformation: " + "s" * 128])
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("large", [False, True])
def test_the_command_that_edits_the_source_is_whole_or_left_out_and_within_the_limits(
    owner: str, language: Language, *, large: bool
) -> None:
    notice = huge(language) if large else notice_of("first_incident", language)
    first, *others = notice.diagnosis.remedies
    remedies = (replace(first, owner=owner, set=0), *others)
    owned = replace(notice, diagnosis=replace(notice.diagnosis, remedies=remedies))
    message = render_slack(owned)
    _hold(message)
    told = "".join(_texts(message["blocks"]))

    assert large or "why403 fix f3a1c0de --in . --branch" in told
    assert "why403 fix" not in told.replace("why403 fix f3a1c0de --in . --branch", "")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("state", State)
def test_with_the_apps_buttons_it_is_as_short_and_no_webhook_gets_one(
    state: State, language: Language
) -> None:
    for notice in (notice_of("first_incident", language), huge(language)):
        assert notice.incident is not None
        stands = replace(
            notice.incident, state=state, acknowledged_by="alice " * 100, muted_until="2026-12-24"
        )
        message = render_slack(replace(notice, incident=stands, has_buttons=True))
        for acts in (True, False):
            _hold(dict(with_buttons(message, acts=acts)))
        own, links = (_elements(dict(with_buttons(message, acts=acts))) for acts in (True, False))

        assert [one for one in links if "url" not in one] == []
        assert any(one["action_id"] == "why403-lines" for one in own)
        assert not any(one["action_id"] in {"why403-act", "why403-logs"} for one in own)
        assert len({one["action_id"] for one in own}) == len(own) <= OF_A_ROW
        assert all(len(one["options"]) > 1 for one in own if "options" in one)


def test_a_message_that_leads_nowhere_has_the_apps_buttons_all_the_same() -> None:
    notice = replace(notice_of("first_incident"), links=Links(), has_buttons=True)
    message = dict(with_buttons(render_slack(notice), acts=True))

    assert [one["action_id"] for one in _elements(message)][:2] == ["why403-acknowledge", "why403-mute"]
    assert _elements(dict(with_buttons(render_slack(notice), acts=False))) == []


def test_a_webhooks_message_is_the_one_that_it_was() -> None:
    notice = notice_of("first_incident")
    plain, offered = render_slack(notice), render_slack(replace(notice, has_buttons=True))

    assert plain["blocks"][-1] == with_buttons(offered, acts=False)["blocks"][-1]
    assert plain == with_buttons(plain, acts=False)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_message_stays_short_whatever_a_line_holds(text: str) -> None:
    _hold(render_slack(said(text * 40)))


def test_the_added_lines_are_told_as_a_diff() -> None:
    sections = _texts(render_slack(notice_of("first_incident"))["blocks"])
    code = next(text.split("```")[1] for text in sections if "```" in text)

    assert code.strip().splitlines()[1:4] == [
        '+   "Sid": "AllowSQSSendMessage",',
        '+   "Effect": "Allow",',
        '+   "Action": "sqs:SendMessage",',
    ]


@pytest.mark.parametrize("state", ["fix-seen", "resolved", "muted", "expected"])
def test_nobody_is_told_to_do_what_is_settled(state: str) -> None:
    notice = notice_of("first_incident")
    assert notice.incident is not None
    told = json.dumps(render_slack(replace(notice, incident=replace(notice.incident, state=State(state)))))

    assert "The smallest change" not in told


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_words_of_ours_overflow_a_button_or_a_header(language: Language) -> None:
    told = words(language)
    buttons = [text for identifier, text in told.items() if identifier.startswith("notices.button.")]
    titles = [text for identifier, text in told.items() if identifier.startswith("notices.title")]

    assert max(map(len, buttons)) <= BUTTON
    assert max(map(len, titles)) + 64 <= HEADER
    assert max(map(len, told.values())) <= ONE_TEXT
