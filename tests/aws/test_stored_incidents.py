"""`why403 incidents`, `open`, `mute` and `expect` on a stack's table, found by the stack's name."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws
from why403.aws.incident_table import milliseconds, open_table
from why403.aws.session import forget
from why403.cli.app import run
from why403.cli.check import read_calls
from why403.errors import SettingsError
from why403.incidents.incident import State

from tests.fakes.dynamodb_table import make_table
from tests.fakes.incidents import opened_incident

CASES = Path(__file__).parents[1] / "cases"
FINGERPRINT, OTHER = "f3a1c0de5b7d9e21", "f3a1ffff00000000"
TEMPLATE = {
    "Description": "why403: says which policy answered 403.",
    "Resources": {"Topic": {"Type": "AWS::SNS::Topic"}},
    "Outputs": {"TableName": {"Value": "security-incidents"}},
}
PERSON = "assumed-role/Admin/alice"


@pytest.fixture(autouse=True)
def _stack(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A stack `security` in eu-west-1 whose table holds two incidents; alice is who asks."""
    for name, value in {
        "AWS_ACCESS_KEY_ID": "a",
        "AWS_SECRET_ACCESS_KEY": "a",
        "AWS_DEFAULT_REGION": "eu-west-1",
    }.items():
        monkeypatch.setenv(name, value)
    for name in ("AWS_ENDPOINT_URL", "AWS_PROFILE", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    with mock_aws():
        made: Any = boto3.client("cloudformation", region_name="eu-west-1")
        made.create_stack(StackName="security", TemplateBody=json.dumps(TEMPLATE))
        dynamodb: Any = boto3.client("dynamodb", region_name="eu-west-1")
        make_table(dynamodb, "security-incidents")
        sts: Any = boto3.client("sts", region_name="eu-west-1")
        keys = sts.assume_role(RoleArn="arn:aws:iam::123456789012:role/Admin", RoleSessionName="alice")[
            "Credentials"
        ]
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", keys["AccessKeyId"])
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", keys["SecretAccessKey"])
        monkeypatch.setenv("AWS_SESSION_TOKEN", keys["SessionToken"])
        forget()
        now = milliseconds()
        for fingerprint in (FINGERPRINT, OTHER):
            opened = opened_incident(fingerprint, first_seen=now - 60_000, last_seen=now - 60_000)
            assert open_table("security-incidents").open(opened)
        yield
    forget()


def stored(fingerprint: str) -> Any:
    return open_table("security-incidents").get(fingerprint)


def test_open_incidents_are_listed_for_people_and_programs(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["incidents", "--stack", "security"]) == 0
    for_people = capsys.readouterr().out
    assert run(["incidents", "--stack", "security", "--json"]) == 0
    for_programs = [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    assert ("f3a1c0de" in for_people, "1 min ago" in for_people) == (True, True)
    assert {one["id"] for one in for_programs} == {FINGERPRINT, OTHER}
    assert for_programs[0]["state"] == "open"


def test_a_muted_incident_is_listed_with_all_alone_and_says_until_when(
    capsys: pytest.CaptureFixture[str],
) -> None:
    run(["mute", FINGERPRINT, "--for", "4h", "--stack", "security"])
    capsys.readouterr()

    run(["incidents", "--stack", "security", "--json"])
    open_ones = capsys.readouterr().out
    run(["incidents", "--stack", "security", "--json", "--all"])
    all_of_them = [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    assert FINGERPRINT not in open_ones
    assert [one["muted_by"] for one in all_of_them if one["id"] == FINGERPRINT] == [PERSON]


def test_an_incident_opens_by_how_its_id_begins(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["open", "f3a1c0", "--stack", "security", "--json"]) == 0

    assert json.loads(capsys.readouterr().out)["denial"]["action"]


@pytest.mark.parametrize(
    ("begins", "told"), [("f3a1", "2 incidents begin"), ("f3", "too short"), ("beef1234", "no incident")]
)
def test_what_names_no_one_incident_is_told(begins: str, told: str) -> None:
    with pytest.raises(SettingsError, match=told):
        run(["open", begins, "--stack", "security"])


def test_who_mutes_is_the_aws_identity_and_the_mute_ends(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["mute", "f3a1c0de", "--for", "7d", "--stack", "security"]) == 0

    muted = stored(FINGERPRINT)
    assert (muted.state, muted.muted_by) == (State.MUTED, PERSON)
    assert muted.muted_until
    assert PERSON in capsys.readouterr().out
    assert run(["mute", "f3a1c0de", "--end", "--stack", "security"]) == 0
    assert stored(FINGERPRINT).state is State.OPEN


def test_muted_until_it_is_fixed_an_incident_stays_open_and_says_who_and_how_long(
    capsys: pytest.CaptureFixture[str],
) -> None:
    once = run(["mute", "f3a1c0de", "--until-fixed", "--stack", "security"])
    silent, said = stored(FINGERPRINT), capsys.readouterr().out
    again = run(["mute", "f3a1c0de", "--until-fixed", "--stack", "security"])

    assert (once, again) == (0, 1)
    assert (silent.state, silent.muted_by) == (State.OPEN, PERSON)
    assert f"muted until it is fixed, at most until {silent.muted_until} by {PERSON}" in said
    assert silent.muted_until in capsys.readouterr().out
    assert run(["mute", "f3a1c0de", "--end", "--stack", "security"]) == 0
    assert stored(FINGERPRINT).muted_until == ""


def test_a_mute_of_more_than_thirty_days_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SettingsError, match="30 days"):
        run(["mute", "f3a1c0de", "--until", "2099-01-01", "--stack", "security"])

    assert run(["mute", "f3a1c0de", "--for", "31d", "--stack", "security"]) == 2
    assert "30 days" in capsys.readouterr().err
    assert stored(FINGERPRINT).state is State.OPEN


@pytest.mark.parametrize(
    "options",
    [
        [],
        ["--for", "1d", "--end"],
        ["--for", "1d", "--until-fixed"],
        ["--until", "soon"],
        ["--for", "a while"],
    ],
)
def test_a_mute_says_its_end_in_one_way(options: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["mute", "f3a1c0de", *options, "--stack", "security"]) == 2
    assert "Traceback" not in capsys.readouterr().err


def test_who_expects_is_the_aws_identity() -> None:
    day = "2027-01-31"

    assert run(["expect", "f3a1c0de", "--reason", "a probe", "--until", day, "--stack", "security"]) == 0

    expectation = stored(FINGERPRINT).expectation
    assert (expectation.owner, expectation.reason, expectation.until) == (PERSON, "a probe", day)
    assert run(["expect", "f3a1c0de", "--end", "--stack", "security"]) == 0
    assert stored(FINGERPRINT).state is State.OPEN


def test_a_stack_that_is_not_there_is_told_with_those_that_are() -> None:
    with pytest.raises(
        SettingsError, match=r"no stack why403 in eu-west-1\. Those of why403 there: security\."
    ):
        run(["incidents"])


def test_a_stack_sets_stack_is_found_by_the_sets_name_where_there_is_one() -> None:
    cloudformation: Any = boto3.client("cloudformation", region_name="eu-west-1")
    names = [f"StackSet-why403-0a1b2c3d-0000-4444-8888-00000000000{number}" for number in (1, 2)]
    cloudformation.create_stack(StackName="StackSet-why403-old", TemplateBody=json.dumps(TEMPLATE))
    cloudformation.create_stack(StackName=names[0], TemplateBody=json.dumps(TEMPLATE))

    assert run(["incidents"]) == 0

    cloudformation.create_stack(StackName=names[1], TemplateBody=json.dumps(TEMPLATE))
    with pytest.raises(SettingsError, match=rf"Those of why403 there: {names[0]}, {names[1]}\."):
        run(["incidents"])


def test_what_was_mended_and_what_is_meant_is_exported_and_checked(
    capsys: pytest.CaptureFixture[str],
) -> None:
    table = open_table("security-incidents")
    for fingerprint, state in ((FINGERPRINT, State.RESOLVED), (OTHER, State.EXPECTED)):
        found = table.get(fingerprint)
        assert found is not None
        assert table.save(replace(found, state=state), expected=found)
    layers = [
        {"layer": "identity", "effect": "implicit-deny"},
        {"layer": "resource", "effect": "not-applicable"},
    ]
    table.save_diagnosis(FINGERPRINT, 1, {"decision": {"layers": layers}})

    assert run(["export", "security"]) == 0
    written = capsys.readouterr().out
    calls = read_calls(written, "incidents.jsonl")

    assert [(call.id, call.expected.value) for call in calls] == [(FINGERPRINT, "allow"), (OTHER, "deny")]
    assert calls[0].request.action == "sqs:SendMessage"
    assert [call.resource_read for call in calls] == [True, False]


def test_what_is_open_is_not_exported(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["export", "security"]) == 0

    assert not capsys.readouterr().out


@pytest.mark.parametrize("answer", [["--for", "4h"], ["--until-fixed"]])
def test_several_that_are_alike_are_listed_with_what_they_are_and_none_is_muted(answer: list[str]) -> None:
    told = f"  {FINGERPRINT} (open): sqs:SendMessage arn:aws:sqs:us-east-1:123456789012:orders\n  {OTHER} (open): sqs"

    with pytest.raises(SettingsError, match=re.escape(told)):
        run(["mute", "f3a1", *answer, "--stack", "security"])
    assert {stored(one).state for one in (FINGERPRINT, OTHER)} == {State.OPEN}


def test_an_incident_is_fixed_in_the_source_by_how_its_id_begins(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    notice = json.loads((CASES / "notices" / "first_incident.json").read_text("utf-8"))
    open_table("security-incidents").save_diagnosis(FINGERPRINT, 1, notice["diagnosis"])
    role = notice["diagnosis"]["remedies"][0]["target"].rpartition("/")[2]
    source = tmp_path / "main.tf"
    source.write_text(f'resource "aws_iam_role" "web" {{\n  name = "{role}"\n}}\n')

    assert run(["fix", "f3a1c0de", "--stack", "security", "--in", str(tmp_path)]) == 0
    assert "+resource" in capsys.readouterr().out
    with pytest.raises(SettingsError, match="There is no incident abcd1234"):
        run(["fix", "abcd1234", "--stack", "security", "--in", str(tmp_path)])
