"""The page on which the demo shows what Slack received."""

import json
import re
import socket
import urllib.error
import urllib.request

import pytest
from why403.notices.dialects.slack import render_slack, with_buttons
from why403.notices.dialects.slack_views import expect_view, lines_view
from why403.notices.words import Language

from demo.preview import SHELL, pressable, preview, rendered, window
from demo.slack_sink import SlackSink
from tests.fakes.incidents import opened_incident
from tests.unit.notices.notice_case import LANGUAGES, notice_of

OUTPUTS = {"PageUrl": "http://page.example/", "SlackAppUrl": "http://app.example/"}


def read(address: str) -> str:
    with urllib.request.urlopen(address, timeout=10) as answer:
        body: bytes = answer.read()
    return body.decode()


def test_nothing_is_drawn_anew_under_a_click() -> None:
    assert "http-equiv" not in SHELL.read_text("utf-8")


def test_a_page_that_stands_is_told_what_is_new_and_what_was_renewed() -> None:
    sink = SlackSink("127.0.0.1:1")
    sink.take({"text": "the first"})
    sink.take({"text": "the second", "thread_ts": "1"})
    sink.renew({"ts": sink.messages[0]["ts"], "text": "the first, acknowledged"})

    with preview(sink, OUTPUTS, "http://127.0.0.1:1") as address:
        whole, told = read(address), json.loads(read(f"{address}/messages"))

    assert [("acknowledged" in one, "reply" in one) for one in told] == [(True, False), (False, True)]
    assert all(one in whole for one in told)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_button_of_the_app_can_be_pressed(language: Language) -> None:
    message = with_buttons(render_slack(notice_of("first_incident", language, has_buttons=True)), acts=True)
    shown = rendered(dict(message))
    values = re.findall(r'name="value" value="([^"]+)"', shown)

    assert [value.partition("|")[0] for value in values] == [
        "acknowledge",
        "mute",
        "lines",
        "silence",
        "expect",
    ]
    assert all(pressable([dict(message)], value) for value in values)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_windows_of_the_app_are_shown_with_their_forms(language: Language) -> None:
    incident = opened_incident()
    form = window(expect_view(incident, language))
    lines = window(lines_view(incident, language, emails=False))

    assert re.findall(r'<input name="(\w+)" type="(\w+)"', form) == [("reason", "text"), ("until", "date")]
    assert "403 Forbidden" in lines


def test_a_reader_who_goes_away_and_an_account_that_has_ended_leave_no_traceback(
    capfd: pytest.CaptureFixture[str],
) -> None:
    sink = SlackSink("127.0.0.1:1")
    with preview(sink, OUTPUTS, "http://127.0.0.1:1") as address:
        host, port = address.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port))) as reader:
            reader.sendall(b"GET / HTTP/1.1\r\n")
        with pytest.raises(urllib.error.HTTPError, match="502"):
            read(f"{address}/?incident=a")

    assert "Traceback" not in capfd.readouterr().err
