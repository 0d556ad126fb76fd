"""`why403 redact`: one answer a line, in order, and never a crash."""

import json
import sys
from io import BytesIO, TextIOWrapper
from typing import Any

import pytest
from why403.cli.redact import answer, run

SECRET = "ghp_" + "0aB1cD2eF3" * 4


@pytest.mark.parametrize(
    ("line", "error"),
    [
        (b"{", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"[]", "expected an object"),
        (b'{"id": 7, "message": 5}', "expected an object"),
    ],
)
def test_a_line_that_is_no_event_gets_an_error(line: bytes, error: str) -> None:
    told = answer(line)

    assert error in told["error"]
    assert "message" not in told


def test_the_message_is_told_without_its_secret() -> None:
    told = answer(json.dumps({"id": "a", "message": f"key {SECRET} used", "log_group": "g"}).encode())

    assert told == {"id": "a", "message": "key [redacted:github-token] used"}


@pytest.mark.parametrize(("option", "mail"), [([], "ana@example.com"), (["--emails"], "[redacted:email]")])
def test_each_line_is_answered_in_its_place(
    option: list[str], mail: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = b'{"id": 1, "message": "ana@example.com"}\nnot json\n{"id": 2, "message": "\\ud800"}\n'
    monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(lines)))
    status = run(option)
    told: list[dict[str, Any]] = [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    assert status == 0
    assert [{"id": 1, "message": mail}, {"id": 2, "message": "\ud800"}] == [told[0], told[2]]
    assert "error" in told[1]
