"""Messages that a log driver split at their line ends, put together again where the payload holds their parts."""

import json
from pathlib import Path

import pytest
from why403.denials.classify import classify
from why403.incidents.sighting import add_up
from why403.log_events.log_event import LogEvent, decode_subscription
from why403.log_events.parts import LONGEST, whole_events

EVENT = Path(__file__).parents[2] / "events" / "logs_subscription_split.json"
NOW = 1_772_359_260_000
CALLER = "User: arn:aws:iam::123456789012:user/dana"


def joined(*messages: str, apart: int = 0) -> list[str]:
    events = [LogEvent(message, "g", "s", NOW + number * apart) for number, message in enumerate(messages)]
    return [event.message for event in whole_events(events)]


@pytest.mark.parametrize(
    "messages",
    [
        ("ERROR AccessDenied on a", "ERROR AccessDenied on b"),
        (" ERROR AccessDenied on a", " ERROR AccessDenied on b"),
        (
            f"{CALLER} is not authorized to perform: s3:GetObject on resource:",
            "2026-03-01T10:00:00Z INFO next",
        ),
        (
            f"{CALLER} is not authorized to perform: s3:GetObject",
            f"{CALLER} is not authorized to perform: s3:PutObject",
        ),
        ("Traceback (most recent call last):", "2026-03-01T10:00:00Z INFO next"),
    ],
)
def test_messages_of_their_own_stay_apart(messages: tuple[str, ...]) -> None:
    assert joined(*messages) == list(messages)


@pytest.mark.parametrize(
    "messages",
    [
        ("java.lang.RuntimeException: boom", "\tat com.example.A.b(A.java:1)", "Caused by: x.Y: Access Denied", "\t... 9 more"),
        (f"{CALLER} is not authorized", " to perform: kms:Decrypt on resource: arn:aws:kms:eu-west-1:123456789012:key/a"),
        (f"{CALLER} is not authorized to perform: kms:Decrypt", "on resource: arn:aws:kms:eu-west-1:123456789012:key/a"),
        (f"{CALLER} is not authorized to perform: s3:GetObject on resource:", "arn:aws:s3:::reports/a.csv"),
        (f"{CALLER} is not authorized to perform: s3:ListBucket on resource: arn:aws:s3:::b",
         "because no identity-based policy allows the s3:ListBucket action"),
        (CALLER, "is not authorized to perform: s3:GetObject on resource: arn:aws:s3:::b/a"),
        ("Traceback (most recent call last):", '  File "/app/a.py", line 3, in go', "    client.get_object()",
         "botocore.exceptions.ClientError: An error occurred (AccessDenied)"),
        ("Error: x", "    at next (/app/a.js:1:2)", "    at go (/app/a.js:3:4)"),
    ],
)  # fmt: skip
def test_parts_of_one_message_are_put_together(messages: tuple[str, ...]) -> None:
    assert joined(*messages) == ["\n".join(messages)]


def test_parts_that_lie_far_apart_are_none() -> None:
    messages = ("java.lang.RuntimeException: boom", "Caused by: x.Y: Access Denied")

    assert joined(*messages, apart=5000) == list(messages)


def test_a_trace_without_an_end_is_cut_into_pieces() -> None:
    frames = ["boom", *["\tat com.example.A.b(A.java:1)" * 40] * 500]

    assert max(map(len, joined(*frames))) < LONGEST + 1000


def test_what_a_split_message_denies_is_counted_once() -> None:
    events = decode_subscription(json.loads(EVENT.read_text()))

    batch = add_up(events, classify, NOW)

    counted = [(seen.denial.action, seen.denial.operation, seen.lines) for seen in batch.sightings]
    expected = [("sqs:SendMessage", "SendMessage", 1), ("kms:Decrypt", None, 1)]
    assert expected == counted
    assert len(events) == batch.lines
