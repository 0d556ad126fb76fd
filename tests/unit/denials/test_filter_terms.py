"""The pattern that picks lines out of a log group, held against every case of the classifier."""

import json
from pathlib import Path

import pytest
from why403.denials.filter_terms import LONGEST, filter_pattern

from demo.filter_pattern import matches

CASES = Path(__file__).parents[2] / "cases" / "denials"
LINES = [
    (case["expect"][0]["verdict"], case["message"], path.stem)
    for path in sorted(CASES.glob("*.json"))
    for case in json.loads(path.read_text())
]
LOOKALIKES = {"not-aws", "not-a-denial"}
QUOTING = {"source_and_prose", "shown", "passed_through", "own_codes"}
"""Those hold AWS's own sentences and codes, which no pattern tells apart; few of them ever come into a log."""
PASSED_AT_MOST = 0.65
"""Lookalikes have the same words; those that the pattern lets through cost one classification each."""


def test_the_pattern_is_as_short_as_aws_demands() -> None:
    assert len(filter_pattern()) <= LONGEST


@pytest.mark.parametrize("verdict", ["missing-permission", "credentials", "aws-403-not-iam"])
def test_every_line_that_alerts_passes_the_filter(verdict: str) -> None:
    missed = [line for told, line, _ in LINES if told == verdict and not matches(filter_pattern(), line)]

    assert missed == []


def test_many_lookalikes_of_the_cases_do_not() -> None:
    lookalikes = [line for verdict, line, kind in LINES if verdict in LOOKALIKES and kind not in QUOTING]
    passed = [line for line in lookalikes if matches(filter_pattern(), line)]

    assert len(passed) / len(lookalikes) <= PASSED_AT_MOST
