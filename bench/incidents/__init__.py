"""A storm of a million matching lines with fifty causes: alerts, lines counted, writes, and what it costs."""

import time
from collections.abc import Iterator

from why403.incidents.outbox import parse_stream_record
from why403.incidents.transition import Transition

from bench.figure import Figure
from bench.incidents.cost import assumed, cost_of_storm, units_of_storm
from bench.incidents.measured import measured_units, storm_calls
from bench.incidents.storm import Counting, Plan, incidents_of, run_storm
from tests.fakes.incident_table import InMemoryIncidentTable

STORM = Plan()
MOST_USD = 0.30
"""A million lines at 100 a delivery and 50 causes."""


def run() -> Iterator[Figure]:
    """The whole storm in memory; its calls at what they were measured to take in DynamoDB."""
    table = InMemoryIncidentTable()
    counting = Counting(table)
    start = time.process_time()
    run_storm(STORM, counting)
    seconds = time.process_time() - start
    turns = [turn for record in table.stream if (turn := parse_stream_record(record))]
    alerts = sum(turn.transition is Transition.OPENED for turn in turns)
    counted = sum(incident.count for incident in incidents_of(table, STORM))
    yield Figure("alerts", alerts, "", at_most=STORM.causes, at_least=STORM.causes)
    risen = sum(turn.transition is Transition.ESCALATED for turn in turns)
    yield Figure("told in their threads as they rose to high", risen, "", at_most=STORM.causes)
    yield Figure("anything else told", len(turns) - alerts - risen, "", at_most=0)
    yield Figure("lines counted", counted, "", at_most=STORM.lines, at_least=STORM.lines)
    yield Figure(
        "triage, a line", seconds / STORM.lines * 1e6, "µs", at_most=assumed("cpu_microseconds_a_line")
    )
    yield from _billed(counting)


def _billed(counting: Counting) -> Iterator[Figure]:
    played = storm_calls(STORM)
    yield Figure(
        "table calls ÷ those with a tenth of the lines", counting.calls.total() / played.total(), "×", 1.1
    )
    for lines_a_delivery, most in ((10, None), (100, MOST_USD), (1_000, None)):
        plan = Plan(lines_a_delivery=lines_a_delivery)
        calls, units = storm_calls(plan), measured_units(plan.causes_a_delivery)
        told = f"{lines_a_delivery:,} lines a delivery"
        yield Figure(f"{told}: table calls a delivery", calls.total() / plan.deliveries, "")
        yield Figure(
            f"{told}: write units a delivery", units_of_storm(calls, units).write / plan.deliveries, ""
        )
        yield Figure(f"{told}: a million lines", sum(cost_of_storm(plan, calls, units).values()), "USD", most)
