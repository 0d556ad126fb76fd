"""The real template in an embedded account: lines go into the log group, messages come out at Slack's place."""

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from urllib.parse import urlsplit

import pytest

from demo.incident import LOG_GROUP, LOG_STREAM
from demo.slack_sink import Message
from demo.story import World, apply_draft, build_world, first_draft, provoke, resolve
from tests.e2e.conftest import ROOT, Explain

pytestmark = [pytest.mark.emulator, pytest.mark.xdist_group("deployed")]
MESSAGE_WITHIN = 60
SILENCE = 5
ALL_TRIES = 50
"""More posts than three tries of a turn can make."""
TEXT_AT_MOST, BLOCKS_AT_MOST, CHARACTERS_AT_MOST = 3_000, 50, 12_000


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with ExitStack() as stack:
        yield build_world(stack, print)


@pytest.fixture(scope="module")
def message(world: World) -> Message:
    return provoke(world, print)


def write(world: World, line: str) -> None:
    world.account.session().client("logs", endpoint_url=world.account.endpoint).put_log_events(
        logGroupName=LOG_GROUP,
        logStreamName=LOG_STREAM,
        logEvents=[{"timestamp": int(time.time() * 1000), "message": line}],
    )


def next_messages(world: World, number: int = 1, seconds: float = MESSAGE_WITHIN) -> tuple[Message, ...]:
    had = len(world.sink.messages)
    return world.sink.wait_for(had + number, seconds)[had:]


def test_the_doctor_finds_everything_of_the_stack_by_its_name(world: World, message: Message) -> None:
    assert message
    ran = subprocess.run(
        [sys.executable, "-m", "why403", "doctor", "--stack", "why403", "--json"],
        cwd=ROOT / "functions",
        env={"PATH": os.environ["PATH"], **world.account.environment},
        capture_output=True,
        text=True,
        check=False,
    )

    told = {check["what"]: check["result"] for check in map(json.loads, ran.stdout.splitlines())}
    well = [what for what, result in told.items() if result == "ok"]
    assert "Traceback" not in ran.stderr
    assert [what for what, result in told.items() if result == "failed"] == []
    for begins in (
        "6 functions",
        f"log group {LOG_GROUP} has why403's",
        "secret ",
        "5 dead-letter",
        "the last denial",
    ):
        assert [what for what in well if what.startswith(begins)], (begins, told)


def function_named(world: World, stem: str) -> str:
    client = world.account.session().client("cloudformation", endpoint_url=world.account.endpoint)
    return next(
        str(resource["PhysicalResourceId"])
        for resource in client.describe_stack_resources(StackName="why403")["StackResources"]
        if resource["ResourceType"] == "AWS::Lambda::Function"
        and resource["LogicalResourceId"].startswith(stem)
    )


def page(world: World, address: str) -> tuple[int, dict[str, str], str]:
    """Open the fix page as a browser does that finds the function URL's host at the emulator."""
    parts = urlsplit(address)
    there = f"{world.account.endpoint}{parts.path}?{parts.query}"
    request = urllib.request.Request(there, headers={"Host": parts.netloc})  # 127.0.0.1
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:  # 127.0.0.1
            return answer.status, dict(answer.headers), answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, dict(error.headers), error.read().decode()


def page_link(message: Message) -> str:
    elements = [
        part for block in message["blocks"] if block["type"] == "actions" for part in block["elements"]
    ]
    return str(elements[0]["url"])


def test_the_message_says_who_was_denied_what_and_why(message: Message) -> None:
    told = json.dumps(message, ensure_ascii=False)

    assert "scout-admin-dev-task" in told
    assert "sqs:SendMessage" in told
    assert "scout-admin-dev-jobs" in told
    assert "AllowECSTaskAccess" in told
    assert "SQSAccessPolicy" in told
    assert message["unfurl_links"] is False


def test_the_message_keeps_within_block_kit_s_limits(message: Message) -> None:
    texts = [block["text"]["text"] for block in message["blocks"] if "text" in block]

    assert len(message["blocks"]) <= BLOCKS_AT_MOST
    assert max(map(len, texts)) <= TEXT_AT_MOST
    assert len(json.dumps(message["blocks"], ensure_ascii=False)) < CHARACTERS_AT_MOST


def test_its_button_opens_the_fix_page(world: World, message: Message) -> None:
    status, headers, body = page(world, page_link(message))

    assert status == 200
    assert "SQSAccessPolicy" in body
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert headers["Referrer-Policy"] == "no-referrer"


def test_a_link_that_was_altered_opens_nothing(world: World, message: Message) -> None:
    address = page_link(message)
    status, _, body = page(world, address[:-1] + ("A" if address[-1] != "A" else "B"))

    assert status == 403
    assert "SQSAccessPolicy" not in body


def test_explain_tells_what_the_deployed_function_told(
    world: World, message: Message, explain: Explain
) -> None:
    assert message
    line = json.dumps(
        world.account.session()
        .client("logs", endpoint_url=world.account.endpoint)
        .filter_log_events(logGroupName=LOG_GROUP)["events"][0]["message"]
    )
    ran = explain(
        "--log-group",
        LOG_GROUP,
        "--log-stream",
        LOG_STREAM,
        "--json",
        json.loads(line),
        **world.account.environment,
    )
    told = json.loads(ran.stdout)

    assert told["remedies"][0]["policy_document"] == first_draft(world)["policy_document"]


def test_a_line_that_is_no_denial_by_aws_tells_nobody(world: World, message: Message) -> None:
    assert message
    had = len(world.sink.messages)
    write(world, '10.0.0.7 - - [25/Nov/2026:09:00:00 +0000] "GET /admin HTTP/1.1" 403 Forbidden 153')

    assert world.sink.wait_for(had + 1, SILENCE)[had:] == ()


def test_a_payload_that_is_none_is_refused_and_the_next_line_is_told(world: World, message: Message) -> None:
    assert message
    client = world.account.session().client("lambda", endpoint_url=world.account.endpoint)
    answered = client.invoke(
        FunctionName=function_named(world, "Triage"), Payload=b'{"awslogs": {"data": "bm8gZ3ppcA=="}}'
    )
    write(
        world,
        "An error occurred (AccessDenied) when calling the GetObject operation: User: "
        "arn:aws:sts::123456789012:assumed-role/scout-admin-dev-task/0a1b2c3d is not authorized to perform: "
        's3:GetObject on resource: "arn:aws:s3:::payroll/2026/a.csv" because no identity-based policy allows the '
        "s3:GetObject action",
    )
    told = next_messages(world)

    assert answered["FunctionError"]
    assert "s3:GetObject" in json.dumps(told)
    assert "MalformedAnswer" not in json.dumps(told)


def test_a_line_of_a_megabyte_is_told_within_limits(world: World, message: Message) -> None:
    assert message
    write(
        world,
        "x"
        * 900_000
        + " An error occurred (AccessDeniedException) when calling the PutItem operation: User: "
        "arn:aws:sts::123456789012:assumed-role/scout-admin-dev-task/0a1b2c3d is not authorized to perform: "
        "dynamodb:PutItem on resource: arn:aws:dynamodb:ap-northeast-1:123456789012:table/orders",
    )
    (told,) = next_messages(world)

    assert "dynamodb:PutItem" in json.dumps(told)
    assert len(json.dumps(told["blocks"], ensure_ascii=False)) < CHARACTERS_AT_MOST


def test_a_role_that_is_gone_is_still_told(world: World, message: Message) -> None:
    assert message
    write(
        world,
        "User: arn:aws:sts::123456789012:assumed-role/long-gone/0a1b2c3d is not authorized to perform: "
        "sns:Publish on resource: arn:aws:sns:ap-northeast-1:123456789012:orders",
    )
    (told,) = next_messages(world)

    assert "long-gone" in json.dumps(told)


def test_a_message_that_slack_failed_to_take_twice_is_told_once(world: World, message: Message) -> None:
    assert message
    world.sink.refuse(times=2)
    write(world, denied("sns:Publish", "arn:aws:sns:ap-northeast-1:123456789012:invoices"))
    (told,) = next_messages(world)

    assert "invoices" in json.dumps(told)
    assert world.sink.refusals_left == 0
    assert world.sink.wait_for(len(world.sink.messages) + 1, SILENCE)[len(world.sink.messages) :] == ()


def test_what_slack_takes_at_no_try_is_parked_and_told_once_when_it_is_given_again(
    world: World, message: Message
) -> None:
    assert message
    had = len(world.sink.messages)
    world.sink.refuse(times=ALL_TRIES)
    write(world, denied("events:PutEvents", "arn:aws:events:ap-northeast-1:123456789012:event-bus/shop"))
    waiting = parked(world, "Notify")
    world.sink.refuse(times=0)

    assert (waiting, had) == (1, len(world.sink.messages))
    assert redrive(world, "notify") == (0, "1 given to notify again.\n")
    assert "events:PutEvents" in json.dumps(next_messages(world))


def denied(action: str, resource: str) -> str:
    return (
        "AccessDeniedException: User: arn:aws:sts::123456789012:assumed-role/scout-admin-dev-task/0a1b2c3d is not "
        f"authorized to perform: {action} on resource: {resource} because no identity-based policy allows the "
        f"{action} action"
    )


def parked(world: World, stem: str) -> int:
    """How many events lie parked for a function, once one does."""
    client = world.account.session().client("sqs", endpoint_url=world.account.endpoint)
    (queue,) = [url for url in client.list_queues()["QueueUrls"] if f"-{stem}" in url]
    ends = time.monotonic() + MESSAGE_WITHIN
    found = 0
    while not found and time.monotonic() < ends:
        time.sleep(0.2)
        told = client.get_queue_attributes(QueueUrl=queue, AttributeNames=["ApproximateNumberOfMessages"])
        found = int(told["Attributes"]["ApproximateNumberOfMessages"])
    return found


def redrive(world: World, name: str) -> tuple[int, str]:
    """Run the command that the stack's output names."""
    ran = subprocess.run(
        [sys.executable, "-m", "why403", "redrive", name],
        cwd=ROOT / "functions",
        env={"PATH": os.environ["PATH"], **world.account.environment},
        capture_output=True,
        text=True,
        check=False,
    )
    return ran.returncode, ran.stdout + ran.stderr


def test_the_draft_lets_the_call_through_and_the_incident_is_told_as_resolved(
    world: World, message: Message
) -> None:
    assert message
    apply_draft(world, print)

    assert "Resolved" in json.dumps(resolve(world, print))
