"""Globs in an embedded account: the template deployed, groups made and made anew, the stack deleted."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from demo.deploy import deploy, synthesize
from demo.emulator import Emulator, emulator

pytestmark = [pytest.mark.emulator, pytest.mark.xdist_group("subscriber")]
FUNCTIONS = Path(__file__).parents[2] / "functions"
WITHIN = 60
DENIED = (
    "AccessDeniedException: User: arn:aws:sts::123456789012:assumed-role/orders/0a1b2c3d is not authorized to perform: "
    "sqs:SendMessage on resource: arn:aws:sqs:ap-northeast-1:123456789012:jobs because no identity-based policy allows "
    "the sqs:SendMessage action"
)


@pytest.fixture(scope="module")
def account() -> Iterator[Emulator]:
    with emulator() as running:
        yield running


@pytest.fixture(scope="module")
def logs(account: Emulator) -> Any:
    client = account.session().client("logs", endpoint_url=account.endpoint)
    for group in ("/app/old", "/app/others", "/other/x", "/app/named"):
        client.create_log_group(logGroupName=group)
    for number in range(5):
        put_theirs(client, "/app/others", number)
    put_theirs(client, "/app/old", 0)
    return client


@pytest.fixture(scope="module")
def outputs(account: Emulator, logs: Any, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    assert logs
    out = tmp_path_factory.mktemp("cdk")
    synthesize({"log_groups": ["/app/*", "/app/named"], "dashboard": False}, out)
    return deploy(account, out)


def put_theirs(client: Any, group: str, number: int) -> None:
    client.put_subscription_filter(
        logGroupName=group,
        filterName=f"theirs{number}",
        filterPattern="",
        destinationArn="arn:aws:lambda:ap-northeast-1:123456789012:function:forwarder",
    )


def filters(client: Any, group: str) -> list[str]:
    told = client.describe_subscription_filters(logGroupName=group)["subscriptionFilters"]
    return sorted(one["filterName"] for one in told)


def called(account: Emulator, outputs: dict[str, str], event: dict[str, Any]) -> None:
    client = account.session().client("lambda", endpoint_url=account.endpoint)
    ran = client.invoke(FunctionName=outputs["SubscribeFunction"], Payload=json.dumps(event))

    assert "FunctionError" not in ran, ran["Payload"].read()


def soon(question: Callable[[], Any]) -> Any:
    ends = time.monotonic() + WITHIN
    while not (found := question()) and time.monotonic() < ends:
        time.sleep(0.3)
    return found


def incidents(account: Emulator, outputs: dict[str, str]) -> list[Any]:
    client = account.session().client("dynamodb", endpoint_url=account.endpoint)
    items = client.scan(TableName=outputs["TableName"])["Items"]
    return [item for item in items if item.get("item", {}).get("S") == "incident"]


def test_a_run_puts_our_filter_where_it_fits_and_a_line_there_opens_an_incident(
    account: Emulator, logs: Any, outputs: dict[str, str]
) -> None:
    called(account, outputs, {"task": "subscribe"})

    assert {
        group: filters(logs, group) for group in ("/app/old", "/app/others", "/other/x", "/app/named")
    } == {
        "/app/old": ["theirs0", "why403-globs"],
        "/app/others": [f"theirs{number}" for number in range(5)],
        "/other/x": [],
        "/app/named": ["why403"],
    }
    logs.create_log_stream(logGroupName="/app/old", logStreamName="s")
    event = {"timestamp": int(time.time() * 1000), "message": DENIED}
    logs.put_log_events(logGroupName="/app/old", logStreamName="s", logEvents=[event])
    assert len(soon(lambda: incidents(account, outputs))) == 1


def test_the_doctor_names_each_group_that_has_no_filter_of_ours(
    account: Emulator, outputs: dict[str, str]
) -> None:
    called(account, outputs, {"task": "subscribe"})
    ran = subprocess.run(
        [sys.executable, "-m", "why403", "doctor", "--stack", "why403", "--json"],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(FUNCTIONS), **account.environment},
        capture_output=True,
        text=True,
        check=False,
    )
    told = {check["what"]: check["result"] for check in map(json.loads, ran.stdout.splitlines())}

    assert told.get("log group /app/others is meant by a glob or by tags and has no filter") == "failed", (
        ran.stderr,
        told,
    )
    assert told.get("1 log groups that globs or tags mean have a filter of why403's") == "ok", told
    assert "log groups are watched by globs, and the account has no policy of ours" not in told


def test_a_group_made_anew_has_its_filter_again(
    account: Emulator, logs: Any, outputs: dict[str, str]
) -> None:
    logs.delete_log_group(logGroupName="/app/old")
    logs.create_log_group(logGroupName="/app/old")
    made = {"eventName": "CreateLogGroup", "requestParameters": {"logGroupName": "/app/old"}}
    called(
        account, outputs, {"detail-type": "AWS API Call via CloudTrail", "source": "aws.logs", "detail": made}
    )

    assert filters(logs, "/app/old") == ["why403-globs"]


def test_a_stack_that_is_deleted_leaves_no_filter_of_ours_and_all_of_others(
    account: Emulator, logs: Any, outputs: dict[str, str]
) -> None:
    assert outputs
    groups = ("/app/old", "/app/others", "/app/named")
    theirs = {group: [name for name in filters(logs, group) if "theirs" in name] for group in groups}
    client = account.session().client("cloudformation", endpoint_url=account.endpoint)
    client.delete_stack(StackName="why403")
    client.get_waiter("stack_delete_complete").wait(
        StackName="why403", WaiterConfig={"Delay": 1, "MaxAttempts": 120}
    )

    assert theirs == {group: filters(logs, group) for group in groups}
    assert len(theirs["/app/others"]) == 5
