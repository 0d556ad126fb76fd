"""Noise leaves at once, and nothing that denies is taken for noise."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from why403.denials.classify import classify, read
from why403.denials.denial import Verdict
from why403.denials.vocabulary import is_noise, traces
from why403.denials.wording import FOLDER
from why403.log_events.log_event import LogEvent

CASES = Path(__file__).parents[2] / "cases" / "denials"
SPOKEN = [
    case["message"]
    for path in sorted(CASES.glob("*.json"))
    for case in json.loads(path.read_text())
    if case["expect"][0]["verdict"] not in {Verdict.NOT_A_DENIAL, Verdict.NOT_AWS}
]
LINES = [
    *(case["message"] for path in sorted(CASES.glob("*.json")) for case in json.loads(path.read_text())),
    *(
        line
        for path in sorted(FOLDER.glob("*.json"))
        for answer in ("yes", "no")
        for line in json.loads(path.read_text())[answer]
    ),
]
PIECES = st.sampled_from(
    [*traces(), "ni", "Dni", "okn", "0a1b2c", "40", "3", "den", "ied ", " order", "\ud800", "é"]
)


def test_nothing_that_denies_is_noise() -> None:
    taken = [message for message in SPOKEN if is_noise(message)]

    assert taken == []


def test_what_is_noise_means_nothing_when_it_is_read_all_the_same() -> None:
    hidden = [line for line in LINES if is_noise(line) and _means_something(line)]

    assert hidden == []


def _means_something(line: str) -> bool:
    return any(denial.verdict is not Verdict.NOT_A_DENIAL for denial in read(line))


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=6).map("".join))
def test_noise_is_what_holds_no_trace(message: str) -> None:
    expected = not any(trace in message.lower() for trace in traces())
    assert expected == is_noise(message)


@pytest.mark.parametrize(
    "line",
    [
        "InvalidAccessKeyId: The AWS Access",
        "İ INVALIDACCESSKEY",
        "the config\nprofile (orders) could not be found",
    ],
)
def test_case_and_broken_lines_hide_no_trace(line: str) -> None:
    assert not is_noise(line)


@pytest.mark.parametrize("other", ["Access denied: s3://reports/a", "Accss ni: s3://rports/"])
def test_a_line_of_the_same_letters_hides_no_denial(other: str) -> None:
    classify(LogEvent("Accss ni: s3://rports/"))
    classify(LogEvent(other))

    assert not is_noise("Access denied: s3://reports/")


def test_an_answer_that_is_remembered_is_the_same() -> None:
    event = LogEvent(SPOKEN[0])

    assert classify(event) == classify(event)
