"""What incidents/table.py promises, of the fake, of DynamoDB in moto, and of DynamoDB over HTTP."""

import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import boto3
import pytest
from moto import mock_aws
from why403.aws.incident_table_items import incident_key
from why403.incidents.hours import DAY, HOUR
from why403.incidents.incident import Expectation, HeldBack, Incident, Sample, Severity, State
from why403.incidents.life_cycle import next_state
from why403.incidents.life_cycle_events import Expect, Mute, PolicyVerdict, Rechecked
from why403.incidents.outbox import HeldTurn, parse_stream_record
from why403.incidents.table import MAX_SAMPLES, MAX_STREAMS, BatchLines, IncidentTable
from why403.incidents.table_keys import CLAIM_MS, SLOTS
from why403.incidents.transition import Transition, Turn

from tests.fakes.dynamodb_table import NOW, make_table
from tests.fakes.incident_table import InMemoryIncidentTable
from tests.fakes.incidents import count_lines, opened_incident

HOURS = {NOW - NOW % HOUR: 3}
IN_A = {"A": HOURS}
"""As an incident without a counter of others is counted."""
REQUEST = "0123456789abcdef"


@pytest.fixture(params=["fake", "moto", pytest.param("http", marks=pytest.mark.emulator)])
def table(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[IncidentTable]:
    match request.param:
        case "fake":
            yield InMemoryIncidentTable()
        case "moto":
            monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
            monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
            with mock_aws():
                yield make_table(boto3.client("dynamodb", region_name="us-east-1"), "incidents")
        case _:
            account = request.getfixturevalue("embedded_account")
            client = account.session().client("dynamodb", endpoint_url=account.endpoint)
            yield make_table(client, f"incidents-{uuid.uuid4()}")


@pytest.fixture
def at_once(request: pytest.FixtureRequest) -> int:
    """Threads that call the table at once: moto in process is not made for more than one."""
    return 1 if request.node.callspec.params["table"] == "moto" else 12


def incident(fingerprint: str = "f1", **fields: Any) -> Incident:
    own = {
        "log_group": "scout-admin-dev",
        "first_seen": NOW,
        "last_seen": NOW,
        "samples": (sample("e1"),),
        "streams": ("laravel-server",),
        "transition_at": NOW,
    }
    return opened_incident(fingerprint, **(own | fields))


def sample(event_id: str) -> Sample:
    return Sample(
        message="403 Forbidden", log_group="scout-admin-dev", log_stream="s", timestamp=NOW, event_id=event_id
    )


def test_an_incident_is_read_back_whole(table: IncidentTable) -> None:
    expected = incident(
        state=State.EXPECTED, expectation=Expectation(reason="probing", owner="search", until="2027-01-31")
    )
    table.open(expected)

    assert table.get("f1") == expected


def test_an_incident_that_nobody_opened_is_none(table: IncidentTable) -> None:
    count_lines(table, "f1", REQUEST, IN_A, NOW)

    assert table.get("f1") is None
    assert table.heads(["f1", "f2"]) == {}


def expire(table: IncidentTable, fingerprint: str) -> None:
    """As time to live does: the head goes with its last line, what was told of it later."""
    if isinstance(table, InMemoryIncidentTable):
        table.expire(fingerprint)
    else:
        calls = vars(table)["_calls"]
        vars(calls)["_client"].delete_item(TableName=vars(calls)["_table"], Key=incident_key(fingerprint))


def test_an_incident_that_comes_back_after_it_expired_is_told_under_names_of_its_own(
    table: IncidentTable,
) -> None:
    lives = []
    for _ in range(3):
        assert table.open(incident())
        (head,) = table.heads(["f1"]).values()
        lives.append((head.generation, head.turn))
        assert table.claim_delivery("f1", head.generation, f"slack@start-{head.generation}", NOW)
        table.finish_delivery("f1", head.generation, f"slack@start-{head.generation}", "ts")
        table.save_diagnosis("f1", head.generation, {"life": head.generation})
        assert table.diagnosis("f1") == {"life": head.generation}
        expire(table, "f1")

    assert lives == [(1, 1), (2, 2), (3, 3)]


def test_only_the_first_of_two_opens_the_incident(table: IncidentTable) -> None:
    first = table.open(incident())
    second = table.open(incident(log_group="another"))

    assert (first, second) == (True, False)
    assert table.heads(["f1"])["f1"].log_group == "scout-admin-dev"


def test_a_batch_that_is_delivered_again_is_not_counted_again(table: IncidentTable) -> None:
    table.open(incident())
    counted = [count_lines(table, "f1", REQUEST, IN_A, NOW) for _ in range(3)]
    counted.append(count_lines(table, "f1", "f" * 16, IN_A, NOW))

    assert counted == [True, False, False, True]
    assert table.get("f1") == incident(count=6)


def test_a_link_is_used_once_however_many_use_it_at_once(table: IncidentTable, at_once: int) -> None:
    before = table.is_link_used("name")
    with ThreadPoolExecutor(at_once) as pool:
        used = list(pool.map(lambda _: table.use_link("name", NOW), range(12)))

    assert (before, used.count(True), table.is_link_used("name")) == (False, 1, True)


def test_the_same_batch_counts_for_each_of_its_incidents_and_its_log_group(table: IncidentTable) -> None:
    table.open(incident())
    table.open(incident("f2"))
    for fingerprint in ("f1", "f2"):
        count_lines(table, fingerprint, REQUEST, IN_A, NOW)
    table.count_lines([BatchLines.of_group("scout-admin-dev", REQUEST, HOURS)], NOW)
    table.count_lines([BatchLines.of_group("scout-admin-dev", REQUEST, HOURS)], NOW)

    assert [table.get(f"f{number}").count for number in (1, 2)] == [3, 3]  # type: ignore[union-attr]
    assert table.group_lines("scout-admin-dev", NOW, NOW) == HOURS
    assert table.group_lines("scout-admin-dev", NOW + DAY, NOW + 9 * DAY) == {}
    assert table.group_lines("scout", NOW, NOW) == {}


def test_what_is_counted_together_is_exact_though_some_of_it_was_counted_before(table: IncidentTable) -> None:
    for number in (1, 2):
        table.open(incident(f"f{number}"))
    counts = [
        BatchLines.of_pack("f1", REQUEST, IN_A),
        BatchLines.of_group("scout-admin-dev", REQUEST, HOURS),
        BatchLines.of_pack("f2", REQUEST, IN_A),
    ]
    told = [list(table.count_lines(some, NOW)) for some in ([], counts[1:2], counts, counts)]

    assert told == [[], [True], [True, False, True], [False, False, False]]
    assert [table.get(f"f{number}").count for number in (1, 2)] == [3, 3]  # type: ignore[union-attr]
    assert table.group_lines("scout-admin-dev", NOW, NOW) == HOURS


def test_lines_are_told_by_the_hour_oldest_first(table: IncidentTable) -> None:
    start = NOW - NOW % DAY
    count_lines(table, "f1", "a" * 16, {"A": {start + 23 * HOUR: 5, start + DAY: 7}}, NOW)
    count_lines(table, "f1", "b" * 16, {"A": {start - HOUR: 1, start + 23 * HOUR: 1}}, NOW)
    expected = ((start - HOUR, 1), (start + 23 * HOUR, 6), (start + DAY, 7))

    assert table.occurrences(incident(first_seen=start - HOUR, last_seen=start + DAY)) == expected
    assert table.occurrences(incident(first_seen=start - 80 * DAY, last_seen=start + DAY)) == expected
    assert table.occurrences(incident(first_seen=start + 2 * DAY, last_seen=start + 2 * DAY)) == expected[2:]


def test_incidents_of_one_pack_are_counted_in_one_step_and_told_apart(table: IncidentTable) -> None:
    start = NOW - NOW % DAY
    for number in range(3):
        table.open(incident(f"f{number}", counter=f"pack:{SLOTS[number]}"))
    lines = {SLOTS[number]: {start: number + 1, start + HOUR: 1} for number in range(2)}
    counted = [count_lines(table, "pack", REQUEST, lines, NOW) for _ in range(2)]

    assert counted == [True, False]
    assert [table.get(f"f{number}").count for number in range(3)] == [2, 3, 0]  # type: ignore[union-attr]


def test_a_pack_counts_as_many_slots_and_hours_as_a_delivery_has(table: IncidentTable) -> None:
    start = NOW - NOW % DAY
    lines = {slot: {start + hour * HOUR: 1 for hour in range(4)} for slot in SLOTS}
    count_lines(table, "pack", REQUEST, lines, NOW)
    table.open(incident(counter=f"pack:{SLOTS[-1]}", first_seen=start, last_seen=start))

    assert table.get("f1").count == 4  # type: ignore[union-attr]


def test_the_first_causes_of_an_hour_are_let_in_and_keep_their_order(table: IncidentTable) -> None:
    hour = NOW - NOW % HOUR
    asked = [["b", "a"], ["c", "b", "d"], ["a"], ["e"]]
    answers = [list(table.admit("owner", hour, causes, 3)) for causes in asked]

    assert answers == [["b", "a"], ["b", "a", "c"], ["b", "a", "c"], ["b", "a", "c"]]
    assert list(table.admit("owner", hour + HOUR, ["e"], 3)) == ["e"]
    assert list(table.admit("another", hour, ["e"], 3)) == ["e"]


def test_what_a_flood_folds_is_listed_once_known_roles_first_and_the_first_forty_of_each(
    table: IncidentTable,
) -> None:
    table.open(incident())
    known = HeldBack(caller="orders", action="s3:GetObject", resource="b/k", is_known=True)
    others = [HeldBack(caller="", action="", resource=f"q{number}") for number in range(50)]
    for causes in (others[:10], [*others, known], [known]):
        table.hold_back("f1", causes)
    stored = table.get("f1")
    assert stored
    table.save(replace(stored, told_count=5), expected=stored)

    assert table.get("f1").held_back == (known, *others[:40])  # type: ignore[union-attr]
    assert table.heads(["f1"])["f1"].state is stored.state


def test_what_is_held_for_an_outlet_waits_once_oldest_first_until_it_is_let_go(table: IncidentTable) -> None:
    held = [
        HeldTurn(
            turn=Turn(fingerprint="f1", generation=1, transition=Transition.OPENED, turn=turn, at=NOW - turn),
            severity=Severity.HIGH,
            log_group="/ecs/orders",
        )
        for turn in (1, 2, 3)
    ]
    for one in (*held, held[0]):
        table.hold("slack:team", one, NOW)
    table.let_go("slack:team", held[1:2])
    table.let_go("slack:team", held[1:2])

    assert table.held("slack:team", 9) == (held[2], held[0])
    assert table.held("slack:team", 1) == (held[2],)
    assert table.held("slack:other", 9) == ()


def test_muted_and_expected_incidents_are_listed_apart_from_open_ones(table: IncidentTable) -> None:
    table.open(incident("expected", state=State.EXPECTED))
    table.open(incident("open"))
    table.open(incident("muted"))
    before = table.get("muted")
    assert before
    table.save(next_state(before, Mute(until="2025-12-01", by="alice"), NOW).incident, expected=before)

    assert {one.fingerprint for one in table.silenced(9)} == {"expected", "muted"}
    assert [one.fingerprint for one in table.unresolved(9)] == ["open"]


def test_who_ask_to_be_let_in_at_the_same_moment_get_the_same_order(
    table: IncidentTable, at_once: int
) -> None:
    hour = NOW - NOW % HOUR
    with ThreadPoolExecutor(min(at_once, 6)) as pool:
        list(pool.map(lambda cause: table.admit("owner", hour, [cause], 8), "abcdefghijkl"))
    admitted = list(table.admit("owner", hour, list("abcdefghijkl"), 8))

    assert len(set(admitted)) == 8


def test_invocations_at_the_same_moment_count_exactly(table: IncidentTable, at_once: int) -> None:
    table.open(incident())
    deliveries = [f"{batch * 0x9E3779B1:016x}"[-16:] for batch in range(60)] * 2

    with ThreadPoolExecutor(at_once) as pool:
        counted = list(pool.map(lambda batch: count_lines(table, "f1", batch, IN_A, NOW), deliveries))

    assert sum(counted) == 60
    assert table.get("f1").count == 180  # type: ignore[union-attr]


def test_invocations_that_count_several_counters_at_the_same_moment_count_each_exactly(
    table: IncidentTable, at_once: int
) -> None:
    owners = [BatchLines.of_pack("f1", "", IN_A), BatchLines.of_group("scout-admin-dev", "", HOURS)]
    table.open(incident())

    def count(delivery: int) -> Sequence[bool]:
        batch = f"{delivery % 8:016x}"
        return table.count_lines([replace(one, batch=batch) for one in owners[delivery % 3 :]], NOW)

    with ThreadPoolExecutor(at_once) as pool:
        told = [is_first for firsts in pool.map(count, range(24)) for is_first in firsts]

    assert (sum(told), table.get("f1").count) == (16, 24)  # type: ignore[union-attr]
    assert table.group_lines("scout-admin-dev", NOW, NOW) == dict.fromkeys(HOURS, 24)


def test_one_of_many_that_claim_a_delivery_gets_it(table: IncidentTable, at_once: int) -> None:
    with ThreadPoolExecutor(at_once) as pool:
        claimed = list(pool.map(lambda _: table.claim_delivery("f1", 1, "slack/1-opened", NOW), range(12)))

    assert sum(claimed) == 1


def test_a_claim_ends_when_it_is_released_or_old_and_never_once_it_was_accepted(table: IncidentTable) -> None:
    claim: Callable[[int], bool] = lambda now: table.claim_delivery("f1", 1, "slack", now)  # noqa: E731
    told = [claim(NOW), claim(NOW + CLAIM_MS - 1), claim(NOW + CLAIM_MS)]
    table.release_delivery("f1", 1, "slack")
    told.append(claim(NOW + CLAIM_MS))
    table.finish_delivery("f1", 1, "slack", "1764000000.000100")
    table.release_delivery("f1", 1, "slack")
    told.append(claim(NOW + 9 * CLAIM_MS))

    assert told == [True, False, True, True, False]


def test_a_reference_is_the_newest_generations(table: IncidentTable) -> None:
    table.claim_delivery("f1", 3, "slack", NOW)
    table.finish_delivery("f1", 1, "slack", "first")
    table.finish_delivery("f1", 2, "slack", "second")
    table.finish_delivery("f1", 9, "slack#other", "other")

    assert table.delivery_reference("f1", "slack") == "second"
    assert table.delivery_reference("f1", "chat") is None


def test_the_later_of_two_saves_that_read_the_same_is_refused(table: IncidentTable) -> None:
    table.open(incident())
    read = table.heads(["f1"])["f1"]
    muted = next_state(read, Mute(until="2025-12-01"), NOW).incident
    awaited = next_state(
        read, Expect(expectation=Expectation(reason="a", owner="b", until="2025-12-01")), NOW
    ).incident
    saved = [table.save(muted, expected=read), table.save(awaited, expected=read)]

    assert saved == [True, False]
    assert table.get("f1").state is State.MUTED  # type: ignore[union-attr]


def test_a_save_leaves_what_was_seen_in_between(table: IncidentTable) -> None:
    table.open(incident())
    read = table.heads(["f1"])["f1"]
    table.saw(replace(read, last_seen=NOW + HOUR, first_seen=NOW - HOUR, streams=("b",)), sample("e2"))
    table.save(next_state(read, Mute(until="2025-12-01"), NOW).incident, expected=read)
    stored = table.get("f1")

    assert stored is not None
    assert (stored.first_seen, stored.last_seen) == (NOW - HOUR, NOW + HOUR)
    assert stored.streams == ("b", "laravel-server")
    assert [kept.event_id for kept in stored.samples] == ["e1", "e2"]


def test_an_earlier_sighting_that_comes_late_narrows_nothing(table: IncidentTable) -> None:
    table.open(incident())
    table.saw(incident(first_seen=NOW + 1, last_seen=NOW - 1), sample("e1"))

    assert table.get("f1") == incident()


def test_streams_and_samples_are_kept_up_to_their_limits(table: IncidentTable) -> None:
    table.open(incident())
    for number in range(MAX_STREAMS + 5):
        table.saw(incident(streams=(f"stream-{number:02}",)), sample(f"s{number:02}"))
    stored = table.get("f1")

    assert stored is not None
    assert len(stored.streams) == MAX_STREAMS
    assert len(stored.samples) == MAX_SAMPLES
    assert len(table.heads(["f1"])["f1"].samples) == MAX_SAMPLES


def test_those_rechecked_longest_ago_come_first_and_only_those_not_resolved(table: IncidentTable) -> None:
    for number in range(4):
        table.open(incident(f"f{number}", rechecked_at=NOW - number))
    read = table.heads(["f2"])["f2"]
    table.save(next_state(read, Mute(until="2025-12-01"), NOW).incident, expected=read)
    table.open(incident("f9", state=State.RESOLVED))

    assert [found.fingerprint for found in table.unresolved(2)] == ["f3", "f1"]
    assert [found.fingerprint for found in table.unresolved(9)] == ["f3", "f1", "f0"]
    assert {found.fingerprint for found in table.unresolved_heads(9)} == {"f3", "f1", "f0"}
    assert len(table.unresolved_heads(2)) == 2


def test_a_recheck_moves_the_incident_to_the_end(table: IncidentTable) -> None:
    table.open(incident("f1", rechecked_at=NOW - 2))
    table.open(incident("f2", rechecked_at=NOW - 1))
    (oldest,) = table.unresolved(1)
    checked = next_state(oldest, Rechecked(verdict=PolicyVerdict.DENIED, quiet_ms=HOUR), NOW)
    table.save(checked.incident, expected=oldest)

    assert [found.fingerprint for found in table.unresolved(9)] == ["f2", "f1"]


def test_a_diagnosis_of_an_older_generation_replaces_nothing(table: IncidentTable) -> None:
    table.save_diagnosis("f1", 1, {"confidence": "low"})
    table.save_diagnosis("f1", 2, {"confidence": "high", "text": "日本語"})
    table.save_diagnosis("f1", 1, {"confidence": "medium"})

    assert table.diagnosis("f1") == {"confidence": "high", "text": "日本語"}
    assert table.diagnosis("f2") is None


def test_many_heads_are_read_at_once(table: IncidentTable) -> None:
    there = {f"f{number}" for number in (0, 1, 50, 99, 100, 101, 119)}
    for name in there:
        table.open(incident(name))

    assert set(table.heads([f"f{number}" for number in range(130)])) == there


def test_the_fakes_stream_tells_each_turn_once() -> None:
    fake = InMemoryIncidentTable()
    fake.open(incident())
    fake.open(incident())
    read = fake.heads(["f1"])["f1"]
    fake.saw(read, sample("e2"))
    fake.save(next_state(read, Mute(until="2025-12-01"), NOW).incident, expected=read)
    turns = [turn for record in fake.stream if (turn := parse_stream_record(record))]

    assert [(turn.turn, turn.transition) for turn in turns] == [(1, Transition.OPENED), (2, Transition.MUTED)]
