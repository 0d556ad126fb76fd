"""The options of `why403 explain` that decide where and as whom it reads."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber
from moto import mock_aws
from why403.aws.session import forget, reading_clients
from why403.cli.app import run
from why403.cli.explain import USAGE

OTHER = "111122223333"
READ_ROLE = f"arn:aws:iam::{OTHER}:role/why403-read"
QUEUE = f"arn:aws:sqs:eu-west-1:{OTHER}:orders"
LINE = (
    "An error occurred (AccessDenied) when calling the SendMessage operation: User: "
    "arn:aws:iam::123456789012:root is not authorized to perform: sqs:SendMessage "
    f"on resource: {QUEUE}"
)


@pytest.fixture(autouse=True)
def _accounts(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Our account without a configured Region, and another one that holds the queue."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_CONFIG_FILE", "nowhere")
    for name in ("AWS_ENDPOINT_URL", "AWS_DEFAULT_REGION", "AWS_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    with mock_aws():
        forget()
        sts: Any = boto3.client("sts", region_name="eu-west-1")
        keys = sts.assume_role(RoleArn=READ_ROLE, RoleSessionName="set-up")["Credentials"]
        theirs = boto3.Session(
            keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"], region_name="eu-west-1"
        )
        sqs: Any = theirs.client("sqs")
        sqs.create_queue(QueueName="orders")
        with ExitStack() as stubs:
            for region in ("eu-west-1", "us-east-1", "ap-southeast-2"):
                stubs.enter_context(_empty_trail(region))
            yield
    forget()


def _empty_trail(region: str) -> Stubber:
    """CloudTrail, which moto does not have, with nothing recorded."""
    stubber = Stubber(reading_clients().get("cloudtrail", region))
    for _ in range(12):
        stubber.add_response("lookup_events", {"Events": []})
    return stubber


def explained(capsys: pytest.CaptureFixture[str], *options: str) -> Any:
    run(["explain", *options, "--json", LINE])
    return json.loads(capsys.readouterr().out)


def errors(told: Any, call: str) -> list[str]:
    return [spot["error"] for spot in told["unreadable"] if spot["call"] == call]


def test_without_a_role_the_other_account_is_a_blind_spot(capsys: pytest.CaptureFixture[str]) -> None:
    told = explained(capsys)

    assert errors(told, "sqs:GetQueueAttributes") == ["NoReadRole"]


@pytest.mark.parametrize("named", [f"{OTHER}={READ_ROLE}", f"*={READ_ROLE.rpartition('/')[2]}"])
def test_the_other_account_is_read_with_the_role_of_the_option(
    capsys: pytest.CaptureFixture[str], named: str
) -> None:
    told = explained(capsys, "--target-read-role", named)

    layers = {layer["layer"]: layer["effect"] for layer in told["decision"]["layers"]}
    assert errors(told, "sqs:GetQueueAttributes") == []
    assert layers["resource"] == "implicit-deny"


def test_where_no_region_is_configured_the_line_s_is_looked_in(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    url = "https://sqs.ap-southeast-2.amazonaws.com/123456789012/orders"
    line = f"An error occurred (AccessDenied) when calling the SendMessage operation: Access to the resource {url} is denied."

    run(["explain", "--json", line])
    told = json.loads(capsys.readouterr().out)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    forget()
    run(["explain", "--json", line])
    configured = json.loads(capsys.readouterr().out)

    assert told["workload"]["region"] == "ap-southeast-2"
    assert configured["workload"]["region"] == "eu-west-1"


@pytest.mark.parametrize(
    "options",
    [
        ["--target-read-role", READ_ROLE],
        ["--target-read-role", f"12345={READ_ROLE}"],
        ["--target-read-role", f"{OTHER}=why403-read"],
        ["--target-read-role", f"*={READ_ROLE}"],
        ["--organization-read-role", f"arn:aws:iam::{OTHER}:user/why403"],
    ],
)
def test_an_option_that_is_no_role_is_refused_with_its_form(
    capsys: pytest.CaptureFixture[str], options: list[str]
) -> None:
    assert run(["explain", *options, LINE]) == USAGE
    assert "arn:aws:iam::123456789012:role/NAME" in (said := capsys.readouterr().err) or "ACCOUNT=ARN" in said


@pytest.mark.parametrize(
    ("typed", "there"),
    [
        ("scout-admin-dv", "scout-admin-dev"),
        ("/ecs/ordres", "/ecs/orders"),
        ("/esc/invoices", "/ecs/invoices"),
    ],
)
def test_a_log_group_that_is_mistyped_is_told_first_with_the_one_that_was_meant(
    typed: str, there: str, capsys: pytest.CaptureFixture[str]
) -> None:
    logs: Any = boto3.client("logs", region_name="eu-west-1")
    logs.create_log_group(logGroupName=there)

    run(["explain", "--region", "eu-west-1", "--log-group", typed, "--json", LINE])

    said = capsys.readouterr().err
    assert said.startswith(
        f"why403 explain: there is no log group {typed} in eu-west-1. Did you mean {there}?"
    )


def test_without_a_log_group_it_says_what_one_would_give(capsys: pytest.CaptureFixture[str]) -> None:
    run(["explain", "--region", "eu-west-1", LINE])

    assert "With the group, the workload behind it is found" in capsys.readouterr().err
