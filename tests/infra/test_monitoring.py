"""Each alarm reaches the topic, measures something that exists, and says what to do."""

import json
from pathlib import Path
from typing import Any

import pytest
from why403.incidents.metric_names import NAMESPACE, Metric

from infra.alarms import AlarmPlan, alarm_plans

pytestmark = pytest.mark.xdist_group("synth")
ROOT = Path(__file__).parents[2]
RUNBOOKS = ROOT / "docs" / "runbooks"
PLANS = alarm_plans()


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.name)
def test_an_alarm_has_a_runbook_and_names_it(synth: Any, plan: AlarmPlan) -> None:
    (alarm,) = [
        found
        for found in synth().of("CloudWatch::Alarm").values()
        if found["AlarmName"] == f"why403-{plan.name}"
    ]
    runbook = ROOT / plan.runbook

    assert plan.runbook in alarm["AlarmDescription"]
    assert f"# {plan.name}" == runbook.read_text().splitlines()[0]
    assert {"## What it means", "## What to do"} <= set(runbook.read_text().splitlines())


def test_there_is_no_runbook_for_an_alarm_that_is_not_there() -> None:
    others = {"rotate-link-key", "README"}

    assert {plan.name for plan in PLANS} == {file.stem for file in RUNBOOKS.glob("*.md")} - others


def test_every_alarm_is_told_when_it_rings_and_when_it_is_over(synth: Any) -> None:
    template = synth()
    topic = [template.body["Outputs"]["AlarmsTopicArn"]["Value"]]
    alarms = template.of("CloudWatch::Alarm").values()

    assert len(PLANS) == len(alarms)
    assert all(alarm["AlarmActions"] == topic and alarm["OKActions"] == topic for alarm in alarms)


def test_our_own_metrics_are_ones_that_we_publish() -> None:
    board = json.loads((ROOT / "infra" / "dashboard.json").read_text())
    shown = [tuple(metric) for row in board for graph in row for metric in graph["metrics"]]
    named = {name for namespace, name in [*shown, *(plan.metric for plan in PLANS)] if namespace == NAMESPACE}

    assert set() == named - set(Metric)


def test_subscriptions_are_measured_by_one_query_however_many(synth: Any) -> None:
    queries = [
        query["Expression"]
        for alarm in synth().of("CloudWatch::Alarm").values()
        for query in alarm.get("Metrics", [])
        if "SELECT" in query.get("Expression", "")
    ]

    assert sorted(queries) == [
        "SELECT SUM(DeliveryErrors) FROM \"AWS/Logs\" WHERE DestinationType = 'Lambda' AND FilterName = 'why403'",
        "SELECT SUM(DeliveryThrottling) FROM \"AWS/Logs\" WHERE DestinationType = 'Lambda' AND FilterName = 'why403'",
    ]


def test_a_queue_that_parks_has_an_alarm(synth: Any) -> None:
    template = synth()
    watched = {
        dimension["Value"]["Fn::GetAtt"][0]
        for alarm in template.of("CloudWatch::Alarm").values()
        for dimension in alarm.get("Dimensions", [])
        if dimension["Name"] == "QueueName"
    }

    assert set(template.of("SQS::Queue")) == watched
