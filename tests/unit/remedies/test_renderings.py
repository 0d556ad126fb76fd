"""Each rendering read by its own tool: all yield the policy as it would stand."""

import ast
import json
import re
import shlex
from functools import cache
from pathlib import Path
from typing import Any

import botocore.session
import hcl2
import pytest
import yaml
from botocore.validate import ParamValidator
from why403.remedies.draft import draft_remedies
from why403.remedies.remedy import Remedy

from tests.oracle.cfn_lint import found_in
from tests.unit.remedies.incident_case import case_of

CASES = Path(__file__).parents[2] / "cases" / "remedies"


@cache
def drafts() -> dict[str, Remedy]:
    """One first draft for each way to attach a policy and each layer, and one with a name that must be escaped."""
    found: dict[str, Remedy] = {}
    for path in sorted(CASES.glob("*.json")):
        for case in json.loads(path.read_text("utf-8")):
            for each in draft_remedies(case_of(case)):
                if each.set == 1 and each.commands.aws_cli and each.after is not None:
                    found.setdefault(f"{each.layer} {shlex.split(each.commands.aws_cli)[2]}", each)
                    if "${" in json.dumps(each.after):
                        found.setdefault("a name with a star in it", each)
    return found


def having(form: str) -> list[Any]:
    """Those drafts that have this rendering."""
    return [
        pytest.param(remedy, id=name) for name, remedy in drafts().items() if getattr(remedy.commands, form)
    ]


def documents(value: object) -> list[object]:
    """Every policy document somewhere within."""
    if isinstance(value, dict):
        inner = [found for each in value.values() for found in documents(each)]
        return [value] if "Statement" in value else inner
    if isinstance(value, list):
        return [found for each in value for found in documents(each)]
    if isinstance(value, str) and value.startswith("{"):
        return documents(json.loads(value))
    return []


@pytest.mark.parametrize("remedy", having("aws_cli"))
def test_the_commands_are_calls_that_the_service_takes(remedy: Remedy) -> None:
    words = shlex.split(remedy.commands.aws_cli.splitlines()[0])
    client = botocore.session.get_session().get_service_model(words[1] if words[1] != "s3api" else "s3")
    operation = "".join(part.capitalize() for part in words[2].split("-"))
    shape = next(
        client.operation_model(name)
        for name in client.operation_names
        if name.lower() == operation.lower()
    ).input_shape  # fmt: skip
    assert shape is not None
    members = {name.lower(): name for name in shape.members}
    given = dict(zip(words[3::2], words[4::2], strict=False))
    region = given.pop("--region", None)
    flags = {"--set-as-default"}
    parameters = {
        members[option.strip("-").replace("-", "")]: _typed(value)
        for option, value in given.items()
        if option not in flags
    }

    assert region in (None, "ap-northeast-1")
    assert ParamValidator().validate(parameters, shape).generate_report() == ""


def _typed(value: str) -> object:
    """`--attributes` takes a map; a policy stays text."""
    told = json.loads(value) if value.startswith("{") else value
    return told if isinstance(told, dict) and "Statement" not in told else value


@pytest.mark.parametrize("remedy", having("aws_cli"))
def test_the_command_carries_the_whole_policy(remedy: Remedy) -> None:
    found = [each for word in shlex.split(remedy.commands.aws_cli) for each in documents(word)]

    assert found == [remedy.after]


@pytest.mark.parametrize("remedy", having("cloudformation"))
def test_cloudformation_is_the_same_policy(remedy: Remedy) -> None:
    assert documents(yaml.safe_load(remedy.commands.cloudformation)) == [remedy.after]


@pytest.mark.parametrize("remedy", having("cloudformation"))
def test_cfn_lint_finds_no_error_in_the_template(remedy: Remedy) -> None:
    found = found_in(remedy.commands.cloudformation)

    assert [each for each in found if " error: " in each] == []


@pytest.mark.parametrize("remedy", having("cdk_python"))
def test_cdk_for_python_is_the_same_policy(remedy: Remedy) -> None:
    tree = ast.parse(remedy.commands.cdk_python)
    values = [
        ast.literal_eval(each.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        for each in node.keywords
    ]

    assert documents(values) == [remedy.after]


@pytest.mark.parametrize("remedy", having("terraform"))
def test_terraform_is_the_same_policy(remedy: Remedy) -> None:
    blocks = hcl2.loads(remedy.commands.terraform)
    expression = re.search(r"jsonencode\((.*)\)\n\}", remedy.commands.terraform, re.DOTALL)
    assert expression is not None
    policy = plain(hcl2.loads(f"policy = {expression[1]}\n")["policy"])

    assert [each for each in blocks if each != "__comments__"] == ["resource"]
    assert policy == json.loads(json.dumps(remedy.after))


def plain(value: Any) -> Any:
    """HCL's quoted templates as the texts that Terraform makes of them."""
    if isinstance(value, dict):
        return {plain(key): plain(each) for key, each in value.items() if not key.startswith("__")}
    if isinstance(value, list):
        return [plain(each) for each in value]
    if isinstance(value, str) and value.startswith('"'):
        return json.loads(value).replace("$${", "${").replace("%%{", "%{")
    return value


@pytest.mark.parametrize("remedy", having("cdk_typescript"))
def test_cdk_for_typescript_says_every_action_of_the_policy(remedy: Remedy) -> None:
    text = remedy.commands.cdk_typescript
    actions = [each["Action"] for each in (remedy.policy_document or {}).get("Statement", [])]

    assert [each for each in actions if isinstance(each, str) and each not in text] == []
    assert [text.count(mark) for mark in "{(["] == [text.count(mark) for mark in "})]"]
