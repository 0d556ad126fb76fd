"""Doctor: a deployed stack, by its name alone: functions, roles, filters, secrets, table, parked events, alarms, last line."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from why403.aws.failures import code_of
from why403.aws.incident_table import open_table
from why403.aws.reader import Reader
from why403.aws.session import client
from why403.aws.stack import DeployedStack
from why403.aws.whoami import Identity
from why403.cli.doctor_chain import PARKING, check_chain, check_parked, there
from why403.cli.doctor_channels import check_channels
from why403.cli.doctor_check import Check
from why403.cli.doctor_delivery import check_slack_app
from why403.cli.doctor_log_groups import FUNCTION, check_groups, watched_by
from why403.cli.doctor_permissions import check_permissions
from why403.cli.incidents import ago, iso
from why403.errors import StoreError
from why403.http import post

ALARM = "AWS::CloudWatch::Alarm"
READING = "Diagnose"
"""The function whose role reads the account; the recheck's reads the same."""
ALARMS_A_CALL = 100
"""DescribeAlarms takes no more names; a stack has some twenty."""
LATEST = 50
"""Incidents among which the newest is looked for: enough to tell that lines arrive at all."""


def check_stack(
    reader: Reader, identity: Identity, stack: DeployedStack, *, ask_channels: bool
) -> list[Check]:
    """Everything of the stack; what could not be looked at is told as unknown."""
    functions = _functions(stack, identity)
    checks = [*_check_state(stack), *_check_functions(functions)]
    checks += check_chain(stack, functions, identity.place)
    if reading := functions.get(READING):
        watched = watched_by(functions.get("Triage", {}))
        checks += check_permissions(reader, identity, str(reading.get("Role", "")), watched)
    checks += check_groups(reader, identity.place, stack, functions.get("Triage", {}))
    notify = functions.get("Notify", {})
    checks += check_channels(reader, stack, notify, identity.place.region, ask=ask_channels)
    if url := stack.outputs.get("SlackAppUrl", ""):
        checks.append(check_slack_app(url, post))
    checks += check_parked(stack, identity.place.region)
    checks += _check_alarms(stack, identity)
    return [*checks, _check_last_line(stack, identity)]


def _check_state(stack: DeployedStack) -> Iterator[Check]:
    """How the last deployment ended, and whether anybody looked for changes by hand since.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_StackDriftInformation.html
    """
    detect = f"aws cloudformation detect-stack-drift --stack-name {stack.name}"
    if stack.status.endswith(("_FAILED", "ROLLBACK_COMPLETE")):
        cure = "Its events say why: aws cloudformation describe-stack-events --stack-name " + stack.name
        yield Check(f"the stack's last deployment ended as {stack.status}", "failed", cure)
    if stack.drift == "DRIFTED":
        cure = f"See what: aws cloudformation describe-stack-resource-drifts --stack-name {stack.name}; then deploy again."
        yield Check("somebody changed the stack's resources by hand", "failed", cure)
    elif stack.drift == "IN_SYNC":
        yield Check("no resource of the stack was changed by hand when that was last looked at", "ok", detect)
    else:
        yield Check(
            "nobody has looked yet whether resources were changed by hand",
            "helps",
            f"{detect}; then ask again.",
        )


def _functions(stack: DeployedStack, identity: Identity) -> dict[str, dict[str, Any]]:
    """The configuration of each function by its stem; an `error` where it could not be read."""
    lambda_ = client("lambda", identity.place.region)
    found: dict[str, dict[str, Any]] = {}
    for stem in (*PARKING, "FixPage", "ConsoleLook", "ConsoleAct", "SlackApp", "Subscribe"):
        for name in stack.physical(f"{stem}", FUNCTION)[:1]:
            try:
                told = there(partial(lambda_.get_function_configuration, FunctionName=name))
                found[stem] = told or {"State": "deleted"}
            except (ClientError, BotoCoreError) as error:
                found[stem] = {"error": code_of(error)}
    return found


def _check_functions(functions: dict[str, dict[str, Any]]) -> Iterator[Check]:
    unread = {stem: told["error"] for stem, told in functions.items() if "error" in told}
    states = {stem: told.get("State", "Active") for stem, told in functions.items() if stem not in unread}
    wrong = {stem: state for stem, state in states.items() if state not in {"Active", "Inactive"}}
    if missing := [stem for stem in PARKING if stem not in functions]:
        yield Check(f"functions are missing: {', '.join(missing)}", "failed", "Deploy the stack again.")
    if unread:
        cure = "Allow lambda:GetFunctionConfiguration to whoever runs the doctor."
        yield Check(f"functions could not be looked at: {', '.join(unread)}", "unknown", cure)
    for stem, state in wrong.items():
        cure = "Look at it in the Lambda console, and deploy again. CloudFormation does not see one that is deleted: destroy the stack first."
        yield Check(f"function {stem} is {state}", "failed", cure)
    if states and not wrong and not missing:
        yield Check(f"{len(states)} functions are in place", "ok")


def _check_alarms(stack: DeployedStack, identity: Identity) -> Iterator[Check]:
    names = list(stack.physical("", ALARM))
    try:
        told = client("cloudwatch", identity.place.region).describe_alarms(AlarmNames=names[:ALARMS_A_CALL])
    except (ClientError, BotoCoreError) as error:
        cure = "Allow cloudwatch:DescribeAlarms to whoever runs the doctor."
        yield Check(f"alarms could not be looked at ({code_of(error)})", "unknown", cure)
        return
    ringing = [alarm for alarm in told["MetricAlarms"] if alarm["StateValue"] == "ALARM"]
    for alarm in ringing:
        yield Check(f"alarm {alarm['AlarmName']} rings", "failed", str(alarm.get("AlarmDescription", "")))
    by_name = {alarm["AlarmName"]: alarm for alarm in told["MetricAlarms"]}
    for name in sorted(set(names) - set(by_name)):
        cure = f"CloudFormation does not see it: set alarms to false, deploy, and back again. Or put {name} back by hand."
        yield Check(f"alarm {name} is gone", "failed", cure)
    silent = [name for name, alarm in by_name.items() if not alarm.get("ActionsEnabled", True)]
    if silent:
        cure = f"aws cloudwatch enable-alarm-actions --alarm-names {' '.join(silent)}"
        yield Check(f"{len(silent)} alarms tell nobody when they ring", "failed", cure)
    if names and not ringing and len(by_name) == len(names):
        yield Check(f"{len(names)} alarms are quiet", "ok")


def _check_last_line(stack: DeployedStack, identity: Identity) -> Check:
    """Whether any line ever arrived: the newest of the incidents."""
    try:
        table = open_table(stack.output("TableName"), region=identity.place.region)
        found = table.every(LATEST)
    except StoreError as error:
        return Check(
            f"the incident table could not be read: {error}",
            "unknown",
            "Allow dynamodb:Scan and dynamodb:Query.",
        )
    if not found:
        cure = "Write a test line (--send-test --log-group GROUP), wait a minute, and ask again."
        return Check("no line has arrived yet", "unknown", cure)
    last = max(incident.last_seen for incident in found)
    return Check(f"the last denial was seen {ago(last)} ({iso(last)})", "ok")
