"""What a changed setting replaces or takes away, seen in the templates of before and after: never what keeps anything."""

from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.xdist_group("effects")
PAGE = Path(__file__).parents[2] / "docs" / "setting-changes.md"
KEEPS = frozenset(
    {
        "AWS::DynamoDB::Table",
        "AWS::SecretsManager::Secret",
        "AWS::SQS::Queue",
        "AWS::SNS::Topic",
        "AWS::KMS::Key",
    }
)
"""What holds something that no deployment makes again."""


@pytest.fixture(scope="module")
def effects() -> Any:
    from tools.setting_effects import setting_effects  # noqa: PLC0415  # starts Node

    return setting_effects()


def test_the_page_is_up_to_date(effects: Any) -> None:
    from tools.setting_effects import effects_docs  # noqa: PLC0415

    assert effects_docs(effects) == PAGE.read_text("utf-8"), "run: make docs"


def test_every_setting_that_changes_a_stack_is_tried(effects: Any) -> None:
    from infra.settings import declared  # noqa: PLC0415

    assert {one.name for one in declared()} - {"stack_name"} == set(effects)


def test_no_setting_replaces_what_keeps_something(effects: Any) -> None:
    replaced = {
        (name, before[one]["Type"]) for name, (before, found) in effects.items() for one in found.replaced
    }

    assert [one for one in replaced if one[1] in KEEPS] == []


def test_no_setting_loses_an_incident_or_a_secret(effects: Any) -> None:
    from tools.setting_effects import LOST, lost  # noqa: PLC0415

    told = {name: lost(before, found) for name, (before, found) in effects.items()}
    table, secret = LOST["AWS::DynamoDB::Table"], LOST["AWS::SecretsManager::Secret"]

    assert [name for name, what in told.items() if table in what or secret in what] == []
    assert {"globs_by", "page_mode", "acting", "kms_key"} == {name for name, what in told.items() if what}


def test_no_setting_is_refused_by_cloudformation(effects: Any) -> None:
    assert [name for name, (_, found) in effects.items() if found.refused] == []


def test_a_table_that_gets_another_name_is_replaced_and_lost_unless_it_is_kept() -> None:
    from tools.setting_effects import effects as effects_of  # noqa: PLC0415
    from tools.setting_effects import lost  # noqa: PLC0415

    def stack(name: str, **policy: str) -> dict[str, Any]:
        return {"Table": {"Type": "AWS::DynamoDB::Table", "Properties": {"TableName": name}, **policy}}

    found = effects_of(stack("one"), stack("other"))

    assert (found.replaced, found.refused) == (("Table",), ())
    assert lost(stack("one"), found) == ("every incident",)
    assert lost(stack("one", UpdateReplacePolicy="Retain"), found) == ()


def test_a_role_of_the_same_name_on_another_path_is_refused() -> None:
    from tools.setting_effects import effects as effects_of  # noqa: PLC0415

    def stack(path: str) -> dict[str, Any]:
        return {"Role": {"Type": "AWS::IAM::Role", "Properties": {"RoleName": "reader", "Path": path}}}

    assert effects_of(stack("/"), stack("/teams/")).refused == ("Role",)
    assert effects_of(stack("/"), stack("/")).replaced == ()
