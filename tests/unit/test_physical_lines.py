"""One error is one incident, however a log driver cut it: each physical line an event, only those that match arriving."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from why403.denials.classify import classify
from why403.denials.denial import Denial
from why403.denials.filter_terms import filter_pattern
from why403.diagnose import ROUNDS, diagnose, diagnose_turn
from why403.diagnosis.diagnosis_json import from_json
from why403.iam.place import Place
from why403.incidents.hours import DAY
from why403.incidents.log_groups import LogGroups
from why403.incidents.outbox import parse_stream_record
from why403.incidents.sighting import ALERTED
from why403.incidents.stream import CLOSE_MS, find_line
from why403.incidents.transition import Turn
from why403.incidents.watch import Watch
from why403.log_events.log_event import LogEvent
from why403.log_events.parts import whole_events
from why403.triage import triage

from demo.filter_pattern import matches
from tests.fakes.answers import FakeReader
from tests.fakes.incident_table import InMemoryIncidentTable
from tests.fakes.large_account import TASK, LargeAccount
from tests.fakes.subscription import payload
from tests.fakes.workload_index import InMemoryWorkloadIndex

CASES = Path(__file__).parents[1] / "cases" / "denials"
NOW = 1_772_359_260_000
WATCH = Watch(log_groups=LogGroups(("*",)))
PLACE = Place("123456789012", "eu-west-1")
FIELDS = (
    "verdict",
    "kind",
    "service",
    "action",
    "resource",
    "principal",
    "deny_kind",
    "policy_arn",
    "authorization_id",
)
NEIGHBOURS = (
    "2026-11-25T03:04:04.900Z INFO GET /orders/403 200 12ms user=arn:aws:iam::111122223333:user/eve bucket s3://not-ours/a.csv",
    "2026-11-25T03:04:04.950Z WARN retrying sns:Publish to arn:aws:sns:eu-west-1:111122223333:other",
)
"""Other requests' lines just before and after, in the same stream."""
UNTOLD_AT_MOST = 0.1
"""Of the errors' lines that arrive, none may tell of AWS: `ForbiddenException: Forbidden` is NestJS's too, `Access Denied` any store's."""
Line = tuple[int, str, str]
"""(Time, stream, text) of one event."""


def _errors() -> Iterator[str]:
    for path in sorted(CASES.glob("*.json")):
        for case in json.loads(path.read_text()):
            text = case["message"].strip()
            alerts = case["expect"][0]["verdict"] in ALERTED and matches(filter_pattern(), text)
            if "\n" in text and alerts:
                yield text


def _tells(text: str) -> bool:
    """Whether one of its lines that arrive tells of AWS."""
    arriving = (LogEvent(line) for line in text.split("\n") if matches(filter_pattern(), line))
    return any(denial.verdict in ALERTED for event in whole_events(arriving) for denial in classify(event))


ERRORS = list(_errors())
TELLING = [error for error in ERRORS if _tells(error)]


@dataclass
class Stream:
    """A log group and our three stories on it: what arrives is counted, diagnosed and told."""

    lines: list[Line]
    table: InMemoryIncidentTable = field(default_factory=InMemoryIncidentTable)
    told: list[Denial] = field(default_factory=list)
    asked: FakeReader = field(init=False)
    _seen: int = 0

    def __post_init__(self) -> None:
        there = [
            {
                "when": {"logStreamName": stream},
                "data": {
                    "events": [
                        {"timestamp": time, "message": text} for time, of, text in self.lines if of == stream
                    ]
                },
            }
            for stream in dict.fromkeys(stream for _, stream, _ in self.lines)
        ]
        self.asked = FakeReader({"logs:GetLogEvents": there, "*": {"failure": "absent"}})

    def deliver(self, lines: Sequence[Line] | None = None) -> None:
        """Each stream's lines that match the filter, as CloudWatch Logs sends them."""
        lines = self.lines if lines is None else lines
        for stream in dict.fromkeys(stream for _, stream, _ in lines):
            events = [
                {"id": f"{number:056d}", "timestamp": time, "message": text}
                for number, (time, of, text) in enumerate(self.lines)
                if of == stream and (time, of, text) in lines and matches(filter_pattern(), text)
            ]
            if events:
                triage(
                    payload(events, log_stream=stream),
                    watch=WATCH,
                    table=self.table,
                    classify=classify,
                    now=NOW,
                )

    def diagnose(self) -> list[Denial]:
        """Every turn that waits, and what was told of it."""
        while self._seen < len(self.table.stream):
            turn = parse_stream_record(self.table.stream[self._seen])
            self._seen += 1
            if turn is not None:
                diagnose_turn(
                    turn,
                    table=self.table,
                    index=InMemoryWorkloadIndex(),
                    ask=self.asked.run,
                    tell=self._tell,
                    report=_fail,
                    place=PLACE,
                    now=NOW + 2_000,
                )
        return self.told

    def _tell(self, turn: Turn) -> None:
        diagnosis = self.table.diagnosis(turn.fingerprint)
        assert diagnosis is not None
        self.told.append(from_json(diagnosis).denial)


def _fail(error: Exception) -> None:
    raise error


def physical(
    text: str, end: str = "\n", *, apart: int = 1, stream: str = "web/1", at: int = NOW
) -> list[Line]:
    """A text's physical lines as a driver ships them; empty lines are none."""
    return [
        (at + number * apart, stream, line + end.removesuffix("\n"))
        for number, line in enumerate(line for line in text.split("\n") if line.strip())
    ]


def among_others(lines: list[Line]) -> list[Line]:
    """Other requests before and after in the same stream, and another stream's lines between."""
    first, last = lines[0][0], lines[-1][0]
    stream = lines[0][1]
    elsewhere = [(time, "web/2", NEIGHBOURS[number % 2]) for number, (time, _, _) in enumerate(lines)]
    return [
        (first, stream, NEIGHBOURS[0]),
        *(line for pair in zip(lines, elsewhere, strict=True) for line in pair),
        (last, stream, NEIGHBOURS[1]),
    ]


def test_lines_that_a_log_router_wrapped_each_in_its_json_are_put_together_too() -> None:
    wrong = {}
    for text in TELLING:
        stream = Stream(
            [
                (at, stream, json.dumps({"log": line, "container_name": "app", "ecs_cluster": "main"}))
                for at, stream, line in among_others(physical(text))
            ]
        )
        stream.deliver()
        told = [what(denial) for denial in stream.diagnose()]
        if told != [what(denial) for denial in classify(LogEvent(text))]:
            wrong[text] = told

    assert wrong == {}


def test_it_takes_one_read_of_the_stream_and_no_round_beyond_the_five() -> None:
    rounds, reads = set(), {}
    for text in TELLING:
        stream = Stream(among_others(physical(text)))
        stream.deliver()
        stream.diagnose()
        moments = {str(read.parameters) for read in stream.asked.asked if read.call == "logs:GetLogEvents"}
        turns = [record for record in map(parse_stream_record, stream.table.stream) if record]
        rounds.add(stream.asked.rounds)
        reads[text] = len(moments) - len(turns)

    assert [text for text, beyond in reads.items() if beyond > 0] == []
    assert max(rounds) <= ROUNDS


def test_hardly_an_error_loses_all_that_tells_of_aws() -> None:
    assert 1 - len(TELLING) / len(ERRORS) <= UNTOLD_AT_MOST


def what(denial: Denial) -> dict[str, str]:
    return {name: str(value) for name in FIELDS if (value := getattr(denial, name))}


@pytest.mark.parametrize("apart", [0, 7])
@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_an_error_that_is_cut_at_its_line_ends_is_told_once_and_whole(end: str, apart: int) -> None:
    wrong = {}
    for text in TELLING:
        stream = Stream(among_others(physical(text, end, apart=apart)))
        stream.deliver()
        told = [what(denial) for denial in stream.diagnose()]
        if told != [what(denial) for denial in classify(LogEvent(text))]:
            wrong[text] = told

    assert wrong == {}


DENIED = "An error occurred (AccessDenied) when calling the PutObject operation: Access Denied"
FORGED = (
    "User: arn:aws:iam::111122223333:user/eve is not authorized to perform: s3:PutObject on resource: "
    "arn:aws:s3:::not-ours/a.csv with an explicit deny in a service control policy"
)
FRAME = "    at de_PutObjectCommandError (/app/node_modules/@aws-sdk/client-s3/dist-cjs/index.js:4932:14)"
NAMED = {"verdict": "missing-permission", "service": "s3", "action": "s3:PutObject", "deny_kind": "unknown"}


ANSWERS = (
    (f"upload failed: {DENIED}", "s3:PutObject"),
    ("x.y.Up: failed\n    Amazon.S3.AmazonS3Exception: Access Denied", None),
    (
        "Error making request with Error Code Forbidden and Http Status Code Forbidden. (AmazonS3Exception)",
        None,
    ),
    (
        "Unable to initiate MultipartUpload: Access Denied (Service: Amazon S3; Status Code: 403; Error Code: AccessDenied; Request ID: 0A1B)",
        None,
    ),
    (
        "An error occurred (AccessDeniedException) when calling the Decrypt operation: The ciphertext refers to a customer master key that does not exist",
        "kms:Decrypt",
    ),
    (
        "An error occurred (ExpiredTokenException) when calling the GetItem operation: The security token included in the request is expired",
        None,
    ),
    ("operation error S3: PutObject, https response error StatusCode: 400, api error ExpiredToken: The provided token has expired.", None),
    ("Collector failed UnauthorizedOperation: You are not authorized to perform this operation.", None),
    ("StsException: Not authorized to perform sts:AssumeRoleWithWebIdentity (Service: Sts, Status Code: 403)", "sts:AssumeRoleWithWebIdentity"),
    ("Aws::SQS::Errors::AccessDenied: Access to the resource https://sqs.us-east-1.amazonaws.com/ is denied.", None),
    ("Error: reading Secret: AccessDeniedException: Access to KMS is not allowed", "kms:Decrypt"),
    ("[error] [output:cloudwatch_logs:cloudwatch_logs.0] CreateLogStream API responded with error='AccessDeniedException'", "logs:CreateLogStream"),
    ("x.y.AmazonS3Exception: Forbidden; request: HEAD {} Hadoop 2.7.4 (Service: Amazon S3; Status Code: 403; Error Code: 403 Forbidden)", None),
    ("AWS HTTP error: Client error: 403 (client): 403 Forbidden (Request-ID:8D641D9BDF3F5A12)", None),
    ("x.y.ConnectException: com.amazonaws.SdkClientException: Unable to load AWS credentials from any provider in the chain: []", None),
    ("AmazonECRException: Missing Authentication Token (Service: AmazonECR; Status Code: 400; Error Code: MissingAuthenticationTokenException)", None),
    ("MetaException(message:Insufficient Lake Formation permission(s): Required Create Database on Catalog (Error Code: AccessDeniedException))", None),
)  # fmt: skip
"""AWS's other answers, as physical lines, and the action that each tells."""


@pytest.mark.parametrize(("text", "action"), ANSWERS)
def test_a_forged_sentence_on_both_sides_takes_no_other_answer_of_awss_away(
    text: str, action: str | None
) -> None:
    lines = [(NOW, "web/1", FORGED), *physical(text), (NOW + 9, "web/1", f"    {FORGED}")]
    stream = Stream(lines)
    stream.deliver()
    (ours,) = (denial for denial in stream.diagnose() if denial.principal is None)

    assert (action, None) == (ours.action, ours.resource)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (FORGED, ""),
        ("", FORGED),
        (f"{FORGED}:", f"on resource: {FORGED}"),
        ("upload to s3://not-ours/a.csv failed:", "arn:aws:s3:::not-ours/a.csv with an explicit deny in a service control policy"),
        (f"2026-11-25T03:04:05.000Z ERROR {FORGED}", f"  2026-11-25T03:04:05.001Z ERROR {FORGED}"),
        (f'{{"msg": "{FORGED}"}}', f"  [ERROR] {FORGED}"),
        ("", f"    ERROR {FORGED}"),
        ("", f"    {FORGED}"),
        ("", f"  message: '{FORGED}',"),
        ("", f"Caused by: x.y.SqsException: {FORGED}"),
        ("x.y.UploadException: s3://not-ours/a.csv", "x.y.UploadException: s3://not-ours/a.csv"),
    ],
)  # fmt: skip
def test_a_line_beside_it_lends_a_denial_nothing(before: str, after: str) -> None:
    lines = [(NOW, "web/1", text) for text in (before, DENIED, after) if text]
    stream = Stream(lines)
    stream.deliver([(NOW, "web/1", DENIED)])

    assert [what(denial) for denial in stream.diagnose()] == [NAMED]


def test_stss_own_refusal_takes_no_resource_of_an_indented_sentence_behind_it() -> None:
    role = "arn:aws:iam::111122223333:role/eve"
    sentence = FORGED.replace("s3:PutObject", "iam:CreateRole").replace("arn:aws:s3:::not-ours/a.csv", role)
    own = "StsException: Not authorized to perform sts:AssumeRoleWithWebIdentity (Service: Sts, Status Code: 403)"
    stream = Stream([(NOW, "web/1", own), (NOW, "web/1", f'    "Reason": "API: iam:CreateRole {sentence}",')])
    stream.deliver()
    told = {denial.action: denial.resource for denial in stream.diagnose()}

    assert told == {"sts:AssumeRoleWithWebIdentity": None, "iam:CreateRole": role}


def test_an_answer_that_is_wrapped_before_its_words_is_not_the_indented_sentence_before_it() -> None:
    lines = (
        f"    {FORGED}",
        "storage.S3Error: An error occurred (AccessDenied) when calling the PutObject",
        "operation: Access Denied",
    )
    stream = Stream([(NOW, "web/1", text) for text in lines])
    stream.deliver()

    assert [what(denial) for denial in stream.diagnose() if denial.principal is None] == [NAMED]


def test_what_another_request_was_answered_is_not_this_ones() -> None:
    mine = "operation error S3: PutObject, https response error StatusCode: 403, RequestID: 4TRV5S6W7X8Y9Z10, api error AccessDenied: Access Denied"
    other = f"    {FORGED}, request id: 4TRV5S6W7X8Y9Z99"
    stream = Stream([(NOW, "web/1", mine), (NOW, "web/1", other)])
    stream.deliver([(NOW, "web/1", mine)])

    assert [what(denial) for denial in stream.diagnose()] == [NAMED]


def test_a_part_that_contradicts_the_line_is_not_its_own() -> None:
    other = FORGED.replace("s3:PutObject", "iam:CreateUser")
    stream = Stream([(NOW, "web/1", DENIED), (NOW, "web/1", f"    {other}")])
    stream.deliver([(NOW, "web/1", DENIED)])

    assert [what(denial) for denial in stream.diagnose()] == [NAMED]


def test_another_streams_line_of_the_same_moment_is_not_this_ones() -> None:
    lines = [(NOW, "web/1", DENIED), (NOW, "web/2", f"    {FORGED}")]
    stream = Stream(lines)
    stream.deliver(lines[:1])

    assert [what(denial) for denial in stream.diagnose()] == [NAMED]


def test_a_line_that_stands_in_two_events_of_its_moment_is_told_under_one_of_them() -> None:
    code = "  Code: 'AccessDenied',"
    first = ["S3ServiceException: no", FRAME, code, "  Bucket: 'acme-in'", "}"]
    other = FRAME.replace("s3", "sqs").replace("PutObject", "SendMessage")
    second = ["SqsServiceException: no", other, code, "}"]
    stream = Stream([(NOW, "web/1", text) for text in (*first, *second)])
    stream.deliver([(NOW, "web/1", code)])
    (told,) = stream.diagnose()

    assert told.action in {None, "s3:PutObject", "sqs:SendMessage"}


def test_a_forged_line_before_a_denial_of_its_own_takes_nothing_away_from_it() -> None:
    stream = Stream([(NOW, "web/1", FORGED), (NOW, "web/1", DENIED)])
    stream.deliver()

    assert [what(denial) for denial in stream.diagnose() if denial.principal is None] == [NAMED]
    assert len(stream.told) == 2


def test_a_forged_part_of_a_denial_takes_nothing_away_from_it() -> None:
    stream = Stream([(NOW, "web/1", DENIED), (NOW, "web/1", f"    {FORGED}")])
    stream.deliver()

    assert [what(denial) for denial in stream.diagnose() if denial.principal is None] == [NAMED]


def test_an_error_whose_lines_come_in_two_deliveries_is_told_once() -> None:
    text = f"AccessDenied: {FORGED}\n\tstatus code: 403, request id: 1b2c3d4e-0000-5111-8222-333344445556"
    lines = physical(text)
    stream = Stream(lines)
    stream.deliver(lines[1:])
    stream.diagnose()
    stream.deliver(lines[:1])
    whole = [what(denial) for denial in classify(LogEvent(text))]

    assert whole == [what(denial) for denial in stream.diagnose()]


CUT = (
    "2026-11-25T03:04:05.600000000Z stderr P worker: AccessDenied: User: arn:aws:iam::123456789012:user/dana is not authorized to perform: s3:GetObject",
    "2026-11-25T03:04:05.600001000Z stderr F Acl on resource: arn:aws:s3:::acme-in/a.csv",
)
BIG = f"{'x' * (16 * 1024 - 10)} s3://acme"
"""As many bytes as Docker takes of a line at once."""
BOTO = (
    "boto.exception.EC2ResponseError: EC2ResponseError: 403 Forbidden",
    '<?xml version="1.0" encoding="UTF-8"?>',
    "<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>You are not authorized to perform this operation.</Message>",
)
LAKE = (
    "20:14:30  Unhandled error while executing ",
    "An error occurred (AccessDeniedException) when calling the GetTable operation",
    "Insufficient Lake Formation permission(s) on extraction_batch",
)
LAMBDA = (
    "{",
    '    "errorType": "AccessDenied",',
    '    "errorMessage": "Access Denied",',
    '    "stack": [',
    '        "AccessDenied: Access Denied",',
    '        "    at null.deserializeAws_restXmlPutObjectTaggingCommandError (/node_modules/@aws-sdk/client-s3/protocols/Aws_restXml.ts:9518:39)"',
    "    ]",
    "}",
)
PASSED = (
    "An error occurred (AccessDeniedException) when calling the RegisterTaskDefinition operation:",
    "User: arn:aws:iam::123456789012:user/dana is not authorized to perform: iam:PassRole on resource: arn:aws:iam::123456789012:role/web-task",
)


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (PASSED, [("iam:PassRole", "arn:aws:iam::123456789012:role/web-task")]),
        (CUT, [("s3:GetObjectAcl", "arn:aws:s3:::acme-in/a.csv")]),
        ([json.dumps({"log": text, "stream": "stderr"}) for text in (BIG, f"-in/a.csv: {DENIED}\n")], [("s3:PutObject", "arn:aws:s3:::acme-in/a.csv")]),
        (BOTO, [(None, None)]),
        (LAMBDA, [("s3:PutObjectTagging", None)]),
        (LAKE, [(None, None)]),
    ],
    ids=["passed", "containerd", "docker", "boto", "lambda", "lake"],
)  # fmt: skip
def test_lines_that_came_each_in_a_delivery_of_its_own_are_told_once_by_what_the_whole_names(
    lines: Sequence[str], told: list[tuple[str | None, str | None]]
) -> None:
    stream = Stream([(NOW + number, "web/1", text) for number, text in enumerate(lines)])
    for line in stream.lines:
        stream.deliver([line])
        stream.diagnose()

    assert told == [(denial.action, denial.resource) for denial in stream.told]


@pytest.mark.parametrize("is_growing", [False, True])
def test_an_error_that_two_deliveries_cut_anywhere_is_told_once(*, is_growing: bool) -> None:
    twice = {}
    for text in TELLING:
        lines = physical(text)
        arriving = [at for at, line in enumerate(lines) if matches(filter_pattern(), line[2])]
        for at in arriving[1:]:
            whole = Stream(lines)
            stream = Stream(lines[:at])
            stream.asked = stream.asked if is_growing else whole.asked
            stream.deliver(lines[:at])
            stream.diagnose()
            stream.lines, stream.asked = lines, whole.asked
            stream.deliver(lines[at:])
            told = stream.diagnose()
            if len(told) > max(1, len(classify(LogEvent(text)))):
                twice[text, at] = [what(denial) for denial in told]

    assert twice == {}


def test_an_error_that_two_deliveries_cut_is_not_told_again_as_louder_and_a_later_one_is() -> None:
    text = "{ [AccessDenied: Access Denied]\n  message: 'Access Denied',\n  code: 'AccessDenied',\n  statusCode: 403,\n}"
    error = physical(text)
    later = physical(text, at=NOW + 30_000)
    stream = Stream([*error, *later])
    for line in error:
        stream.deliver([line])
    before = len(stream.diagnose())
    stream.deliver(later)

    assert (before, len(stream.diagnose())) == (1, 2)


def test_a_thin_line_that_is_no_part_of_another_event_is_told_after_one_that_was() -> None:
    thin = "\tstatus code: 403, request id: 1b2c3d4e-0000-5111-8222-33334444555"
    error = physical(f"AccessDenied: {FORGED}\n{thin}6")
    later = [(NOW + 60_000, "web/3", NEIGHBOURS[0]), (NOW + 60_001, "web/3", f"{thin}7")]
    stream = Stream([*error, *later])
    stream.deliver(error[1:])
    nobody = list(stream.diagnose())
    stream.deliver(later)

    assert nobody == []
    assert [(denial.action, denial.resource) for denial in stream.diagnose()] == [(None, None)]


def _page(lines: Sequence[Line], **when: object) -> dict[str, Any]:
    events = [{"timestamp": time, "message": text} for time, _, text in lines]
    return {"when": when, "data": {"events": events, "nextForwardToken": "next"}}


def _busy(until: int) -> list[Line]:
    """A page as large as AWS gives one, that ends at a moment."""
    return [(until - 1_000 + number, "web/1", f"INFO {number} {'x' * 1_000}") for number in range(1_000)]


NOT_STORED = f"Error: not stored\n  [cause]: AccessDenied: Access Denied\n  {FRAME}"


def test_in_a_stream_whose_page_ends_before_the_line_its_event_is_put_together_too() -> None:
    error = physical(NOT_STORED, apart=0)
    stream = Stream(error)
    close = _page([(NOW - 1_500, "web/1", "INFO"), *error], startTime=NOW - CLOSE_MS)
    stream.asked = FakeReader(
        {"logs:GetLogEvents": [close, _page(_busy(NOW - 5_000))], "*": {"failure": "absent"}}
    )
    stream.deliver()

    assert [denial.action for denial in stream.diagnose()] == ["s3:PutObject"]


def test_a_busy_streams_second_page_takes_no_round_of_its_own() -> None:
    line = "An error occurred (AccessDenied) when calling the SendMessage operation: Access Denied"

    def diagnosed(*, is_busy: bool) -> LargeAccount:
        account = LargeAccount(families=20, clusters=2, functions=4)
        family = account.running[1].rpartition("/")[2].partition(":")[0]
        event = LogEvent(line, account.group_of(family), f"run/app/{TASK}", NOW)
        busy = _page(_busy(NOW - 5_000))["data"]["events"]
        close = [{"timestamp": NOW, "message": line}]
        account.log(lambda asked: busy if is_busy and asked["startTime"] < NOW - CLOSE_MS else close)
        account.run(diagnose(classify(event)[0], event, PLACE, now=NOW))
        return account

    quiet, busy = diagnosed(is_busy=False), diagnosed(is_busy=True)

    assert busy.rounds == quiet.rounds
    assert busy.calls == quiet.calls + 1


def test_a_line_behind_a_page_is_found_by_its_time() -> None:
    error = physical(NOT_STORED)
    asked = FakeReader({"logs:GetLogEvents": [_page(error, nextToken="next"), _page(_busy(NOW - 5_000))]})
    found = asked.run(find_line(LogEvent(error[1][2], "g", "web/1", NOW)))

    assert found.event is not None
    assert (found.event.message, found.times, found.read) == (error[1][2], 1, 1_003)


@pytest.mark.parametrize(("operation", "times"), [("PutObject", 2), ("GetObject", 1), ("DeleteObject", 0)])
def test_several_lines_that_somebody_gave_are_found_where_all_of_them_stand(
    operation: str, times: int
) -> None:
    older = physical(NOT_STORED.replace("PutObject", "GetObject"))
    newer = [*physical(NOT_STORED, at=NOW + 60_000), *physical(NOT_STORED, at=NOW + 90_000)]
    asked = FakeReader({"logs:GetLogEvents": _page([*older, (NOW + 9, "web/1", " "), *newer])})
    given = NOT_STORED.replace("PutObject", operation)
    found = asked.run(find_line(LogEvent(given, "g", "web/1", 0)))
    at = {"PutObject": NOW + 90_000, "GetObject": NOW, "DeleteObject": None}[operation]

    assert (at, times) == (found.event and found.event.timestamp, found.times)


JAVA = (
    "software.amazon.awssdk.services.s3.model.S3Exception: Access Denied (Service: S3, Status Code: 403, Request ID: {request})",
    "\tat software.amazon.awssdk.core.internal.http.CombinedResponseHandler.handleErrorResponse(CombinedResponseHandler.java:125)",
    "\tat software.amazon.awssdk.services.s3.DefaultS3Client.{method}(DefaultS3Client.java:11432)",
    "\tat com.acme.Store.run(Store.java:71)",
    "\t... 23 more",
)
NODE = (
    "Error storing {name}: AccessDenied: Access Denied",
    "    at throwDefaultError (/app/node_modules/@smithy/smithy-client/dist-cjs/index.js:388:20)",
    "    at de_{operation}CommandError (/app/node_modules/@aws-sdk/client-s3/dist-cjs/index.js:4932:14) {{",
    "  '$fault': 'client',",
    "  '$metadata': {{ httpStatusCode: 403, requestId: '{request}' }},",
    "  Bucket: '{name}'",
    "}}",
)
PYTHON = (
    "Traceback (most recent call last):",
    '  File "/app/store.py", line 7, in run',
    '    s3.upload("s3://{name}/a.csv")',
    '  File "/app/botocore/client.py", line 569, in _api_call',
    "botocore.exceptions.ClientError: An error occurred (AccessDenied) when calling the {operation} operation: Access Denied",
)
TWO = (
    {"operation": "PutObject", "method": "putObject", "name": "acme-in", "request": "4TRV5S6W7X8Y9Z10"},
    {"operation": "GetObject", "method": "getObject", "name": "acme-out", "request": "4TRV5S6W7X8Y9Z11"},
)
"""What one request of a process was denied, and what another one was."""


@pytest.mark.parametrize("size", [1, 2, 3])
@pytest.mark.parametrize("form", [JAVA, NODE, PYTHON], ids=["java", "node", "python"])
def test_two_errors_whose_lines_come_in_turn_are_told_without_each_others_facts(
    form: tuple[str, ...], size: int
) -> None:
    turns = [
        line.format(**one) for at in range(0, len(form), size) for one in TWO for line in form[at : at + size]
    ]
    stream = Stream([(NOW, "web/1", line) for line in turns])
    stream.deliver()
    possible: set[tuple[str | None, str | None]] = {(None, None)}
    for one in TWO:
        resource = f"arn:aws:s3:::{one['name']}"
        action = f"s3:{one['operation']}"
        possible |= {(action, None), (action, resource), (action, f"{resource}/a.csv"), (None, resource)}

    assert {(denial.action, denial.resource) for denial in stream.diagnose()} - possible == set()
    assert stream.told


def test_the_rest_of_a_traceback_behind_another_runtimes_error_lends_it_nothing() -> None:
    php = (
        'Error executing "HeadObject" on "https://s3.amazonaws.com/acme-in/a.csv";',
        "AWS HTTP error: Client error: 403 (client): 403 Forbidden (Request-ID:8D641D9BDF3F5A12)",
    )
    python = [line.format(name="acme-out", operation="PutObject") for line in PYTHON]
    stream = Stream([(NOW, "web/1", line) for line in (*python[:2], *php, *python[3:])])
    stream.deliver()

    assert {(denial.action, denial.resource) for denial in stream.diagnose()} <= {
        ("s3:PutObject", None),
        ("s3:GetObject", "arn:aws:s3:::acme-in/a.csv"),
        (None, None),
    }


def test_a_sentence_that_breaks_off_behind_another_answer_lends_it_nothing() -> None:
    lines = (
        DENIED,
        "     ServerlessError: User: arn:aws:iam::123456789012:user/dana",
        "     is not authorized to perform: cloudformation:DescribeStacks",
    )
    stream = Stream([(NOW, "web/1", line) for line in lines])
    stream.deliver()

    assert [what(denial) for denial in stream.diagnose() if denial.service == "s3"] == [NAMED]


def test_an_error_that_a_runtime_writes_twice_is_told_by_its_fuller_record() -> None:
    said = "Access Denied (Service: S3, Status Code: 403, Request ID: 4TRV5S6W7X8Y9Z10)"
    kind = "software.amazon.awssdk.services.s3.model.S3Exception"
    frame = "\tat software.amazon.awssdk.services.s3.DefaultS3Client.getObject(DefaultS3Client.java:5570)"
    stream = Stream(physical(f"{said}: {kind}\n{kind}: {said}\n{frame}"))
    stream.deliver()

    assert [denial.action for denial in stream.diagnose()] == ["s3:GetObject"]


def test_of_a_sentence_over_four_lines_of_which_two_arrive_no_arn_is_taken_for_the_action() -> None:
    text = (
        "worker: error: User: arn:aws:sts::123456789012:assumed-role/web-task/7f3c is not authorized to perform:\n"
        "  dynamodb:DeleteItem on resource:\n"
        "  arn:aws:dynamodb:eu-west-1:123456789012:table/carts because no session policy allows the\n"
        "  dynamodb:DeleteItem action"
    )
    stream = Stream(physical(text))
    stream.deliver()
    whole = [what(denial) for denial in classify(LogEvent(text))]

    assert whole == [what(denial) for denial in stream.diagnose()]


def test_two_calls_whose_lines_had_the_same_words_are_both_named() -> None:
    lines = [
        (NOW + at + number, "web/1", line.format(**one))
        for at, one in ((0, TWO[0]), (400, TWO[1]))
        for number, line in enumerate(
            ("AccessDenied: Access Denied", "    at de_{operation}CommandError (/app/node_modules/@aws-sdk/client-s3/dist-cjs/index.js:1:1)")
        )
    ]  # fmt: skip
    stream = Stream(lines)
    stream.deliver()
    (told,) = stream.diagnose()
    diagnosis = stream.table.diagnosis(
        next(turn.fingerprint for turn in map(parse_stream_record, stream.table.stream) if turn)
    )
    assert diagnosis is not None
    also = [
        finding.values["calls"] for finding in from_json(diagnosis).findings if finding.id == "targets.also"
    ]

    assert {told.action, *also} == {"s3:PutObject", "s3:GetObject"}


@pytest.mark.parametrize("is_gone", [False, True])
def test_a_bare_line_of_another_call_weeks_later_is_told_as_its_own_call_beside_the_first(
    *,
    is_gone: bool,
) -> None:
    first, then = (
        physical(
            f"AccessDenied: Access Denied\n{FRAME.replace('PutObject', one['operation'])} {{\n  Bucket: '{one['name']}'\n}}",
            stream=stream,
            at=at,
        )
        for one, stream, at in zip(TWO, ("web/1", "web/2"), (NOW, NOW + 21 * DAY), strict=True)
    )
    stream = Stream([*first, *then])
    stream.deliver(first)
    stream.diagnose()
    if is_gone:
        stream.asked = FakeReader({"*": {"failure": "absent"}})
    stream.deliver(then)
    *_, told = stream.diagnose()
    (incident,) = stream.table.everything().values()
    diagnosis = stream.table.diagnosis(incident.fingerprint)
    assert diagnosis is not None
    also = [found.values["calls"] for found in from_json(diagnosis).findings if found.id == "targets.also"]

    assert (len(stream.told), told.action, also) == (
        (2, "s3:PutObject", []) if is_gone else (2, "s3:GetObject", ["s3:PutObject arn:aws:s3:::acme-in"])
    )
