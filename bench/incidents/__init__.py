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
    yield Figure("anything else told", len(turns) - alerts, "", at_most=0)
    yield Figure("lines counted", counted, "", at_most=STORM.lines, at_least=STORM.lines)
    yield Figure(
        "triage, a line", seconds / STORM.lines * 1e6, "µs", at_most=assumed("cpu_microseconds_a_line")
    )
    yield from _billed(counting)


def _billed(counting: Counting) -> Iterator[Figure]:
    pairs = STORM.deliveries * STORM.causes
    units = measured_units(STORM.causes)
    thinned = storm_calls(STORM)
    per_pair = sum(counting.calls.values()) / pairs
    yield Figure(
        "table calls ÷ those with a tenth of the lines", counting.calls.total() / thinned.total(), "×", 1, 1
    )
    yield Figure("table calls a batch and cause", per_pair, "", at_most=1.3)
    yield Figure("write units a batch and cause", units_of_storm(counting.calls, units).write / pairs, "")
    yield Figure("a million lines", sum(cost_of_storm(STORM, counting.calls, units).values()), "USD")
