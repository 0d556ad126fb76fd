"""The CDK's own command against the embedded account: bootstrap, deploy, update, destroy."""

import json
import os
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from gzip import compress
from pathlib import Path
from typing import Any

import pytest

from demo.deploy import synthesize
from demo.emulator import ACCOUNT, Emulator, emulator
from tools.deploy import CDK

pytestmark = [pytest.mark.emulator, pytest.mark.xdist_group("cdk-cli")]
ROOT = Path(__file__).parents[2]
BEFORE = ["/ecs/orders", "/ecs/billing"]
AFTER = ["/ecs/new", "/ecs/billing", "/ecs/orders"]
SILENT = ("--no-notices", "--progress", "events")
"""The CDK's news come over the network, and are waited for."""
LINE = "AccessDenied: the tenant's own rule says no (403)"
"""Passes the filter and ends in triage: a denial would go on to notify, which might still run, and log, when the stack
is gone."""
PATIENCE = 60.0
"""Seconds for a function's first start in the embedded account, on a busy machine; it takes about two."""


@dataclass
class Told:
    """What each step left behind, by the step's name."""

    outcomes: dict[str, tuple[int, str]] = field(default_factory=dict)
    filters: dict[str, dict[str, Any]] = field(default_factory=dict)
    resources: dict[str, dict[str, str]] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)
    left: list[str] = field(default_factory=list)
    triaged: bool = False


class Cli:
    """Runs `cdk` as a person would, with a home of its own."""

    def __init__(self, account: Emulator, folder: Path) -> None:
        self.account = account
        self.folder = folder
        (folder / "home").mkdir()

    def client(self, service: str) -> Any:
        return self.account.session().client(service, endpoint_url=self.account.endpoint)  # type: ignore[call-overload]

    def run(self, *arguments: str, program: tuple[str, ...] = CDK, cwd: Path = ROOT) -> tuple[int, str]:
        environment = {
            **os.environ,
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "CDK_HOME": str(self.folder / "home"),
            "CDK_DISABLE_CLI_TELEMETRY": "true",
            "CDK_DISABLE_VERSION_CHECK": "true",
            "npm_config_update_notifier": "false",
            "JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION": "1",
            **self.account.environment,
        }
        ran = subprocess.run(
            [*program, *arguments],
            cwd=cwd,
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        return ran.returncode, (ran.stdout + ran.stderr)[-3000:]

    def stack(self) -> dict[str, str]:
        """Logical id → physical id."""
        pages = (
            self.client("cloudformation").get_paginator("list_stack_resources").paginate(StackName="why403")
        )
        found = [item for page in pages for item in page["StackResourceSummaries"]]
        return {item["LogicalResourceId"]: item["PhysicalResourceId"] for item in found}

    def filters(self) -> dict[str, Any]:
        """Log group → its filters."""
        logs = self.client("logs")
        return {
            group: logs.describe_subscription_filters(logGroupName=group)["subscriptionFilters"]
            for group in AFTER
        }


def _settings(groups: list[str]) -> Mapping[str, Any]:
    return {"log_groups": groups, "recheck_minutes": 59}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    """The whole life of a deployment, once; the tests look at what was seen on the way."""
    folder = tmp_path_factory.mktemp("cdk")
    with emulator() as account:
        cli = Cli(account, folder)
        for group in AFTER:
            cli.client("logs").create_log_group(logGroupName=group)
        yield _live(cli, folder)


def _live(cli: Cli, folder: Path) -> Told:
    if not _can_come(cli):
        pytest.skip("npm cannot be reached, and the CDK's command comes from there")
    told, out = Told(), folder / "out"
    told.outcomes["bootstrap"] = cli.run(
        "bootstrap", f"aws://{ACCOUNT}/{cli.account.region}", *SILENT, cwd=folder
    )
    context = f"why403={json.dumps(_settings(BEFORE))}"
    quick = ("--require-approval", "never", *SILENT)
    told.outcomes["deploy"] = cli.run("deploy", "-c", context, "--output", str(out), *quick)
    told.resources["deploy"], told.filters["deploy"] = cli.stack(), cli.filters()
    told.outputs = _outputs(cli)
    told.outcomes["park"] = _park(cli)
    told.outcomes["redrive"] = cli.run(
        "-m", "why403", "redrive", "triage", program=(sys.executable,), cwd=ROOT / "functions"
    )
    told.triaged = _triaged(cli)
    again = synthesize(_settings(AFTER), folder / "again")
    told.outcomes["update"] = cli.run("deploy", "--app", str(again), *quick, cwd=folder)
    told.resources["update"], told.filters["update"] = cli.stack(), cli.filters()
    told.outcomes["destroy"] = cli.run("destroy", "--force", "--app", str(again), *SILENT, cwd=folder)
    told.filters["destroy"] = cli.filters()
    told.left = _left(cli)
    return told


def _can_come(cli: Cli) -> bool:
    """The lockfile's, as `make deploy` puts it there."""
    try:
        return cli.run(program=("bash", "tools/cdk.sh"))[0] == 0
    except subprocess.TimeoutExpired:
        return False


def _outputs(cli: Cli) -> dict[str, str]:
    (stack,) = cli.client("cloudformation").describe_stacks(StackName="why403")["Stacks"]
    return {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}


def _park(cli: Cli) -> tuple[int, str]:
    """What Lambda parks when triage failed three times over a delivery."""
    data = {
        "messageType": "DATA_MESSAGE",
        "owner": ACCOUNT,
        "logGroup": "/ecs/orders",
        "logStream": "app/app/0f3a9c1e",
        "subscriptionFilters": ["why403"],
        "logEvents": [{"id": "1", "timestamp": 1_795_000_000_000, "message": LINE}],
    }
    payload = {"awslogs": {"data": b64encode(compress(json.dumps(data).encode())).decode()}}
    parked = {"requestContext": {"condition": "RetriesExhausted"}, "requestPayload": payload}
    queue = next(
        url
        for name, url in cli.stack().items()
        if name.startswith("Triage") and "DeadLetters" in name and "http" in url
    )
    sent = cli.client("sqs").send_message(QueueUrl=queue, MessageBody=json.dumps(parked))
    return 0, str(sent["MessageId"])


def _triaged(cli: Cli) -> bool:
    """Whether triage ran, by its own log; nothing of ours may run any more when the stack is destroyed."""
    logs, until = cli.client("logs"), time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if any("REPORT" in event["message"] for event in _logged(logs)):
            return True
        time.sleep(0.2)
    return False


def _logged(logs: Any) -> list[dict[str, Any]]:
    events: list[dict[str, Any]] = logs.filter_log_events(logGroupName="/why403/why403/triage")["events"]
    return events


def _left(cli: Cli) -> list[str]:
    """What still stands in the account and carries the stack's name."""
    functions = cli.client("lambda").list_functions()["Functions"]
    tables = cli.client("dynamodb").list_tables()["TableNames"]
    queues = cli.client("sqs").list_queues().get("QueueUrls", [])
    topics = [topic["TopicArn"] for topic in cli.client("sns").list_topics()["Topics"]]
    secrets = [secret["Name"] for secret in cli.client("secretsmanager").list_secrets()["SecretList"]]
    groups = [group["logGroupName"] for group in cli.client("logs").describe_log_groups()["logGroups"]]
    roles = [role["RoleName"] for role in cli.client("iam").list_roles()["Roles"]]
    found = [
        *(item["FunctionName"] for item in functions),
        *tables,
        *queues,
        *topics,
        *secrets,
        *groups,
        *roles,
    ]
    return [name for name in found if "why403" in name]


@pytest.mark.parametrize("step", ["bootstrap", "deploy", "redrive", "update", "destroy"])
def test_each_step_goes_through(told: Told, step: str) -> None:
    status, said = told.outcomes[step]

    assert (status, said if status else "") == (0, "")


def test_named_groups_are_watched_after_a_deployment(told: Told) -> None:
    watched = {
        group: [item["filterName"] for item in found] for group, found in told.filters["deploy"].items()
    }

    assert watched == {"/ecs/new": [], "/ecs/billing": ["why403"], "/ecs/orders": ["why403"]}


def test_a_group_that_is_added_is_watched_and_the_others_stay_as_they_were(told: Told) -> None:
    before, after = told.filters["deploy"], told.filters["update"]

    assert [item["filterName"] for item in after["/ecs/new"]] == ["why403"]
    assert {group: before[group] for group in BEFORE} == {group: after[group] for group in BEFORE}


def test_an_update_keeps_every_resource_and_its_name(told: Told) -> None:
    before, after = told.resources["deploy"], told.resources["update"]

    assert len(before) > 60
    assert before == {name: after.get(name) for name in before}


def test_a_stack_says_what_a_person_needs_next(told: Told) -> None:
    assert (
        told.outputs["RedriveCommand"]
        == "why403 redrive triage|diagnose|notify|recheck|survey --stack why403 --region ap-northeast-1"
    )
    assert told.outputs["SlackSecretName"] == "why403/slack"
    assert {"AlarmsTopicArn", "MachinesTopicArn", "ConsoleDashboard", "TableName"} <= set(told.outputs)


def test_a_parked_delivery_is_given_again(told: Told) -> None:
    assert told.outcomes["redrive"] == (0, "1 given to triage again.\n")
    assert told.triaged


def test_only_what_nobody_could_make_again_is_left_after_it_is_destroyed(told: Told) -> None:
    assert sorted(told.left) == sorted([told.outputs["TableName"], told.outputs["SlackSecretName"]])
    assert told.filters["destroy"] == {group: [] for group in AFTER}
