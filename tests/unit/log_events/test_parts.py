"""Messages that a log driver split at their line ends, put together again where the payload holds their parts."""

import json
from pathlib import Path

import pytest
from why403.denials.classify import classify
from why403.incidents.sighting import add_up
from why403.log_events.log_event import LogEvent, decode_subscription
from why403.log_events.parts import LONGEST, grouped, whole_events

EVENT = Path(__file__).parents[2] / "events" / "logs_subscription_split.json"
NOW = 1_772_359_260_000
CRI = "2026-11-25T03:04:05.123456789Z "
CALLER = "User: arn:aws:iam::123456789012:user/dana"

WRAPPED = (
    f"Resource handler returned message: {CALLER}-of-the-reports is not authorized to perform: s3:PutObject on resource: "
    "arn:aws:s3:::reports-of-the-team/2026/a.csv because no identity-based policy allows the s3:PutObject action (Service: S3, "
    "Status Code: 403)"
)


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
        (f"{CRI}stderr F boom", f"{CRI}stdout F \tat com.example.A.b(A.java:1)"),
        (f"{CRI}stderr P boo", f"{CRI}stdout F m AccessDenied"),
        (f"{CRI}stderr F boom", f"{CRI}stderr F   ERROR AccessDenied on b"),
        ("web-1  | boom", "worker-1  |     at go (/app/a.js:1:2)"),
        ("Nov 25 03:04:05 ip-10-0-1-23 web[17]: boom", "Nov 25 03:04:05 ip-10-0-1-23 web[18]:     at go (/app/a.js:1:2)"),
        ('{"level":"error","message":"boom"}', '{"level":"error","message":"    at go (/app/a.js:1:2)"}'),
        (f"    {CALLER} is not authorized to perform: s3:PutObject", "      Amazon.S3.AmazonS3Exception: Access Denied"),
        (" AccessDenied (client): Access Denied - x", f"    {CALLER} is not authorized to perform: s3:PutObject"),
        ('  "message": "Access Denied",', f"    {CALLER} is not authorized to perform: s3:PutObject"),
        (" when calling the Decrypt operation: The ciphertext refers to x", f"  {CALLER} is not authorized to perform: s3:PutObject"),
        ("Could not load credentials from any providers", f"  {CALLER} is not authorized to perform: s3:PutObject"),
        ("api error InvalidAccessKeyId: The AWS Access Key Id you provided does not exist", f"  {CALLER} is not authorized to perform: s3:PutObject"),
        (" Unable to load credentials from any provider", f"  {CALLER} is not authorized to perform: s3:PutObject"),
        ("CreateLogStream API responded with error='AccessDeniedException'", '    "errorType": "AccessDenied",'),
        (f"    {CALLER} is not authorized to perform: s3:PutObject on x", "    x is not authorized to perform: s3:GetObject on y"),
        (f"│ Error: a: {CALLER} is not authorized to perform: s3:PutObject", "│ Error: b: AccessDenied"),
        (f"│ Error: a: {CALLER} is not authorized to perform: s3:PutObject", "│ CreateBucket, https response error StatusCode: 403, RequestID:"),
        (f"  {CALLER} is not authorized to perform: s3:PutObject", "      is not authorized to perform:"),
        (f"  {CALLER} is not authorized to perform: s3:PutObject on resource: b", "  because no session policy allows the sqs:SendMessage action"),
        ("| a | AccessDenied on a |", "| b | AccessDenied on b |"),
        ("| a | AccessDenied on a |", "|   | next | AccessDenied on b |"),
        ("x" * 80, "AccessDenied on b"),
        ("INFO GET s3://b: Access Denied on a", "x.StorageError: Access Denied on a"),
        ("ERROR Access Denied on a, later: ok", "x.StorageError: Access Denied on a"),
        ("ERROR Forbidden", "x.StorageError: Forbidden"),
        ("x.StorageError: Access Denied on a", "x.StorageError: Access Denied on a"),
        ('    context: "Access Denied",', "boto.exception.EC2ResponseError: EC2ResponseError: 403 Forbidden"),
        ("ERROR no upload", "Traceback (most recent call last):"),
        ("ERROR no upload: Access Denied on b", "Traceback (most recent call last):", "x.StorageError: Access Denied on a"),
    ],
)  # fmt: skip
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
        ("ClientError: An error occurred (AccessDenied) when calling the ", f"PutItem operation: {CALLER} ", "is not authorized to perform: x"),
        ("Error: x", "    at next (/app/a.js:1:2)", "    at go (/app/a.js:3:4)"),
        ("| a | AccessDenied: User: arn:aws:iam::123456789012:user/dana |", "|   | is not authorized to perform: s3:PutObject on b |"),
        tuple(WRAPPED[at : at + 80] for at in range(0, len(WRAPPED), 80)),
        ("ERROR no upload: Access Denied on b", "x.StorageError: Access Denied on b"),
        ("ERROR no upload: ClientError('Access Denied on b')", "Traceback (most recent call last):", '  File "a.py", line 3, in go',
         "x.StorageError: Access Denied on b"),
        ("[ERROR] ClientError: x", "Traceback (most recent call last):", '  File "/var/task/a.py", line 3, in go'),
        ('<- "PUT /a HTTP/1.1"', '-> "HTTP/1.1 403 Forbidden"', "reading 9 bytes...", '-> "<Error><Code>AccessDenied</Code></Error>"', "read 9 bytes"),
        ("> PUT /a HTTP/1.1", ">", "< HTTP/1.1 403 Forbidden", "<", "<Error><Code>AccessDenied</Code></Error>"),
    ],
)  # fmt: skip
def test_parts_of_one_message_are_put_together(messages: tuple[str, ...]) -> None:
    assert joined(*messages) == ["\n".join(messages)]


@pytest.mark.parametrize(
    ("before", "behind"),
    [
        (f"{CRI}stderr F ", ""),
        ("worker-1  | ", ""),
        ("0|web     | ", ""),
        ("Nov 25 03:04:05 ip-10-0-1-23 web[17]: ", ""),
        ("[2026-11-25, 03:04:05 UTC] {subprocess.py:93} INFO - ", ""),
        ("[2026-11-25 03:04:05,750] {{base_task_runner.py:98}} INFO - Job 7: Subtask load ", ""),
        ("2026-11-25 03:04:05 +0000 [warn]: #0 ", ""),
        ('{"log":"', '","stream":"stderr"}'),
        (f'{{"log":"{CRI}stderr F ', '","kubernetes":{"pod_name":"web"}}'),
        ('{"file":"a","message":"', '","source_type":"kubernetes_logs"}'),
        ('{"attributes":{"log.iostream":"stderr"},"body":"', '"}'),
    ],
)
def test_lines_behind_what_a_driver_wrote_are_put_together_as_those_of_the_program(
    before: str, behind: str
) -> None:
    lines = ("boom", "    at go (/app/a.js:1:2)", "Caused by: x.Y: Access Denied")
    whole = "\\n".join(lines) if behind else "\n".join(lines)
    first = before.partition('"log":"')
    kept = (
        first[0] + first[1] if CRI in first[2] else before
    )  # what containerd wrote inside a router's JSON is left out

    assert joined(*(f"{before}{line}{behind}" for line in lines)) == [f"{kept}{whole}{behind}"]


@pytest.mark.parametrize(
    ("before", "behind"),
    [
        ((f"{CRI}stderr P ", f"{CRI}stderr F "), ""),
        (('{"log":"', '{"log":"'), '","partial_last":"%s"}'),
        (('{"_p":"P","log":"', '{"_p":"F","log":"'), '"}'),
    ],
)
def test_a_long_line_that_a_driver_cut_goes_on_where_it_was_cut(before: tuple[str, str], behind: str) -> None:
    first, second = (behind.replace("%s", last) for last in ("false", "true"))
    messages = (
        f"{before[0]}{CALLER} is not auth{first}",
        f"{before[1]}orized to perform: s3:GetObject{second}",
    )

    assert joined(*messages) == [f"{before[0]}{CALLER} is not authorized to perform: s3:GetObject{first}"]


@pytest.mark.parametrize("size", [16 * 1024, 256_000, 262_118, 1_048_550])
def test_a_line_as_long_as_a_driver_takes_at_once_goes_on_and_another_record_does_not(size: int) -> None:
    cut = f"{CALLER} is not auth".rjust(size, "x")
    record = "2026-11-25T03:04:06Z ERROR AccessDenied"

    assert joined(cut, "orized to perform: s3:GetObject") == [f"{cut}orized to perform: s3:GetObject"]
    assert joined(cut, record) == [cut, record]
    assert len(joined(cut[1:], "orized to perform: s3:GetObject")) == 2


def test_a_line_that_ends_with_what_looks_like_a_drivers_prefix_takes_no_delivery_with_it() -> None:
    assert joined("AccessDenied |", "  AccessDenied") == ["AccessDenied |\n  AccessDenied"]


def test_a_field_in_no_object_is_another_errors_where_no_line_is_left_out() -> None:
    php = (
        'Error executing "HeadObject" on "https://acme.s3.amazonaws.com/a";',
        "AWS HTTP error: 403 Forbidden",
    )
    events = [LogEvent(line, "g", "s", NOW) for line in (php[0], '  "eventName": "DescribeStacks",', php[1])]

    assert [len(group) for group in grouped(events)] == [1, 1, 1]
    assert [len(group) for group in grouped(events, all_lines=False)] == [3]


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


BOTOCORE = '  File "/app/botocore/client.py", line 569, in _api_call'
PIPELINE = (
    "\tat software.amazon.awssdk.core.internal.http.pipeline.X.execute(RequestPipelineBuilder.java:206)"
)


@pytest.mark.parametrize(
    "messages",
    [
        (
            "Traceback (most recent call last):",
            BOTOCORE,
            '  File "/app/botocore/credentials.py", line 421, in _protected_refresh',
            BOTOCORE,
            "botocore.exceptions.ClientError: An error occurred (AccessDenied)",
        ),
        ("x.S3Exception: Access Denied", PIPELINE, PIPELINE, "Caused by: y.Z: no", PIPELINE, "\t... 3 more"),
        ("AccessDenied", "    at a (/b.js:1:2) {", "  '$fault': 'client',", "  [cause]: B", "  '$fault': 'client'", "}"),
        ("Traceback (most recent call last):", '  File "/a.py", line 1, in b', "py4j.Py4JJavaError: no", ": java.io.IOException: no", PIPELINE),
    ],
)  # fmt: skip
def test_what_an_error_of_a_chain_shows_again_is_no_other_errors(messages: tuple[str, ...]) -> None:
    assert len(joined(*messages)) == 1


@pytest.mark.parametrize(
    "messages",
    [
        ("AccessDenied", "    at a (/b.js:1:2) {", "  '$fault': 'client',", "}", "  Code: 'AccessDenied'"),
        ("x.S3Exception: Access Denied", PIPELINE, "\t... 3 more", PIPELINE),
        ("x.S3Exception: Access Denied", PIPELINE, '  File "/a.py", line 1, in b'),
        ("Traceback (most recent call last):", BOTOCORE, "    return self", BOTOCORE, "a.BError: no"),
        (f"{CALLER} is not authorized to perform: s3:GetObject", "    User: arn:aws:iam::111122223333:user/eve is not authorized to perform: s3:GetObject"),
    ],
)  # fmt: skip
def test_lines_that_no_error_has_together_stay_apart(messages: tuple[str, ...]) -> None:
    assert joined(*messages) == list(messages)


CALM = "2026-11-25T11:00:00.000Z INFO cart 8812 stored in 12 ms"


@pytest.mark.parametrize(
    ("head", "later"),
    [
        ("x.RuntimeException: boom", "\tat com.example.A.b(A.java:1)"),
        ("x.RuntimeException: boom", "Caused by: x.Y: Access Denied"),
        ("AccessDenied: Access Denied {", "  '$metadata': {"),
        ("Traceback (most recent call last):", '  File "/app/a.py", line 3, in go'),
        ("[ERROR] ClientError: x", "Traceback (most recent call last):"),
        ('<- "PUT /a HTTP/1.1"', '-> "HTTP/1.1 403 Forbidden"'),
        (f"{CALLER} is not authorized to perform:", "s3:GetObject on resource: arn:aws:s3:::b/a"),
    ],
)
def test_in_a_stream_another_threads_calm_record_parts_no_error(head: str, later: str) -> None:
    events = [LogEvent(message, "g", "s", NOW) for message in (head, CALM, later)]

    assert [[events[1]], [events[0], events[2]]] == list(grouped(events))


@pytest.mark.parametrize(
    ("between", "later"),
    [
        (CALM, "  user-agent: Access Denied"),
        (CALM, "  body of a request"),
        (CALM, "x.Error: Access Denied"),
        (CALM, "Traceback (most recent call last):"),
        ("2026-11-25T11:00:00.000Z INFO request body:", "\tat com.example.A.b(A.java:1)"),
        ("2026-11-25T11:00:00.000Z ERROR y", "\tat com.example.A.b(A.java:1)"),
    ],
)
def test_what_can_be_the_records_between_is_not_the_errors_before_it(between: str, later: str) -> None:
    events = [LogEvent(message, "g", "s", NOW) for message in ("x.RuntimeException: boom", between, later)]

    assert [events[0]] in list(grouped(events))
