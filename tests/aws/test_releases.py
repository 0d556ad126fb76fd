"""What each release stored, and a made-up next one, is read by this one, worked on, and read by that one again.

tests/cases/releases holds a table's items as each wrote them: six incidents, one a queue. `next` is made up: states,
severities, verdicts, fields and items that nobody here knows.
"""

import json
from collections.abc import Iterator, Sequence
from typing import Any

import boto3
import pytest
from moto import mock_aws
from why403 import __version__
from why403.errors import StoreError
from why403.iam.place import Place
from why403.incidents.hours import DAY, HOUR
from why403.incidents.incident import LoudReason, Severity, State
from why403.incidents.life_cycle_events import Mute, Unmute
from why403.incidents.outbox import parse_turn, turn_message
from why403.incidents.transition import Transition
from why403.notices.load import NoticeMaker
from why403.page.history import history_of
from why403.subscribe import SubscriberState, untold

from tests.fakes.dynamodb_table import NOW
from tests.fakes.living_stack import QUEUES, RELEASES, LivingStack

STORED = sorted(path.stem for path in RELEASES.glob("*.json"))
OWN_MOVES = {
    "turn",
    "transition",
    "transition_at",
    "reason",
    "rechecked_at",
    "told_count",
    "past",
    "unknown_since",
}
"""What a step of the life cycle writes of an incident that it leaves in its state."""


@pytest.fixture
def stack(monkeypatch: pytest.MonkeyPatch) -> Iterator[LivingStack]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        yield LivingStack(boto3.client("dynamodb", region_name="us-east-1"))


def kinds_of(items: list[dict[str, Any]]) -> dict[str, set[str]]:
    """Kind of item → what such items hold, with the fields of the JSON in it."""
    found: dict[str, set[str]] = {}
    for item in items:
        names = found.setdefault(item["item"]["S"], set())
        for name, typed in item.items():
            names |= {name} if item["item"]["S"] != "count" else set()
            if str(typed.get("S", "")).startswith("{"):
                names |= {f"{name}.{inner}" for inner in json.loads(typed["S"])}
    return found


def read(release: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = json.loads((RELEASES / f"{release}.json").read_text())["items"]
    return items


def life(stack: LivingStack, queue: str) -> dict[str, Any]:
    head = head_of(stack.items(), stack.incident(queue).fingerprint)
    told: dict[str, Any] = json.loads(head["life"]["S"])
    return told


def head_of(items: list[dict[str, Any]], fingerprint: str) -> dict[str, Any]:
    return next(
        item for item in items if (item["pk"]["S"], item["sk"]["S"]) == (f"I#{fingerprint}", "incident")
    )


def work(stack: LivingStack, at: int, queues: Sequence[str] = QUEUES) -> list[tuple[str, str]]:
    """A line of each queue, the recheck, and what is told of it."""
    stack.lines(at // HOUR, at, queues)
    stack.recheck(at)
    return stack.tell(at)


def test_this_version_stores_all_that_stands_in_the_cases_of_its_release(
    stack: LivingStack, request: pytest.FixtureRequest
) -> None:
    stack.live()
    if request.config.getoption("renew"):
        items = ",\n".join(f"    {json.dumps(item, sort_keys=True)}" for item in stack.items())
        (RELEASES / f"{__version__}.json").write_text(f'{{\n  "items": [\n{items}\n  ]\n}}\n')

    stored = kinds_of(stack.items())
    gone = {kind: names - stored.get(kind, set()) for kind, names in kinds_of(read(__version__)).items()}

    assert {kind: names for kind, names in gone.items() if names} == {}


def test_each_item_and_turn_tells_the_layout_that_it_follows(stack: LivingStack) -> None:
    stack.live()
    work(stack, NOW + 2 * HOUR)
    turns = [json.loads(message) for message in stack.published]

    assert State.UNKNOWN not in {stack.incident(queue).state for queue in QUEUES}
    assert {item["layout"]["N"] for item in stack.items()} == {"1"}
    assert {turn["layout"] for turn in turns} == {1}


@pytest.mark.parametrize("release", STORED)
def test_what_a_release_stored_is_read_worked_on_and_told(stack: LivingStack, release: str) -> None:
    stack.load(release)
    told = work(stack, NOW + HOUR)
    again = work(stack, NOW + 2 * HOUR)

    assert stack.reported == []
    assert {queue for what, queue in told + again if what == "escalated"} <= set(QUEUES)
    assert len(told + again) <= len(QUEUES)
    assert [stack.incident(queue).count for queue in QUEUES] == [3] * len(QUEUES)


def test_what_a_newer_version_stored_stands_as_it_did_after_an_older_one_worked_on_it(
    stack: LivingStack,
) -> None:
    stack.load("next")
    before = stack.items()
    for hours in (1, 2, 30, 60):
        work(stack, NOW + hours * HOUR)
    after = {(item["pk"]["S"], item["sk"]["S"]): item for item in stack.items()}
    lost = []
    for item in before:
        now = after[item["pk"]["S"], item["sk"]["S"]]
        lost += [(item["sk"]["S"], name) for name in item if name not in now]
        if item["sk"]["S"] == "incident":
            stood, stands = json.loads(item["life"]["S"]), json.loads(now["life"]["S"])
            lost += [
                ("life", name) for name in stood if name not in OWN_MOVES and stood[name] != stands.get(name)
            ]
    moved = {name for _, name in lost}

    assert moved <= {"severity", "loud_reason", "unresolved"}, lost
    assert life(stack, "orders")["state"] == "snoozed"
    assert [entry[3] for entry in life(stack, "orders")["past"] if entry[1] == "handed-over"] == ["x"]
    assert life(stack, "billing")["severity"] == "critical"
    assert life(stack, "probes")["expectation"]["ticket"] == "OPS-7"
    assert life(stack, "reports")["muted_channels"] == ["slack"]
    assert ("unresolved" in after[f"I#{stack.incident('orders').fingerprint}", "incident"]) is False
    assert ("unresolved" in after[f"I#{stack.incident('returns').fingerprint}", "incident"]) is True


def test_a_state_that_nobody_here_knows_is_silent_for_a_day_then_told_once_a_day(stack: LivingStack) -> None:
    stack.load("next")
    told = {hours: work(stack, NOW + hours * HOUR, ["orders"]) for hours in (1, 2, 3, 24, 26, 27, 49, 51, 52)}
    snoozed = [hours for hours, turns in told.items() if ("unknown", "orders") in turns]

    assert snoozed == [26, 51]
    assert [
        message["payload"]["summary"]
        for message in stack.doors.through("pagerduty")
        if "orders" in str(message)
    ] == []


def test_a_severity_that_nobody_here_knows_is_heard_by_every_route_and_rises_no_more(
    stack: LivingStack,
) -> None:
    stack.load("next")
    told = work(stack, NOW + HOUR)
    incident = stack.incident("billing")

    assert (incident.severity, incident.loud_reason) == (Severity.HIGH, LoudReason.UNKNOWN)
    assert ("escalated", "billing") not in told


def test_a_person_takes_an_incident_out_of_a_state_that_nobody_here_knows(stack: LivingStack) -> None:
    stack.load("next")
    stack.answer("orders", Mute(until="2025-12-10", by="alice"))
    muted = life(stack, "orders")
    stack.answer("returns", Unmute())
    opened = life(stack, "returns")

    assert (muted["state"], muted["muted_by"], muted["assignee"]) == (
        "muted",
        "alice",
        {"name": "bob", "team": "search"},
    )
    assert (opened["state"], opened["by"]) == ("open", "carol")
    assert set(stack.tell()) == {("muted", "orders"), ("unmuted", "returns")}


def test_a_turn_that_nobody_here_knows_is_told_and_passed_on_as_it_came() -> None:
    message = '{"fingerprint": "f", "generation": 1, "transition": "handed-over", "turn": 2, "at": 3, "to": "team-b"}'
    turn = parse_turn(message)

    assert turn.transition is Transition.UNKNOWN
    assert json.loads(turn_message(turn)) == {**json.loads(message), "layout": 1}
    assert turn_message(parse_turn(turn_message(turn))) == turn_message(turn)


def test_a_delivery_in_a_status_that_nobody_here_knows_is_told_twice_rather_than_never(
    stack: LivingStack,
) -> None:
    stack.load("next")
    name = stack.incident("billing").fingerprint

    assert stack.table.claim_delivery(name, 1, "slack:route-1@2", NOW) is True
    assert stack.table.claim_delivery(name, 1, "slack:route-1@2", NOW) is False
    assert stack.table.claim_delivery(name, 1, "slack:route-1@start-1", NOW + DAY) is False


def test_a_verdict_that_nobody_here_knows_claims_nothing(stack: LivingStack) -> None:
    stack.load("next")
    incident = stack.incident("images")
    notice = NoticeMaker(table=stack.table, place=Place("123456789012", "us-east-1")).notice_of(incident)

    assert (incident.denial.verdict, incident.denial.kind) == ("aws-403-not-iam", "unread")
    assert notice.diagnosis.remedies == ()


@pytest.mark.parametrize("queue", QUEUES)
def test_an_incident_of_a_newer_version_is_shown(stack: LivingStack, queue: str) -> None:
    stack.load("next")
    maker = NoticeMaker(table=stack.table, place=Place("123456789012", "us-east-1"))

    assert list(history_of(maker.notice_of(stack.incident(queue))))


def test_the_states_of_survey_and_subscriber_keep_what_nobody_here_knows(stack: LivingStack) -> None:
    stack.load("next")
    stack.index.save_survey(stack.index.survey_state(), NOW)
    state = stack.subscriber.load()
    stack.subscriber.save(state)
    kept = {item["pk"]["S"]: json.loads(item["state"]["S"]) for item in stack.items() if "state" in item}

    assert (kept["W#survey"]["slices"], kept["S#subscriber"]["paused"]) == (4, True)
    assert isinstance(state, SubscriberState)
    assert "eu: AWS refused it" in untold(state)[0]
    assert [writer.name for writer in stack.index.look_up("scout-admin-dev", NOW).writers] == ["orders"]


def test_what_a_later_layout_holds_is_refused_and_not_written_over(stack: LivingStack) -> None:
    stack.load("next")
    incident = stack.incident("orders")
    stack.raise_layout(incident.fingerprint)
    before = head_of(stack.items(), incident.fingerprint)
    with pytest.raises(StoreError, match="newer version"):
        stack.lines(999, NOW + HOUR, ["orders"])
    with pytest.raises(StoreError, match="newer version"):
        parse_turn('{"fingerprint": "f", "generation": 1, "transition": "opened", "layout": 2}')

    assert head_of(stack.items(), incident.fingerprint) == before
