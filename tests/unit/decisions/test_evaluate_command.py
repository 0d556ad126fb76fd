"""A line that is no case is answered with an error: who calls and what is called must be of a known form."""

import json
from typing import Any

import pytest
from why403.cli.evaluate import evaluate_line

OPEN = {"name": "open", "document": {"Statement": {"Effect": "Allow", "Principal": "*", "Action": "*"}}}
REQUEST = {
    "principal": "arn:aws:sts::123456789012:assumed-role/app/s1",
    "action": "sqs:SendMessage",
    "resource": "arn:aws:sqs:us-east-1:123456789012:orders",
    "resource_account": "123456789012",
}


def answer(**changed: str) -> dict[str, Any]:
    case = {"id": "one", "request": REQUEST | changed, "policies": {"resource": OPEN}}
    return evaluate_line(json.dumps(case))


@pytest.mark.parametrize(
    "principal",
    [
        "arn:aws:iam::123456789012:user/team/ann",
        "arn:aws:iam::123456789012:root",
        "arn:aws-cn:iam::123456789012:role/app",
        "arn:aws:sts::123456789012:federated-user/ann",
        "arn:aws:iam::123456789012:saml-provider/okta",
        "events.amazonaws.com",
        "delivery.logs.amazonaws.com",
        "alexa-appkit.amazon.com",
        "accounts.google.com",
        "anonymous",
    ],
)
def test_a_principal_of_a_known_form_is_evaluated(principal: str) -> None:
    assert "error" not in answer(principal=principal)


@pytest.mark.parametrize(
    "principal",
    [
        "",
        "*",
        "ann",
        "123456789012",
        "AROAABCDEFGHIJKLMNOPQ",
        "arn:aws:iam::123456789012:group/admins",
        "arn:aws:iam::123456789012:policy/p",
        "arn:aws:iam::123456789012:user/",
        "arn:aws:s3:::shop",
        "user/ann",
        "events.amazonaws.com.example.org",
        "two words.amazonaws.com",
    ],
)
def test_a_principal_that_is_none_is_an_error_and_names_the_id(principal: str) -> None:
    told = answer(principal=principal)

    assert (told["id"], "principal" in told["error"], "decision" in told) == ("one", True, False)


@pytest.mark.parametrize("action", ["S3:getobject", "execute-api:Invoke", "made-up:Call"])
def test_an_action_of_the_known_form_is_evaluated(action: str) -> None:
    assert "error" not in answer(action=action)


@pytest.mark.parametrize(
    "action",
    ["", "*", "SendMessage", "sqs:", ":SendMessage", "sqs:*", "sqs:Send Message", "sqs:SendMessage "],
)
def test_an_action_that_is_none_is_an_error(action: str) -> None:
    assert "action" in answer(action=action)["error"]


def line(request: dict[str, str], policies: str, identifier: str = '"one"') -> dict[str, Any]:
    return evaluate_line(f'{{"id": {identifier}, "request": {json.dumps(request)}, {policies}}}')


ALLOWS = '"policies": {"identity": [{"name": "a", "document": {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}}]}'


def test_policies_that_repeat_are_asked_each_request_anew() -> None:
    other = REQUEST | {"resource_account": "111122223333"}

    told = [line(request, ALLOWS)["decision"] for request in (REQUEST, other, REQUEST)]

    assert told == ["allowed", "implicit-deny", "allowed"]


@pytest.mark.parametrize(
    "policies",
    [
        ALLOWS,
        ALLOWS.replace('"policies": ', '"policies" :'),
        ALLOWS + ', "note": "policies"',
        '"note": "\\"policies\\"", ' + ALLOWS,
        '"note": {"policies": 1}, ' + ALLOWS,
        '"policies": {}, ' + ALLOWS,
    ],
)
def test_where_the_policies_stand_in_the_line_changes_nothing(policies: str) -> None:
    assert [line(REQUEST, policies)["decision"] for _ in range(2)] == ["allowed", "allowed"]


def test_an_id_beside_the_policies_is_the_lines_own() -> None:
    told = [line(REQUEST, f'{ALLOWS}, "id": "{name}"', "null")["id"] for name in ("one", "two")]

    assert told == ["one", "two"]


def test_a_line_cut_off_within_its_policies_is_an_error() -> None:
    assert "error" in evaluate_line('{"id": "cut", "request": {}, "policies": {"identity": [')
