"""Give parked events to their functions again: `python -m tools.redrive triage` (or diagnose, notify, recheck).

The stack's output RedriveCommand names this command. An event leaves its queue only once its function has taken
it; what fails again is parked again by the function itself.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from typing import Any

from botocore.exceptions import ClientError
from why403.aws.session import client

USAGE = "usage: python -m tools.redrive {triage|diagnose|notify|recheck} [stack name]"
PARKING = ("triage", "diagnose", "notify", "recheck")
USAGE_STATUS = 2
EXPIRED = frozenset({"TrimmedDataAccessException", "ResourceNotFoundException"})
"""The stream has let go of the record, or is another stream than then."""


def redrive(function_name: str, queue_url: str) -> tuple[int, int]:
    """(Events given again, messages left in the queue as nothing in them can be given again.)"""
    given = left = 0
    for message in _messages(queue_url):
        events = list(parked_events(json.loads(message["Body"])))
        for event in events:
            client("lambda").invoke(
                FunctionName=function_name,
                InvocationType="Event",
                Payload=json.dumps(event, default=str).encode(),
            )
        if events:
            client("sqs").delete_message(QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"])
        given += len(events)
        left += not events
    return given, left


def parked_events(parked: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """What the function was to be given: by Lambda's record, the stream's, or as SNS or EventBridge parked it.

    https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
    """
    if "requestPayload" in parked:
        yield parked["requestPayload"]
    elif "DDBStreamBatchInfo" in parked:
        yield from _stream_records(parked["DDBStreamBatchInfo"])
    elif parked.get("Type") == "Notification":
        yield {"Records": [{"EventSource": "aws:sns", "EventVersion": "1.0", "Sns": dict(parked)}]}
    elif "task" in parked:
        yield parked


def _stream_records(batch: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The records that the message points at; the stream keeps them for 24 hours, the table for longer."""
    streams = client("dynamodbstreams")
    try:
        iterator = streams.get_shard_iterator(
            StreamArn=batch["streamArn"],
            ShardId=batch["shardId"],
            ShardIteratorType="AT_SEQUENCE_NUMBER",
            SequenceNumber=batch["startSequenceNumber"],
        )["ShardIterator"]
        records = streams.get_records(ShardIterator=iterator, Limit=int(batch["batchSize"]))["Records"]
    except ClientError as error:
        if error.response["Error"]["Code"] not in EXPIRED:
            raise
        records = []
    if records:
        yield {"Records": [{**record, "eventSourceARN": batch["streamArn"]} for record in records]}


def _messages(queue_url: str) -> Iterator[Mapping[str, Any]]:
    """Each message of the queue once: one that was left is not seen again while this runs."""
    while True:
        answer = client("sqs").receive_message(
            QueueUrl=queue_url, MaxNumberOfMessages=10, VisibilityTimeout=300, WaitTimeSeconds=1
        )
        messages = answer.get("Messages", [])
        if not messages:
            return
        yield from messages


def _resources(stack: str) -> Iterator[tuple[str, str, str]]:
    """(Logical id, type, physical id) of all that the stack holds."""
    pages = client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=stack)
    for page in pages:
        for item in page["StackResourceSummaries"]:
            yield item["LogicalResourceId"], item["ResourceType"], item["PhysicalResourceId"]


def main(arguments: list[str]) -> int:
    """Find function and queue in the stack, and redrive."""
    if not arguments or arguments[0] not in PARKING:
        print(USAGE, file=sys.stderr)
        return USAGE_STATUS
    stem, stack = arguments[0], (arguments[1:] or ["why403"])[0]
    ours = [item for item in _resources(stack) if item[0].startswith(stem.title())]
    function = next(name for _, kind, name in ours if kind == "AWS::Lambda::Function")
    queue = next(name for _, kind, name in ours if kind == "AWS::SQS::Queue")
    given, left = redrive(function, queue)
    print(f"{given} given to {stem} again." + (f" {left} left: read them in the queue." if left else ""))
    return 0 if not left else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
