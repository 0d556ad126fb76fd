"""`why403 redrive`: what was parked is given to its function again, and stays parked until that took it."""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws
from why403.aws.session import forget
from why403.aws.stack import DeployedStack, StackResource
from why403.cli.doctor_chain import QUEUE, check_parked
from why403.cli.redrive import redrive
from why403.incidents.outbox import parse_stream_record
from why403.incidents.transition import Transition

from demo.slack_answers import Reply
from tests.fakes.dynamodb_table import make_table
from tests.fakes.incidents import count_lines, opened_incident
from tests.fakes.receiver import Receiver, receiver
from tests.fakes.subscription import payload

TAKEN = Reply(202, "")
DONE = Reply(200, '{"batchItemFailures": []}')
FAILED = Reply(200, '{"batchItemFailures": [{"itemIdentifier": "1"}]}')
BROKEN = Reply(200, '{"errorType": "StoreError"}', {"X-Amz-Function-Error": "Unhandled"})
DELIVERY = payload([{"id": "1", "timestamp": 1, "message": "403 Forbidden"}])


@pytest.fixture
def functions() -> Iterator[Receiver]:
    """Lambda, as far as it is called here."""
    with receiver(TAKEN) as found:
        yield found


@pytest.fixture
def queue(functions: Receiver, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_ENDPOINT_URL_LAMBDA", functions.url)
    monkeypatch.setattr("why403.cli.redrive.ASKS_ALL_SECONDS", 0)  # moto has one server
    monkeypatch.setenv("AWS_ACCOUNT_ID_ENDPOINT_MODE", "disabled")  # moto does not know those of streams
    with mock_aws(config={"core": {"passthrough": {"urls": [functions.url + ".*"]}}}):
        forget()
        url: str = boto3.client("sqs").create_queue(QueueName="parked")["QueueUrl"]
        yield url
    forget()


def park(queue: str, body: Any) -> None:
    boto3.client("sqs").send_message(QueueUrl=queue, MessageBody=json.dumps(body))


def waiting(queue: str) -> int:
    """Messages in the queue, those that were read included."""
    found = boto3.client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])["Attributes"]
    return int(found["ApproximateNumberOfMessages"]) + int(found["ApproximateNumberOfMessagesNotVisible"])


def given(functions: Receiver) -> list[tuple[str, str, Any]]:
    """(Path, how, event) of each invocation."""
    return [(path, headers["X-Amz-Invocation-Type"], body) for path, headers, body in functions.taken]


PARKED = {
    "Lambda's record": ({"requestPayload": DELIVERY, "responseContext": {}}, DELIVERY),
    "SNS's message": (
        {"Type": "Notification", "Message": "{}"},
        {
            "Records": [
                {
                    "EventSource": "aws:sns",
                    "EventVersion": "1.0",
                    "Sns": {"Type": "Notification", "Message": "{}"},
                }
            ]
        },
    ),
    "EventBridge's event": ({"task": "reconcile"}, {"task": "reconcile"}),
}


@pytest.mark.parametrize("kind", list(PARKED))
def test_what_lambda_sns_or_eventbridge_parked_is_given_again(
    queue: str, functions: Receiver, kind: str
) -> None:
    parked, event = PARKED[kind]
    park(queue, parked)
    done = redrive("why403-triage", queue)

    assert done == (1, 0)
    assert given(functions) == [("/2015-03-31/functions/why403-triage/invocations", "Event", event)]
    assert waiting(queue) == 0


def test_every_message_of_a_long_queue_is_given_once(queue: str, functions: Receiver) -> None:
    for number in range(25):
        park(queue, {"requestPayload": {"number": number}})

    assert redrive("why403-triage", queue) == (25, 0)
    assert sorted(body["number"] for body in functions.bodies) == list(range(25))


def test_a_message_that_says_nothing_is_left(queue: str, functions: Receiver) -> None:
    park(queue, {"hello": "world"})

    assert redrive("why403-triage", queue) == (0, 1)
    assert (functions.taken, waiting(queue)) == ([], 1)


@pytest.fixture
def stream(queue: str) -> dict[str, Any]:
    """What Lambda parks of two turns, with other records between them."""
    made = make_table(boto3.client("dynamodb"), "incidents")
    made.open(opened_incident("f1"))
    count_lines(made, "f1", "0" * 32, {"A": {0: 1}}, 0)
    made.open(opened_incident("f2"))
    made.open(opened_incident("later"))
    streams = boto3.client("dynamodbstreams")
    arn = streams.list_streams(TableName="incidents")["Streams"][0]["StreamArn"]
    shard = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"][0]["ShardId"]
    first = streams.get_shard_iterator(StreamArn=arn, ShardId=shard, ShardIteratorType="TRIM_HORIZON")
    records: Any = streams.get_records(ShardIterator=first["ShardIterator"])["Records"]
    turns = [record for record in records if parse_stream_record(record)]
    batch = {
        "streamArn": arn,
        "shardId": shard,
        "startSequenceNumber": turns[0]["dynamodb"]["SequenceNumber"],
        "endSequenceNumber": turns[1]["dynamodb"]["SequenceNumber"],
        "batchSize": 2,
    }
    park(queue, {"DDBStreamBatchInfo": batch, "responseContext": {}})
    return batch


@pytest.mark.usefixtures("stream")
def test_the_turns_of_a_streams_batch_are_given_again_and_no_others(queue: str, functions: Receiver) -> None:
    functions.replies = [DONE]
    done = redrive("why403-diagnose", queue)
    ((_, how, event),) = given(functions)
    turns = [parse_stream_record(record) for record in event["Records"]]

    assert (done, how, waiting(queue)) == ((1, 0), "RequestResponse", 0)
    assert [(turn.fingerprint, turn.transition) for turn in turns if turn] == [
        ("f1", Transition.OPENED),
        ("f2", Transition.OPENED),
    ]


@pytest.mark.usefixtures("stream")
@pytest.mark.parametrize("answer", [FAILED, BROKEN], ids=["a record failed", "the function broke off"])
def test_a_turn_that_fails_again_stays_parked(queue: str, functions: Receiver, answer: Reply) -> None:
    functions.replies = [answer]

    assert redrive("why403-diagnose", queue) == (0, 1)
    assert waiting(queue) == 1


def checked(queue: str) -> list[tuple[str, str]]:
    resource = StackResource(logical="NotifyDeadLetters", physical=queue, kind=QUEUE)
    stack = DeployedStack(name="shop", outputs={}, resources=(resource,))
    return [(check.what, check.cure) for check in check_parked(stack, "us-east-1")]


def test_the_doctor_says_why_an_event_is_parked_and_leaves_it_there(queue: str) -> None:
    why = "Slack refuses the message: token_revoked. Put a working token into the secret"
    park(
        queue, {"requestPayload": {}, "responsePayload": {"errorMessage": f"{why}\x1b[2J", "errorType": "E"}}
    )
    ((told, cure),) = checked(queue)

    assert told == f"1 events of notify failed and wait in its queue, such as: {why}\\u001b[2J"
    assert cure.endswith("why403 redrive notify --stack shop --region us-east-1")
    assert len(boto3.client("sqs").receive_message(QueueUrl=queue)["Messages"]) == 1


@pytest.mark.parametrize("body", [{"DDBStreamBatchInfo": {}}, ["?"], {"responsePayload": None}, "?"])
def test_an_event_that_was_parked_without_a_reason_leads_to_the_functions_log(queue: str, body: Any) -> None:
    park(queue, body)
    ((told, cure),) = checked(queue)

    assert told == "1 events of notify failed and wait in its queue"
    assert cure.startswith(
        "See why: aws logs tail /why403/shop/notify --since 1d --filter-pattern ERROR --region us-east-1"
    )


def test_queues_that_are_empty_are_told_as_such(queue: str) -> None:
    assert checked(queue) == [("1 dead-letter queues are empty", "")]
