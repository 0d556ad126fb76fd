"""What the incident table's calls are billed, measured on DynamoDB as moto keeps it, and a storm's calls in memory."""

from collections import Counter

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
LINES_A_CAUSE = 2
"""In one delivery. A storm's calls do not depend on it, from two on: one line alone is a quiet incident."""
TABLE = "incidents"


def storm_calls(plan: Plan) -> Counter[str]:
    """The table's calls in such a storm, from one with as many deliveries and causes, and fewer lines."""
    counting = Counting(InMemoryIncidentTable())
    lines_a_delivery = plan.causes * LINES_A_CAUSE
    thinned = Plan(
        lines=plan.deliveries * lines_a_delivery, causes=plan.causes, lines_a_delivery=lines_a_delivery
    )
    run_storm(thinned, counting, classify_causes)
    return counting.calls


def measured_units(causes: int) -> dict[str, Units]:
    """The most that each of the table's calls took, by its name; `heads` for so many causes."""
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
        run_storm(MEASURED, Counting(table, note), classify_causes)
    heads = most["heads"]
    return {**most, "heads": Units(heads.write, heads.read * causes / MEASURED.causes)}
