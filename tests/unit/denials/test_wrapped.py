"""What a log driver, an agent or a logger writes around a message lends it nothing, takes nothing, and keeps it in the filter."""

import json
from pathlib import Path

import pytest
from why403.denials.classify import classify
from why403.denials.filter_terms import filter_pattern
from why403.incidents.sighting import ALERTED
from why403.log_events.log_event import LogEvent

from demo.filter_pattern import matches

CASES = Path(__file__).parents[2] / "cases" / "wrapped"
MESSAGES = json.loads((CASES / "messages.json").read_text())
WRAPPERS = json.loads((CASES / "wrappers.json").read_text())
"""`@2@` in a line: the message, escaped twice as JSON, with slashes or code points besides where `escapes` says so."""
FIELDS = (
    "verdict",
    "service",
    "operation",
    "action",
    "resource",
    "principal",
    "deny_kind",
    "policy_arn",
    "authorization_id",
)
CODE_POINTS = {'\\"': "\\u0022", "'": "\\u0027", "<": "\\u003c", ">": "\\u003e", "+": "\\u002B"}
"""As .NET and Go write them within JSON."""


def _escaped(message: str, times: int, escapes: str) -> str:
    for time in range(times):
        message = json.dumps(message, ensure_ascii=False)[1:-1]
        if not time and escapes == "slashes":
            message = message.replace("/", "\\/")
        if not time and escapes == "code points":
            for letter, code in CODE_POINTS.items():
                message = message.replace(letter, code)
    return message


def _wrapped(message: str, wrapper: dict[str, str]) -> str:
    line = wrapper["line"]
    for times in range(4):
        line = line.replace(f"@{times}@", _escaped(message, times, wrapper.get("escapes", "")))
    return line


def _told(line: str) -> set[tuple[str | None, ...]]:
    return {tuple(getattr(denial, field) for field in FIELDS) for denial in classify(LogEvent(line))}


@pytest.mark.parametrize("wrapper", WRAPPERS, ids=lambda wrapper: wrapper["of"])
def test_a_wrapped_line_tells_what_the_bare_one_tells(wrapper: dict[str, str]) -> None:
    expected = {message: _told(message) for message in MESSAGES}
    told = {message: _told(_wrapped(message, wrapper)) for message in MESSAGES}

    assert expected == told


@pytest.mark.parametrize("wrapper", WRAPPERS, ids=lambda wrapper: wrapper["of"])
def test_a_wrapped_line_that_alerts_passes_the_filter(wrapper: dict[str, str]) -> None:
    alerting = [
        message
        for message in MESSAGES
        if any(denial.verdict in ALERTED for denial in classify(LogEvent(message)))
    ]
    missed = [message for message in alerting if not matches(filter_pattern(), _wrapped(message, wrapper))]

    assert missed == []
