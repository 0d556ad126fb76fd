"""What the incident table's calls are billed, measured on DynamoDB as moto keeps it, and a storm's calls in memory."""

from collections import Counter
from dataclasses import replace
from functools import cache

import boto3
from moto import mock_aws
from why403.aws.incident_table import DynamoIncidentTable

from bench.incidents.cost import Units
from bench.incidents.meter import Meter
from bench.incidents.storm import Counting, Plan, classify_causes, run_storm
from tests.fakes.dynamodb_table import make_table
from tests.fakes.incident_table import InMemoryIncidentTable

MEASURED = Plan(lines=48, causes=1, lines_a_delivery=2)
"""More deliveries than an incident keeps streams and samples: its head has grown as large as it gets."""
TOGETHER = 2
"""Deliveries of all causes at once: what they are counted in together grows with them."""
LINES_A_CAUSE = 2
"""In one delivery. A storm's calls do not depend on it, from two on: one line alone is a quiet incident."""
SAMPLED = 60
"""Deliveries of a storm that are played."""
IN_EACH = frozenset({"heads", "count_lines"})
TABLE = "incidents"


def storm_calls(plan: Plan) -> Counter[str]:
    """The table's calls in such a storm, from one as long with fewer deliveries: some calls are made in each of them.

    The others are made by the minute and the cause, and lines of a log group then counted by a call of their own.
    """
    counting = Counting(InMemoryIncidentTable())
    run_storm(_thinned(plan), counting, classify_causes)
    left_out = plan.deliveries - _thinned(plan).deliveries
    return Counter(
        {name: calls + (left_out if name in IN_EACH else 0) for name, calls in counting.calls.items()}
    )


def _thinned(plan: Plan) -> Plan:
    lines = min(plan.lines_a_delivery, plan.causes * LINES_A_CAUSE)
    return replace(plan, lines=min(plan.deliveries, SAMPLED) * lines, lines_a_delivery=lines)


@cache
def measured_units(causes: int) -> dict[str, Units]:
    """The most that each of the table's calls took, by its name, where a delivery holds so many causes."""
    lines = causes * LINES_A_CAUSE
    together = _most(Plan(lines=lines * TOGETHER, causes=causes, lines_a_delivery=lines))
    grown = _most(MEASURED)
    heads = grown["heads"]
    most = {
        name: Units(max(one.write for one in both), max(one.read for one in both))
        for name in grown | together
        if (both := [units[name] for units in (grown, together) if name in units])
    }
    return {**most, "heads": Units(heads.write, heads.read * causes / MEASURED.causes)}


@cache
def _most(plan: Plan) -> dict[str, Units]:
    with mock_aws():
        client = boto3.Session("test", "test", region_name="us-east-1").client("dynamodb")
        make_table(client, TABLE)
        meter = Meter(client, TABLE)
        most: dict[str, Units] = {}
        last = Units(0, 0)

        def note(name: str) -> None:
            nonlocal last
            now = Units(meter.write_units, meter.read_units)
            told = most.get(name, Units(0, 0))
            most[name] = Units(max(told.write, now.write - last.write), max(told.read, now.read - last.read))
            last = now

        table = DynamoIncidentTable(meter, TABLE, retention_days=90, clock=lambda: 0)
        counting = Counting(table, note)
        run_storm(plan, counting, classify_causes)
        unmetered = DynamoIncidentTable(client, TABLE, retention_days=90, clock=lambda: 0)
        (one,) = unmetered.unresolved(1)
        counting.save(replace(one, turn=one.turn + 1), expected=one)
    return most
