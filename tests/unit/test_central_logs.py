"""Lines of a central log group are told under their source's account and Region, and held against nothing of ours."""

from typing import Any

import pytest
from why403.denials.classify import classify
from why403.diagnose import diagnose_turn, judge_again
from why403.diagnosis.diagnosis import Diagnosis
from why403.diagnosis.diagnosis_json import from_json
from why403.iam.place import Place
from why403.incidents.incident import Incident
from why403.incidents.log_groups import LogGroups
from why403.incidents.outbox import parse_stream_record
from why403.incidents.transition import Turn
from why403.incidents.watch import Watch
from why403.notices.headline import place_of
from why403.notices.load import NoticeMaker
from why403.triage import triage

from tests.fakes.incident_table import InMemoryIncidentTable
from tests.fakes.subscription import denied, payload
from tests.fakes.workload_index import InMemoryWorkloadIndex

NOW = 1_764_000_000_000
HERE = Place("123456789012", "us-east-1")
LINE = denied("orders-task", "sqs:SendMessage", "arn:aws:sqs:us-east-1:123456789012:orders")
ELSEWHERE = {
    "another account": {"@aws.account": "111122223333", "@aws.region": "us-east-1"},
    "another Region": {"@aws.account": "123456789012", "@aws.region": "eu-west-1"},
    "both": {"@aws.account": "111122223333", "@aws.region": "eu-west-1"},
}
OURS = {"@aws.account": "123456789012", "@aws.region": "us-east-1"}


class Asked(Exception):  # noqa: N818  # what a plan must not come to
    """AWS was asked of something."""


def opened(table: InMemoryIncidentTable, *sources: dict[str, str]) -> list[Incident]:
    events = [
        {"id": f"{number:056d}", "timestamp": NOW, "message": LINE, **source}
        for number, source in enumerate(sources)
    ]
    watch = Watch(log_groups=LogGroups(("*",), ()))
    triage(payload(events), watch=watch, table=table, classify=classify, now=NOW)
    return list(table.everything().values())


def without_aws(plan: Any) -> Diagnosis:
    """What a plan comes to that asks AWS nothing."""
    try:
        next(plan)
    except StopIteration as end:
        found: Diagnosis = end.value
        return found
    raise Asked


def diagnosed(table: InMemoryIncidentTable) -> tuple[list[Turn], list[Exception]]:
    said: list[Turn] = []
    failed: list[Exception] = []
    for turn in [turn for record in table.stream if (turn := parse_stream_record(record))]:
        diagnose_turn(
            turn,
            table=table,
            index=InMemoryWorkloadIndex(),
            ask=without_aws,
            tell=said.append,
            report=failed.append,
            place=HERE,
            now=NOW,
        )
    return said, failed


def test_each_source_of_one_cause_is_an_incident_of_its_own() -> None:
    found = opened(InMemoryIncidentTable(), OURS, *ELSEWHERE.values())

    assert {(incident.account, incident.region) for incident in found} == {
        (source["@aws.account"], source["@aws.region"]) for source in (OURS, *ELSEWHERE.values())
    }


@pytest.mark.parametrize("source", ELSEWHERE.values(), ids=ELSEWHERE)
def test_what_came_from_elsewhere_is_told_as_that_and_asks_aws_nothing(source: dict[str, str]) -> None:
    table = InMemoryIncidentTable()
    (incident,) = opened(table, source)
    said, failed = diagnosed(table)
    found = from_json(table.diagnosis(incident.fingerprint) or {})
    notice = NoticeMaker(table=table, page=lambda _incident: "", region="us-east-1").notice_of(incident)
    again = without_aws(judge_again(incident, found, HERE, now=NOW))

    assert (len(said), failed) == (1, [])
    assert [finding.id for finding in found.findings] == ["diagnosis.elsewhere"]
    assert (found.workload.account, found.workload.region) == (source["@aws.account"], source["@aws.region"])
    assert (found.remedies, found.decision, again.decision) == ((), None, None)
    assert all(part in place_of(notice) for part in source.values())
    assert "region=us-east-1" in notice.links.logs


def test_a_line_of_our_own_in_a_central_group_is_diagnosed() -> None:
    table = InMemoryIncidentTable()
    opened(table, OURS)
    _, failed = diagnosed(table)

    assert [type(error) for error in failed] == [Asked]
