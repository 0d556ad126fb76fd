"""Heads in a storm: read once a second by a process, and never older than what it wrote itself."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import boto3
import pytest
from moto import mock_aws
from why403.deployed.triage import REMEMBERED_MS, STORM, StormTable
from why403.incidents.incident import State

from tests.fakes.dynamodb_table import NOW, make_table
from tests.fakes.incidents import opened_incident

CAUSES = tuple(f"{number:016x}" for number in range(STORM))


@dataclass
class Storm:
    """A table of `STORM` incidents, a clock that stands, and the reads that were made."""

    table: StormTable
    reads: list[Any] = field(default_factory=list)
    now: int = NOW


@pytest.fixture(scope="module")
def client() -> Iterator[Any]:
    with mock_aws():
        client = boto3.Session("testing", "testing", region_name="us-east-1").client("dynamodb")
        table = make_table(client, "incidents")
        for cause in CAUSES:
            table.open(opened_incident(cause))
        yield client


@pytest.fixture
def storm(client: Any) -> Iterator[Storm]:
    of_now: Storm = Storm(StormTable(client, "incidents", retention_days=90, clock=lambda: of_now.now))
    client.meta.events.register(
        "before-call.dynamodb.BatchGetItem", lambda **call: of_now.reads.append(call), unique_id="reads"
    )
    yield of_now
    client.meta.events.unregister("before-call.dynamodb.BatchGetItem", unique_id="reads")


def test_the_next_delivery_of_a_storm_reads_no_head_again(storm: Storm) -> None:
    first = storm.table.heads(CAUSES)
    again = storm.table.heads(CAUSES)

    assert (set(CAUSES), first, 1) == (set(first), again, len(storm.reads))


def test_after_a_second_they_are_read_again(storm: Storm) -> None:
    storm.table.heads(CAUSES)
    storm.now += REMEMBERED_MS
    storm.table.heads(CAUSES)

    assert len(storm.reads) == 2


def test_few_causes_are_always_read_anew(storm: Storm) -> None:
    storm.table.heads(CAUSES)
    storm.table.heads(CAUSES[1:])

    assert len(storm.reads) == 2


def test_what_was_written_here_is_seen_at_once(storm: Storm) -> None:
    known = storm.table.heads(CAUSES)[CAUSES[0]]
    later = replace(known, last_seen=NOW + 5)
    storm.table.saw(later, None)
    seen = storm.table.heads(CAUSES)[CAUSES[0]]
    storm.table.save(replace(seen, state=State.RESOLVED), expected=seen)
    saved = storm.table.heads(CAUSES)[CAUSES[0]]

    assert (seen.last_seen, saved.state) == (NOW + 5, State.RESOLVED)


def test_an_incident_that_was_not_there_is_looked_for_again(storm: Storm) -> None:
    storm.table.heads(("f" * 16, *CAUSES))
    storm.table.open(opened_incident("f" * 16))

    assert "f" * 16 in storm.table.heads(("f" * 16, *CAUSES))
