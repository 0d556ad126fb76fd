"""What an organization forces on roles reaches every role, whoever made it."""

from pathlib import Path
from typing import Any

import pytest

from infra.settings import settings_of

pytestmark = pytest.mark.xdist_group("synth")
BOUNDARY = "arn:aws:iam::123456789012:policy/teams/limit"


def test_without_settings_roles_are_plain(synth: Any) -> None:
    roles = synth().of("IAM::Role").values()

    assert {"/"} == {role["Path"] for role in roles}
    assert not any("PermissionsBoundary" in role for role in roles)


def test_every_role_has_the_boundary_and_the_path(synth: Any) -> None:
    template = synth({"permissions_boundary": BOUNDARY, "role_path": "/teams/platform/"})
    roles = template.of("IAM::Role").values()

    assert len(roles) == 7
    assert {(BOUNDARY, "/teams/platform/")} == {(role["PermissionsBoundary"], role["Path"]) for role in roles}
    assert {"/teams/platform/"} == {policy["Path"] for policy in template.of("IAM::ManagedPolicy").values()}


def test_a_boundary_may_be_given_by_name(synth: Any) -> None:
    roles = synth({"permissions_boundary": "limit"}).of("IAM::Role").values()

    assert all(role["PermissionsBoundary"]["Fn::Join"][1][-1] == ":policy/limit" for role in roles)


def test_each_function_has_a_role_of_its_own(synth: Any) -> None:
    functions = synth().of("Lambda::Function").values()

    assert len({str(function["Role"]) for function in functions}) == 7


def test_a_role_that_a_custom_resource_brings_has_them_too(tmp_path: Path) -> None:
    from aws_cdk import App, CustomResourceProvider, CustomResourceProviderRuntime, Stack  # noqa: PLC0415

    from infra.roles import force_on_roles  # noqa: PLC0415  # starts Node

    code = tmp_path / "code"
    code.mkdir()
    (code / "index.js").write_text("exports.handler = async () => ({});")
    stack = Stack(App(outdir=str(tmp_path / "out")), "Custom")
    CustomResourceProvider.get_or_create(
        stack,
        "Custom::Thing",
        code_directory=str(code),
        runtime=CustomResourceProviderRuntime.NODEJS_22_X,
    )
    force_on_roles(stack, settings_of({"permissions_boundary": BOUNDARY, "role_path": "/teams/platform/"}))
    app = stack.node.root
    assert isinstance(app, App)
    template = app.synth().get_stack_by_name("Custom").template
    (role,) = [found for found in template["Resources"].values() if found["Type"] == "AWS::IAM::Role"]

    assert (role["Properties"]["PermissionsBoundary"], role["Properties"]["Path"]) == (
        BOUNDARY,
        "/teams/platform/",
    )
