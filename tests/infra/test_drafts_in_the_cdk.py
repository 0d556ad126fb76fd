"""The drafts for the CDK in Python, synthesized: the template holds the policy as it would stand."""

import json
from typing import Any

import pytest
from aws_cdk import App, Stack
from why403.remedies.remedy import Remedy

from tests.unit.remedies.test_renderings import documents, drafts


def every_draft() -> dict[str, Remedy]:
    return {name: remedy for name, remedy in drafts().items() if remedy.commands.cdk_python}


@pytest.fixture(scope="module")
def templates() -> dict[str, Any]:
    """The template of each draft, by its name; the constructs of all stand in one app."""
    app = App()
    stacks: dict[str, Stack] = {}
    for number, (name, remedy) in enumerate(every_draft().items()):
        module: dict[str, Any] = {}
        exec(remedy.commands.cdk_python, module)  # noqa: S102  # a draft is there to be run
        stacks[name] = Stack(app, f"Draft{number}")
        construct = next(each for key, each in module.items() if key.startswith("Mend"))
        construct(stacks[name], "Mended")
    assembly = app.synth()
    return {name: assembly.get_stack_by_name(stack.stack_name).template for name, stack in stacks.items()}


@pytest.mark.parametrize("name", every_draft())
def test_the_template_is_the_same_policy(name: str, templates: dict[str, Any]) -> None:
    expected = json.loads(json.dumps(every_draft()[name].after))

    assert documents(templates[name]["Resources"]) == [expected]
