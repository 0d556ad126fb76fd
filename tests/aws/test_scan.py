"""`why403 scan` against an embedded account: what a person who runs it gets to see."""

import json
import time
from typing import Any

import pytest
from why403.aws.log_search import LogSearch
from why403.aws.session import forget
from why403.cli import scan
from why403.log_events.log_event import LogEvent

from demo.emulator import Emulator
from tests.aws.calling_as import calling_as_nobody
from tests.fakes.answers import FakeReader

GROUP = "scan-web"
LINE = (
    "An error occurred (AccessDenied) when calling the SendMessage operation: User: "
    "arn:aws:sts::123456789012:assumed-role/scan-web/abc is not authorized to perform: sqs:sendmessage on "
    "resource: arn:aws:sqs:ap-northeast-1:123456789012:orders because no identity-based policy allows the "
    "sqs:sendmessage action"
)


@pytest.fixture
def account(embedded_account: Emulator, monkeypatch: pytest.MonkeyPatch) -> Emulator:
    for name, value in embedded_account.environment.items():
        monkeypatch.setenv(name, value)
    forget()
    return embedded_account


@pytest.fixture
def group(account: Emulator) -> str:
    logs: Any = account.session().client("logs", endpoint_url=account.endpoint)
    if not logs.describe_log_groups(logGroupNamePrefix=GROUP)["logGroups"]:
        logs.create_log_group(logGroupName=GROUP)
        logs.create_log_stream(logGroupName=GROUP, logStreamName="web/web/1")
        now = int(time.time() * 1000) - 60_000
        lines = ("started", LINE, "GET /orders 403", LINE)
        logs.put_log_events(
            logGroupName=GROUP,
            logStreamName="web/web/1",
            logEvents=[{"timestamp": now + n, "message": line} for n, line in enumerate(lines)],
        )
    return GROUP


def test_past_lines_are_grouped_by_cause_with_an_estimate_of_the_cost(
    group: str, capsys: pytest.CaptureFixture[str]
) -> None:
    status = scan.run(["--log-group", group, "--since", "1h", "--json"])

    told = capsys.readouterr()
    (cause,) = [json.loads(line) for line in told.out.splitlines()]
    assert (status, cause["count"]) == (0, 2)
    assert cause["action"] == "sqs:SendMessage"
    assert "USD with CloudWatch Logs Insights" in told.err


@pytest.mark.usefixtures("account")
def test_filter_log_events_is_asked_only_where_insights_is_refused(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    page = {"events": [{"message": LINE, "logStreamName": "web/web/1", "timestamp": 1, "eventId": "1"}]}
    reader = FakeReader(
        {
            "logs:DescribeLogGroups": {"data": {"logGroups": [{"logGroupName": GROUP}]}},
            "logs:StartQuery": {"error": "AccessDeniedException"},
            "logs:FilterLogEvents": [
                {"when": {"nextToken": "more"}, "data": page},
                {"data": {**page, "nextToken": "more"}},
            ],
        }
    )
    monkeypatch.setattr(scan, "Reader", lambda _place: reader)

    status = scan.run(["--log-group", GROUP, "--json"])

    told = capsys.readouterr()
    (cause,) = [json.loads(line) for line in told.out.splitlines()]
    assert (status, cause["count"]) == (0, 2)
    assert "It takes logs:StartQuery. FilterLogEvents is used instead" in told.err


@pytest.mark.usefixtures("account")
def test_what_insights_found_before_it_gave_up_is_not_counted_again(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    groups = [f"{GROUP}-{number}" for number in range(51)]
    line = {"message": LINE, "logStreamName": "web/web/1", "timestamp": 1, "eventId": "1"}
    row = {
        "@message": LINE,
        "@logStream": "web/web/1",
        "@timestamp": "1970-01-01 00:00:00.001",
        "@log": groups[0],
    }
    cells = [{"field": name, "value": value} for name, value in row.items()]
    reader = FakeReader(
        {
            "logs:DescribeLogGroups": [
                {"when": {"logGroupNamePrefix": name}, "data": {"logGroups": [{"logGroupName": name}]}}
                for name in groups
            ],
            "logs:StartQuery": [
                {"when": {"logGroupNames": groups[:50]}, "data": {"queryId": "1"}},
                {"error": "LimitExceededException"},
            ],
            "logs:GetQueryResults": {"data": {"status": "Complete", "results": [cells]}},
            "logs:FilterLogEvents": [
                {"when": {"logGroupName": groups[0]}, "data": {"events": [line]}},
                {"when": {"logGroupName": groups[50]}, "data": {"events": [line]}},
                {"data": {"events": []}},
            ],
        }
    )
    monkeypatch.setattr(scan, "Reader", lambda _place: reader)

    status = scan.run([*(f"--log-group={name}" for name in groups), "--json"])

    causes = [json.loads(told) for told in capsys.readouterr().out.splitlines()]
    assert (status, sum(cause["count"] for cause in causes)) == (0, 2)


def test_ctrl_c_ends_cleanly_with_what_was_found(
    group: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(_search: LogSearch, groups: list[str], window: object) -> Any:
        del groups, window
        yield LogEvent(LINE, group, "web/web/1", 1)
        raise KeyboardInterrupt

    monkeypatch.setattr(LogSearch, "insights", interrupt)

    status = scan.run(["--log-group", group, "--json"])

    told = capsys.readouterr()
    assert (status, json.loads(told.out)["count"]) == (130, 1)
    assert "Interrupted: this is what was found until then." in told.err


def test_a_group_that_is_not_there_is_said_to_be_so_and_the_others_are_searched(
    group: str, capsys: pytest.CaptureFixture[str]
) -> None:
    status = scan.run(["--log-group", "scan-nowhere", "--log-group", group, "--since", "1h", "--json"])

    told = capsys.readouterr()
    assert (status, len(told.out.splitlines())) == (0, 1)
    assert "scan-nowhere: there is no such log group in ap-northeast-1. Is it the right Region" in told.err


@pytest.mark.usefixtures("group")
def test_in_the_wrong_region_nothing_is_found_and_the_region_is_named(
    capsys: pytest.CaptureFixture[str],
) -> None:
    status = scan.run(["--log-group", GROUP, "--region", "eu-west-1"])

    assert status == scan.NOTHING_READ
    assert "no such log group in eu-west-1" in capsys.readouterr().err


def test_an_empty_group_is_scanned_and_nothing_is_invented(
    account: Emulator, capsys: pytest.CaptureFixture[str]
) -> None:
    logs: Any = account.session().client("logs", endpoint_url=account.endpoint)
    logs.create_log_group(logGroupName="scan-empty")

    status = scan.run(["--log-group", "scan-empty", "--json"])

    assert (status, capsys.readouterr().out) == (0, "")


def test_without_credentials_the_person_is_told_what_to_do(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with calling_as_nobody(monkeypatch):
        status = scan.run(["--log-group", GROUP])

    assert status == scan.NOTHING_READ
    assert "credentials" in capsys.readouterr().err
