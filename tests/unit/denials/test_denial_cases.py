"""Every log line of tests/cases/denials and what it denies: a bug report starts as a case there."""

import json
from pathlib import Path
from typing import Any

import pytest
from why403.denials.classify import classify
from why403.denials.denial import Denial
from why403.log_events.log_event import LogEvent

CASES = Path(__file__).parents[2] / "cases" / "denials"
FIELDS = (
    "verdict",
    "kind",
    "service",
    "operation",
    "action",
    "resource",
    "principal",
    "deny_kind",
    "policy_arn",
    "authorization_id",
)
CASE_BY_ID = {
    f"{path.stem}-{number}": case
    for path in sorted(CASES.glob("*.json"))
    for number, case in enumerate(json.loads(path.read_text()))
}


def _told(denial: Denial) -> dict[str, str]:
    return {field: str(value) for field in FIELDS if (value := getattr(denial, field))}


@pytest.mark.parametrize("case", CASE_BY_ID.values(), ids=CASE_BY_ID)
def test_a_line_denies_what_it_says(case: dict[str, Any]) -> None:
    denials = classify(LogEvent(case["message"]))

    assert case["expect"] == [_told(denial) for denial in denials]


@pytest.mark.parametrize("case", [case for case in CASE_BY_ID.values() if "level" in case])
def test_a_line_says_how_bad_it_is(case: dict[str, Any]) -> None:
    denial = classify(LogEvent(case["message"]))[0]

    assert (case["level"], case["handled"]) == (denial.level, denial.handled)


@pytest.mark.parametrize("path", sorted(CASES.glob("*.json")), ids=lambda path: path.stem)
def test_every_family_holds_a_must_not_before_its_musts(path: Path) -> None:
    verdicts = [case["expect"][0]["verdict"] for case in json.loads(path.read_text())]
    first_must = verdicts.index("missing-permission") if "missing-permission" in verdicts else len(verdicts)

    assert first_must > 0
