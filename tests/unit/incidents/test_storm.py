"""A storm is one alert a cause, every line counts, and what is written does not grow with the lines."""

from collections import Counter

from why403.incidents.outbox import parse_stream_record
from why403.incidents.transition import Transition

from bench.incidents.storm import START, Counting, Plan, classify_causes, incidents_of, run_storm
from tests.fakes.incident_table import InMemoryIncidentTable

SMALL = Plan(lines=20_000, causes=50, lines_a_delivery=200)
LARGE = Plan(lines=40_000, causes=50, lines_a_delivery=400)


def test_fifty_causes_are_fifty_alerts_and_every_line_counts() -> None:
    table = InMemoryIncidentTable()
    run_storm(SMALL, table)
    turns = [turn.transition for record in table.stream if (turn := parse_stream_record(record))]

    assert turns[:50] == [Transition.OPENED] * 50
    assert turns[50:] == [Transition.ESCALATED] * 50
    assert [incident.count for incident in incidents_of(table, SMALL)] == [400] * 50
    assert sum(table.group_lines("/ecs/orders", START, START).values()) == 20_000


def test_twice_the_lines_in_as_many_deliveries_call_the_table_as_often() -> None:
    few, many = Counting(InMemoryIncidentTable()), Counting(InMemoryIncidentTable())
    run_storm(SMALL, few, classify_causes)
    run_storm(LARGE, many, classify_causes)

    assert many.calls["occurrences"] <= few.calls["occurrences"] < 0.2 * SMALL.deliveries * SMALL.causes
    assert few.calls - Counter({"occurrences": few.calls["occurrences"]}) == many.calls - Counter(
        {"occurrences": many.calls["occurrences"]}
    )
    assert few.calls["count_lines"] < 1.3 * SMALL.deliveries


def test_a_storm_that_is_delivered_twice_counts_once() -> None:
    table = InMemoryIncidentTable()
    run_storm(SMALL, table, classify_causes)
    run_storm(SMALL, table, classify_causes)

    assert sum(incident.count for incident in incidents_of(table, SMALL)) == SMALL.lines
