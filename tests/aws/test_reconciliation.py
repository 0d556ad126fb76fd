"""The daily count of lines, as the schedule calls it: what matches in the log groups and never arrived is told.

moto takes every line for a match, so only lines that match are written; what the pattern picks is tested beside it.
"""

import json
import time
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
import recheck
from moto import mock_aws
from why403.aws import rates
from why403.aws.session import forget
from why403.denials.classify import classify
from why403.incidents.hours import DAY, HOUR, start_of_hour
from why403.incidents.log_groups import LogGroups
from why403.incidents.watch import Watch
from why403.triage import triage

from tests.fakes.dynamodb_table import make_table
from tests.fakes.subscription import denied, payload

ACCOUNT = "123456789012"
REGION = "us-east-1"
GROUP = "/ecs/reconciled"
QUIET = "/ecs/quiet"
LINES = 12
LOST = 5
DENIED = denied("orders-task", "sqs:SendMessage", f"arn:aws:sqs:us-east-1:{ACCOUNT}:orders")
AN_HOUR = start_of_hour(time.time_ns() // 1_000_000) - 12 * HOUR
"""Settled, and within the window."""


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """An account; the URL of a queue that hears the alarms topic, which the function's environment names."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    unlimited = {rates.DEFAULT: {"per_second": 1e6, "burst": 1e6}}
    monkeypatch.setattr(rates, "_table", lambda: unlimited)  # nobody else's quota is to be spared
    with mock_aws():
        forget()
        topic = boto3.client("sns").create_topic(Name="alarms")["TopicArn"]
        queue = boto3.client("sqs").create_queue(QueueName="heard")["QueueUrl"]
        arn = f"arn:aws:sqs:{REGION}:{ACCOUNT}:heard"
        boto3.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
        for name, value in _settings(topic).items():
            monkeypatch.setenv(name.upper(), value)
        yield queue
    forget()


def _settings(topic: str) -> dict[str, str]:
    return {
        "table_name": "incidents",
        "topic_arn": topic,
        "retention_days": "90",
        "log_groups": json.dumps({"include": ["/ecs/*"], "exclude": ["/ecs/noisy"]}),
        "tags": "{}",
        "target_read_roles": "{}",
        "organization_read_role": "",
        "quiet_hours_until_resolved": "24",
    }


def run() -> None:
    context: Any = SimpleNamespace(
        invoked_function_arn=f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:why403-recheck",
        function_name="why403-recheck",
        function_version="$LATEST",
        memory_limit_in_mb=1024,
        aws_request_id="0123",
        log_group_name="/why403/why403/recheck",
        log_stream_name="s",
        get_remaining_time_in_millis=lambda: 600_000,
    )
    recheck.handler({"task": "reconcile"}, context)


def heard(queue: str) -> list[dict[str, str]]:
    answer = boto3.client("sqs").receive_message(QueueUrl=queue, MaxNumberOfMessages=10)
    return [json.loads(message["Body"]) for message in answer.get("Messages", [])]


def write_lines(group: str, messages: list[str]) -> list[dict[str, Any]]:
    """What CloudWatch Logs keeps of them, as it gives them to a subscription."""
    logs = boto3.client("logs")
    logs.create_log_group(logGroupName=group)
    logs.create_log_stream(logGroupName=group, logStreamName="web/1")
    events = [{"timestamp": AN_HOUR + 1_000 * n, "message": text} for n, text in enumerate(messages)]
    logs.put_log_events(logGroupName=group, logStreamName="web/1", logEvents=events)
    found = logs.filter_log_events(logGroupName=group, startTime=AN_HOUR, endTime=AN_HOUR + DAY)["events"]
    return [{"id": e["eventId"], "timestamp": e["timestamp"], "message": e["message"]} for e in found]


def deliver(group: str, events: list[dict[str, Any]]) -> None:
    table = make_table(boto3.client("dynamodb"), "incidents")
    watch = Watch(log_groups=LogGroups(("/ecs/*",)))
    given = payload(events, log_group=group)
    triage(given, watch=watch, table=table, classify=classify, now=AN_HOUR + HOUR)


def metrics_of(printed: str) -> dict[str, float]:
    """What the function's log gives CloudWatch as metrics."""
    objects = [json.loads(line) for line in printed.splitlines() if '"_aws"' in line]
    return {name: value[0] for said in objects for name, value in said.items() if isinstance(value, list)}


def test_lines_that_never_arrived_are_told_with_their_group_and_hour(
    told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    matching = write_lines(GROUP, [DENIED] * LINES)
    write_lines("/ecs/noisy", [DENIED])
    deliver(GROUP, matching[LOST:])
    run()
    (message,) = heard(told)

    assert message["Subject"] == "why403: log lines were never counted"
    assert f"{GROUP}: {LINES} match, {LINES - LOST} were counted" in message["Message"]
    assert "/ecs/noisy" not in message["Message"]
    assert metrics_of(capsys.readouterr().out) == {"LinesUncounted": LOST}


def test_nobody_is_told_where_every_line_arrived(told: str, capsys: pytest.CaptureFixture[str]) -> None:
    deliver(QUIET, write_lines(QUIET, [DENIED] * LINES))
    run()

    assert heard(told) == []
    assert metrics_of(capsys.readouterr().out) == {}
