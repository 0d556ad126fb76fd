"""Doctor on what somebody took away by hand: each part that hands a line on, and the alarms that would tell of it."""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws
from why403.aws.session import forget
from why403.aws.stack import DeployedStack, StackResource
from why403.aws.whoami import whoami
from why403.cli.doctor_chain import check_chain

from tests.fakes.dynamodb_table import make_table

REGION = "us-east-1"
WELL = ("ok", "each part hands on to the next: rights, streams, subscriptions, schedules")
TRUST = {
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ]
}


def clients(*services: str) -> tuple[Any, ...]:
    return tuple(boto3.client(name) for name in services)  # type: ignore[call-overload]  # any of them


@pytest.fixture
def parts(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """What stands in the account, by the types of CloudFormation: each one's physical id."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    with mock_aws():
        forget()
        yield _made()
    forget()


def _made() -> dict[str, str]:
    iam, events, sns, logs, lambda_ = clients("iam", "events", "sns", "logs", "lambda")
    make_table(boto3.client("dynamodb"), "incidents")
    role = iam.create_role(RoleName="why403-triage", AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]
    allowed = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "sns:Publish", "Resource": "*"}],
    }
    iam.put_role_policy(RoleName="why403-triage", PolicyName="own", PolicyDocument=json.dumps(allowed))
    lambda_.create_function(
        FunctionName="triage",
        Runtime="python3.13",
        Role=role["Arn"],
        Handler="triage.handler",
        Code={"ZipFile": b"-"},
    )
    calls = {"Action": "lambda:InvokeFunction", "Principal": "logs.amazonaws.com", "StatementId": "logs"}
    lambda_.add_permission(FunctionName="triage", **calls)
    events.put_rule(Name="recheck", ScheduleExpression="rate(10 minutes)")
    events.put_targets(
        Rule="recheck", Targets=[{"Id": "1", "Arn": f"arn:aws:lambda:{REGION}:123456789012:function:triage"}]
    )
    topic = sns.create_topic(Name="incidents")["TopicArn"]
    heard = sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=f"arn:aws:sqs:{REGION}:123456789012:q")
    logs.create_log_group(logGroupName="/why403/why403/triage")
    return {
        "AWS::SNS::Subscription": heard["SubscriptionArn"],
        "AWS::Events::Rule": "recheck",
        "AWS::IAM::Role": "why403-triage",
        "AWS::Logs::LogGroup": "/why403/why403/triage",
    }


def told(parts: dict[str, str]) -> list[tuple[str, str]]:
    resources = tuple(StackResource("X", kind, name) for kind, name in parts.items())
    stack = DeployedStack("why403", {"TableName": "incidents"}, resources)
    checks = check_chain(stack, {"Triage": {"FunctionName": "triage"}}, whoami().place)
    return [(check.result, check.what) for check in checks]


def test_what_was_taken_away_by_hand_is_told_and_nothing_of_a_stack_that_nobody_touched(
    parts: dict[str, str],
) -> None:
    untouched = told(parts)
    lambda_, events, iam, logs, sns, dynamodb = clients("lambda", "events", "iam", "logs", "sns", "dynamodb")
    lambda_.remove_permission(FunctionName="triage", StatementId="logs")
    lambda_.put_function_concurrency(FunctionName="triage", ReservedConcurrentExecutions=0)
    events.remove_targets(Rule="recheck", Ids=["1"])
    iam.delete_role_policy(RoleName="why403-triage", PolicyName="own")
    logs.delete_log_group(logGroupName="/why403/why403/triage")
    sns.unsubscribe(SubscriptionArn=parts["AWS::SNS::Subscription"])
    dynamodb.delete_table(TableName="incidents")
    parts["AWS::Lambda::EventSourceMapping"] = "11112222-3333-4444-5555-666677778888"
    drifted = told(parts)
    events.disable_rule(Name="recheck")

    assert untouched == [WELL]
    assert drifted == [
        ("failed", "the incident table incidents is gone"),
        ("failed", "CloudWatch Logs may not call triage: no line arrives"),
        ("failed", "function Triage is switched off: it has no executions"),
        ("failed", "the table's stream leads to diagnose no more"),
        ("failed", f"the subscription {parts['AWS::SNS::Subscription']} is gone"),
        ("failed", "the rule recheck calls nothing"),
        ("failed", "the role why403-triage has lost its policy"),
        ("failed", "the log group /why403/why403/triage of why403's own is gone"),
    ]
    assert ("failed", "the rule recheck is switched off") in told(parts)
