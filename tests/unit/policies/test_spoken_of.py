"""Runs tests/cases/policies/spoken_of.json: what a caller's policies say of a service or an action."""

import json
from pathlib import Path
from typing import Any

import pytest
from why403.iam.layer import Layer, Policy
from why403.policies.reading import CallerReading
from why403.policies.unjudged import spoken_of

CASES = Path(__file__).parents[2] / "cases" / "policies" / "spoken_of.json"


def _policies(given: list[dict[str, Any]]) -> tuple[Policy, ...]:
    return tuple(Policy(each["name"], each["document"]) for each in given)


@pytest.mark.parametrize(
    "case", [pytest.param(case, id=case["name"]) for case in json.loads(CASES.read_text("utf-8"))]
)
def test_what_the_policies_say_is_told_as_the_case_says(case: dict[str, Any]) -> None:
    caller = CallerReading(
        arn="arn:aws:iam::123456789012:role/web",
        exists=case.get("exists", True),
        identity=_policies(case["identity"]),
        boundary=_policies(case["boundary"]) if "boundary" in case else None,
        unread=frozenset(Layer(name) for name in case.get("unread", ())),
    )

    told = spoken_of(caller, case["service"], case.get("action"))

    assert [message.id for message in told] == case["expect"]
    assert case.get("first") in (None, dict(told[0].values) if told else None)
