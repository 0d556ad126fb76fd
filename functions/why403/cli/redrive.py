"""`why403 redrive`: parked events are given to their functions again.

The stack's output RedriveCommand names this command. An event leaves its queue only once its function has taken
it. What fails again is parked again: by Lambda where the function is called without waiting, and by being left in the
queue where it is a record of the table's stream, which Lambda parks for the stream only.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import click
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from why403.aws.session import Clients, client, session
from why403.aws.stack import DeployedStack, find_stack
from why403.cli.options import credentials, of_stack
from why403.errors import NoAccessError, SettingsError
from why403.incidents.outbox import parse_stream_record

PARKING = ("triage", "diagnose", "notify", "recheck", "survey", "subscribe")
EXAMPLES = """\
\b
examples:
  why403 redrive triage
  why403 redrive notify --stack security --region eu-west-1
\b
exit status: 0 all were given, 1 some are left, 2 usage or no such stack, 3 AWS refused"""
STREAMED = "DDBStreamBatchInfo"
"""The key of what Lambda parks for a stream: where the records stand."""
PATIENT = Config(read_timeout=150, retries={"mode": "standard", "total_max_attempts": 1})
"""Longer than diagnose may run, and not given twice."""
ASKS_ALL_SECONDS = 1
"""Of waiting for a message: with none, SQS asks only some of its servers."""
MOST_PAGES = 100
"""Pages from the batch's first record on: a stream gives empty ones too, and never says that it is over while its shard is open."""
EXPIRED = frozenset({"TrimmedDataAccessException", "ResourceNotFoundException"})
"""The stream has let go of the record, or is another stream than then."""


def redrive(function_name: str, queue_url: str) -> tuple[int, int]:
    """(Events given again, messages left in the queue: nothing in them can be given again, or it failed again.)"""
    given = left = 0
    for message in _messages(queue_url):
        parked = json.loads(message["Body"])
        events = list(parked_events(parked))
        give = _give_and_wait if STREAMED in parked else _give
        if events and all(give(function_name, event) for event in events):
            client("sqs").delete_message(QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"])
            given += len(events)
        else:
            left += 1
    return given, left


def _give(function_name: str, event: Mapping[str, Any]) -> bool:
    """Lambda keeps it from here on: it tries three times, and parks it again."""
    _invoke(function_name, event, "Event")
    return True


def _give_and_wait(function_name: str, event: Mapping[str, Any]) -> bool:
    """Whether the function was through with all records: it answers which failed, and only a stream's poller listens."""
    answer = _invoke(function_name, event, "RequestResponse")
    told = json.loads(answer["Payload"].read() or "null") or {}
    return "FunctionError" not in answer and not told.get("batchItemFailures")


def _invoke(function_name: str, event: Mapping[str, Any], kind: str) -> Any:  # noqa: ANN401  # boto3's answer
    payload = json.dumps(event, default=str).encode()
    patient = Clients(session(), PATIENT).get("lambda", "")
    return patient.invoke(FunctionName=function_name, InvocationType=kind, Payload=payload)


def parked_events(parked: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """What the function was to be given: by Lambda's record, the stream's, or as SNS or EventBridge parked it.

    https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
    """
    if "requestPayload" in parked:
        yield parked["requestPayload"]
    elif STREAMED in parked:
        yield from _stream_records(parked[STREAMED])
    elif parked.get("Type") == "Notification":
        yield {"Records": [{"EventSource": "aws:sns", "EventVersion": "1.0", "Sns": dict(parked)}]}
    elif "task" in parked:
        yield parked


def _stream_records(batch: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The records that the message points at; the stream keeps them for 24 hours, the table for longer."""
    try:
        records = list(_between(batch))
    except ClientError as error:
        if error.response["Error"]["Code"] not in EXPIRED:
            raise
        records = []
    if records:
        yield {"Records": [{**record, "eventSourceARN": batch["streamArn"]} for record in records]}


def _between(batch: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """From the first to the last of the batch. Between them lie records that were no turn, and not in the batch."""
    streams = client("dynamodbstreams")
    iterator: str | None = streams.get_shard_iterator(
        StreamArn=batch["streamArn"],
        ShardId=batch["shardId"],
        ShardIteratorType="AT_SEQUENCE_NUMBER",
        SequenceNumber=batch["startSequenceNumber"],
    )["ShardIterator"]
    for _ in range(MOST_PAGES):
        answer = streams.get_records(ShardIterator=iterator)
        for record in answer["Records"]:
            if int(record["dynamodb"]["SequenceNumber"]) > int(batch["endSequenceNumber"]):
                return
            if parse_stream_record(record) is not None:
                yield record
        iterator = answer.get("NextShardIterator")
        if iterator is None or not answer["Records"]:
            return


def _messages(queue_url: str) -> Iterator[Mapping[str, Any]]:
    """Each message of the queue once: one that was left is not seen again while this runs."""
    while True:
        answer = client("sqs").receive_message(
            QueueUrl=queue_url,
            MaxNumberOfMessages=10,
            VisibilityTimeout=300,
            WaitTimeSeconds=ASKS_ALL_SECONDS,
        )
        messages = answer.get("Messages", [])
        if not messages:
            return
        yield from messages


def parts_of(stem: str, stack: DeployedStack) -> tuple[str, str]:
    """The function's name and the URL of its queue."""
    functions = stack.physical(stem.title(), "AWS::Lambda::Function")
    queues = stack.physical(stem.title(), "AWS::SQS::Queue")
    if len(functions) != 1 or len(queues) != 1:
        raise SettingsError(
            f"The stack {stack.name} has no function {stem} with a queue: is it one of why403's?"
        )
    return functions[0], queues[0]


@click.command("redrive", epilog=EXAMPLES)
@click.argument("function", type=click.Choice(PARKING))
@of_stack
@credentials
def command(function: str, stack: str, region: str) -> int:
    """Give the events that FUNCTION failed at, and that wait in its dead-letter queue, to it again."""
    try:
        given, left = redrive(*parts_of(function, find_stack(stack, region)))
    except (ClientError, BotoCoreError) as error:
        raise NoAccessError(f"AWS did not take it: {error}") from error
    print(f"{given} given to {function} again." + (f" {left} left: read them in the queue." if left else ""))
    return 0 if not left else 1
