"""Denials of which the line tells too little: what is known is told, and nothing is judged, invented or proven."""

import io
import json
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest
from why403.aws.reader import Reader
from why403.denials.classify import classify
from why403.diagnose import diagnose
from why403.diagnosis.diagnosis import Diagnosis
from why403.iam.place import Place
from why403.log_events.log_event import LogEvent
from why403.message import Message

from demo.emulator import ACCOUNT, Emulator
from tests.aws.calling_as import calling_in

NOW = 1_790_000_000_000
ROLE = f"arn:aws:iam::{ACCOUNT}:role/thumbnails"
TRUST = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
CALLING = "An error occurred (AccessDenied) when calling the"
NO_OPERATION = (
    "AccessDeniedException: Access Denied (Service: Amazon S3; Status Code: 403; Request ID: 7F3A19C2)"
)


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def allow(action: str, resource: str) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource}


@pytest.fixture(scope="module")
def account(embedded_account: Emulator) -> Iterator[Emulator]:
    """A function whose role may send to one of two queues, and knows one bucket by its environment."""
    embedded_account.reset()
    session: Any = embedded_account.session()
    iam, sqs, s3, functions, logs = (
        session.client(name, endpoint_url=embedded_account.endpoint)
        for name in ("iam", "sqs", "s3", "lambda", "logs")
    )
    own = f"arn:aws:sqs:{embedded_account.region}:{ACCOUNT}"
    iam.create_role(RoleName="thumbnails", AssumeRolePolicyDocument=document(TRUST))
    iam.put_role_policy(
        RoleName="thumbnails", PolicyName="send", PolicyDocument=document(allow("sqs:Send*", f"{own}:other"))
    )
    for queue in ("thumb-jobs", "image-jobs", "other"):
        sqs.create_queue(QueueName=queue)
    everyone = {"Effect": "Deny", "Principal": "*", "Action": "sqs:*", "Resource": f"{own}:locked"}
    sqs.create_queue(QueueName="locked", Attributes={"Policy": document(everyone)})
    for bucket in ("orders-media", "payroll"):
        s3.create_bucket(
            Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": embedded_account.region}
        )
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("index.py", "def handler(event, context): return event")
    functions.create_function(
        FunctionName="thumbnails",
        Runtime="python3.12",
        Role=ROLE,
        Handler="index.handler",
        Code={"ZipFile": code.getvalue()},
        Environment={"Variables": {"MEDIA_BUCKET": "orders-media"}},
    )
    logs.create_log_group(logGroupName="/aws/lambda/thumbnails")
    logs.create_log_group(logGroupName="/app/web")
    with calling_in(embedded_account):
        yield embedded_account


def told(account: Emulator, line: str, group: str = "/aws/lambda/thumbnails") -> tuple[Diagnosis, int]:
    """The diagnosis, and the rounds that it took."""
    event, place = LogEvent(line, group, "", NOW), Place(ACCOUNT, account.region)
    reader = Reader(place)
    diagnosis = reader.run(diagnose(classify(event)[0], event, place, now=NOW))
    return diagnosis, reader.rounds


def ids(diagnosis: Diagnosis) -> list[str]:
    return [finding.id for finding in diagnosis.findings]


def test_without_an_operation_the_target_and_the_silence_of_the_policies_are_told(account: Emulator) -> None:
    diagnosis, rounds = told(account, NO_OPERATION)

    silent = Message("policies.silent", {"caller": "thumbnails", "what": "s3"})
    assert [candidate.arn for candidate in diagnosis.target_candidates] == ["arn:aws:s3:::orders-media"]
    assert silent in diagnosis.findings
    assert (diagnosis.request, diagnosis.confidence) == (None, "low")
    assert rounds <= 5


def test_of_a_service_that_the_policies_speak_of_it_is_told_what_they_allow(account: Emulator) -> None:
    diagnosis, _ = told(account, NO_OPERATION.replace("S3", "SQS"))

    said = next(finding for finding in diagnosis.findings if finding.id == "policies.says-allow")
    assert said.values["actions"] == "sqs:Send*"
    assert said.values["resources"].endswith(":other")
    assert "policies.silent" not in ids(diagnosis)


def test_where_no_candidate_stands_out_none_is_judged(account: Emulator) -> None:
    diagnosis, rounds = told(account, f"{CALLING} ReceiveMessage operation: Access Denied")

    assert (diagnosis.request, diagnosis.decision, diagnosis.confidence) == (None, None, "low")
    assert [remedy.kind for remedy in diagnosis.remedies] == ["playbook"]
    assert "policies.silent" in ids(diagnosis)
    assert rounds <= 5


def test_one_clear_candidate_is_judged_and_named(account: Emulator) -> None:
    diagnosis, _ = told(account, f"{CALLING} PutObject operation: Access Denied")

    assert diagnosis.request is not None
    assert diagnosis.request.resource == "arn:aws:s3:::orders-media/*"
    assert diagnosis.remedies[0].proven


def test_no_setting_of_the_account_that_cannot_be_read_makes_a_grant_in_it_unproven(
    account: Emulator,
) -> None:
    diagnosis, _ = told(account, f"{CALLING} PutObject operation: Access Denied")

    assert "s3control:GetPublicAccessBlock" in [spot.call for spot in diagnosis.unreadable]
    assert diagnosis.remedies[0].proven


@pytest.mark.parametrize(
    ("resource", "wanted"),
    [
        ("resource due to an explicit deny", []),
        ("resource because of a bucket policy", []),
        ("resource: payroll", [("arn:aws:s3:::payroll/*", 0.9)]),
        ("resource: payroll/2026/a.csv", [("arn:aws:s3:::payroll/2026/a.csv", 0.9)]),
        ("resource: reports-of-2025", [("arn:aws:s3:::reports-of-2025/*", 0.95)]),
        ("resource: arn:aws:s3:::payroll/a", [("arn:aws:s3:::payroll/a", 1.0)]),
    ],
)
def test_free_text_names_a_target_only_where_there_is_one_or_it_is_written_as_a_name(
    account: Emulator, resource: str, wanted: list[tuple[str, float]]
) -> None:
    diagnosis, _ = told(account, f"User is not authorized to perform: s3:PutObject on {resource}", "/app/web")

    assert [(candidate.arn, candidate.score) for candidate in diagnosis.target_candidates] == wanted


def test_a_caller_named_by_the_id_of_a_role_that_is_gone_is_not_taken_for_the_function_s(
    account: Emulator,
) -> None:
    who = "User: AROAJ2UCCR6DPCEXAMPLE:thumbnails"
    line = f"{CALLING} PutObject operation: {who} is not authorized to perform: s3:PutObject on resource: arn:aws:s3:::payroll/a"

    diagnosis, _ = told(account, line)

    assert "policies.caller-by-other-id" in ids(diagnosis)
    assert (diagnosis.request, diagnosis.confidence) == (None, "low")
    assert [remedy.policy_document for remedy in diagnosis.remedies] == [None]


def test_a_caller_named_by_the_id_of_the_function_s_own_role_is_that_role(account: Emulator) -> None:
    session: Any = account.session()
    role = session.client("iam", endpoint_url=account.endpoint).get_role(RoleName="thumbnails")["Role"]
    line = f"{CALLING} PutObject operation: User: {role['RoleId']}:thumbnails is not authorized to perform: s3:PutObject on resource: arn:aws:s3:::payroll/a"

    diagnosis, _ = told(account, line)

    assert diagnosis.request is not None
    assert diagnosis.request.principal == ROLE
    assert "policies.caller-by-other-id" not in ids(diagnosis)


def test_an_id_that_somebody_masked_names_nobody(account: Emulator) -> None:
    who = "User: AROAXXXXXXXXXXXXXXXXX:thumbnails"
    line = f"{CALLING} PutObject operation: {who} is not authorized to perform: s3:PutObject on resource: arn:aws:s3:::payroll/a"

    diagnosis, _ = told(account, line)

    assert "policies.caller-by-other-id" not in ids(diagnosis)
    assert diagnosis.request is not None
    assert diagnosis.request.principal == ROLE


def test_an_id_that_nothing_leads_to_is_told_as_likely_deleted(account: Emulator) -> None:
    line = "User: AROAJ2UCCR6DPCEXAMPLE:web is not authorized to perform: s3:PutObject on resource: arn:aws:s3:::payroll/a"

    diagnosis, _ = told(account, line, "/app/web")

    assert Message("policies.caller-by-id", {"id": "AROAJ2UCCR6DPCEXAMPLE"}) in diagnosis.findings
    assert diagnosis.confidence == "low"


def test_a_role_of_the_line_that_is_gone_has_no_proven_draft(account: Emulator) -> None:
    who = f"User: arn:aws:sts::{ACCOUNT}:assumed-role/of-old/session"
    line = (
        f"{CALLING} PutObject operation: {who} is not authorized to perform: s3:PutObject on resource: "
        "arn:aws:s3:::payroll/a because no identity-based policy allows the s3:PutObject action"
    )

    diagnosis, _ = told(account, line, "/app/web")

    assert "policies.caller-gone" in ids(diagnosis)
    assert diagnosis.confidence != "high"
    assert [remedy for remedy in diagnosis.remedies if remedy.proven] == []


def test_a_queue_that_denies_everyone_is_told_with_the_root_user_s_way_out(account: Emulator) -> None:
    url = f"https://sqs.{account.region}.amazonaws.com/{ACCOUNT}/locked"

    diagnosis, _ = told(account, f"{CALLING} SendMessage operation: Access to the resource {url} is denied.")

    said = next(finding for finding in diagnosis.findings if finding.id == "policies.refused-by-itself")
    assert said.values["task"] == "SQSUnlockQueuePolicy"
    assert [remedy for remedy in diagnosis.remedies if remedy.proven] == []
