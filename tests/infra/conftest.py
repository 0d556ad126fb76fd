"""The stack, synthesized: once for each set of settings in a process, as the first synthesis takes seconds."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

Resources = dict[str, dict[str, Any]]


class Template:
    """A synthesized template, and the report of the rules it was checked against."""

    def __init__(self, out: Path, stack: str) -> None:
        self.text = (out / f"{stack}.template.json").read_text()
        self.body = json.loads(self.text)
        report = out / "validation-report.json"
        self.report = json.loads(report.read_text()) if report.exists() else {}

    def of(self, kind: str) -> Resources:
        """Logical id → properties of all resources of a type, such as `Lambda::Function`."""
        return {
            name: resource.get("Properties", {})
            for name, resource in self.body["Resources"].items()
            if resource["Type"] == f"AWS::{kind}"
        }

    def function(self, stem: str) -> dict[str, Any]:
        """The properties of the function whose file is `stem`."""
        return next(
            found for found in self.of("Lambda::Function").values() if found["Handler"] == f"{stem}.handler"
        )

    def variables(self, stem: str) -> dict[str, Any]:
        """The environment of a function."""
        found: dict[str, Any] = self.function(stem)["Environment"]["Variables"]
        return found

    def statements(self) -> list[dict[str, Any]]:
        """Every statement that the template gives a role."""
        policies = [*self.of("IAM::Policy").values(), *self.of("IAM::ManagedPolicy").values()]
        return [statement for policy in policies for statement in policy["PolicyDocument"]["Statement"]]


Synth = Callable[..., Template]


@pytest.fixture(scope="session")
def synth(tmp_path_factory: pytest.TempPathFactory) -> Synth:
    """Settings → Template. The asset is an empty module: tests/infra/test_asset.py builds the real one."""
    from infra.application import synthesize  # noqa: PLC0415  # starts Node

    asset = tmp_path_factory.mktemp("asset")
    (asset / "triage.py").write_text('"""Nothing."""\n')
    made: dict[str, Template] = {}

    def template(settings: Mapping[str, Any] | None = None) -> Template:
        given = {"log_groups": ["/ecs/orders"], **(settings or {})}
        key = json.dumps(given, sort_keys=False)
        if key not in made:
            out = tmp_path_factory.mktemp("out")
            synthesize(lambda: asset, {"why403": given}, str(out))
            made[key] = Template(out, given.get("stack_name", "why403"))
        return made[key]

    return template


@pytest.fixture
def actions_of() -> Callable[[Mapping[str, Any]], list[str]]:
    """A statement's actions as a list, as one may stand alone."""

    def listed(statement: Mapping[str, Any]) -> list[str]:
        actions = statement["Action"]
        return [actions] if isinstance(actions, str) else list(actions)

    return listed
