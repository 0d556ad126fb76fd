"""`why403 doctor` against an embedded account: each failure with its cure."""

import json
from typing import Any

import pytest
from why403.aws.session import forget
from why403.cli import doctor
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
    status = doctor.run([*arguments, "--json"])
    return status, [json.loads(line) for line in capsys.readouterr().out.splitlines()]


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


def test_a_group_with_a_free_filter_is_well(account: Emulator, capsys: pytest.CaptureFixture[str]) -> None:
    client(account, "logs").create_log_group(logGroupName=GROUP)

    _, told = checks(capsys, "--log-group", GROUP)

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
    assert (there[-1]["what"], there[-1]["result"]) == ("secret doctor-webhook is there", "ok")
    assert (absent[-1]["what"], absent[-1]["result"]) == ("secret doctor-nowhere is not there", "failed")


def test_the_commands_of_a_test_line_write_what_triage_takes_for_a_denial(
    account: Emulator, capsys: pytest.CaptureFixture[str]
) -> None:
    status = doctor.run(["--log-group", GROUP, "--send-test"])

    told = capsys.readouterr().out
    assert status == doctor.HEALTHY
    assert f"aws logs put-log-events --log-group-name {GROUP}" in told
    assert account.region in told


def test_without_credentials_it_says_so_with_a_status_of_its_own(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with calling_as_nobody(monkeypatch):
        status = doctor.run(["--log-group", GROUP])

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
