"""What an organization forces reaches every role, function and thing that is kept, whoever made it."""

import json
from pathlib import Path
from typing import Any

import pytest
from why403.errors import SettingsError

from infra.settings import settings_of

pytestmark = pytest.mark.xdist_group("synth")
KEY = "arn:aws:kms:eu-central-1:123456789012:key/11112222-3333-4444-5555-666677778888"
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

    from infra.forced import force_on_resources  # noqa: PLC0415  # starts Node

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
    force_on_resources(
        stack, settings_of({"permissions_boundary": BOUNDARY, "role_path": "/teams/platform/"})
    )
    app = stack.node.root
    assert isinstance(app, App)
    template = app.synth().get_stack_by_name("Custom").template
    (role,) = [found for found in template["Resources"].values() if found["Type"] == "AWS::IAM::Role"]

    assert (role["Properties"]["PermissionsBoundary"], role["Properties"]["Path"]) == (
        BOUNDARY,
        "/teams/platform/",
    )


def test_roles_have_names_that_other_accounts_can_trust_whoever_deploys(synth: Any) -> None:
    named = {
        "".join(part if isinstance(part, str) else "eu-central-1" for part in role["RoleName"]["Fn::Join"][1])
        for role in synth({"log_groups": ["/ecs/*"]}).of("IAM::Role").values()
    }

    assert "why403-diagnose-eu-central-1" in named
    assert {
        f"why403-{stem}-eu-central-1"
        for stem in [
            "triage",
            "diagnose",
            "notify",
            "recheck",
            "survey",
            "subscribe",
            "console",
            "console-act",
        ]
    } == named


def test_a_long_stack_name_leaves_room_for_the_longest_function_and_region() -> None:
    from aws_cdk import Aws  # noqa: PLC0415  # starts Node

    from infra.function import FUNCTIONS, role_name  # noqa: PLC0415

    names = {
        path: [
            role_name(settings_of({"stack_name": "a" * 40, "role_path": path}), stem) for stem in FUNCTIONS
        ]
        for path in ("/", "/teams/", "/teams/platform/")
    }

    for named in names.values():
        assert max(len(name) - len(Aws.REGION) + len("ap-southeast-1") for name in named) == 64
    assert len({name for named in names.values() for name in named}) == 3 * len(FUNCTIONS), (
        "a path has names of its own"
    )


def test_long_names_of_stacks_that_begin_alike_give_roles_of_their_own() -> None:
    from infra.function import role_stem  # noqa: PLC0415  # starts Node

    stems = {
        role_stem(settings_of({"stack_name": f"{'a' * 38}{end}", "role_path": path}), "triage")
        for end in ("x", "y")
        for path in ("/", "/teams/")
    }

    assert len(stems) == 4


def test_a_key_of_the_organizations_encrypts_all_that_is_kept_and_each_function_may_use_it(
    synth: Any,
) -> None:
    template = synth({"log_groups": ["/ecs/*"], "page_mode": "signed", "kms_key": KEY})
    kept = {
        kind: {json.dumps(one.get(name), sort_keys=True) for one in template.of(kind).values()}
        for kind, name in {
            "DynamoDB::Table": "SSESpecification",
            "SNS::Topic": "KmsMasterKeyId",
            "SQS::Queue": "KmsMasterKeyId",
            "Logs::LogGroup": "KmsKeyId",
            "SecretsManager::Secret": "KmsKeyId",
            "Lambda::Function": "KmsKeyArn",
        }.items()
    }
    users = [
        statement
        for statement in template.statements()
        if "kms:ReEncryptFrom" in statement["Action"] and statement["Resource"] == KEY
    ]

    assert {json.dumps(KEY)} == set.union(
        *(found for kind, found in kept.items() if kind != "DynamoDB::Table")
    )
    assert {json.dumps({"KMSMasterKeyId": KEY, "SSEEnabled": True, "SSEType": "KMS"})} == kept[
        "DynamoDB::Table"
    ]
    assert not template.of("KMS::Key")
    assert len(users) == len(template.of("Lambda::Function"))


def test_subnets_hold_every_function_and_its_role_may_have_interfaces_there(synth: Any) -> None:
    given = {"subnets": ["subnet-0123456789abcdef0"], "security_groups": ["sg-0123456789abcdef0"]}
    template = synth(given)
    functions = template.of("Lambda::Function").values()
    interfaces = [one for one in template.statements() if "ec2:CreateNetworkInterface" in one["Action"]]

    assert [given["subnets"], given["security_groups"]] == [
        *{
            json.dumps(one["VpcConfig"]["SubnetIds"]): one["VpcConfig"]["SubnetIds"] for one in functions
        }.values(),
        *{
            json.dumps(one["VpcConfig"]["SecurityGroupIds"]): one["VpcConfig"]["SecurityGroupIds"]
            for one in functions
        }.values(),
    ]
    assert len(interfaces) == len(functions)


def test_subnets_without_security_groups_are_told_before_anything_is_built() -> None:
    with pytest.raises(SettingsError, match="security_groups: name at least one"):
        settings_of({"log_groups": ["/ecs/orders"], "subnets": ["subnet-0123456789abcdef0"]})
