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
