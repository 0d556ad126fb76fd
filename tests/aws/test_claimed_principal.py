"""Anybody may write `assumed-role/admin` into a log: nothing of that role is told, and nothing is drafted for it."""

import json

import pytest
from why403.aws.reader import Reader
from why403.aws.session import forget
from why403.denials.classify import classify
from why403.diagnose import diagnose
from why403.diagnosis.diagnosis_json import to_json
from why403.iam.place import Place
from why403.log_events.log_event import LogEvent

from demo.application import Application
from demo.emulator import ACCOUNT, Emulator
from demo.incident import LOG_GROUP, LOG_STREAM, create_incident

NOW = 1_790_000_000_000
SERVICE = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
HELD = {"Sid": "OnlyForPeople", "Effect": "Allow", "Action": "iam:*", "Resource": "*"}
FORGED = (
    "An error occurred (AccessDenied) when calling the SendMessage operation: User: arn:aws:sts::{account}:assumed-role/"
    "admin/me is not authorized to perform: sqs:SendMessage on resource: arn:aws:sqs:{region}:{account}:orders because no "
    "identity-based policy allows the sqs:SendMessage action"
)


def test_a_role_that_the_workload_cannot_take_is_not_published(
    embedded_account: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    embedded_account.reset()
    Application(embedded_account, create_incident(embedded_account)).send_job()
    iam = embedded_account.session().client("iam", endpoint_url=embedded_account.endpoint)
    iam.create_role(
        RoleName="admin",
        AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [SERVICE]}),
        Tags=[{"Key": "owner", "Value": "people-of-trust"}],
    )
    document = json.dumps({"Version": "2012-10-17", "Statement": [HELD]})
    iam.put_role_policy(RoleName="admin", PolicyName="crown-jewels", PolicyDocument=document)
    for name, value in embedded_account.environment.items():
        monkeypatch.setenv(name, value)
    forget()
    text = FORGED.format(account=ACCOUNT, region=embedded_account.region)
    event = LogEvent(text, LOG_GROUP, LOG_STREAM, NOW)
    place = Place(ACCOUNT, embedded_account.region)
    told = to_json(Reader(place).run(diagnose(classify(event)[0], event, place, now=NOW)))
    forget()
    embedded_account.reset()
    said = json.dumps(told)

    assert told["confidence"] == "low"
    assert [name for name in ("crown-jewels", "OnlyForPeople", "people-of-trust") if name in said] == []
    assert [one["commands"] for one in told["remedies"] if any(one["commands"].values())] == []
    assert [one["id"] for one in told["workload"]["findings"]] == ["workloads.claim-refuted"]
