"""`why403 explain` with a stream: the line is found in it, and the event that it is a physical line of is told whole."""

import json
import time
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber
from moto import mock_aws
from why403.aws.session import forget, reading_clients
from why403.cli.app import run
from why403.cli.explain import NO_DENIAL, USAGE
from why403.denials.classify import classify
from why403.log_events.log_event import LogEvent

from tests.unit.test_physical_lines import DENIED, FORGED, FRAME

GROUP, STREAM = "/ecs/web", "web/1"
QUEUE = "arn:aws:sqs:eu-west-1:123456789012:orders"
USER = "arn:aws:sts::123456789012:assumed-role/web-task/7f3c"
ERROR = (
    "AccessDenied: User: " + USER,
    "is not authorized to perform: sqs:SendMessage on resource:",
    f"{QUEUE} because no identity-based policy allows the sqs:SendMessage action",
)
OTHER = ("S3ServiceException: no", f"{FRAME} {{", "  Code: 'AccessDenied',", "}")
NOISE = "2026-11-25T03:04:05.000Z INFO GET /orders 200 12ms"


@pytest.fixture(autouse=True)
def logs(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Our account with one log group; CloudTrail, which moto does not have, holds nothing."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_CONFIG_FILE", "nowhere")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    for name in ("AWS_ENDPOINT_URL", "AWS_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    with mock_aws(), ExitStack() as stubs:
        forget()
        client: Any = boto3.client("logs", region_name="eu-west-1")
        client.create_log_group(logGroupName=GROUP)
        client.create_log_stream(logGroupName=GROUP, logStreamName=STREAM)
        trail = Stubber(reading_clients().get("cloudtrail", "eu-west-1"))
        for _ in range(12):
            trail.add_response("lookup_events", {"Events": []})
        stubs.enter_context(trail)
        yield client
    forget()


def ship(logs: Any, lines: tuple[str, ...], *, ago: int = 0) -> int:
    """Each line an event of one millisecond, `ago` seconds before now; that moment."""
    at = int(time.time() * 1000) - ago * 1000
    events = [{"timestamp": at, "message": line} for line in lines]
    logs.put_log_events(logGroupName=GROUP, logStreamName=STREAM, logEvents=events)
    return at


def explained(capsys: pytest.CaptureFixture[str], line: str, *options: str) -> tuple[int, Any, str]:
    """(Exit status, the JSON, what was remarked.)"""
    status = run(["explain", "--log-group", GROUP, "--log-stream", STREAM, *options, "--json", line])
    told = capsys.readouterr()
    return status, json.loads(told.out), told.err


def test_a_line_that_is_not_there_is_told_alone_and_said_so(
    logs: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    ship(logs, (NOISE, FORGED))
    _, told, remarked = explained(capsys, DENIED)

    assert (told["denial"]["action"], told["denial"]["principal"]) == ("s3:PutObject", None)
    assert "the line does not stand in stream web/1 of /ecs/web" in remarked


def test_a_line_beside_it_lends_nothing(logs: Any, capsys: pytest.CaptureFixture[str]) -> None:
    ship(logs, (NOISE, FORGED, DENIED, FORGED))
    _, told, _ = explained(capsys, DENIED)

    assert (told["denial"]["principal"], told["denial"]["resource"]) == (None, None)


@pytest.mark.parametrize("line", ERROR)
def test_a_physical_line_is_told_as_its_whole_event(
    logs: Any, capsys: pytest.CaptureFixture[str], line: str
) -> None:
    ship(logs, (NOISE, *ERROR, NOISE))
    _, told, _ = explained(capsys, line)
    (whole,) = classify(LogEvent("\n".join(ERROR)))

    assert told["denial"] == {
        **told["denial"],
        "action": "sqs:SendMessage",
        "resource": QUEUE,
        "principal": USER,
    }
    assert (whole.action, whole.resource) == (told["denial"]["action"], told["denial"]["resource"])


def test_a_line_that_tells_nothing_alone_is_told_by_its_event(
    logs: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    ship(logs, (NOISE, *OTHER, NOISE))
    status, told, _ = explained(capsys, OTHER[0])

    assert status != NO_DENIAL
    assert told["denial"]["action"] == "s3:PutObject"


def test_where_the_line_stands_often_the_time_tells_which(
    logs: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    second = (OTHER[0], OTHER[1].replace("PutObject", "GetObject"), *OTHER[2:])
    first_at = ship(logs, OTHER, ago=60)
    ship(logs, second)
    line = OTHER[2]
    _, newest, remarked = explained(capsys, line)
    _, first, _ = explained(capsys, line, "--timestamp", str(first_at))

    assert (newest["denial"]["action"], first["denial"]["action"]) == ("s3:GetObject", "s3:PutObject")
    assert "the line stands in the stream 2 times" in remarked


@pytest.mark.parametrize("given", ["yesterday", "12", "2026-13-01"])
def test_what_is_no_time_is_refused_with_its_form(capsys: pytest.CaptureFixture[str], given: str) -> None:
    status = run(["explain", "--log-group", GROUP, "--log-stream", STREAM, "--timestamp", given, DENIED])

    assert status == USAGE
    assert "2026-11-25T03:04:05.678Z" in capsys.readouterr().err
