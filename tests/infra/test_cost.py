"""docs/cost.md tells what the bench computes, and the READMEs and the FAQ what docs/cost.md tells."""

import re
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.xdist_group("synth")
ROOT = Path(__file__).parents[2]


def test_the_page_tells_what_is_measured_and_computed(synth: Any) -> None:
    from tools.cost_docs import cost_docs  # noqa: PLC0415  # starts moto
    from tools.docs import PRICED  # noqa: PLC0415

    assert cost_docs(synth(PRICED).body) == (ROOT / "docs/cost.md").read_text("utf-8"), "run: make docs"


@pytest.mark.parametrize("name", ["README.md", "README.ja.md", "README.ko.md", "docs/faq.md"])
def test_the_idle_cost_is_told_as_on_its_page(name: str) -> None:
    page = (ROOT / "docs/cost.md").read_text("utf-8")
    together = re.search(r"\*\*together\*\* \| \| \*\*([\d.]+)\*\*", page)
    told = re.search(r"(\d+) USD", (ROOT / name).read_text("utf-8"))

    assert together is not None
    assert told is not None
    assert round(float(together[1])) == int(told[1])


def test_the_idle_cost_of_many_accounts_is_reckoned_from_that_of_one() -> None:
    cost, scale = ((ROOT / "docs" / name).read_text("utf-8") for name in ("cost.md", "scale.md"))
    together = re.search(r"\*\*together\*\* \| \| \*\*([\d.]+)\*\*", cost)

    assert together is not None
    assert f"| an idle account | {together[1]} USD a month;" in scale
    assert f"5,000 × {together[1]} = {5_000 * float(together[1]):,.0f} USD" in scale


def test_a_stack_without_alarms_and_dashboard_idles_for_two_dollars_a_month(synth: Any) -> None:
    from bench.incidents.cost import idle_cost  # noqa: PLC0415  # not needed to collect
    from tools.docs import PRICED  # noqa: PLC0415

    idle = idle_cost(synth({**PRICED, "alarms": False, "dashboard": False, "page_mode": "signed"}).body)

    assert round(sum(usd for _, usd in idle.values()), 2) == 1.89  # as docs/scale.md tells


def test_the_memory_that_is_billed_is_the_templates(synth: Any) -> None:
    from bench.incidents.cost import MEMORY_MB  # noqa: PLC0415  # not needed to collect

    assert synth().function("triage")["MemorySize"] == MEMORY_MB
