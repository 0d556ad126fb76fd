"""The page on which the demo shows what Slack received."""

import socket
import urllib.error
import urllib.request

import pytest

from demo.preview import SHELL, preview
from demo.slack_sink import SlackSink


def read(address: str) -> str:
    with urllib.request.urlopen(address, timeout=10) as answer:
        body: bytes = answer.read()
    return body.decode()


def test_nothing_is_drawn_anew_under_a_click() -> None:
    assert "http-equiv" not in SHELL.read_text("utf-8")


def test_a_page_that_stands_asks_for_the_messages_that_it_lacks() -> None:
    sink = SlackSink("127.0.0.1:1")
    sink.take({"text": "the first"})
    sink.take({"text": "the second"})

    with preview(sink, "http://page.example/", "http://127.0.0.1:1") as address:
        whole, newer, none = (
            read(address),
            read(f"{address}/messages?from=1"),
            read(f"{address}/messages?from=2"),
        )

    assert ("the first" in whole, "the second" in whole) == (True, True)
    assert ("the first" in newer, "the second" in newer) == (False, True)
    assert none == ""


def test_a_reader_who_goes_away_and_an_account_that_has_ended_leave_no_traceback(
    capfd: pytest.CaptureFixture[str],
) -> None:
    sink = SlackSink("127.0.0.1:1")
    with preview(sink, "http://page.example/", "http://127.0.0.1:1") as address:
        host, port = address.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port))) as reader:
            reader.sendall(b"GET / HTTP/1.1\r\n")
        with pytest.raises(urllib.error.HTTPError, match="502"):
            read(f"{address}/?incident=a")

    assert "Traceback" not in capfd.readouterr().err
