"""The recheck: open incidents are judged anew, the one that waited longest first, and none keeps another waiting."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from why403.decisions.decision import Decision, Outcome
from why403.denials.classify import classify
from why403.diagnose import diagnose, judge_again
from why403.diagnosis.build import build_undiagnosed
from why403.diagnosis.diagnosis import Diagnosis
from why403.diagnosis.diagnosis_json import from_json, to_json
from why403.iam.place import Place
from why403.incidents.hours import DAY, HOUR
from why403.incidents.incident import Incident, State
from why403.incidents.life_cycle_events import PolicyVerdict
from why403.incidents.transition import Transition
from why403.log_events.log_event import LogEvent
from why403.message import Message
from why403.recheck import ALLOWED_NOW, AT_ONCE, Recheck, policy_verdict, recheck

from tests.fakes.answers import FakeReader
from tests.fakes.incident_table import InMemoryIncidentTable
from tests.fakes.incidents import NOW, opened_incident

LATER = NOW + HOUR


def judged(incident: Incident, outcome: Outcome | None = None, *findings: str) -> Diagnosis:
    decision = None if outcome is None else Decision(outcome=outcome, layers=())
    told = build_undiagnosed(incident.denial)
    return replace(told, decision=decision, findings=tuple(Message(finding) for finding in findings))


def allowed(incident: Incident) -> Diagnosis:
    return judged(incident, Outcome.ALLOWED)


def denied(incident: Incident) -> Diagnosis:
    return judged(incident, Outcome.IMPLICIT_DENY)


def run(
    table: InMemoryIncidentTable,
    judge: Callable[[Incident], Diagnosis],
    *,
    now: int = LATER,
    runs: int = 1_000,
    reported: list[str] | None = None,
) -> Recheck:
    """One run that has time for `runs` incidents."""
    left = iter(range(runs))
    return recheck(
        table,
        judge,
        quiet_ms=DAY,
        now=now,
        has_time=lambda: next(left, None) is not None,
        report=lambda incident, _error: (reported if reported is not None else []).append(
            incident.fingerprint
        ),
    )


def table_of(number: int) -> InMemoryIncidentTable:
    table = InMemoryIncidentTable()
    for index in range(number):
        table.open(opened_incident(f"f{index:03}", rechecked_at=NOW - index))
    return table


def test_an_incident_that_is_still_denied_stays_open_and_silent() -> None:
    table = table_of(1)
    done = run(table, denied)

    assert (done.checked, done.moved) == (1, {})
    assert table.everything()["f000"].state is State.OPEN


def test_policies_that_allow_are_a_fix_and_a_day_of_silence_later_it_is_resolved() -> None:
    table = table_of(1)
    moved = [run(table, allowed, now=LATER + days * DAY).moved for days in (0, 1, 2)]

    assert moved == [{"f000": Transition.FIX_SEEN}, {"f000": Transition.RESOLVED}, {}]


def test_those_that_waited_longest_are_judged_first_and_time_bounds_them() -> None:
    table = table_of(5)
    seen: list[str] = []

    def judge(incident: Incident) -> Diagnosis:
        seen.append(incident.fingerprint)
        return denied(incident)

    done = [run(table, judge, now=LATER + minute, runs=2) for minute in range(3)]

    assert [(one.checked, one.left) for one in done] == [(2, 3), (2, 3), (2, 3)]
    assert seen[:5] == ["f004", "f003", "f002", "f001", "f000"]


def test_one_run_reads_for_a_bounded_number_of_incidents() -> None:
    assert run(table_of(AT_ONCE + 10), denied).checked == AT_ONCE


def test_one_that_cannot_be_judged_is_reported_and_keeps_no_other_waiting() -> None:
    table = table_of(3)
    reported: list[str] = []

    def judge(incident: Incident) -> Diagnosis:
        if incident.fingerprint == "f002":
            raise ValueError("broken")
        return allowed(incident)

    done = run(table, judge, reported=reported)

    assert (done.checked, done.failed, reported) == (3, 1, ["f002"])
    assert set(done.moved or ()) == {"f000", "f001"}
    assert table.unresolved(1)[0].rechecked_at == LATER


def test_a_person_who_mutes_in_between_is_not_overruled() -> None:
    table = table_of(1)

    def judge(incident: Incident) -> Diagnosis:
        muted = replace(incident, state=State.MUTED, muted_until="2099-01-01")
        table.save(muted, expected=incident)
        return allowed(incident)

    done = run(table, judge)

    assert done.moved == {}
    assert table.everything()["f000"].state is State.MUTED


@pytest.mark.parametrize(
    ("outcome", "findings", "verdict"),
    [
        (None, (), PolicyVerdict.UNKNOWN),
        (Outcome.UNKNOWN, (), PolicyVerdict.UNKNOWN),
        (Outcome.IMPLICIT_DENY, (), PolicyVerdict.DENIED),
        (Outcome.EXPLICIT_DENY, (), PolicyVerdict.DENIED),
        (Outcome.ALLOWED, (), PolicyVerdict.ALLOWED),
        (Outcome.IMPLICIT_DENY, (ALLOWED_NOW,), PolicyVerdict.ALLOWED),
    ],
)
def test_what_the_policies_say_today_is_what_counts(
    outcome: Outcome | None, findings: tuple[str, ...], verdict: PolicyVerdict
) -> None:
    assert policy_verdict(judged(opened_incident(), outcome, *findings)) is verdict


ACCOUNT, REGION = "123456789012", "eu-west-1"
QUEUE = f"arn:aws:sqs:{REGION}:{ACCOUNT}:orders"
LINE = (
    "An error occurred (AccessDenied) when calling the SendMessage operation: User: "
    f"arn:aws:sts::{ACCOUNT}:assumed-role/shop/one is not authorized to perform: sqs:SendMessage on resource: {QUEUE}"
)
BETWEEN = {"organizations", "resourcegroupstaggingapi", "ec2"}


def statement(effect: str, action: str, **more: Any) -> dict[str, Any]:
    told = {"Effect": effect, "Action": action, "Resource": "*", **more}
    return {"Version": "2012-10-17", "Statement": [told]}


def world(
    *, scp: str = "Allow", closed: bool = False, policy: dict[str, Any] | None = None
) -> dict[str, Any]:
    """An account in an organization with one SCP of this effect; a role that may read buckets, and a queue."""
    organization = {"Id": "o-1", "MasterAccountId": "111122223333", "FeatureSet": "ALL"}
    account = {"Account": {"Paths": [f"o-1/r-1/{ACCOUNT}/"]}}
    document = json.dumps(statement(scp, "sqs:*" if scp == "Deny" else "*"))
    role = {"Arn": f"arn:aws:iam::{ACCOUNT}:role/shop", "RoleName": "shop", "RoleId": "AROA1"}
    return {
        "iam:GetRole": {"data": {"Role": role}},
        "iam:ListRolePolicies": {"data": {"PolicyNames": ["own"]}},
        "iam:GetRolePolicy": {"data": {"PolicyDocument": policy or statement("Allow", "s3:GetObject")}},
        "iam:ListAttachedRolePolicies": {"data": {"AttachedPolicies": []}},
        "iam:ListPolicies": {"data": {"Policies": []}},
        "organizations:DescribeOrganization": {"data": {"Organization": organization}},
        "organizations:DescribeAccount": {"error": "AccessDenied"} if closed else {"data": account},
        "organizations:ListPoliciesForTarget": {"data": {"Policies": [{"Id": "p-1"}]}},
        "organizations:DescribePolicy": {"data": {"Policy": {"Content": document, "PolicySummary": {"Name": "one"}}}},
        "sqs:GetQueueAttributes": {"data": {"Attributes": {"QueueArn": QUEUE}}},
        "resourcegroupstaggingapi:GetResources": {
            "data": {"ResourceTagMappingList": [{"Tags": [{"Key": "team", "Value": "shop"}]}]}
        },
        "*": {"failure": "absent"},
    }  # fmt: skip


def rechecked(then: dict[str, Any], now: dict[str, Any]) -> tuple[PolicyVerdict, FakeReader]:
    """The verdict of a recheck in an account that was as `then` at the diagnosis, and what it asked."""
    place, event = Place(ACCOUNT, REGION), LogEvent(LINE, "/shop", "", NOW)
    told = FakeReader(then).run(diagnose(classify(event)[0], event, place, now=NOW))
    reader = FakeReader(now)
    known = from_json(json.loads(json.dumps(to_json(told))))
    again = reader.run(judge_again(opened_incident(denial=told.denial), known, place, now=LATER))
    return policy_verdict(again), reader


def between(reader: FakeReader) -> set[str]:
    return {read.declared.service for read in reader.asked} & BETWEEN


FIXED = statement("Allow", "sqs:SendMessage")


def test_an_scp_that_denied_is_read_again() -> None:
    still, asked = rechecked(world(scp="Deny", policy=FIXED), world(scp="Deny", policy=FIXED))
    lifted, _ = rechecked(world(scp="Deny", policy=FIXED), world(policy=FIXED))

    assert (still, lifted) == (PolicyVerdict.DENIED, PolicyVerdict.ALLOWED)
    assert "organizations" in between(asked)


def test_what_lay_between_and_did_not_deny_is_not_read_again() -> None:
    verdict, reader = rechecked(world(), world(policy=FIXED))

    assert (verdict, between(reader)) == (PolicyVerdict.ALLOWED, set())


def test_an_organization_that_could_not_be_read_is_unknown_still() -> None:
    verdict, reader = rechecked(world(closed=True), world(closed=True, policy=FIXED))

    assert (verdict, between(reader)) == (PolicyVerdict.UNKNOWN, set())


@pytest.mark.parametrize(
    ("team", "verdict"), [("shop", PolicyVerdict.ALLOWED), ("bank", PolicyVerdict.DENIED)]
)
def test_the_targets_tags_are_read_where_a_policy_asks_for_them(team: str, verdict: PolicyVerdict) -> None:
    tagged = statement("Allow", "sqs:SendMessage", Condition={"StringEquals": {"aws:ResourceTag/team": team}})
    found, reader = rechecked(world(), world(policy=tagged))

    assert (found, between(reader)) == (verdict, {"resourcegroupstaggingapi"})
