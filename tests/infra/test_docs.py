"""Generated pages say what the code does today."""

from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.xdist_group("synth")
ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    "page",
    [
        "docs/permissions.md",
        "docs/services.md",
        "docs/settings.md",
        "docs/settings.schema.json",
        "docs/read-only-policy.json",
    ],
)
def test_a_generated_page_is_up_to_date(synth: Any, page: str) -> None:
    from tools.docs import EXAMPLE, generated  # noqa: PLC0415  # starts Node

    written = (ROOT / page).read_text("utf-8")

    assert generated(synth(EXAMPLE).body)[page] == written, "run: make docs"


def test_a_person_s_policy_fits_one_managed_policy_and_only_reads() -> None:
    import json  # noqa: PLC0415

    policy = json.loads((ROOT / "docs/read-only-policy.json").read_text())
    actions = policy["Statement"][0]["Action"]
    # A read by its verb; StartQuery and StopQuery search logs, GET is API Gateway's own, Simulate and Validate ask.
    reading = (
        "Get",
        "List",
        "Describe",
        "Batch",
        "Lookup",
        "Filter",
        "GET",
        "Simulate",
        "Validate",
        "Decode",
        "StartQuery",
        "StopQuery",
    )

    assert len(json.dumps(policy, separators=(",", ":"))) <= 6_144
    assert [action for action in actions if not action.partition(":")[2].startswith(reading)] == []


def test_every_action_says_why_and_where_it_is_declared() -> None:
    rows = [line for line in (ROOT / "docs/permissions.md").read_text().splitlines() if "](../" in line]
    places = [cell.partition(")")[0] for line in rows for cell in line.split("](../")[1:]]

    assert len(rows) > 60
    assert all(len(line.split(" | ")[1]) > 15 for line in rows)
    assert [place for place in places if not (ROOT / place).is_file()] == []


def test_the_routes_that_the_page_shows_are_ones_that_are_taken() -> None:
    import json  # noqa: PLC0415

    from infra.settings import settings_of  # noqa: PLC0415

    blocks = (ROOT / "docs/settings.md").read_text().split("```json\n")[1:]
    shown = [json.loads("{" + block.partition("```")[0] + "}") for block in blocks]
    settings = settings_of(shown[0] | shown[1])

    assert [route["name"] for route in settings.routes] == ["payments"]
    assert [item["owner"] for item in settings.expected] == ["security"]
