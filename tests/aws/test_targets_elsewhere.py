"""Targets that are not where the call looked, and objects that may not be there at all, in the embedded account."""

import json
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
WHO = f"User: arn:aws:sts::{ACCOUNT}:assumed-role/worker/1 is not authorized to perform:"
CALLING = "An error occurred (AccessDenied) when calling the"


@pytest.fixture(scope="module")
def account(embedded_account: Emulator) -> Iterator[Emulator]:
    """Queues `orders-dev` here and `bills` in another Region; a role that may read objects and not list them."""
    embedded_account.reset()
    session: Any = embedded_account.session()

    def client(service: str, region: str = "") -> Any:
        return session.client(
            service, region_name=region or embedded_account.region, endpoint_url=embedded_account.endpoint
        )

    client("sqs").create_queue(QueueName="orders-dev")
    client("sqs", "us-east-1").create_queue(QueueName="bills")
    client("secretsmanager").create_secret(Name="staging/api-token", SecretString="made-up")
    client("s3").create_bucket(
        Bucket="reports", CreateBucketConfiguration={"LocationConstraint": embedded_account.region}
    )
    trust = {
        "Effect": "Allow",
        "Principal": {"Service": "ecs-tasks.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
    reading = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::reports/*"}
    iam = client("iam")
    iam.create_role(RoleName="worker", AssumeRolePolicyDocument=json.dumps({"Statement": [trust]}))
    iam.put_role_policy(
        RoleName="worker",
        PolicyName="read",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [reading]}),
    )
    with calling_in(embedded_account):
        yield embedded_account


def told(account: Emulator, line: str) -> tuple[Diagnosis, int]:
    """The diagnosis, and the rounds that it took."""
    event, place = LogEvent(line, "", "", NOW), Place(ACCOUNT, account.region)
    reader = Reader(place)
    return reader.run(diagnose(classify(event)[0], event, place, now=NOW)), reader.rounds


@pytest.mark.parametrize(
    ("action", "target", "found"),
    [
        (
            "sqs:SendMessage",
            f"arn:aws:sqs:ap-northeast-1:{ACCOUNT}:bills",
            f"arn:aws:sqs:us-east-1:{ACCOUNT}:bills",
        ),
        (
            "sqs:SendMessage",
            f"arn:aws:sqs:ap-northeast-1:{ACCOUNT}:orders-prod",
            f"arn:aws:sqs:ap-northeast-1:{ACCOUNT}:orders-dev",
        ),
    ],
)
def test_a_target_in_another_region_or_stage_is_told(
    account: Emulator, action: str, target: str, found: str
) -> None:
    diagnosis, rounds = told(
        account,
        f"{CALLING} {action.partition(':')[2]} operation: {WHO} {action} on resource: {target} "
        f"because no identity-based policy allows the {action} action",
    )

    assert Message("policies.target-elsewhere", {"target": target, "found": found}) in diagnosis.findings
    assert rounds <= 5


def test_a_target_that_is_there_is_not_looked_for_elsewhere(account: Emulator) -> None:
    diagnosis, _ = told(
        account,
        f"{CALLING} SendMessage operation: {WHO} sqs:SendMessage on resource: "
        f"arn:aws:sqs:{account.region}:{ACCOUNT}:orders-dev because no identity-based policy allows it",
    )

    assert {finding.id for finding in diagnosis.findings} & {
        "policies.target-elsewhere",
        "policies.target-missing",
    } == set()


def test_an_object_that_the_policies_allow_may_be_missing_where_its_bucket_may_not_be_listed(
    account: Emulator,
) -> None:
    """S3 answers 403 and not 404 for a missing object to who may not list the bucket."""
    diagnosis, _ = told(
        account, f"{CALLING} GetObject operation: {WHO} s3:GetObject on resource: arn:aws:s3:::reports/a.csv"
    )

    assert diagnosis.decision is not None
    assert diagnosis.decision.outcome == "unknown"
    assert "decisions.object-may-be-missing" in [finding.id for finding in diagnosis.findings]
    assert [remedy.policy_document for remedy in diagnosis.remedies] == [None]


def test_s3_asks_for_the_list_only_where_the_object_is_missing(account: Emulator) -> None:
    diagnosis, _ = told(
        account,
        f"{CALLING} GetObject operation: {WHO} s3:ListBucket on resource: arn:aws:s3:::reports "
        "because no identity-based policy allows the s3:ListBucket action",
    )

    assert "decisions.object-is-missing" in [finding.id for finding in diagnosis.findings]
    assert diagnosis.decision is not None
    assert diagnosis.decision.outcome == "implicit-deny"
