"""Lines of a central log group are diagnosed in their source's account and Region, and held against nothing of ours."""

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
from why403.reads import ORGANIZATION, Failure, Read, Unreadable
from why403.triage import triage

from tests.fakes.incident_table import InMemoryIncidentTable
from tests.fakes.subscription import OWNER, denied, payload
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
        {
            "id": f"{number:056d}",
            "timestamp": NOW,
            "message": LINE.replace(OWNER, source["@aws.account"]),
            **source,
        }
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


class NoIndex:
    """Our own account's, which is asked of nothing and told nothing."""

    def __getattr__(self, name: str) -> Any:
        raise Asked(name)


class Accounts:
    """Answers with what a deployed function meets: a role to read some accounts, and nothing found in them."""

    def __init__(self, *let_in: str) -> None:
        self.let_in = let_in
        self.places: set[tuple[str, str]] = set()

    def run(self, plan: Any) -> Diagnosis:
        try:
            reads = next(plan)
            while True:
                self.places |= {(read.account, read.region) for read in reads}
                reads = plan.send(tuple(self._reply(read) for read in reads))
        except StopIteration as end:
            found: Diagnosis = end.value
            return found

    def _reply(self, read: Read) -> Unreadable:
        if read.account in self.let_in:
            return Unreadable(read, Failure.ABSENT, "NoSuchEntity")
        return Unreadable(read, Failure.REFUSED, "AccessDenied", "sts:AssumeRole")


def diagnosed(
    table: InMemoryIncidentTable, ask: Any = without_aws, index: Any = None
) -> tuple[list[Turn], list[Exception]]:
    said: list[Turn] = []
    failed: list[Exception] = []
    for turn in [turn for record in table.stream if (turn := parse_stream_record(record))]:
        diagnose_turn(
            turn,
            table=table,
            index=index or InMemoryWorkloadIndex(),
            ask=ask,
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
def test_what_came_from_where_nobody_lets_us_read_is_told_as_that(source: dict[str, str]) -> None:
    table, shut = InMemoryIncidentTable(), Accounts()
    (incident,) = opened(table, source)
    said, failed = diagnosed(table, shut.run)
    found = from_json(table.diagnosis(incident.fingerprint) or {})
    notice = NoticeMaker(
        table=table, page=lambda _incident: "", place=Place("123456789012", "us-east-1")
    ).notice_of(incident)
    again = shut.run(judge_again(incident, found, HERE, now=NOW))

    assert (len(said), failed) == (1, [])
    assert [finding.id for finding in found.findings] == ["diagnosis.elsewhere"]
    assert [(spot.call, spot.error) for spot in found.unreadable] == [("sts:AssumeRole", "AccessDenied")]
    assert (found.workload.account, found.workload.region) == (source["@aws.account"], source["@aws.region"])
    assert (found.remedies, found.decision, again.decision) == ((), None, None)
    assert shut.places == {(source["@aws.account"], source["@aws.region"])}
    assert all(part in place_of(notice) for part in source.values())
    assert "region=us-east-1" in notice.links.logs


@pytest.mark.parametrize("source", ELSEWHERE.values(), ids=ELSEWHERE)
def test_what_came_from_elsewhere_asks_there_alone_and_teaches_our_index_nothing(
    source: dict[str, str],
) -> None:
    table, index, there = InMemoryIncidentTable(), NoIndex(), Accounts(source["@aws.account"])
    (incident,) = opened(table, source)
    _, failed = diagnosed(table, there.run, index)
    found = from_json(table.diagnosis(incident.fingerprint) or {})
    there.run(judge_again(incident, found, HERE, now=NOW))

    assert failed == []
    assert {account for account, _ in there.places} - {ORGANIZATION} == {source["@aws.account"]}
    assert {finding.id for finding in found.findings}.isdisjoint({"diagnosis.elsewhere", "diagnosis.failed"})


def test_a_line_of_our_own_in_a_central_group_is_diagnosed() -> None:
    table = InMemoryIncidentTable()
    opened(table, OURS)
    _, failed = diagnosed(table)

    assert [type(error) for error in failed] == [Asked]
