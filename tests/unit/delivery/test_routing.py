"""Who is told: tests/cases/routes/fitting.json, and what is no route."""

import json
from pathlib import Path
from typing import Any

import pytest
from why403.delivery.routing import parse_routes
from why403.errors import SettingsError
from why403.incidents.incident import Severity

CASES = json.loads((Path(__file__).parents[2] / "cases/routes/fitting.json").read_text())
DAY = 1_764_028_800_000
"""2025-11-25T00:00:00Z."""


def _found(case: dict[str, Any]) -> dict[str, Any]:
    (route,) = parse_routes(json.dumps([case["route"]]))
    hour, minute = map(int, case.get("at", "12:00").split(":"))
    return {
        "fits": route.fits("/ecs/orders", "orders-task"),
        "hears": route.hears(Severity.MEDIUM),
        "quiet": route.is_quiet(Severity.MEDIUM, DAY + (hour * 60 + minute) * 60_000),
        "mention": route.mention(case.get("tags", {}), tuple(case.get("owners", ()))),
    }


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_a_route_hears_what_is_its_own(case: dict[str, Any]) -> None:
    expected = {key: case[key] for key in ("fits", "hears", "quiet", "mention") if key in case}
    found = _found(case)

    assert expected == {key: found[key] for key in expected}


@pytest.mark.parametrize(
    ("routes", "said"),
    [
        ("{", "no JSON"),
        ("{}", "list of objects"),
        ('[{"colour": "red"}]', "there is no 'colour'"),
        ('[{"severity": "loud"}]', "loud"),
        ('[{"language": "tlh"}]', "tlh"),
        ('[{"quiet_hours": {"from": "25:00", "to": "07:00"}}]', "quiet_hours must be"),
        ('[{"mentions": {"orders": "everybody"}}]', "none that a channel knows"),
        ('[{"name": "a"}, {"name": "a"}]', "two routes are called a"),
    ],
)
def test_what_is_wrong_with_a_route_is_told(routes: str, said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        parse_routes(routes)
