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
FAMILIES = sorted(CASES.glob("*.json"))
GRADED = [case for path in FAMILIES for case in json.loads(path.read_text()) if "level" in case]


def _told(denial: Denial) -> dict[str, str]:
    return {field: str(value) for field in FIELDS if (value := getattr(denial, field))}


@pytest.mark.parametrize("path", FAMILIES, ids=lambda path: path.stem)
def test_a_line_denies_what_it_says(path: Path) -> None:
    cases = json.loads(path.read_text())
    expected = {case["message"]: case["expect"] for case in cases}
    told = {line: [_told(denial) for denial in classify(LogEvent(line))] for line in expected}

    assert expected == told


@pytest.mark.parametrize("case", GRADED)
def test_a_line_says_how_bad_it_is(case: dict[str, Any]) -> None:
    denial = classify(LogEvent(case["message"]))[0]

    assert (case["level"], case["handled"]) == (denial.level, denial.handled)


@pytest.mark.parametrize("path", FAMILIES, ids=lambda path: path.stem)
def test_every_family_holds_a_must_not_before_its_musts(path: Path) -> None:
    verdicts = [case["expect"][0]["verdict"] for case in json.loads(path.read_text())]
    first_must = verdicts.index("missing-permission") if "missing-permission" in verdicts else len(verdicts)

    assert first_must > 0
