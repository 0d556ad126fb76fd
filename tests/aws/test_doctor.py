"""`why403 doctor` against an embedded account: each failure with its cure."""

import json
import re
from typing import Any

import pytest
from botocore.stub import Stubber
from why403.aws import session
from why403.aws.reader import Reader
from why403.aws.session import forget
from why403.aws.stack import DeployedStack
from why403.aws.whoami import whoami
from why403.cli import doctor
from why403.cli.app import run
from why403.cli.doctor_channels import ASK, check_channels
from why403.cli.doctor_check import Check
from why403.cli.doctor_delivery import check_slack_app
from why403.http import post

from demo.emulator import Emulator
from demo.slack_answers import Reply
from tests.aws.calling_as import calling_as_nobody
from tests.fakes.receiver import receiver

GROUP = "doctor-web"


@pytest.fixture
def account(embedded_account: Emulator, monkeypatch: pytest.MonkeyPatch) -> Emulator:
    for name, value in embedded_account.environment.items():
        monkeypatch.setenv(name, value)
    forget()
    return embedded_account


def client(account: Emulator, service: str) -> Any:
    session: Any = account.session()
    return session.client(service, endpoint_url=account.endpoint)


def checks(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, list[dict[str, str]]]:
    status = run(["doctor", *arguments, "--json"])
    return status, [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def results(told: list[dict[str, str]]) -> list[tuple[str, str]]:
    return [(check["what"], check["result"]) for check in told]


def test_a_role_without_permissions_lacks_each_with_what_it_is_needed_for(
    account: Emulator, capsys: pytest.CaptureFixture[str]
) -> None:
    trust = {"Statement": {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}}
    role = client(account, "iam").create_role(
        RoleName="doctor-poor", AssumeRolePolicyDocument=json.dumps(trust)
    )["Role"]["Arn"]

    status, told = checks(capsys, "--role", role)

    needed, helpful = (
        [check for check in told if check["result"] == result] for result in ("failed", "helps")
    )
    assert (status, len(needed), len(helpful)) == (doctor.UNHEALTHY, 1, 1)
    for check, action in ((needed[0], "iam:GetRole"), (helpful[0], "cloudtrail:LookupEvents")):
        policy = json.loads(check["cure"][check["cure"].index("{") :])
        assert action in policy["Statement"][0]["Action"]
        assert role in check["cure"]
        assert (len(policy["Statement"][0]["Action"]) > 20) == (" … and " in check["what"])


def test_a_group_with_a_free_filter_is_well(account: Emulator, capsys: pytest.CaptureFixture[str]) -> None:
    client(account, "logs").create_log_group(logGroupName=GROUP)

    _, told = checks(capsys, "--log-group", GROUP)
    run(["doctor", "--log-group", GROUP, "--log-group", "doctor-nowhere"])
    lines = capsys.readouterr().out.splitlines()

    assert lines[0].startswith("FAIL ")
    assert re.fullmatch(r"\d checks: [1-9] fail, (?:\d would help, )?\d are well", lines[-1])
    assert [check["what"] for check in told if GROUP in check["what"]] == [
        f"log group {GROUP} is there",
        f"log group {GROUP} has 0 subscription filters: room for ours",
    ]


def test_a_group_that_is_not_there_fails_with_its_cure(
    account: Emulator, capsys: pytest.CaptureFixture[str]
) -> None:
    status, told = checks(capsys, "--log-group", "doctor-nowhere")

    (found,) = [check for check in told if "doctor-nowhere" in check["what"]]
    assert (status, found["result"]) == (doctor.UNHEALTHY, "failed")
    assert found["cure"].endswith("aws logs create-log-group --log-group-name doctor-nowhere")
    assert account.region in found["what"]


def test_a_secret_is_looked_up_and_never_read(account: Emulator, capsys: pytest.CaptureFixture[str]) -> None:
    client(account, "secretsmanager").create_secret(Name="doctor-webhook", SecretString="made-up")

    _, there = checks(capsys, "--webhook-secret", "doctor-webhook")
    _, absent = checks(capsys, "--webhook-secret", "doctor-nowhere")

    assert "made-up" not in json.dumps(there)
    assert ("secret doctor-webhook is there", "ok") in results(there)
    assert ("secret doctor-nowhere is not there", "failed") in results(absent)
    assert "0 of" not in json.dumps(there), "what nobody granted is not well"


def notify_told(routes: list[dict[str, str]], *hosts: str) -> dict[str, Any]:
    """The function's configuration, as far as channels are concerned."""
    return {"Environment": {"Variables": {"ROUTES": json.dumps(routes), "WEBHOOK_HOSTS": json.dumps(hosts)}}}


def test_every_routes_channel_is_asked_without_a_message_and_no_secret_is_shown(account: Emulator) -> None:
    make = client(account, "secretsmanager").create_secret
    with receiver() as slack:
        bot = {"bot_token": "xoxb-made-up", "channel": "C1", "api": f"{slack.url}/api"}
        make(Name="doctor-ask/bot", SecretString=json.dumps(bot))
        make(Name="doctor-ask/hook", SecretString="https://hooks.example.com/services/made-up")
        make(Name="doctor-ask/key", SecretString="made-up")
        routes = [
            {"slack_secret": "doctor-ask/bot", "pagerduty_secret": "doctor-ask/key"},
            {"slack_secret": "doctor-ask/bot", "slack_channel": "C2", "name": "two"},
            {"slack_secret": "doctor-ask/hook", "name": "three"},
        ]
        found = checked_channels(account, notify_told(routes, slack.host), ask=True)

    assert [(path.rpartition("/")[2], body) for path, _, body in slack.taken] == [
        ("auth.test", {}),
        ("chat.postMessage", {"channel": "C1"}),
        ("auth.test", {}),
        ("chat.postMessage", {"channel": "C2"}),
    ]
    assert {check.what.removeprefix("Slack, by the secret "): check.result for check in found[1:]} == {
        "doctor-ask/bot, answers: Slack knows the bot why403 of the workspace Acme, and asks for a text; nothing was posted": "ok",
        "secret doctor-ask/key is there": "ok",
        "PagerDuty, by the secret doctor-ask/key, cannot be asked: the Events API takes events alone, and says nothing of a "
        "key beforehand": "unknown",
        "doctor-ask/bot, C2, answers: Slack knows the bot why403 of the workspace Acme, and asks for a text; nothing was "
        "posted": "ok",
        "secret doctor-ask/hook is there": "ok",
        "doctor-ask/hook, would not take a message": "failed",
    }
    assert "made-up" not in repr(found)


def test_no_channel_is_asked_and_no_secret_read_unless_that_is_wanted(account: Emulator) -> None:
    client(account, "secretsmanager").create_secret(Name="doctor-quiet", SecretString="made-up")
    with receiver() as slack:
        found = checked_channels(
            account, notify_told([{"slack_secret": "doctor-quiet"}], slack.host), ask=False
        )

    assert ([check.what for check in found], slack.taken) == (["secret doctor-quiet is there"], [])
    assert ASK in found[0].cure


def test_an_address_that_was_not_confirmed_and_a_topic_that_nobody_hears_are_told(account: Emulator) -> None:
    topics = [f"arn:aws:sns:{account.region}:123456789012:doctor-{name}" for name in ("mail", "chat")]
    waiting = {"SubscriptionArn": "PendingConfirmation", "Protocol": "email", "Endpoint": "ops@example.com"}
    with Stubber(session.client("sns", account.region)) as sns:
        for topic, found in zip(topics, ([waiting], []), strict=True):
            sns.add_response("list_subscriptions_by_topic", {"Subscriptions": found}, {"TopicArn": topic})
        checked = checked_channels(account, {}, ask=False, EmailTopicArn=topics[0], ChatTopicArn=topics[1])

    assert [(check.result, check.what) for check in checked] == [
        ("failed", f"ops@example.com did not confirm the subscription of {topics[0]}"),
        ("failed", f"nobody hears {topics[1]}, which is for Amazon Q Developer in chat applications"),
    ]


def checked_channels(account: Emulator, notify: dict[str, Any], *, ask: bool, **outputs: str) -> list[Check]:
    stack = DeployedStack("doctor", outputs, ())
    return [*check_channels(Reader(whoami().place), stack, notify, account.region, ask=ask)]


def test_the_commands_of_a_test_line_write_what_triage_takes_for_a_denial(
    account: Emulator, capsys: pytest.CaptureFixture[str]
) -> None:
    status = run(["doctor", "--log-group", GROUP, "--send-test"])

    told = capsys.readouterr().out
    assert status == doctor.HEALTHY
    assert f"aws logs put-log-events --log-group-name {GROUP}" in told
    assert account.region in told


def test_without_credentials_it_says_so_with_a_status_of_its_own(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with calling_as_nobody(monkeypatch):
        status = run(["doctor", "--log-group", GROUP])

    assert status == doctor.NOTHING_READ
    assert "FAIL" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("status", "result", "told"),
    [
        (401, "ok", "refuses what Slack did not sign"),
        (404, "failed", "no signing secret yet"),
        (403, "failed", "answers 403"),
    ],
)
def test_the_slack_apps_url_is_asked_as_a_stranger_would(status: int, result: str, told: str) -> None:
    with receiver(Reply(status, "")) as url:
        check = check_slack_app(url.url, post)

    assert (check.result, told in check.what) == (result, True)


def test_a_slack_app_that_does_not_answer_is_told() -> None:
    with receiver(Reply(503, "")) as url:
        failing = check_slack_app(url.url, post)
    gone = check_slack_app(url.url, post)

    assert [failing.result, gone.result] == ["failed", "failed"]
    assert "did not answer" in gone.what
