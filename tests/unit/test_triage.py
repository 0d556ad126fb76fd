import json
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from why403.aws.accounts import SESSION_NAME
from why403.denials.classify import classify
from why403.denials.denial import Kind
from why403.errors import PayloadError, StoreError
from why403.incidents.expected import parse_expected
from why403.incidents.flood import MOST_NEW, RESERVED
from why403.incidents.hours import DAY, HOUR
from why403.incidents.incident import HeldBack, Incident, Loudness, LoudReason, Severity, State
from why403.incidents.log_groups import LogGroups
from why403.incidents.outbox import parse_stream_record
from why403.incidents.table import MAX_HELD_BACK, MAX_SAMPLES, MAX_STREAMS, BatchLines
from why403.incidents.transition import Transition
from why403.incidents.watch import OwnRoles, Watch
from why403.triage import FAILURES, Triaged, triage

from bench.incidents.storm import Counting
from tests.fakes.incident_table import InMemoryIncidentTable
from tests.fakes.interrupted import Interrupted
from tests.fakes.subscription import denied, packed, payload
from tests.oracle.delivery_worlds import each_line_redacted_once

NOW = 1_764_000_000_000
WATCH = Watch(log_groups=LogGroups(("*",), ("/aws/lambda/why403-*",)))
ORDERS = denied("orders-task", "sqs:SendMessage", "arn:aws:sqs:us-east-1:123456789012:orders")
BILLING = denied("orders-task", "sqs:SendMessage", "arn:aws:sqs:us-east-1:123456789012:billing")
PROBE = """[{"role": "orders-*", "action": "sqs:Send*", "reason": "it probes", "owner": "search"}]"""


@pytest.fixture
def table() -> InMemoryIncidentTable:
    return InMemoryIncidentTable()


def line(number: int, message: str = ORDERS, *, at: int = NOW) -> dict[str, Any]:
    return {"id": f"{number:056d}", "timestamp": at, "message": message}


def deliver(
    table: Any,
    *lines: dict[str, Any],
    watch: Watch = WATCH,
    now: int = NOW,
    roles: tuple[str, ...] = (),
    **where: str,
) -> Triaged:
    return triage(
        payload(lines, **where),
        watch=watch,
        table=table,
        classify=classify,
        now=now,
        roles=lambda _group: roles,
    )


def the_incident(table: InMemoryIncidentTable) -> Incident:
    (found,) = table.everything().values()
    return found


def told(table: InMemoryIncidentTable) -> list[Transition]:
    return [turn.transition for record in table.stream if (turn := parse_stream_record(record))]


def test_a_line_that_is_no_denial_is_counted_and_dropped(table: InMemoryIncidentTable) -> None:
    triaged = deliver(table, line(1, "GET /health took 403 ms"), line(2, "Forbidden fruit"))

    assert Triaged(lines=2, dropped=2) == triaged
    assert table.stream == []
    assert table.group_lines("scout-admin-dev", NOW, NOW) == {NOW - NOW % HOUR: 2}


def test_a_denial_opens_one_incident_with_its_count_samples_and_times(table: InMemoryIncidentTable) -> None:
    triaged = deliver(table, line(1), line(2, at=NOW - 5), line(3, at=NOW + 7))
    incident = the_incident(table)

    assert Triaged(lines=3, incidents=1, opened=1) == triaged
    assert (incident.count, incident.first_seen, incident.last_seen) == (3, NOW - 5, NOW + 7)
    assert [sample.message for sample in incident.samples] == [ORDERS]
    assert incident.denial.action == "sqs:SendMessage"
    assert told(table) == [Transition.OPENED]


def test_two_causes_in_one_delivery_are_two_incidents(table: InMemoryIncidentTable) -> None:
    triaged = deliver(table, line(1), line(2, BILLING), line(3, BILLING))

    assert (triaged.incidents, triaged.opened) == (2, 2)
    assert sorted(incident.count for incident in table.everything().values()) == [1, 2]


def test_a_delivery_that_is_repeated_changes_nothing(table: InMemoryIncidentTable) -> None:
    deliver(table, line(1), line(2))
    before = the_incident(table)
    triaged = deliver(table, line(2), line(1))

    assert Triaged(lines=2, incidents=1, duplicates=1) == triaged
    assert before == the_incident(table)
    assert told(table) == [Transition.OPENED]


def test_an_event_that_stands_twice_in_a_delivery_counts_once(table: InMemoryIncidentTable) -> None:
    deliver(table, line(1), line(1))

    assert the_incident(table).count == 1


def test_the_second_line_of_a_quiet_incident_makes_it_louder(table: InMemoryIncidentTable) -> None:
    deliver(table, line(1))
    first = the_incident(table).severity
    deliver(table, line(1))
    deliver(table, line(2, at=NOW + 5_000))

    assert (first, the_incident(table).severity) == (Severity.LOW, Severity.MEDIUM)
    assert told(table) == [Transition.OPENED, Transition.ESCALATED]


def flood_of(table: InMemoryIncidentTable, deliveries: int, lines: int, *, streams: int = 1) -> None:
    """So many deliveries, a minute apart, each of so many lines."""
    for number in range(deliveries):
        at = NOW - NOW % HOUR + number * 60_000
        numbers = range(number * lines, (number + 1) * lines)
        told_by = f"app/app/{number % streams}"
        deliver(table, *(line(each, at=at) for each in numbers), now=at, log_stream=told_by)


def test_an_outage_pages_within_the_minute_that_it_becomes_one(table: InMemoryIncidentTable) -> None:
    flood_of(table, 5, 100)
    before = the_incident(table).loudness
    flood_of(table, 7, 100)

    assert before == Loudness(Severity.MEDIUM, LoudReason.SEVERAL)
    assert the_incident(table).loudness == Loudness(Severity.HIGH, LoudReason.MANY)
    assert told(table) == [Transition.OPENED, Transition.ESCALATED]


def test_an_outage_in_a_single_delivery_opens_as_one(table: InMemoryIncidentTable) -> None:
    flood_of(table, 1, 600)

    assert the_incident(table).severity == Severity.HIGH
    assert told(table) == [Transition.OPENED]


def test_all_tasks_of_a_service_are_louder_than_one_of_them(table: InMemoryIncidentTable) -> None:
    flood_of(table, 50, 2, streams=5)

    assert the_incident(table).loudness == Loudness(Severity.HIGH, LoudReason.SPREAD)


def test_a_line_of_what_was_resolved_is_louder_than_its_first_was(table: InMemoryIncidentTable) -> None:
    deliver(table, line(1))
    resolved = replace(the_incident(table), state=State.RESOLVED, resolved_at=NOW)
    table.save(resolved, expected=the_incident(table))
    deliver(table, line(2, at=NOW + HOUR), now=NOW + HOUR)
    first = the_incident(table).loudness
    deliver(table, line(3, at=NOW + HOUR + 5_000), now=NOW + HOUR + 5_000)

    assert first == Loudness(Severity.MEDIUM, LoudReason.REGRESSED)
    assert the_incident(table).loudness == Loudness(Severity.HIGH, LoudReason.REGRESSED)


def test_lines_of_groups_that_are_not_ours_are_dropped_before_any_call(table: InMemoryIncidentTable) -> None:
    untouched = Interrupted(table, lambda _number, name: (AssertionError(name), False))
    triaged = deliver(untouched, line(1), log_group="/aws/lambda/why403-triage")

    assert Triaged(foreign=1) == triaged


def test_a_control_message_passes(table: InMemoryIncidentTable) -> None:
    control = packed(
        {"messageType": "CONTROL_MESSAGE", "logEvents": [{"id": "", "timestamp": 0, "message": "CWL"}]}
    )

    assert Triaged() == triage(control, watch=WATCH, table=table, classify=classify, now=NOW)


@pytest.mark.parametrize("event", [{}, {"awslogs": {"data": "!"}}, packed([]), packed({"logEvents": [{}]})])
def test_a_payload_that_cannot_be_read_goes_up(table: InMemoryIncidentTable, event: dict[str, Any]) -> None:
    with pytest.raises(PayloadError):
        triage(event, watch=WATCH, table=table, classify=classify, now=NOW)


def test_no_secret_of_a_line_is_stored(table: InMemoryIncidentTable) -> None:
    secret = "AKIAIOSFODNN7EXAMPLE wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
    deliver(
        table, line(1, f"{ORDERS} key={secret} Authorization: Bearer abcdefghijklmnopqrstuvwxyz0123456789")
    )

    assert "wJalrXUtnFEMI" not in repr(table.everything())
    assert "abcdefghijklmnopqrstuvwxyz0123456789" not in repr(table.everything())


def test_a_line_of_a_megabyte_is_kept_in_part(table: InMemoryIncidentTable) -> None:
    deliver(table, line(1, ORDERS + " x" * 500_000))

    kept = the_incident(table).samples[0].message

    assert len(kept) <= 4_000
    assert re.search(r" … \[\d+ more characters\]$", kept)


def test_streams_and_samples_of_a_storm_are_bounded(table: InMemoryIncidentTable) -> None:
    for number in range(40):
        deliver(table, line(number), log_stream=f"orders/app/{number}")
    incident = the_incident(table)

    assert (len(incident.streams), len(incident.samples), incident.count) == (MAX_STREAMS, MAX_SAMPLES, 40)


def test_one_cause_in_one_minute_writes_its_head_a_bounded_number_of_times(
    table: InMemoryIncidentTable,
) -> None:
    counting = Interrupted(table, lambda _number, name: seen.append(name))
    seen: list[str] = []
    for number in range(200):
        deliver(counting, line(number), line(number + 1000))

    assert seen.count("saw") <= MAX_SAMPLES
    assert seen.count("save") == 0
    assert len(seen) <= 3 * 200 + 2 * MAX_SAMPLES


def test_a_time_that_cannot_be_counts_as_now(table: InMemoryIncidentTable) -> None:
    deliver(table, line(1, at=NOW - 400 * DAY), line(2, at=NOW + 400 * DAY), line(3, at=0))

    assert table.occurrences(the_incident(table)) == ((NOW - NOW % HOUR, 3),)


def test_an_expected_denial_is_counted_and_kept_and_tells_nobody(table: InMemoryIncidentTable) -> None:
    watch = Watch(log_groups=WATCH.log_groups, expected=parse_expected(PROBE))
    for number in range(9):
        deliver(table, line(number), watch=watch)
    incident = the_incident(table)

    assert (incident.state, incident.count) == (State.EXPECTED, 9)
    assert told(table) == []


def test_an_expected_denial_that_leaves_its_usual_range_is_told_once(table: InMemoryIncidentTable) -> None:
    watch = Watch(log_groups=WATCH.log_groups, expected=parse_expected(PROBE))
    for hour in range(24):
        then = NOW - (24 - hour) * HOUR
        deliver(table, *(line(hour * 100 + n, at=then) for n in range(8)), watch=watch, now=then)
    for number in range(3):
        deliver(table, *(line(10_000 + number * 100 + n) for n in range(30)), watch=watch)

    assert told(table) == [Transition.SURGED]


def test_a_line_that_is_expected_no_longer_is_told(table: InMemoryIncidentTable) -> None:
    deliver(table, line(1), watch=Watch(log_groups=WATCH.log_groups, expected=parse_expected(PROBE)))
    deliver(table, line(2))

    assert sorted(incident.state for incident in table.everything().values()) == [State.EXPECTED, State.OPEN]
    assert told(table) == [Transition.OPENED]


HEALTH = """[{"resource": "*/health/*", "reason": "it probes", "owner": "search"}]"""
WORKS = denied("orders-task", "s3:GetObject", "arn:aws:s3:::orders/2026/11/29/a1b2c3d4")
PROBED = denied("orders-task", "s3:GetObject", "arn:aws:s3:::orders/health/2026/11/29")


@pytest.mark.parametrize("lines", [(PROBED, WORKS), (WORKS, PROBED)])
@pytest.mark.parametrize("together", [True, False])
def test_an_expected_line_silences_no_other_of_its_cause(
    table: InMemoryIncidentTable, lines: tuple[str, str], *, together: bool
) -> None:
    watch = Watch(
        log_groups=WATCH.log_groups, expected=parse_expected(HEALTH.replace("*/health/*", "*:2026*"))
    )
    real, forged = [message.replace("s3:::orders/", "sqs:us-east-1:123456789012:") for message in lines]
    first, second = line(1, real), line(2, forged)
    if together:
        deliver(table, first, second, watch=watch)
    else:
        deliver(table, first, watch=watch)
        deliver(table, second, watch=watch)

    states = sorted(incident.state for incident in table.everything().values())
    assert states == [State.EXPECTED, State.OPEN]
    assert told(table) == [Transition.OPENED]


FORGED = {
    "another caller": ORDERS.replace("orders-task", "admin"),
    "another action": ORDERS.replace("sqs:SendMessage", "sqs:PurgeQueue").replace(
        "SendMessage", "PurgeQueue"
    ),
    "another resource": ORDERS.replace(":orders", ":billing"),
}


@pytest.mark.parametrize("forged", FORGED)
def test_a_forged_line_of_the_same_request_erases_no_incident(
    table: InMemoryIncidentTable, forged: str
) -> None:
    request = " (RequestId: 1f5b2b5e-9f0a-5d6f-a2f5-0b1c2d3e4f50)"
    authorized = " with authorization id 0123456789abcdef"
    deliver(table, line(1, ORDERS + request), line(2, FORGED[forged] + authorized + request))

    assert ORDERS in {
        sample.message.removesuffix(request) for i in table.everything().values() for sample in i.samples
    }
    assert len(table.everything()) == 2


@pytest.mark.parametrize(
    "quiet",
    [
        f"DEBUG {ORDERS}",
        f'{{"level": "debug", "message": "{ORDERS}"}}',
        f"{ORDERS} falling back to the default",
    ],
)
def test_one_quiet_line_makes_fifty_others_no_quieter(table: InMemoryIncidentTable, quiet: str) -> None:
    deliver(table, line(0, quiet), *(line(number) for number in range(1, 50)))

    assert {incident.severity for incident in table.everything().values()} == {Severity.MEDIUM}


@pytest.mark.parametrize(
    "written",
    [
        f'203.0.113.5 "GET /a HTTP/1.1" 403 "Mozilla/5.0 level=debug" {ORDERS}',
        f'{{"agent": "x level=debug", "message": "{ORDERS}"}}',
        f'{{"agent": "x \\"level\\": \\"debug\\"", "message": "{ORDERS}"}}',
        f'user="DEBUG " {ORDERS}',
        f"query=DEBUG: {ORDERS}",
        f'agent="[DEBUG]" {ORDERS}',
    ],
)
def test_a_level_that_somebody_wrote_into_the_message_quiets_nothing(
    table: InMemoryIncidentTable, written: str
) -> None:
    deliver(table, line(1, written), line(2, written))

    assert {incident.severity for incident in table.everything().values()} == {Severity.MEDIUM}


def test_a_flood_of_new_causes_is_one_notice_and_known_causes_go_on(table: InMemoryIncidentTable) -> None:
    deliver(table, line(0))
    for number in range(1, 400):
        deliver(table, line(number, ORDERS.replace("orders-task", f"made-up-{number}")))
    deliver(table, line(1000), line(1001))
    incidents = table.everything().values()
    (flood,) = [incident for incident in incidents if incident.denial.kind is Kind.FLOOD]

    assert len(incidents) == MOST_NEW + 1
    assert flood.count == 400 - MOST_NEW
    assert len(flood.samples) >= MAX_SAMPLES - 2
    assert [
        incident.count for incident in incidents if "role/orders-task/" in str(incident.denial.principal)
    ] == [3]
    assert told(table).count(Transition.OPENED) == MOST_NEW + 1


OWN = ("arn:aws:iam::123456789012:role/service/orders-task",)
QUEUE = "arn:aws:sqs:us-east-1:123456789012:"


def invented(number: int) -> str:
    return denied(f"made-up-{number}", "sqs:SendMessage", f"{QUEUE}q{number}")


def own(name: str, action: str = "sqs:SendMessage", *, account: str = "123456789012") -> str:
    return denied("orders-task", action, QUEUE + name).replace("::123456789012:", f"::{account}:")


def flood_in(table: InMemoryIncidentTable) -> Incident:
    (flood,) = [one for one in table.everything().values() if one.denial.kind is Kind.FLOOD]
    return flood


def told_of(table: InMemoryIncidentTable) -> list[str]:
    return [str(one.denial.resource).removeprefix(QUEUE) for one in table.everything().values()]


def test_a_role_that_is_known_to_write_there_gets_through_a_flood_of_invented_ones(
    table: InMemoryIncidentTable,
) -> None:
    for number in range(300):
        deliver(table, line(number, invented(number)), roles=OWN)
    deliver(table, line(1000, own("real")), line(1001, invented(999)), roles=OWN)

    assert told_of(table).count("real") == 1
    assert len(table.everything()) == MOST_NEW + 2


def test_a_line_that_names_nobody_gets_through_a_flood_of_invented_roles(
    table: InMemoryIncidentTable,
) -> None:
    nobody = "AccessDenied: Access Denied when calling the PutObject operation on s3://real-bucket/x"
    for number in range(100):
        deliver(table, line(number, invented(number)), roles=OWN)
    deliver(table, line(1000, nobody), roles=OWN)

    assert [one for one in table.everything().values() if not one.denial.principal] != [flood_in(table)]


def test_who_floods_in_the_name_of_one_known_role_keeps_another_from_nothing(
    table: InMemoryIncidentTable,
) -> None:
    both = (*OWN, "arn:aws:iam::123456789012:role/billing-task")
    for number in range(200):
        deliver(table, line(number, own(f"q{number}")), roles=both)
    deliver(table, line(1000, own("real").replace("orders-task", "billing-task")), roles=both)

    assert "real" in told_of(table)
    assert len(table.everything()) == MOST_NEW + RESERVED + 2


def test_a_known_name_in_another_account_is_an_invented_one(table: InMemoryIncidentTable) -> None:
    for number in range(MOST_NEW):
        deliver(table, line(number, invented(number)), roles=OWN)
    deliver(table, line(1000, own("theirs", account="111122223333")), roles=OWN)

    assert "theirs" not in told_of(table)


def test_a_flood_lists_what_it_folded_known_roles_first_and_without_secrets(
    table: InMemoryIncidentTable,
) -> None:
    for number in range(MOST_NEW + 100):
        deliver(table, line(number, invented(number)), roles=OWN)
    for number in range(RESERVED + 2):
        deliver(table, line(1000 + number, own(f"own-{number}", "sqs:DeleteMessage")), roles=OWN)
    first, second, third, *others = flood_in(table).held_back

    assert (f"{QUEUE}own-{RESERVED}", f"{QUEUE}own-{RESERVED + 1}") == (first.resource, second.resource)
    assert HeldBack(caller="made-up-60", action="sqs:SendMessage", resource=f"{QUEUE}q60") == third
    assert len(others) == MAX_HELD_BACK - 1


def test_a_flood_that_is_delivered_again_lists_nothing_twice(table: InMemoryIncidentTable) -> None:
    lines = [line(number, invented(number)) for number in range(MOST_NEW + 10)]
    deliver(table, *lines, roles=OWN)
    before = flood_in(table)
    deliver(table, *lines, roles=OWN)

    assert before == flood_in(table)
    assert len(before.held_back) == len({cause.resource for cause in before.held_back})


def test_the_roles_of_a_group_are_asked_for_in_a_flood_only(table: InMemoryIncidentTable) -> None:
    asked: list[str] = []

    def roles(group: str) -> tuple[str, ...]:
        asked.append(group)
        return OWN

    for number in range(MOST_NEW + 1):
        lines = payload([line(number, invented(number))])
        triage(lines, watch=WATCH, table=table, classify=classify, now=NOW, roles=roles)

    assert asked == ["scout-admin-dev"]


REQUEST = ", request id: 11111111-1111-1111-1111-111111111111"


@pytest.mark.parametrize(
    ("real", "forged"),
    [
        (f"{QUEUE}orders", "arn:aws:sqs:us-east-1:111122223333:orders"),
        (f"{QUEUE}orders", "arn:aws:sqs:eu-west-1:123456789012:orders"),
        (f"{QUEUE}orders", "https://sqs.us-east-1.amazonaws.com/111122223333/orders"),
        ("arn:aws:s3:::photos/a/x.jpg", "arn:aws:s3:::others/a/x.jpg"),
    ],
)
@pytest.mark.parametrize("forged_first", [True, False], ids=["forged first", "forged last"])
def test_a_request_id_merges_no_two_resources_that_end_alike(
    table: InMemoryIncidentTable, real: str, forged: str, *, forged_first: bool
) -> None:
    messages = [denied("orders-task", "sqs:SendMessage", name) + REQUEST for name in (real, forged)]
    ordered = reversed(messages) if forged_first else messages
    deliver(table, *(line(number, message) for number, message in enumerate(ordered)))

    assert [one.count for one in table.everything().values() if one.denial.resource == real] == [1]


def test_the_next_hour_tells_new_causes_again(table: InMemoryIncidentTable) -> None:
    for number in range(MOST_NEW + 5):
        deliver(table, line(number, ORDERS.replace("orders-task", f"made-up-{number}")))
    deliver(table, line(1000, BILLING, at=NOW + HOUR), now=NOW + HOUR)

    assert [i.denial.resource for i in table.everything().values()].count(
        BILLING.split("resource: ")[1].split(" ")[0]
    ) == 1


def test_an_incident_that_cannot_be_written_keeps_no_other_from_being_told(
    table: InMemoryIncidentTable,
) -> None:
    failing = Interrupted(
        table, lambda number, _name: (StoreError("throttled"), False) if number == 3 else None
    )
    with pytest.raises(StoreError, match="0 of the 2 incidents"):
        deliver(failing, line(1), line(2, BILLING))

    assert told(table) == [Transition.OPENED]
    assert table.group_lines("scout-admin-dev", NOW, NOW) == {}


def test_a_table_that_is_away_is_not_waited_for_fifty_times(table: InMemoryIncidentTable) -> None:
    reads = {"heads", "admit"}
    away = Interrupted(table, lambda _number, name: None if name in reads else (StoreError("away"), False))
    messages = [
        denied(f"role-{n}", "sqs:SendMessage", "arn:aws:sqs:us-east-1:123456789012:q") for n in range(50)
    ]
    with pytest.raises(StoreError):
        deliver(away, *(line(n, message) for n, message in enumerate(messages)))

    assert away.calls == len(reads) + FAILURES


def test_two_that_open_the_same_incident_at_once_open_one(table: InMemoryIncidentTable) -> None:
    other = payload([line(2)])

    def meanwhile(_number: int, name: str) -> None:
        if name == "open" and not table.everything():
            triage(other, watch=WATCH, table=table, classify=classify, now=NOW)

    deliver(Interrupted(table, meanwhile), line(1), line(3))

    assert the_incident(table).count == 3
    assert told(table).count(Transition.OPENED) == 1


def test_a_person_that_mutes_at_the_same_moment_is_not_overruled(table: InMemoryIncidentTable) -> None:
    deliver(table, line(1))
    muted = the_incident(table)

    def meanwhile(_number: int, name: str) -> None:
        if name == "save" and the_incident(table).state is State.OPEN:
            table.save(
                replace(muted, state=State.MUTED, muted_until="2099-01-01"), expected=the_incident(table)
            )

    deliver(Interrupted(table, meanwhile), line(2, at=NOW + 5_000))

    assert the_incident(table).state is State.MUTED
    assert told(table) == [Transition.OPENED]


def test_an_incident_that_could_not_be_opened_is_counted_with_those_it_began_with(
    table: InMemoryIncidentTable,
) -> None:
    failing = Interrupted(
        table, lambda number, _name: (StoreError("throttled"), False) if number == 3 else None
    )
    with pytest.raises(StoreError):
        deliver(failing, line(1), line(2, BILLING), line(3, BILLING))
    deliver(table, line(1), line(2, BILLING), line(3, BILLING))

    assert sorted(incident.count for incident in table.everything().values()) == [1, 2]


def test_a_delivery_of_ten_thousand_causes_loses_nothing_in_few_calls(table: InMemoryIncidentTable) -> None:
    counting = Counting(table)
    messages = [ORDERS.replace("orders-task", f"made-up-{number}") for number in range(10_000)]
    with each_line_redacted_once():
        for _ in range(2):
            deliver(counting, *(line(number, message) for number, message in enumerate(messages)))
    incidents = table.everything().values()

    assert sum(incident.count for incident in incidents) == 10_000
    assert len(incidents) == MOST_NEW + 1
    assert counting.calls.total() < 3 * MOST_NEW
    assert sum(table.group_lines("scout-admin-dev", NOW, NOW).values()) == 10_000


def test_a_delivery_that_only_counts_makes_two_calls(table: InMemoryIncidentTable) -> None:
    for number in range(4 * MAX_SAMPLES):
        deliver(
            table, line(number), line(number + 100), line(number + 200, BILLING), line(number + 300, BILLING)
        )
    counting = Counting(table)
    deliver(counting, line(901), line(902, BILLING))

    assert counting.calls == {"heads": 1, "count_lines": 1}


def test_a_group_is_counted_only_when_its_incidents_were_moved_on(table: InMemoryIncidentTable) -> None:
    deliver(table, line(1), line(2))
    failing = Interrupted(table, lambda _number, name: (StoreError("away"), False) if name == "saw" else None)
    later = [line(number, at=NOW + HOUR) for number in (3, 4)]
    with pytest.raises(StoreError):
        deliver(failing, *later, now=NOW + HOUR)
    before = sum(table.group_lines("scout-admin-dev", NOW, NOW + HOUR).values())
    deliver(table, *later, now=NOW + HOUR)

    assert (before, sum(table.group_lines("scout-admin-dev", NOW, NOW + HOUR).values())) == (2, 4)
    assert the_incident(table).count == 4


def test_a_pack_that_cannot_be_counted_keeps_no_other_from_it(table: InMemoryIncidentTable) -> None:
    """Incidents of two hours: they are counted in two packs."""
    deliver(table, line(1), line(2))
    deliver(table, line(3, BILLING, at=NOW + HOUR), line(4, BILLING, at=NOW + HOUR), now=NOW + HOUR)
    owner = next(
        f"C#{one.pack_and_slot[0]}"
        for one in table.everything().values()
        if "orders" in str(one.denial.resource)
    )

    class Hot(InMemoryIncidentTable):
        """One counter that takes no write."""

        def count_lines(self, counts: Sequence[BatchLines], now: int) -> list[bool]:
            if owner in {count.owner for count in counts}:
                raise StoreError("throttled")
            return table.count_lines(counts, now)

        def __getattribute__(self, name: str) -> Any:
            return object.__getattribute__(self if name == "count_lines" else table, name)

    with pytest.raises(StoreError, match="1 of the 2 incidents"):
        deliver(Hot(), line(5), line(6, BILLING), now=NOW + HOUR)
    deliver(table, line(5), line(6, BILLING), now=NOW + HOUR)

    assert [incident.count for incident in table.everything().values()] == [3, 3]


def test_an_incident_that_is_told_before_its_lines_are_counted_shows_those_it_was_opened_with(
    table: InMemoryIncidentTable,
) -> None:
    dying = Interrupted(
        table, lambda _number, name: (StoreError("away"), False) if name == "count_lines" else None
    )
    with pytest.raises(StoreError):
        deliver(dying, line(1), line(2))
    shown = the_incident(table).count
    deliver(table, line(1), line(2))

    assert (shown, the_incident(table).count) == (2, 2)


OUR_ROLES = OwnRoles(
    "123456789012", frozenset({"why403-diagnose-", "why403-fix-page-"}), frozenset({"ReadOnly"})
)
OWN_SESSIONS = {
    "a function of ours": "arn:aws:sts::123456789012:assumed-role/why403-diagnose-us-east-1/why403-Diagnose-1A2B",
    "its like in another Region": "arn:aws:sts::123456789012:assumed-role/why403-fix-page-us-gov-west-1/why403-FixPage-1A2B",
    "another stack's function": "arn:aws:sts::123456789012:assumed-role/shop-fix-page-us-east-1/"
    "shop-FixPageHandlerFunction9D361698-67D4DB554BB62",
    "one whose stack's name is cut, under a path": "arn:aws:sts::123456789012:assumed-role/"
    "a-stack-whose-name-has-forty-letters-diagnose-service-us-east-1/"
    "a-stack-whose-name-has-DiagnoseHandlerFunction3-67D4DB554BB6",
    "the read role, taken by us": f"arn:aws:sts::111122223333:assumed-role/ReadOnly/{SESSION_NAME}",
}
OTHER_SESSIONS = {
    "a stranger's role of a like name": "arn:aws:sts::123456789012:assumed-role/why403-x/task",
    "a role that only begins like ours": "arn:aws:sts::123456789012:assumed-role/why403-diagnose-staging-us-east-1/task",
    "ours without a Region": "arn:aws:sts::123456789012:assumed-role/why403-diagnose/task",
    "another account's": "arn:aws:sts::111122223333:assumed-role/why403-diagnose-us-east-1/task",
    "a role named like a function's, in a session of its own": "arn:aws:sts::123456789012:assumed-role/shop-diagnose-us-east-1/task",
    "a function of another kind than its role": "arn:aws:sts::123456789012:assumed-role/shop-diagnose-us-east-1/"
    "shop-NotifyHandlerFunction9D361698-67D4DB554BB62",
    "a function of another stack than its role": "arn:aws:sts::123456789012:assumed-role/shop-diagnose-us-east-1/"
    "mart-DiagnoseHandlerFunction337C632C-67D4DB554BB62",
    "another account's other stack": "arn:aws:sts::111122223333:assumed-role/shop-diagnose-us-east-1/"
    "shop-DiagnoseHandlerFunction337C632C-67D4DB554BB62",
    "the read role, taken by a person": "arn:aws:sts::111122223333:assumed-role/ReadOnly/dana",
    "a user of that name": "arn:aws:iam::123456789012:user/why403-diagnose-us-east-1",
}


def recorded(*sessions: str) -> str:
    """A file of CloudTrail's with one refusal of each."""
    records = [
        {
            "eventVersion": "1.11",
            "userIdentity": {"type": "AssumedRole", "arn": session},
            "eventSource": "sqs.amazonaws.com",
            "eventName": "GetQueueAttributes",
            "errorCode": "AccessDenied",
            "errorMessage": f"User: {session} is not authorized to perform: sqs:getqueueattributes on resource: "
            "arn:aws:sqs:us-east-1:123456789012:orders because no identity-based policy allows the sqs:getqueueattributes action",
        }
        for session in sessions
    ]
    return json.dumps({"Records": records} if len(records) > 1 else records[0])


@pytest.mark.parametrize("session", OTHER_SESSIONS.values(), ids=OTHER_SESSIONS)
def test_what_cloudtrail_records_of_others_is_told_beside_what_it_records_of_us(
    table: InMemoryIncidentTable, session: str
) -> None:
    deliver(table, line(1, recorded(*OWN_SESSIONS.values(), session)), watch=replace(WATCH, own=OUR_ROLES))

    assert the_incident(table).denial.principal == session


@pytest.mark.parametrize("session", OWN_SESSIONS.values(), ids=OWN_SESSIONS)
def test_what_cloudtrail_records_of_our_own_roles_opens_nothing(
    table: InMemoryIncidentTable, session: str
) -> None:
    told = deliver(table, line(1, recorded(session)), watch=replace(WATCH, own=OUR_ROLES))

    assert (table.everything(), told.dropped) == ({}, 1)


def test_a_role_of_ours_is_ours_in_every_account_where_the_organization_shares_its_names(
    table: InMemoryIncidentTable,
) -> None:
    there = "arn:aws:sts::111122223333:assumed-role/why403-diagnose-us-east-1/why403-Diagnose-1A2B"
    deliver(table, line(1, recorded(there)), watch=replace(WATCH, own=replace(OUR_ROLES, account="*")))

    assert table.everything() == {}


def test_a_line_that_names_our_role_without_being_a_record_silences_nothing(
    table: InMemoryIncidentTable,
) -> None:
    forged = denied(
        "why403-diagnose-us-east-1", "sqs:SendMessage", "arn:aws:sqs:us-east-1:123456789012:orders"
    )
    deliver(
        table,
        line(1, f"{forged} {recorded(OTHER_SESSIONS['a user of that name'])}"),
        watch=replace(WATCH, own=OUR_ROLES),
    )

    assert len(table.everything()) == 2
