"""Incidents are shown where the setting says, to those whom it says, and to nobody else."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from why403.errors import SettingsError

from infra.settings import settings_of

pytestmark = pytest.mark.xdist_group("synth")
WRITES = {"dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:BatchWriteItem"}


def _public(template: Any) -> list[dict[str, Any]]:
    return [found for found in template.of("Lambda::Permission").values() if found["Principal"] == "*"]


def _actions(template: Any, construct: str) -> set[str]:
    """All that the role of one of the console's functions may do."""
    return {
        action
        for policy in template.of("IAM::Policy").values()
        if policy["PolicyName"].startswith(construct)
        for statement in policy["PolicyDocument"]["Statement"]
        for action in ([statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"])
    }


def test_a_signed_page_has_both_permissions_that_a_url_needs(synth: Any) -> None:
    template = synth({"page_mode": "signed"})
    permissions = {found["Action"]: found for found in _public(template)}

    assert {"lambda:InvokeFunctionUrl", "lambda:InvokeFunction"} == set(permissions)
    assert permissions["lambda:InvokeFunctionUrl"]["FunctionUrlAuthType"] == "NONE"
    assert permissions["lambda:InvokeFunction"]["InvokedViaFunctionUrl"]
    assert {"NONE"} == {url["AuthType"] for url in template.of("Lambda::Url").values()}


def test_a_page_that_is_off_is_not_made(synth: Any) -> None:
    template = synth({"page_mode": "off"})

    assert (template.of("Lambda::Url"), _public(template)) == ({}, [])
    assert len(template.of("Lambda::Function")) == 5
    assert (template.variables("notify")["PAGE_URL"], template.variables("notify")["CONSOLE_DASHBOARD"]) == (
        "",
        "",
    )


def test_only_the_page_is_public(synth: Any) -> None:
    page = {str(found["FunctionName"]) for found in _public(synth({"page_mode": "signed"}))}

    assert len(page) == 1
    assert "FixPage" in page.pop()


def test_nobody_gets_a_public_url_without_asking(synth: Any) -> None:
    template = synth()

    assert (template.of("Lambda::Url"), _public(template)) == ({}, [])
    assert "/links" not in json.dumps(template.of("SecretsManager::Secret"))


def test_nobody_but_iam_identities_invokes_the_console(synth: Any) -> None:
    invokers = {str(found["Principal"]) for found in synth().of("Lambda::Permission").values()}

    assert {"logs.amazonaws.com", "sns.amazonaws.com", "events.amazonaws.com"} >= invokers


def test_the_dashboard_of_incidents_has_stack_and_region_in_its_name_and_asks_the_function_that_reads(
    synth: Any,
) -> None:
    boards = [
        json.dumps(board) for board in synth({"stack_name": "security"}).of("CloudWatch::Dashboard").values()
    ]
    (board,) = (board for board in boards if "security-incidents-" in board)

    assert "AWS::Region" in board
    assert "ConsoleLook" in board
    assert "ConsoleAct" not in board
    assert len(boards) == 2


def test_a_console_without_the_other_dashboard_is_still_a_console(synth: Any) -> None:
    assert len(synth({"dashboard": False}).of("CloudWatch::Dashboard")) == 1


def test_what_looks_cannot_write_and_what_acts_is_a_function_of_its_own(synth: Any) -> None:
    template = synth()

    assert _actions(template, "ConsoleLook") & WRITES == set()
    assert "dynamodb:Query" in _actions(template, "ConsoleLook")
    assert _actions(template, "ConsoleAct") & WRITES == {"dynamodb:PutItem", "dynamodb:UpdateItem"}
    assert (
        template.function("console")["FunctionName"],
        template.function("console_act")["FunctionName"],
    ) == ("why403-console", "why403-console-act")


def test_a_console_where_nobody_acts_has_no_function_that_does(synth: Any) -> None:
    template = synth({"acting": "off"})
    handlers = {function["Handler"] for function in template.of("Lambda::Function").values()}

    assert "console_act.handler" not in handlers
    assert template.variables("console")["ACTING"] == "false"


@pytest.mark.parametrize(
    ("name", "value", "instead"), [("page_mode", "iam", '"console"'), ("acting", "aws", '"console"')]
)
def test_a_mode_that_is_gone_says_what_to_use(name: str, value: str, instead: str) -> None:
    with pytest.raises(SettingsError, match=f'{name}: "{value}" is gone') as refused:
        settings_of({name: value})

    assert instead in str(refused.value)


def test_the_two_policies_of_the_page_name_the_functions_as_the_template_does(synth: Any) -> None:
    page = (Path(__file__).parents[2] / "docs/console.md").read_text("utf-8")
    policies = [json.loads(text) for text in re.findall(r"```json\n(.*?)```", page, re.DOTALL)]
    invoked = [
        statement["Resource"].rpartition(":")[2]
        for policy in policies
        for statement in policy["Statement"]
        if statement["Action"] == "lambda:InvokeFunction"
    ]

    assert invoked == [synth().function(stem)["FunctionName"] for stem in ("console", "console_act")]
