"""What an organization forces on roles reaches every role, whoever made it."""

from typing import Any

import pytest

pytestmark = pytest.mark.xdist_group("synth")


def test_without_settings_roles_are_plain(synth: Any) -> None:
    roles = synth().of("IAM::Role").values()

    assert {"/"} == {role["Path"] for role in roles}
    assert not any("PermissionsBoundary" in role for role in roles)


def test_every_role_has_the_boundary_and_the_path(synth: Any) -> None:
    boundary = "arn:aws:iam::123456789012:policy/teams/limit"
    template = synth({"permissions_boundary": boundary, "role_path": "/teams/platform/"})
    roles = template.of("IAM::Role").values()

    assert len(roles) == 5
    assert {(boundary, "/teams/platform/")} == {(role["PermissionsBoundary"], role["Path"]) for role in roles}
    assert {"/teams/platform/"} == {policy["Path"] for policy in template.of("IAM::ManagedPolicy").values()}


def test_a_boundary_may_be_given_by_name(synth: Any) -> None:
    roles = synth({"permissions_boundary": "limit"}).of("IAM::Role").values()

    assert all(role["PermissionsBoundary"]["Fn::Join"][1][-1] == ":policy/limit" for role in roles)


def test_each_function_has_a_role_of_its_own(synth: Any) -> None:
    functions = synth().of("Lambda::Function").values()

    assert len({str(function["Role"]) for function in functions}) == 5
