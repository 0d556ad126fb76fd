"""`why403 scan` against an embedded account: what a person who runs it gets to see."""

import json
import time
from pathlib import Path
from typing import Any

import pytest
from why403.aws.session import forget
from why403.cli import scan
from why403.cli.app import run
from why403.cli.scan_causes import Causes
from why403.errors import SettingsError
from why403.log_events.log_event import LogEvent

from demo.emulator import Emulator
from tests.aws.calling_as import calling_as_nobody
from tests.fakes.answers import FakeReader
from tests.fakes.insights import Insights

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
    status = run(["scan", "--log-group", group, "--since", "1h", "--json"])

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

    status = run(["scan", "--log-group", GROUP, "--json"])

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

    status = run(["scan", *(f"--log-group={name}" for name in groups), "--json"])

    causes = [json.loads(told) for told in capsys.readouterr().out.splitlines()]
    assert (status, sum(cause["count"] for cause in causes)) == (0, 2)


def bursting() -> Insights:
    """A burst that takes several searches, some minutes ago."""
    second = int(time.time()) - 600
    return Insights({second + number: 4_500 for number in range(6)}, LINE)


def asked_of(insights: Insights, stored: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """Scan's reader answers from `insights`, and the group stores so many bytes."""
    groups = FakeReader(
        {
            "logs:DescribeLogGroups": {
                "data": {"logGroups": [{"logGroupName": GROUP, "storedBytes": int(stored)}]}
            }
        }
    )
    asked = {"StartQuery", "GetQueryResults", "StopQuery"}

    class Both:
        def run(self, plan: Any) -> Any:
            try:
                reads = next(plan)
                while True:
                    by_insights = bool(reads) and reads[0].declared.operation in asked
                    reads = plan.send((insights if by_insights else groups).run(_round(reads)))
            except StopIteration as end:
                return end.value

    monkeypatch.setattr(scan, "Reader", lambda _place: Both())
    monkeypatch.setattr(time, "sleep", lambda _seconds: None)


def _round(reads: Any) -> Any:
    return (yield reads)


@pytest.mark.usefixtures("account")
def test_ctrl_c_ends_cleanly_and_the_same_command_goes_on_where_it_ended(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    insights, state = bursting(), tmp_path / "state.json"
    asked_of(insights, 2e9, monkeypatch)
    added, add = iter(range(10_000)), Causes.add
    with monkeypatch.context() as impatient:
        impatient.setattr(Causes, "add", lambda self, event: _until(next(added, None), add, self, event))
        interrupted = run(["scan", "--log-group", GROUP, "--json", "--state", str(state)])
    first = capsys.readouterr()
    kept = state.read_text()

    ended = run(["scan", "--log-group", GROUP, "--json", "--state", str(state)])
    told = capsys.readouterr()

    assert (interrupted, ended) == (130, 0)
    assert "The same command goes on from" in first.err
    assert "Traceback" not in first.err
    assert json.loads(kept)["left"]
    assert json.loads(told.out)["count"] == sum(insights.lines.values())
    assert not state.exists()


def _until(left: int | None, add: Any, causes: Causes, event: LogEvent) -> None:
    if left is None:
        raise KeyboardInterrupt
    add(causes, event)


@pytest.mark.usefixtures("account")
def test_more_lines_than_are_to_be_read_are_counted_and_said(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    insights = bursting()
    asked_of(insights, 2e9, monkeypatch)

    status = run(["scan", "--log-group", GROUP, "--json", "--max-lines", "9000"])

    told = capsys.readouterr()
    cause = json.loads(told.out)
    unread = sum(insights.lines.values()) - cause["count"]
    assert (status, cause["at_least"]) == (0, True)
    assert f"{unread:,} more lines match and were not read" in told.err
    assert insights.scanned <= 2 * insights.stored


@pytest.mark.usefixtures("account")
def test_the_price_is_an_upper_bound_of_what_is_searched(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    insights = bursting()
    asked_of(insights, 2e9, monkeypatch)

    run(["scan", "--log-group", GROUP, "--json"])

    assert "at most 2.00 GB, searched at most 2 times: at most 0.03 USD" in capsys.readouterr().err


@pytest.mark.usefixtures("account")
def test_another_scans_state_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    asked_of(bursting(), 2e9, monkeypatch)
    state = tmp_path / "state.json"
    for groups in ("/other", GROUP):
        state.write_text(f'{{"version": 1, "groups": ["{groups}"], "left": [], "causes": {{}}}}')

        with pytest.raises(SettingsError, match="is not the state of a scan of these log groups"):
            run(["scan", "--log-group", GROUP, "--state", str(state)])


@pytest.mark.usefixtures("account")
def test_a_place_where_no_state_can_be_kept_is_refused_before_anything_is_searched(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    insights = bursting()
    asked_of(insights, 2e9, monkeypatch)

    with pytest.raises(SettingsError, match="cannot be written"):
        run(["scan", "--log-group", GROUP, "--state", str(tmp_path / "nowhere" / "state.json")])
    assert insights.searches == {}


@pytest.mark.usefixtures("account")
def test_where_every_search_fails_that_is_said_and_nothing_is_told_as_found(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    insights = bursting()
    insights.status_of = lambda _text: "Failed"
    asked_of(insights, 1e6, monkeypatch)

    status = run(["scan", "--log-group", GROUP])

    told = capsys.readouterr()
    assert status == 3
    assert "searches failed again and again" in told.err
    assert told.out == "No denials were found in what could be read.\n"


def test_a_group_that_is_not_there_is_said_to_be_so_and_the_others_are_searched(
    group: str, capsys: pytest.CaptureFixture[str]
) -> None:
    status = run(["scan", "--log-group", "scan-nowhere", "--log-group", group, "--since", "1h", "--json"])

    told = capsys.readouterr()
    assert (status, len(told.out.splitlines())) == (0, 1)
    assert "scan-nowhere: there is no such log group in ap-northeast-1. Is it the right Region" in told.err


@pytest.mark.usefixtures("group")
def test_in_the_wrong_region_nothing_is_found_and_the_region_is_named(
    capsys: pytest.CaptureFixture[str],
) -> None:
    status = run(["scan", "--log-group", GROUP, "--region", "eu-west-1"])

    assert status == scan.NOTHING_READ
    assert "no such log group in eu-west-1" in capsys.readouterr().err


def test_an_empty_group_is_scanned_and_nothing_is_invented(
    account: Emulator, capsys: pytest.CaptureFixture[str]
) -> None:
    logs: Any = account.session().client("logs", endpoint_url=account.endpoint)
    logs.create_log_group(logGroupName="scan-empty")

    status = run(["scan", "--log-group", "scan-empty", "--json"])

    assert (status, capsys.readouterr().out) == (0, "")


def test_without_credentials_the_person_is_told_what_to_do(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with calling_as_nobody(monkeypatch):
        status = run(["scan", "--log-group", GROUP])

    assert status == scan.NOTHING_READ
    assert "credentials" in capsys.readouterr().err
