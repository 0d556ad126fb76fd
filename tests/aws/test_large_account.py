"""A whole diagnosis in an account of a real company: the workload found whatever its name, for few calls."""

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

import boto3
import pytest
from moto import mock_aws
from why403.aws.open_reader import open_reader
from why403.aws.reader import Reader
from why403.aws.session import forget
from why403.decisions.decision import Outcome
from why403.denials.classify import classify
from why403.deployed import recheck
from why403.diagnose import diagnose, judge_again
from why403.diagnosis.diagnosis_json import from_json, to_json
from why403.iam.place import Place
from why403.incidents.incident import Sample
from why403.log_events.log_event import LogEvent
from why403.survey import survey

from tests.fakes.dynamodb_table import make_table
from tests.fakes.incidents import opened_incident
from tests.fakes.workload_index import InMemoryWorkloadIndex

PLACE = Place("123456789012", "eu-west-1")
FAMILIES, CLUSTERS, FAMILY = 300, 12, 251
NOW = 1_790_000_000_000
ROLE = f"arn:aws:iam::123456789012:role/role{FAMILY}"
QUEUE = f"arn:aws:sqs:eu-west-1:123456789012:queue{FAMILY}"
BARE = "An error occurred (AccessDenied) when calling the SendMessage operation: "
UNNAMED = (
    f"{BARE}Access to the resource https://sqs.eu-west-1.amazonaws.com/123456789012/queue{FAMILY} is denied."
)
COLD, AGAIN, ROUNDS = 45, 10, 5
OWN_ARN = "arn:aws:lambda:eu-west-1:123456789012:function:why403-recheck"
SETTINGS = {
    "table_name": "incidents",
    "topic_arn": "arn:aws:sns:eu-west-1:123456789012:alarms",
    "retention_days": "90",
    "log_groups": "{}",
    "target_read_roles": "{}",
    "organization_read_role": "",
    "quiet_hours_until_resolved": "24",
    "tags": "{}",
}


class Scene(NamedTuple):
    group: str
    stream: str
    iam: Any


@pytest.fixture(scope="module")
def account() -> Iterator[Scene]:
    with pytest.MonkeyPatch.context() as environment, mock_aws():
        environment.setenv("AWS_ACCESS_KEY_ID", "test")
        environment.setenv("AWS_SECRET_ACCESS_KEY", "test")
        environment.setenv("AWS_DEFAULT_REGION", PLACE.region)
        environment.delenv("AWS_ENDPOINT_URL", raising=False)
        forget()
        yield made(boto3.Session())
    forget()


def made(session: boto3.Session) -> Scene:
    clients: dict[str, Any] = {name: session.client(name) for name in ("ecs", "iam", "sqs", "ec2", "logs")}
    for number in range(CLUSTERS):
        clients["ecs"].create_cluster(clusterName=f"cluster{number}")
    for number in range(FAMILIES):
        clients["iam"].create_role(RoleName=f"role{number}", AssumeRolePolicyDocument="{}")
        clients["sqs"].create_queue(QueueName=f"queue{number}")
        clients["ecs"].register_task_definition(
            family=f"family{number}",
            taskRoleArn=f"arn:aws:iam::123456789012:role/role{number}",
            **container(number),
        )
    statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    made_policy = clients["iam"].create_policy(PolicyName="reads", PolicyDocument=document)["Policy"]["Arn"]
    clients["iam"].attach_role_policy(RoleName=f"role{FAMILY}", PolicyArn=made_policy)
    subnet = clients["ec2"].describe_subnets()["Subnets"][0]["SubnetId"]
    task = clients["ecs"].run_task(
        cluster=f"cluster{CLUSTERS - 1}",
        taskDefinition=f"family{FAMILY}",
        launchType="FARGATE",
        networkConfiguration={"awsvpcConfiguration": {"subnets": [subnet]}},
    )["tasks"][0]["taskArn"]
    clients["logs"].create_log_group(logGroupName=group_of(FAMILY))
    return Scene(group_of(FAMILY), f"run/app/{task.rpartition('/')[2]}", clients["iam"])


def group_of(number: int) -> str:
    """A name that is like no family's."""
    return f"/platform/{number * 31 % 1_009}x"


def container(number: int) -> dict[str, Any]:
    url = f"https://sqs.eu-west-1.amazonaws.com/123456789012/queue{number}"
    options = {"awslogs-group": group_of(number), "awslogs-stream-prefix": "run"}
    made: dict[str, Any] = {"name": "app", "image": "app", "memory": 64}
    made["environment"] = [{"name": "QUEUE_URL", "value": url}]
    made["logConfiguration"] = {"logDriver": "awslogs", "options": options}
    return {"containerDefinitions": [made]}


@pytest.mark.parametrize("line", [UNNAMED, f"{BARE}Access Denied"], ids=["queue in the line", "bare"])
def test_a_task_of_a_large_account_is_diagnosed_for_few_calls_and_rounds(account: Scene, line: str) -> None:
    event = LogEvent(line, account.group, account.stream, NOW)
    reader = Reader(PLACE)

    told = reader.run(diagnose(classify(event)[0], event, PLACE, now=NOW))

    assert (told.workload.name, told.workload.caller_arn) == (f"family{FAMILY}", ROLE)
    assert told.request is not None
    assert told.request.resource == QUEUE
    assert reader.calls <= COLD
    assert reader.rounds <= ROUNDS


def test_the_deployed_recheck_asks_no_more_than_what_may_have_changed(
    account: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = LogEvent(UNNAMED, account.group, account.stream, NOW)
    sample = Sample(
        message=UNNAMED,
        log_group=account.group,
        log_stream=account.stream,
        timestamp=NOW,
        event_id="e1",
    )
    denial = classify(event)[0]
    incident = opened_incident(denial=denial, log_group=account.group, samples=(sample,))
    table = make_table(boto3.client("dynamodb"), "incidents")
    table.open(incident)
    told = Reader(PLACE).run(diagnose(denial, event, PLACE, now=NOW))
    table.save_diagnosis(incident.fingerprint, incident.generation, to_json(told))
    for name, value in SETTINGS.items():
        monkeypatch.setenv(name.upper(), value)

    checked = recheck.run(OWN_ARN, lambda: True, lambda _incident, error: pytest.fail(str(error)))

    assert checked.checked == 1
    assert open_reader(PLACE, {}, "").calls <= AGAIN


def test_a_recheck_reads_the_policies_alone_and_sees_the_fix(account: Scene) -> None:
    event = LogEvent(UNNAMED, account.group, account.stream, NOW)
    incident = opened_incident()
    reader = Reader(PLACE)
    known = from_json(to_json(reader.run(diagnose(classify(event)[0], event, PLACE, now=NOW))))

    before = Reader(PLACE)
    still = before.run(judge_again(incident, known, PLACE, now=NOW), fresh=True)

    statement = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": QUEUE}
    account.iam.put_role_policy(
        RoleName=f"role{FAMILY}",
        PolicyName="fix",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
    )
    after = Reader(PLACE)
    fixed = after.run(judge_again(incident, known, PLACE, now=NOW), fresh=True)

    assert still.decision is not None
    assert still.decision.outcome is Outcome.IMPLICIT_DENY
    assert fixed.decision is not None
    assert "decisions.allowed-now" in {finding.id for finding in fixed.findings} or (
        fixed.decision.outcome is Outcome.ALLOWED
    )
    assert max(before.calls, after.calls) <= AGAIN
    assert after.rounds <= 2


def test_a_workload_is_found_by_the_index_where_neither_stream_nor_stack_tells_it(account: Scene) -> None:
    index, patient = InMemoryWorkloadIndex(), Reader(PLACE, sleep=lambda _seconds: None)
    event = LogEvent(UNNAMED, account.group, "app", NOW)
    denial, reader = classify(event)[0], Reader(PLACE)
    without = Reader(PLACE).run(diagnose(denial, event, PLACE, now=NOW))

    surveyed = survey(index, patient.run, PLACE, now=NOW, has_time=lambda: True)
    known = index.look_up(account.group, NOW)
    told = reader.run(diagnose(denial, event, PLACE, now=NOW, hints=known))

    assert (surveyed.ended, surveyed.unread) == (True, ())
    assert (without.workload.kind, told.workload.name) == ("unknown", f"family{FAMILY}")
    assert told.workload.caller_arn == ROLE
    assert reader.calls <= COLD
    assert reader.rounds <= ROUNDS


def test_the_role_of_the_revision_that_a_service_runs_is_read_where_the_newest_one_has_another(
    account: Scene,
) -> None:
    ecs: Any = boto3.client("ecs")
    for name in ("runs", "newest"):
        role = account.iam.create_role(RoleName=f"pinned-{name}", AssumeRolePolicyDocument="{}")["Role"]
        made = container(FAMILY)
        made["containerDefinitions"][0]["logConfiguration"]["options"]["awslogs-group"] = "/ecs/pinned"
        ecs.register_task_definition(family="pinned", taskRoleArn=role["Arn"], **made)
    ecs.create_service(cluster="cluster0", serviceName="pinned", taskDefinition="pinned:1", desiredCount=0)
    event = LogEvent(UNNAMED, "/ecs/pinned", "app", NOW)

    told = Reader(PLACE).run(diagnose(classify(event)[0], event, PLACE, now=NOW))

    assert told.workload.caller_arn.endswith(":role/pinned-runs")
    assert told.request is not None
    assert told.request.principal == told.workload.caller_arn
    assert {each.target for each in told.remedies} == {told.workload.caller_arn}
