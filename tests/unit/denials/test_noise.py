"""Noise leaves at once, and nothing that denies is taken for noise."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from why403.denials.classify import classify
from why403.denials.denial import Verdict
from why403.denials.noise import TRACES, is_noise
from why403.log_events.log_event import LogEvent

CASES = Path(__file__).parents[2] / "cases" / "denials"
SPOKEN = [
    case["message"]
    for path in sorted(CASES.glob("*.json"))
    for case in json.loads(path.read_text())
    if case["expect"][0]["verdict"] not in {Verdict.NOT_A_DENIAL, Verdict.NOT_AWS}
]
PIECES = st.sampled_from(
    [*TRACES, "ni", "Dni", "okn", "0a1b2c", "40", "3", "den", "ied ", " order", "\ud800", "é"]
)


def test_nothing_that_denies_is_noise() -> None:
    taken = [message for message in SPOKEN if is_noise(message)]

    assert taken == []


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=6).map("".join))
def test_noise_is_what_holds_no_trace(message: str) -> None:
    expected = not any(trace in message for trace in TRACES)
    assert expected == is_noise(message)


@pytest.mark.parametrize("other", ["Access denied: s3://reports/a", "Accss ni: s3://rports/"])
def test_a_line_of_the_same_letters_hides_no_denial(other: str) -> None:
    classify(LogEvent("Accss ni: s3://rports/"))
    classify(LogEvent(other))

    assert not is_noise("Access denied: s3://reports/")


def test_an_answer_that_is_remembered_is_the_same() -> None:
    event = LogEvent(SPOKEN[0])

    assert classify(event) == classify(event)
