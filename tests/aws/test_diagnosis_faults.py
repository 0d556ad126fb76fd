"""The first incident's diagnosis, with each of its AWS calls failing in each way: it ends, names it, and is no surer."""

from collections.abc import Mapping
from dataclasses import dataclass

import pytest
from why403.aws.asking import cure_of
from why403.aws.reader import Reader, key_of
from why403.aws.session import forget
from why403.denials.classify import classify
from why403.diagnose import diagnose
from why403.diagnosis.diagnosis import Diagnosis
from why403.diagnosis.diagnosis_json import to_json
from why403.iam.place import Place
from why403.log_events.log_event import LogEvent
from why403.reads import Failure, Read, Reply, Unreadable

from bench.noting import noting
from demo.application import Application
from demo.emulator import ACCOUNT, Emulator
from demo.incident import LOG_GROUP, LOG_STREAM, create_incident

NOW = 1_790_000_000_000
CODES = {
    Failure.REFUSED: "AccessDenied",
    Failure.THROTTLED: "Throttling",
    Failure.SLOW: "Timeout",
    Failure.UNAVAILABLE: "InternalFailure",
    Failure.MALFORMED: "MalformedAnswer",
}
NOT_NEEDED = {"organizations:DescribeAccount", "iam:ListPolicies", "accessanalyzer:ValidatePolicy"}
"""The embedded account is its organization's own management account, which no SCP binds: its place tells nothing.
ListPolicies saves a GetPolicy for each attached policy, and those are asked where it fails. ValidatePolicy gives the
drafts a second opinion: without it they stand as they were proven."""
SURENESS = {"low": 0, "medium": 1, "high": 2}
Record = dict[str, Reply]


@dataclass(frozen=True)
class Recorded:
    """The incident's diagnosis, and everything that AWS answered for it."""

    event: LogEvent
    place: Place
    replies: Mapping[str, Reply]
    told: Diagnosis


@pytest.fixture(scope="module")
def recorded(embedded_account: Emulator) -> Recorded:
    embedded_account.reset()
    line = Application(embedded_account, create_incident(embedded_account)).send_job()
    event = LogEvent(line or "", LOG_GROUP, LOG_STREAM, NOW)
    place = Place(ACCOUNT, embedded_account.region)
    replies: Record = {}
    with pytest.MonkeyPatch.context() as patch:
        for name, value in embedded_account.environment.items():
            patch.setenv(name, value)
        forget()
        told = Reader(place).run(noting(diagnose(classify(event)[0], event, place, now=NOW), replies))
    forget()
    embedded_account.reset()
    return Recorded(event, place, replies, told)


def _again(recorded: Recorded, broken: str, failure: Failure) -> tuple[Diagnosis, bool]:
    """The diagnosis from the record with every call named `broken` failing, and whether it was asked at all."""
    plan = diagnose(classify(recorded.event)[0], recorded.event, recorded.place, now=NOW)
    was_asked = False

    def reply(read: Read) -> Reply:
        if read.call == broken:
            return Unreadable(read, failure, CODES[failure], cure_of(read, failure))
        return recorded.replies.get(key_of(read)) or Unreadable(read, Failure.UNAVAILABLE, "NotRecorded")

    try:
        reads = next(plan)
        while True:
            was_asked = was_asked or any(read.call == broken for read in reads)
            reads = plan.send(tuple(reply(read) for read in reads))
    except StopIteration as end:
        return end.value, was_asked


def test_the_record_replayed_is_the_same_diagnosis(recorded: Recorded) -> None:
    told, _ = _again(recorded, "", Failure.SLOW)

    assert to_json(told) == to_json(recorded.told)


@pytest.mark.parametrize("failure", list(CODES))
def test_any_one_call_that_fails_is_named_and_makes_the_diagnosis_no_surer(
    recorded: Recorded, failure: Failure
) -> None:
    calls = sorted({reply.read.call for reply in recorded.replies.values()} - NOT_NEEDED)
    before = to_json(recorded.told)

    told = {call: to_json(_again(recorded, call, failure)[0]) for call in calls}

    unnamed = [call for call in calls if call not in {spot["call"] for spot in told[call]["unreadable"]}]
    surer = [call for call in calls if SURENESS[told[call]["confidence"]] > SURENESS[before["confidence"]]]
    allowed = [call for call in calls if (told[call]["decision"] or {}).get("decision") == "allowed"]
    assert (unnamed, surer, allowed) == ([], [], [])


def test_a_refused_call_is_told_with_the_permission_that_cures_it(recorded: Recorded) -> None:
    told = to_json(_again(recorded, "sqs:GetQueueAttributes", Failure.REFUSED)[0])

    spots = [spot for spot in told["unreadable"] if spot["call"] == "sqs:GetQueueAttributes"]
    assert {(spot["error"], spot["cure"]) for spot in spots} == {("AccessDenied", "sqs:GetQueueAttributes")}


def test_nothing_is_proven_where_the_callers_policies_cannot_be_read(recorded: Recorded) -> None:
    told = to_json(_again(recorded, "iam:GetRolePolicy", Failure.REFUSED)[0])

    assert [remedy["proven"] for remedy in told["remedies"] if remedy["kind"] != "playbook"].count(True) == 0
