"""tests/cases/incidents/severity.json and usual_range.json: how loud an incident is, and when an expected one is told."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from why403.denials.denial import Denial, Verdict
from why403.incidents.expected import is_unusual
from why403.incidents.hours import DAY, HOUR
from why403.incidents.severity import Volume, severity_of

CASES = Path(__file__).parents[2] / "cases" / "incidents"
NOW = 1_764_000_000_000
THIS_HOUR = NOW - NOW % HOUR


@pytest.mark.parametrize(
    "case", json.loads((CASES / "severity.json").read_text()), ids=lambda case: case["name"]
)
def test_an_incident_is_as_loud_as_the_case_says(case: dict[str, Any]) -> None:
    denial = Denial(
        verdict=Verdict.MISSING_PERMISSION, handled=case.get("handled", False), level=case.get("level")
    )
    after = case.get("seen_after_minutes")
    started = "" if after is None else datetime.fromtimestamp(NOW / 1000 - after * 60, UTC).isoformat()

    volume = Volume(
        lines=case["lines"],
        an_hour=case.get("an_hour", case["lines"]),
        streams=case.get("streams", 1),
        again=case.get("again", False),
        first_seen=NOW,
        started=started,
    )
    loudness = severity_of(denial, volume)

    assert (case["severity"], case["reason"]) == (loudness.severity, loudness.reason)


@pytest.mark.parametrize(
    "case", json.loads((CASES / "usual_range.json").read_text()), ids=lambda case: case["name"]
)
def test_an_expected_denial_is_unusual_where_the_case_says(case: dict[str, Any]) -> None:
    before = [(THIS_HOUR - (number + 1) * HOUR, lines) for number, lines in enumerate(case["before"])]
    before += [
        (THIS_HOUR - 8 * DAY - number * HOUR, lines) for number, lines in enumerate(case.get("long_ago", ()))
    ]
    counted = [*before, (THIS_HOUR, case["this_hour"])]

    assert case["unusual"] == is_unusual(counted, NOW)
