"""Each alarm reaches the topic, measures something that exists, and says what to do."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from why403.incidents.metric_names import NAMESPACE, Metric
from why403.page.links import parse_link_keys

from infra.alarms import AlarmPlan, alarm_plans
from tests.infra.resolved import Stack

pytestmark = pytest.mark.xdist_group("synth")
ROOT = Path(__file__).parents[2]
RUNBOOKS = ROOT / "docs" / "runbooks"
PLANS = alarm_plans()
GLOBS = {"log_groups": ["/ecs/*"]}
"""With these every part is there, the subscriber too."""


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.name)
def test_an_alarm_has_a_runbook_and_names_it(synth: Any, plan: AlarmPlan) -> None:
    (alarm,) = [
        found
        for found in synth(GLOBS).of("CloudWatch::Alarm").values()
        if found["AlarmName"] == f"why403-{plan.name}"
    ]
    runbook = ROOT / plan.runbook

    described = json.dumps(alarm["AlarmDescription"])
    assert plan.runbook in described
    assert "#dashboards/dashboard/why403-" in described
    assert f"Urgency: {plan.urgency}." in described
    assert f"## How urgent\n{plan.urgency.capitalize()}." in runbook.read_text()
    assert f"# {plan.name}" == runbook.read_text().splitlines()[0]
    assert {"## What it means", "## What to do"} <= set(runbook.read_text().splitlines())


def test_there_is_no_runbook_for_an_alarm_that_is_not_there() -> None:
    others = {"rotate-link-key", "README"}

    assert {plan.name for plan in PLANS} == {file.stem for file in RUNBOOKS.glob("*.md")} - others


def test_every_alarm_is_told_when_it_rings_and_when_it_is_over(synth: Any) -> None:
    template = synth(GLOBS)
    topic = [template.body["Outputs"]["AlarmsTopicArn"]["Value"]]
    alarms = template.of("CloudWatch::Alarm").values()

    assert len(PLANS) == len(alarms)
    assert all(alarm["AlarmActions"] == topic and alarm["OKActions"] == topic for alarm in alarms)


def test_our_own_metrics_are_ones_that_we_publish() -> None:
    board = json.loads((ROOT / "infra" / "dashboard.json").read_text())
    shown = [tuple(metric) for row in board for graph in row for metric in graph["metrics"]]
    named = {name for namespace, name in [*shown, *(plan.metric for plan in PLANS)] if namespace == NAMESPACE}

    assert set() == named - set(Metric)


def test_the_dashboard_is_named_by_its_region_as_dashboards_are_global_in_an_account(synth: Any) -> None:
    names = [board["DashboardName"] for board in synth(GLOBS).of("CloudWatch::Dashboard").values()]

    assert names == [
        {"Fn::Join": ["", [begins, {"Ref": "AWS::Region"}]]} for begins in ("why403-incidents-", "why403-")
    ]


def test_two_stacks_of_an_account_ring_on_metrics_of_their_own(synth: Any) -> None:
    """A metric that names no part of the stack's is both stacks' metric, and its alarm rings in both."""
    shared: list[set[str]] = []
    for stack in ("why403", "why403-b"):
        template = synth({"stack_name": stack})
        alarms = [
            {key: alarm.get(key) for key in ("Namespace", "MetricName", "Dimensions", "Metrics")}
            for alarm in template.of("CloudWatch::Alarm").values()
        ]
        shared.append(
            {
                json.dumps(one)
                for one in alarms
                if not {"Ref", "GetAtt"} & set(re.findall(r"\w+", json.dumps(one)))
            }
        )
        namespaces = {
            one["Environment"]["Variables"]["METRICS_NAMESPACE"]
            for one in template.of("Lambda::Function").values()
        }
        assert namespaces == {stack}

    assert shared[0] & shared[1] == set()
    assert len(shared[0]) >= 4


def test_alarms_and_dashboard_can_be_left_out_each(synth: Any) -> None:
    off = {**GLOBS, "page_mode": "off"}
    bare = synth({**off, "alarms": False, "dashboard": False})
    quiet, boardless = synth({**off, "alarms": False}), synth({**off, "dashboard": False})

    assert (bare.of("CloudWatch::Alarm"), bare.of("CloudWatch::Dashboard")) == ({}, {})
    assert (len(quiet.of("CloudWatch::Alarm")), len(quiet.of("CloudWatch::Dashboard"))) == (0, 1)
    assert (len(boardless.of("CloudWatch::Alarm")), len(boardless.of("CloudWatch::Dashboard"))) == (
        len(PLANS),
        0,
    )


@pytest.mark.parametrize(
    ("watched", "filters"),
    [
        ({"log_groups": ["/ecs/a", "/ecs/b"]}, {"": "why403"}),
        ({"log_groups": ["/ecs/*"]}, {"": "why403-globs"}),
        ({"log_groups": [], "log_group_tags": {"why403": "on"}}, {"": "why403-globs"}),
        ({"log_groups": ["/ecs/*", "/app"]}, {"": "why403", "-globs": "why403-globs"}),
        ({"log_groups": ["/ecs/*"], "globs_by": "account-policy"}, {"": ""}),
    ],
)
def test_subscriptions_are_measured_by_one_query_for_each_name_of_our_own_filters(
    synth: Any, watched: dict[str, Any], filters: dict[str, str]
) -> None:
    queries = {
        alarm["AlarmName"]: query["Expression"]
        for alarm in synth(watched).of("CloudWatch::Alarm").values()
        for query in alarm.get("Metrics", [])
        if "SELECT" in query.get("Expression", "")
    }

    assert queries == {
        f"why403-subscription-{kind}{end}": f'SELECT SUM({metric}) FROM "AWS/Logs" WHERE '  # noqa: S608  # CloudWatch's
        + " AND ".join(filter(None, ("DestinationType = 'Lambda'", f"FilterName = '{name}'" if name else "")))
        for kind, metric in (("errors", "DeliveryErrors"), ("throttled", "DeliveryThrottling"))
        for end, name in filters.items()
    }


def test_a_queue_that_parks_has_an_alarm(synth: Any) -> None:
    template = synth(GLOBS)
    watched = {
        dimension["Value"]["Fn::GetAtt"][0]
        for alarm in template.of("CloudWatch::Alarm").values()
        for dimension in alarm.get("Dimensions", [])
        if dimension["Name"] == "QueueName"
    }

    assert set(template.of("SQS::Queue")) == watched


def test_the_board_shows_what_was_denied_to_ourselves(synth: Any) -> None:
    (board,) = synth({**GLOBS, "page_mode": "signed"}).of("CloudWatch::Dashboard").values()
    body = str(board["DashboardBody"])

    assert "Denied to why403 itself" in body
    assert all(f"/why403/why403/{stem}" in body for stem in ("triage", "diagnose", "fix_page"))


def test_the_board_holds_each_runbook_with_the_names_of_this_stack_s_own_parts(synth: Any) -> None:
    settings = {**GLOBS, "stack_name": "security", "page_mode": "off"}
    (board,) = synth(settings).of("CloudWatch::Dashboard").values()
    body = json.dumps(board["DashboardBody"])

    assert [plan.name for plan in PLANS if f"# {plan.name}" not in body] == []
    assert "why403 redrive triage --stack " in body.replace('", {"Ref": "AWS::StackName"}, "', "")
    assert "aws logs tail /why403/security/triage" in body
    assert "/why403/why403/" not in body
    assert "python -m" not in body


def test_the_reason_for_keys_that_are_rotated_by_hand_names_a_page_that_is_there(synth: Any) -> None:
    assert "docs/runbooks/rotate-link-key.md" in synth().text
    assert (RUNBOOKS / "rotate-link-key.md").exists()


def test_the_command_that_rotates_the_links_key_keeps_the_old_one(tmp_path: Path) -> None:
    text = (RUNBOOKS / "rotate-link-key.md").read_text()
    code = text.partition("python3 -c '")[2].partition("'")[0]
    before = json.dumps({"current": "1", "1": "a" * 64})
    ran = subprocess.run(
        [sys.executable, "-c", code], input=before, cwd=tmp_path, capture_output=True, text=True, check=True
    )
    keys = parse_link_keys(ran.stdout)

    assert keys.current == "2"
    assert keys.keys["1"] == b"a" * 64
    assert len(keys.keys["2"]) == 64


@pytest.mark.parametrize(
    ("partition", "host"),
    [
        ("aws", "console.aws.amazon.com"),
        ("aws-cn", "console.amazonaws.cn"),
        ("aws-us-gov", "console.amazonaws-us-gov.com"),
    ],
)
def test_an_alarm_leads_to_the_console_of_its_own_partition(synth: Any, partition: str, host: str) -> None:
    resources = Stack(synth().body, {"AWS::Partition": partition}).section("Resources")
    alarms = [
        json.dumps(one["Properties"]["AlarmDescription"])
        for one in resources.values()
        if one["Type"] == "AWS::CloudWatch::Alarm"
    ]

    assert alarms
    assert [told for told in alarms if f'"{host}"' not in told] == []


def test_a_command_that_a_stack_tells_names_the_stack_whatever_it_is_called_and_its_region(
    synth: Any,
) -> None:
    template = synth()
    board = json.dumps(template.of("CloudWatch::Dashboard"))

    assert template.body["Outputs"]["RedriveCommand"]["Value"]["Fn::Join"][1][1:] == [
        {"Ref": "AWS::StackName"},
        " --region ",
        {"Ref": "AWS::Region"},
    ]
    assert "--stack why403" not in board
