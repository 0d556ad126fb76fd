"""What is odd in a policy as written: each kind of finding, and that sound policies give none."""

from typing import Any

import pytest
from why403.decisions.decision import Request
from why403.decisions.evaluate import compile_set
from why403.decisions.lint import MOST_TOLD, lint
from why403.iam.layer import Policy
from why403.message import Message
from why403.policies.policy_set import PolicySet

QUEUE = "arn:aws:sqs:us-east-1:123456789012:orders"
REQUEST = Request(
    principal="arn:aws:sts::123456789012:assumed-role/app/s1", action="sqs:SendMessage", resource=QUEUE
)
SOUND = {"Sid": "S", "Effect": "Allow", "Action": "sqs:SendMessage", "Resource": QUEUE}
ROLE = "arn:aws:iam::123456789012:role/app"


def linted(policies: PolicySet, request: Request) -> tuple[Message, ...]:
    return lint(compile_set(policies).layers, request)


def found(*statements: Any, request: Request = REQUEST) -> list[str]:
    document = {"Version": "2012-10-17", "Statement": list(statements)}
    return [told.id for told in linted(PolicySet(identity=(Policy("p", document),)), request)]


def found_in_target(principal: Any) -> list[str]:
    document = {"Statement": [SOUND | {"Principal": principal}]}
    return [told.id for told in linted(PolicySet(resource=Policy("queue policy", document)), REQUEST)]


@pytest.mark.parametrize(
    "sound",
    [
        {},
        {"Action": "sqs:*"},
        {"Action": "*"},
        {"Resource": "*"},
        {"Resource": f"{QUEUE}-dev"},
        {"Action": "made-up:Call"},
    ],
)
def test_a_sound_statement_is_not_remarked_on(sound: dict[str, str]) -> None:
    assert found(SOUND | sound) == []


@pytest.mark.parametrize(
    ("odd", "finding"),
    [
        ({"Action": "sqs:SendMessage "}, "decisions.lint-blank"),
        ({"Action": ["sqs:SendMessages"]}, "decisions.lint-unknown-action"),
        ({"Action": "sqs:Snd*"}, "decisions.lint-unknown-action"),
        ({"Resource": "https://sqs.us-east-1.amazonaws.com/123456789012/orders"}, "decisions.lint-url"),
        ({"Resource": "queueName"}, "decisions.lint-no-arn"),
        ({"Effect": "allow"}, "decisions.lint-statement"),
    ],
)
def test_an_odd_statement_is_told(odd: dict[str, Any], finding: str) -> None:
    assert [finding] == found(SOUND | odd)


@pytest.mark.parametrize(
    ("given", "written"),
    [
        ("arn:aws:s3:::shop/file", "arn:aws:s3:::shop"),
        ("arn:aws:s3:::shop", "arn:aws:s3:::shop/*"),
        ("arn:aws:lambda:us-east-1:123456789012:function:pay:prod", "arn:aws:lambda:us-east-1:123456789012:function:pay"),
        ("arn:aws:dynamodb:us-east-1:123456789012:table/t/index/i", "arn:aws:dynamodb:us-east-1:123456789012:table/t"),
        ("arn:aws:secretsmanager:us-east-1:123456789012:secret:db-AbCdEf",
         "arn:aws:secretsmanager:us-east-1:123456789012:secret:db"),
    ],
)  # fmt: skip
def test_the_other_form_of_the_target_is_told(given: str, written: str) -> None:
    service = given.split(":")[2]
    request = Request(principal=REQUEST.principal, action=f"{service}:Anything", resource=given)
    statement = {"Effect": "Allow", "Action": f"{service}:*", "Resource": written}

    assert found(statement, request=request) == ["decisions.lint-other-form"]
    assert found(statement | {"Resource": given}, request=request) == []
    assert found(statement | {"Resource": [written, given]}, request=request) == []
    assert found(statement, statement | {"Resource": given}, request=request) == []
    assert found(statement | {"Action": f"{service}:Get*"}, request=request) == []
    assert found(statement | {"Effect": "Deny"}, request=request) == []


@pytest.mark.parametrize(
    "principal",
    ["*", {"AWS": "*"}, {"AWS": ROLE}, {"AWS": ["123456789012"]}, {"Service": "sns.amazonaws.com"}],
)
def test_a_sound_principal_is_not_remarked_on(principal: Any) -> None:
    assert found_in_target(principal) == []


@pytest.mark.parametrize(
    ("principal", "finding"),
    [
        ("arn:aws:iam:123456789012:user/MyUser", "decisions.lint-principal"),
        ("arn:aws:iam::123456789012:role/*", "decisions.lint-principal"),
        ("AROAABCDEFGHIJKLMNOPQ", "decisions.lint-deleted-principal"),
    ],
)
def test_a_principal_that_names_nobody_is_told(principal: str, finding: str) -> None:
    assert [finding] == found_in_target({"AWS": principal})


def test_a_document_that_is_no_json_is_told() -> None:
    policies = PolicySet(identity=(Policy("p", "{"),))

    assert [told.id for told in linted(policies, REQUEST)] == ["decisions.lint-document"]


def test_ten_thousand_statements_are_told_and_the_list_stays_short() -> None:
    told = found(*[SOUND | {"Action": f"sqs:Made{number}"} for number in range(10_000)])

    assert told[0] == "decisions.lint-many-statements"
    assert len(told) == MOST_TOLD
