"""What lines and months cost, computed from measured calls and the price list in prices.json. All in USD."""

import json
from collections import Counter
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from bench.incidents.storm import Plan

MEMORY_MB = 512
"""Of triage; tests/infra/test_cost.py holds it to the template."""
HOURS = 730
"""Of a month."""
GIGABYTE = 1024
"""Megabytes, as Lambda bills them."""


@dataclass(frozen=True, slots=True)
class Units:
    """What one call of the incident table is billed at most: DynamoDB's write and read request units."""

    write: float
    read: float


def price(name: str) -> float:
    """USD for one of it."""
    found: float = price_list()["prices"][name]["usd"]
    return found


def assumed(name: str) -> float:
    """A figure that only a real account tells."""
    found: float = price_list()["assumed"][name]["value"]
    return found


@cache
def price_list() -> Mapping[str, Any]:
    """prices.json."""
    found: Mapping[str, Any] = json.loads((Path(__file__).parent / "prices.json").read_text())
    return found


def units_of_storm(calls: Counter[str], units: Mapping[str, Units]) -> Units:
    """All calls of a storm, each at the most that one of its kind was measured to take."""
    return Units(
        write=sum(number * units[name].write for name, number in calls.items()),
        read=sum(number * units[name].read for name, number in calls.items()),
    )


def cost_of_storm(plan: Plan, calls: Counter[str], units: Mapping[str, Units]) -> dict[str, float]:
    """What each part of a storm costs: what it is for → USD."""
    billed = units_of_storm(calls, units)
    waiting = sum(calls.values()) * assumed("milliseconds_a_table_call") / 1_000
    share_of_cpu = MEMORY_MB / assumed("memory_mb_of_one_vcpu")
    working = plan.lines * assumed("cpu_microseconds_a_line") / 1e6 / share_of_cpu
    return {
        "DynamoDB, writing": billed.write * price("dynamodb_write_unit"),
        "DynamoDB, reading": billed.read * price("dynamodb_read_unit"),
        "Lambda, invocations": plan.deliveries * price("lambda_request"),
        "Lambda, time": (waiting + working) * MEMORY_MB / GIGABYTE * price("lambda_gb_second"),
        "its own logs": plan.deliveries * assumed("log_bytes_an_invocation") / 1e9 * price("logs_gb"),
    }


def idle_cost(template: Mapping[str, Any]) -> dict[str, tuple[float, float]]:
    """What a month without a line costs: what it is → (how many, USD)."""
    kinds = Counter(resource["Type"] for resource in template["Resources"].values())
    alarms = sum(map(_metrics_of, _all(template, "AWS::CloudWatch::Alarm")))
    return {
        "metrics of alarms": (alarms, alarms * price("alarm_metric")),
        "dashboards": _times(kinds["AWS::CloudWatch::Dashboard"], "dashboard"),
        "KMS keys": _times(kinds["AWS::KMS::Key"], "key"),
        "secrets": _times(kinds["AWS::SecretsManager::Secret"], "secret"),
        "runs of the recheck": _runs(template, "recheck", {"recheck", "reconcile"}),
        "runs of the survey": _runs(template, "survey", {"survey"}),
    }


def _runs(template: Mapping[str, Any], stem: str, tasks: AbstractSet[str]) -> tuple[float, float]:
    """Runs a month that find nothing to do, and what they cost."""
    runs = _runs_a_month(template, tasks)
    busy = _function(template, stem)["MemorySize"] / GIGABYTE * assumed("seconds_a_recheck")
    logged = assumed("log_bytes_an_invocation") / 1e9 * price("logs_gb")
    return runs, runs * (price("lambda_request") + busy * price("lambda_gb_second") + logged)


def ceilings(template: Mapping[str, Any]) -> dict[str, tuple[int, int, float]]:
    """Function → (reserved executions, MB, USD an hour of all of them busy without a pause)."""
    found = {}
    for function in _all(template, "AWS::Lambda::Function"):
        stem = function["Handler"].partition(".")[0]
        at_once = function["ReservedConcurrentExecutions"]["Fn::If"][1]
        memory = function["MemorySize"]
        found[stem] = (
            at_once,
            memory,
            at_once * memory / GIGABYTE * 3_600 * price("lambda_gb_second"),
        )
    return found


def table_ceiling(template: Mapping[str, Any], units: Mapping[str, Units]) -> float:
    """USD an hour of writes: triage with all its executions writing without a pause."""
    at_once = ceilings(template)["triage"][0]
    calls = at_once * 3_600_000 / assumed("milliseconds_a_table_call")
    return calls * units["count_lines"].write * price("dynamodb_write_unit")


def _times(number: float, name: str) -> tuple[float, float]:
    return number, number * price(name)


def _all(template: Mapping[str, Any], kind: str) -> list[Mapping[str, Any]]:
    return [part["Properties"] for part in template["Resources"].values() if part["Type"] == kind]


def _function(template: Mapping[str, Any], stem: str) -> Mapping[str, Any]:
    return next(
        part for part in _all(template, "AWS::Lambda::Function") if part["Handler"] == f"{stem}.handler"
    )


def _metrics_of(alarm: Mapping[str, Any]) -> int:
    """Each metric that an alarm adds up is billed; a query counts as one while it finds one."""
    return sum("MetricStat" in part for part in alarm.get("Metrics", ())) or 1


def _runs_a_month(template: Mapping[str, Any], tasks: AbstractSet[str]) -> float:
    runs = 0.0
    for rule in _all(template, "AWS::Events::Rule"):
        if json.loads(rule["Targets"][0].get("Input", "{}")).get("task") not in tasks:
            continue
        kind, _, rest = rule["ScheduleExpression"].partition("(")
        number, _, unit = rest.rstrip(")").partition(" ")
        if kind == "cron":
            runs += HOURS / 24
        else:
            runs += HOURS * 60 / (int(number) * {"minute": 1, "hour": 60}[unit.rstrip("s")])
    return runs
