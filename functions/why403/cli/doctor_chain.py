"""Doctor: what hands a line on from one part to the next still stands. CloudFormation repairs none of it: its template is the same.

CloudWatch's right to call triage, the table's stream, the topics' subscriptions, the schedules, each function's executions,
its role's policies and its log group. And what was not handed on: it waits in the dead-letter queues.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from why403.aws.failures import ABSENT, code_of
from why403.aws.session import client
from why403.aws.stack import DeployedStack
from why403.cli.doctor_check import Check
from why403.iam.place import Place
from why403.incidents.log_groups import arn_of_group
from why403.log_events.redaction import redact
from why403.notices.inert import one_line

QUEUE = "AWS::SQS::Queue"
PARKING = ("Triage", "Diagnose", "Notify", "Recheck", "Survey")
"""The functions that every stack has and that have a dead-letter queue."""
LONGEST_REASON = 400
"""Characters: what happened, what it means and what to do."""
Functions = Mapping[str, Mapping[str, Any]]
"""The configuration of each function by its stem."""
FLOWING = frozenset({"Enabled", "Enabling", "Creating", "Updating"})
"""States of an event source mapping whose records are read, or will be.
https://docs.aws.amazon.com/lambda/latest/api/API_GetEventSourceMapping.html"""


def check_chain(stack: DeployedStack, functions: Functions, place: Place) -> Iterator[Check]:
    """Each part that is gone or switched off; one check for all that stand."""
    looks = {
        "table": _table(stack, place),
        "right to call": _right_to_call(functions, place),
        "executions": _executions(functions, place),
        "streams": _streams(stack, place),
        "subscriptions": _subscriptions(stack, place),
        "schedules": _schedules(stack, place),
        "roles": _roles(stack, place),
        "log groups": _log_groups(stack, place),
    }
    found: list[Check] = []
    for what, look in looks.items():
        try:
            found += look
        except (ClientError, BotoCoreError) as error:
            found.append(
                Check(
                    f"the {what} could not be looked at ({code_of(error)})",
                    "unknown",
                    "Allow it to whoever runs the doctor.",
                )
            )
    yield from found or [
        Check("each part hands on to the next: rights, streams, subscriptions, schedules", "ok")
    ]


def check_parked(stack: DeployedStack, region: str) -> Iterator[Check]:
    """What waits in the dead-letter queues, and why, as far as the newest says: it stays there."""
    sqs, clean = client("sqs", region), 0
    for stem in (*PARKING, "Subscribe"):
        name = stem.lower()
        for url in stack.physical(stem, QUEUE)[:1]:
            try:
                told = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])
            except (ClientError, BotoCoreError) as error:
                cure = "Allow sqs:GetQueueAttributes to whoever runs the doctor."
                what = f"the dead letters of {name} could not be counted ({code_of(error)})"
                yield Check(what, "unknown", cure)
                continue
            waiting = int(told["Attributes"]["ApproximateNumberOfMessages"])
            clean += not waiting
            if waiting:
                why = _why_parked(sqs, url)
                what = f"{waiting} events of {name} failed and wait in its queue"
                log = f"aws logs tail /why403/{stack.name}/{name} --since 1d --filter-pattern ERROR --region {region}"
                cure = f"why403 redrive {name} --stack {stack.name} --region {region}"
                if why:
                    yield Check(f"{what}, such as: {why}", "failed", f"Solve that, then: {cure}")
                else:
                    yield Check(what, "failed", f"See why: {log}; solve that, then: {cure}")
    if clean:
        yield Check(f"{clean} dead-letter queues are empty", "ok")


def _why_parked(sqs: Any, url: str) -> str:  # noqa: ANN401  # boto3's clients have no static type
    """What the function said of an event that waits; empty where it may not be read, or says nothing.

    https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
    """
    try:
        found = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=1, VisibilityTimeout=0)
        parked = json.loads(found["Messages"][0]["Body"])
        return one_line(redact(str(parked["responsePayload"]["errorMessage"])), LONGEST_REASON)
    except (ClientError, BotoCoreError, ValueError, KeyError, TypeError, IndexError):
        return ""


def _table(stack: DeployedStack, place: Place) -> Iterator[Check]:
    """The incident table is there, and has its stream."""
    name = stack.output("TableName")
    told = there(partial(client("dynamodb", place.region).describe_table, TableName=name))
    if told is None:
        cure = "Point-in-time recovery and backups bring it back under another name only: destroy the stack and deploy it anew."
        yield Check(f"the incident table {name} is gone", "failed", cure)
    elif not told["Table"].get("StreamSpecification", {}).get("StreamEnabled"):
        yield _gone(f"the incident table {name} has no stream: nobody is told", stack)


def _right_to_call(functions: Functions, place: Place) -> Iterator[Check]:
    """CloudWatch Logs may call triage."""
    name = str(functions.get("Triage", {}).get("FunctionName", ""))
    told = there(partial(client("lambda", place.region).get_policy, FunctionName=name)) if name else {}
    if name and '"logs.amazonaws.com"' not in json.dumps(json.loads((told or {}).get("Policy", "{}"))):
        groups = arn_of_group("*", place)
        cure = (
            f"Give it back: aws lambda add-permission --function-name {name} --statement-id why403-logs --action "
            f"lambda:InvokeFunction --principal logs.amazonaws.com --source-account {place.account} --source-arn '{groups}'"
        )
        yield Check("CloudWatch Logs may not call triage: no line arrives", "failed", cure)


def _executions(functions: Functions, place: Place) -> Iterator[Check]:
    """No function was switched off by taking all its executions away."""
    lambda_ = client("lambda", place.region)
    for stem, told in functions.items():
        if name := str(told.get("FunctionName", "")):
            found = there(partial(lambda_.get_function_concurrency, FunctionName=name)) or {}
            if found.get("ReservedConcurrentExecutions") == 0:
                cure = f"Switch it on: aws lambda delete-function-concurrency --function-name {name}; then set `concurrency` and deploy."
                yield Check(f"function {stem} is switched off: it has no executions", "failed", cure)


def _streams(stack: DeployedStack, place: Place) -> Iterator[Check]:
    """Turns in the table reach diagnose."""
    lambda_ = client("lambda", place.region)
    for uuid in stack.physical("", "AWS::Lambda::EventSourceMapping"):
        told = there(partial(lambda_.get_event_source_mapping, UUID=uuid))
        if told is None:
            yield _gone("the table's stream leads to diagnose no more", stack)
        elif told.get("State") not in FLOWING:
            cure = f"Switch it on: aws lambda update-event-source-mapping --uuid {uuid} --enabled"
            yield Check("the table's stream to diagnose is switched off: nobody is told", "failed", cure)


def _subscriptions(stack: DeployedStack, place: Place) -> Iterator[Check]:
    """What diagnose publishes, and alarms, reach notify."""
    sns = client("sns", place.region)
    for arn in stack.physical("", "AWS::SNS::Subscription"):
        if (
            arn.startswith("arn:")
            and there(partial(sns.get_subscription_attributes, SubscriptionArn=arn)) is None
        ):
            yield _gone(f"the subscription {arn} is gone", stack)


def _schedules(stack: DeployedStack, place: Place) -> Iterator[Check]:
    """Rules are there, on, and call something."""
    events = client("events", place.region)
    for name in stack.physical("", "AWS::Events::Rule"):
        told = there(partial(events.describe_rule, Name=name))
        if told is None:
            yield _gone(f"the rule {name} is gone", stack)
        elif told.get("State") == "DISABLED":
            yield Check(
                f"the rule {name} is switched off",
                "failed",
                f"Switch it on: aws events enable-rule --name {name}",
            )
        elif not events.list_targets_by_rule(Rule=name)["Targets"]:
            yield _gone(f"the rule {name} calls nothing", stack)


def _roles(stack: DeployedStack, place: Place) -> Iterator[Check]:
    """Each role has the policy that the stack gave it."""
    iam = client("iam", place.region)
    for name in stack.physical("", "AWS::IAM::Role"):
        told = there(partial(iam.list_role_policies, RoleName=name))
        if told is None:
            yield _gone(f"the role {name} is gone", stack)
        elif not told["PolicyNames"]:
            yield _gone(f"the role {name} has lost its policy", stack)


def _log_groups(stack: DeployedStack, place: Place) -> Iterator[Check]:
    """The functions' own: Lambda makes none anew, and what they log is lost."""
    logs = client("logs", place.region)
    for name in stack.physical("", "AWS::Logs::LogGroup"):
        told = logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"]
        if name not in {group["logGroupName"] for group in told}:
            cure = f"Make it: aws logs create-log-group --log-group-name {name}"
            yield Check(f"the log group {name} of why403's own is gone", "failed", cure)


def _gone(what: str, stack: DeployedStack) -> Check:
    """CloudFormation makes anew what its template changes alone."""
    detect = f"aws cloudformation detect-stack-drift --stack-name {stack.name}"
    cure = f"CloudFormation does not see it. {detect}, then describe-stack-resource-drifts, shows what it was: put it back."
    return Check(what, "failed", cure)


def there(call: Callable[[], Any]) -> Any:  # noqa: ANN401  # what boto3 answers
    """The answer; None where AWS says that there is no such thing."""
    try:
        return call()
    except ClientError as error:
        if code_of(error) in ABSENT:
            return None
        raise
