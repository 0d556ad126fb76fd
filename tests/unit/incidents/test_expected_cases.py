"""tests/cases/incidents/expected.json: which denials the settings expect, and which settings are refused."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from why403.denials.denial import Denial, Verdict
from why403.errors import SettingsError
from why403.incidents.expected import find_expectation, parse_expected

from infra.settings import settings_of

LOADED = json.loads((Path(__file__).parents[2] / "cases" / "incidents" / "expected.json").read_text())
NOW = int(datetime.fromisoformat(LOADED["now"]).timestamp() * 1000)
WHY = {"reason": "It probes", "owner": "search"}


@pytest.mark.parametrize("case", LOADED["cases"], ids=lambda case: case["name"])
def test_a_denial_is_expected_where_all_globs_fit(case: dict[str, Any]) -> None:
    fields = dict(LOADED["denials"][case["denial"]])
    log_group = fields.pop("log_group")
    denial = Denial(verdict=Verdict.MISSING_PERMISSION, **fields)
    expected = parse_expected(json.dumps([{**case["expected"], **WHY}]))
    found = find_expectation(expected, denial, NOW, log_group=log_group)

    assert case["fits"] == (found is not None)


@pytest.mark.parametrize("case", LOADED["refused"], ids=lambda case: case["name"])
def test_a_setting_that_cannot_be_used_is_refused_and_says_why(case: dict[str, Any]) -> None:
    with pytest.raises(SettingsError) as refused:
        parse_expected(json.dumps([case["entry"]]))

    assert case["says"] in str(refused.value)


@pytest.mark.parametrize("case", LOADED["refused"], ids=lambda case: case["name"])
def test_what_the_function_refuses_is_refused_before_a_deployment(case: dict[str, Any]) -> None:
    with pytest.raises(SettingsError, match="expected"):
        settings_of({"expected": [case["entry"]]})


def test_the_first_that_fits_tells_reason_and_owner() -> None:
    entries = [
        {"role": "other", "reason": "no", "owner": "no"},
        {"role": "scanner-*", "reason": "It probes", "owner": "security", "until": "2027-01-31"},
        {"role": "*", "reason": "late", "owner": "late"},
    ]
    fields = {
        name: value for name, value in LOADED["denials"]["probe"].items() if name in {"principal", "action"}
    }
    denial = Denial(verdict=Verdict.MISSING_PERMISSION, **fields)
    found = find_expectation(parse_expected(json.dumps(entries)), denial, NOW, log_group="g")

    assert found is not None
    assert (found.reason, found.owner, found.until) == ("It probes", "security", "2027-01-31")
    assert found.by_settings
