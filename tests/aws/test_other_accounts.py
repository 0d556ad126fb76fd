"""Other accounts are read through the role that a setting names, and without one the blind spot is named."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws
from why403.aws.open_reader import open_reader
from why403.aws.rates import Rates
from why403.aws.session import forget
from why403.denials.classify import classify
from why403.diagnose import diagnose_turn
from why403.diagnosis.diagnosis_json import from_json
from why403.iam.place import Place
from why403.incidents.log_groups import LogGroups
from why403.incidents.outbox import parse_stream_record
from why403.incidents.transition import Turn
from why403.incidents.watch import Watch
from why403.reads import ORGANIZATION, Answer, DeclaredRead, Failure, Plan, Read, Reply, Unreadable
from why403.triage import triage

from tests.fakes.incident_table import InMemoryIncidentTable
from tests.fakes.subscription import denied, payload
from tests.fakes.workload_index import InMemoryWorkloadIndex

NOW = 1_764_000_000_000
OTHER = "111122223333"
READ_ROLE = f"arn:aws:iam::{OTHER}:role/why403-read"
WHO = DeclaredRead("sts", "GetCallerIdentity", "See who reads.")
SCPS = DeclaredRead("organizations", "ListRoots", "See the organization.")


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        forget()
        yield Place("123456789012", "eu-west-1")
    forget()


def ask(reader: Any, read: Read) -> Reply:
    def plan() -> Plan[Reply]:
        (reply,) = yield (read,)
        return reply

    reply: Reply = reader.run(plan())
    return reply


def test_a_read_in_another_account_is_made_with_the_role_of_the_setting(place: Place) -> None:
    reader = open_reader(place, {OTHER: READ_ROLE}, "")

    own, other = ask(reader, WHO.of()), ask(reader, WHO.of(account=OTHER))

    assert isinstance(own, Answer)
    assert isinstance(other, Answer)
    assert own.text("Account") == place.account
    assert other.text("Arn").startswith(f"arn:aws:sts::{OTHER}:assumed-role/why403-read/")


def test_one_name_reads_every_other_account_and_an_account_s_own_role_goes_first(place: Place) -> None:
    third = "444455556666"
    reader = open_reader(place, {"*": "platform/why403-read", OTHER: READ_ROLE}, "")

    told = [ask(reader, WHO.of(account=account)) for account in (third, OTHER, place.account)]
    arns = [reply.text("Arn").rpartition("/")[0] for reply in told if isinstance(reply, Answer)]

    assert arns[:2] == [
        f"arn:aws:sts::{third}:assumed-role/why403-read",
        f"arn:aws:sts::{OTHER}:assumed-role/why403-read",
    ]
    assert "why403-read" not in arns[2]


def test_a_name_for_every_account_is_none_for_the_organization(place: Place) -> None:
    reply = ask(open_reader(place, {"*": "why403-read"}, ""), WHO.of(account=ORGANIZATION))

    assert isinstance(reply, Answer)
    assert reply.text("Account") == place.account
    assert "why403-read" not in reply.text("Arn")


def test_without_a_role_the_account_is_a_blind_spot_with_its_cure(place: Place) -> None:
    reply = ask(open_reader(place, {}, ""), WHO.of(account=OTHER))

    assert isinstance(reply, Unreadable)
    assert (reply.failure, reply.error, reply.cure) == (Failure.REFUSED, "NoReadRole", "sts:AssumeRole")


def test_the_organization_is_read_with_its_own_role(place: Place) -> None:
    reader = open_reader(place, {}, READ_ROLE)

    reply = ask(reader, WHO.of(account=ORGANIZATION))

    assert isinstance(reply, Answer)
    assert reply.text("Account") == OTHER


def test_without_an_organization_role_our_own_credentials_are_tried(place: Place) -> None:
    organizations: Any = boto3.client("organizations", region_name="us-east-1")
    organizations.create_organization(FeatureSet="ALL")

    reply = ask(open_reader(place, {}, ""), SCPS.of(account=ORGANIZATION))

    assert isinstance(reply, Answer)
    assert len(reply.items("Roots")) == 1


def test_a_line_of_a_central_group_is_diagnosed_by_the_policies_of_the_account_that_it_came_from(
    place: Place,
) -> None:
    """A role and a queue of these names stand in both accounts; only the central account's role may send."""
    trust = '{"Version": "2012-10-17", "Statement": []}'
    allow = (
        '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}]}'
    )
    iam: Any = boto3.client("iam")
    iam.create_role(RoleName="orders-task", AssumeRolePolicyDocument=trust)
    iam.put_role_policy(RoleName="orders-task", PolicyName="all", PolicyDocument=allow)
    assumed = boto3.client("sts").assume_role(RoleArn=READ_ROLE, RoleSessionName="setup")["Credentials"]
    there = boto3.Session(
        assumed["AccessKeyId"], assumed["SecretAccessKey"], assumed["SessionToken"], region_name="eu-west-1"
    )
    there.client("iam").create_role(RoleName="orders-task", AssumeRolePolicyDocument=trust)
    there.client("sqs").create_queue(QueueName="orders")
    line = denied("orders-task", "sqs:SendMessage", f"arn:aws:sqs:eu-west-1:{place.account}:orders")
    table, told, failed = InMemoryIncidentTable(), list[Turn](), list[Exception]()
    event = {
        "id": "1",
        "timestamp": NOW,
        "message": line.replace(place.account, OTHER),
        "@aws.account": OTHER,
    }
    triage(
        payload([event]), watch=Watch(log_groups=LogGroups(("*",))), table=table, classify=classify, now=NOW
    )
    for turn in filter(None, map(parse_stream_record, table.stream)):
        diagnose_turn(
            turn,
            table=table,
            index=InMemoryWorkloadIndex(),
            ask=open_reader(place, {"*": "why403-read"}, "").run,
            tell=told.append,
            report=failed.append,
            place=place,
            now=NOW,
        )
    found = from_json(table.diagnosis(told[0].fingerprint) or {})

    assert failed == []
    assert found.decision is not None
    assert [layer.value for layer in found.decision.denied_by] == ["identity"]
    assert found.remedies[0].target == f"arn:aws:iam::{OTHER}:role/orders-task"
    assert "sts:AssumeRole" not in {spot.call for spot in found.unreadable}


def test_cloudtrail_is_asked_at_most_twice_a_second_even_in_a_storm() -> None:
    rates = Rates(lambda: 0.0)

    waits = [rates.reserve("cloudtrail:LookupEvents", "", "") for _ in range(20)]

    assert sum(wait < 1.0 for wait in waits) <= 3
    assert max(waits) >= 8.0
