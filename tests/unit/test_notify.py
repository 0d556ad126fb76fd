"""A turn of an incident at every outlet: who hears it, once, and what happens when one of them fails."""

import json
from dataclasses import replace
from typing import Any

import pytest
from why403.delivery.outlets import Places
from why403.delivery.routing import parse_routes
from why403.diagnosis.diagnosis_json import to_json
from why403.errors import DeliveryRefusedError, DeliveryRetryableError
from why403.iam.place import Place
from why403.incidents.incident import Incident, Severity, State
from why403.incidents.transition import Transition
from why403.notices.load import NoticeMaker
from why403.notify import PROGRESS, Notified, Telling, notify

from tests.fakes.doors import FakeDoors
from tests.fakes.incident_table import InMemoryIncidentTable
from tests.fakes.incidents import NOW, opened_incident, turn_of
from tests.unit.notices.notice_case import diagnosis_of

PLACES = Places(addresses={"email": "email", "chat": "chat", "machines": "machines", "events": "bus"})
NOWHERE = Places()


class World:
    """One table, one set of routes, and the doors."""

    def __init__(self, *routes: dict[str, Any], places: Places = NOWHERE, **fields: Any) -> None:
        self.table = InMemoryIncidentTable()
        self.doors = FakeDoors()
        self.incident = opened_incident(**fields)
        self.table.open(self.incident)
        self.failures: list[str] = []
        self.places = places
        self.routes = parse_routes(json.dumps(routes or ({"slack_secret": "webhook"},)))

    def tell(
        self, transition: Transition = Transition.OPENED, turn: int = 1, incident: Incident | None = None
    ) -> Notified:
        telling = Telling(
            table=self.table,
            routes=self.routes,
            places=self.places,
            doors=self.doors.open(),
            maker=NoticeMaker(table=self.table, place=Place("123456789012", "us-east-1")),
            report=lambda outlet, _error: self.failures.append(outlet),
            now=NOW,
        )
        return notify(turn_of(incident or self.incident, transition, turn), telling)


def test_every_outlet_is_told_once_however_often_the_turn_comes() -> None:
    world = World({"slack_secret": "webhook", "pagerduty_secret": "pager"}, places=PLACES)
    first = world.tell()
    again = world.tell()

    assert first.told == ("slack:route-1", "pagerduty:route-1", "chat", "machines", "events", "email")
    assert again.told == ()
    assert len(world.doors.went) == 6


def test_an_incident_that_is_no_longer_kept_is_told_to_nobody() -> None:
    world = World()

    assert world.tell(incident=opened_incident("gone")) == Notified(gone=True)


def test_an_outlet_that_fails_keeps_no_other_from_being_told() -> None:
    world = World({"slack_secret": "webhook"}, places=PLACES)
    world.doors.failing = {"slack": [DeliveryRetryableError("Slack answered 503.")]}
    with pytest.raises(DeliveryRetryableError):
        world.tell()

    assert world.failures == ["slack:route-1"]
    assert [door for door, _ in world.doors.went] == ["chat", "machines", "event", "email"]
    assert world.tell().told == ("slack:route-1",)


@pytest.mark.parametrize("secret", ["empty", "elsewhere"])
def test_a_secret_that_is_no_address_of_slacks_is_refused_and_named(secret: str) -> None:
    world = World({"slack_secret": secret})
    with pytest.raises(DeliveryRefusedError, match=f"The secret {secret}"):
        world.tell()

    assert world.doors.went == []


def test_an_address_that_was_replaced_after_it_was_read_is_used_at_once() -> None:
    world = World({"slack_secret": "webhook"})
    world.doors.kept = {"webhook": "https://hooks.example.com/services/T0/revoked"}

    assert world.tell().told == ("slack:route-1",)


def test_a_short_wait_that_is_asked_for_is_waited() -> None:
    world = World()
    world.doors.failing = {"slack": [DeliveryRetryableError("429", 7.0)]}

    assert world.tell().told == ("slack:route-1",)
    assert world.doors.waited == [7.0]


def test_a_long_wait_is_left_to_the_next_try() -> None:
    world = World()
    world.doors.failing = {"slack": [DeliveryRetryableError("429", 600.0)]}
    with pytest.raises(DeliveryRetryableError):
        world.tell()

    assert world.doors.waited == []


SENT_AGAIN = "Sent again"


@pytest.mark.parametrize("secret", ["webhook", "bot"])
def test_a_second_try_says_so_where_the_first_may_have_arrived(secret: str) -> None:
    world = World({"slack_secret": secret})
    world.doors.failing = {"slack": [DeliveryRetryableError("timed out", may_have_arrived=True)]}
    with pytest.raises(DeliveryRetryableError):
        world.tell()
    world.tell()
    world.tell(Transition.FIX_SEEN, 2)
    again, update = (json.dumps(message) for _, message in world.doors.through("slack"))

    assert (SENT_AGAIN in again, SENT_AGAIN in update) == (True, False)


def test_a_second_try_at_once_says_so_as_well() -> None:
    world = World(places=PLACES)
    for door in ("slack", "email", "chat"):
        world.doors.failing[door] = [DeliveryRetryableError("503", 1.0, may_have_arrived=True)]
    world.tell()

    assert SENT_AGAIN in json.dumps(world.doors.through("slack"))
    assert [SENT_AGAIN in json.dumps(world.doors.through(door)) for door in ("email", "chat", "event")] == [
        True,
        True,
        False,
    ]


def test_what_was_refused_for_now_is_no_repetition() -> None:
    world = World()
    world.doors.failing = {"slack": [DeliveryRetryableError("429")]}
    with pytest.raises(DeliveryRetryableError):
        world.tell()
    world.tell()

    assert SENT_AGAIN not in json.dumps(world.doors.through("slack"))


@pytest.mark.parametrize("channel", ["email", "chat"])
def test_a_shared_channel_is_told_where_any_route_hears_the_incident(channel: str) -> None:
    loud, all_ears = {"name": "loud", "severity": "high"}, {"name": "all"}
    world = World(loud, all_ears, places=Places(addresses={channel: channel}), severity=Severity.LOW)
    deaf = World(loud, {**all_ears, channel: False}, places=world.places, severity=Severity.LOW)

    assert (world.tell().told, deaf.tell().told) == ((channel,), ())


def test_a_bot_tells_progress_in_the_thread_and_renews_the_first_message() -> None:
    world = World({"slack_secret": "bot"})
    world.tell()
    world.tell(Transition.FIX_SEEN, 2)

    assert [thread for thread, _ in world.doors.through("slack")] == ["", "ts-1"]
    assert [timestamp for timestamp, _ in world.doors.through("update")] == ["ts-1"]


def test_a_webhook_is_told_progress_a_few_times_only() -> None:
    world = World()
    world.tell()
    for turn in range(2, 12):
        world.tell(Transition.GREW, turn)

    assert len(world.doors.through("slack")) == 1 + PROGRESS


def test_what_was_never_begun_at_an_outlet_is_not_continued_there() -> None:
    world = World({"slack_secret": "webhook", "severity": "high"}, severity=Severity.LOW)
    world.tell()
    world.tell(Transition.RESOLVED, 2)

    assert world.doors.went == []


def test_an_incident_that_becomes_severe_begins_where_it_was_not_told() -> None:
    world = World({"slack_secret": "webhook", "severity": "high"}, severity=Severity.LOW)
    world.tell()
    louder = replace(world.incident, severity=Severity.HIGH, turn=2, transition=Transition.ESCALATED)
    world.table.save(louder, expected=world.incident)
    world.tell(Transition.ESCALATED, 2)

    assert len(world.doors.through("slack")) == 1


def louder(world: World) -> None:
    """It is an outage from here on."""
    louder = replace(world.incident, severity=Severity.HIGH, turn=2, transition=Transition.ESCALATED)
    assert world.table.save(louder, expected=world.incident)


@pytest.mark.parametrize("secret", ["webhook", "bot"])
def test_what_becomes_an_outage_at_night_wakes_the_owner_that_its_first_line_let_sleep(secret: str) -> None:
    night = {"from": "00:00", "to": "00:00"}
    owner = {"team": "<!subteam^S0123456789>"}
    world = World(
        {"slack_secret": secret, "pagerduty_secret": "pager", "quiet_hours": night, "mentions": owner},
        severity=Severity.LOW,
    )
    diagnosis = diagnosis_of("first_incident")
    owned = replace(diagnosis, workload=replace(diagnosis.workload, tags={"team": "team"}))
    world.table.save_diagnosis(world.incident.fingerprint, 1, to_json(owned))
    world.tell()
    louder(world)
    world.tell(Transition.ESCALATED, 2)
    first, then = (json.dumps(message) for _, message in world.doors.through("slack"))

    assert ("subteam" in first, "subteam" in then) == (False, True)
    assert [event["payload"]["severity"] for event in world.doors.through("pagerduty")] == ["error"]


def test_an_outage_that_was_told_as_one_from_the_start_is_not_told_to_have_become_one() -> None:
    world = World({"slack_secret": "webhook"}, severity=Severity.LOW)
    louder(world)
    world.tell()
    world.tell(Transition.ESCALATED, 2)

    assert len(world.doors.through("slack")) == 1


def test_pagerduty_resolves_what_it_was_told_under_the_same_key() -> None:
    world = World({"pagerduty_secret": "pager"})
    world.tell()
    resolved = replace(
        world.incident, state=State.RESOLVED, turn=2, transition=Transition.RESOLVED, transition_at=NOW
    )
    world.table.save(resolved, expected=world.incident)
    world.tell(Transition.RESOLVED, 2)

    assert [(event["event_action"], event["dedup_key"]) for event in world.doors.through("pagerduty")] == [
        ("trigger", world.incident.fingerprint),
        ("resolve", world.incident.fingerprint),
    ]


def test_a_claim_of_one_who_was_killed_is_not_taken_for_told() -> None:
    world = World()
    world.table.claim_delivery(world.incident.fingerprint, 1, "slack:route-1@start-1", NOW)
    with pytest.raises(DeliveryRetryableError):
        world.tell()

    assert world.doors.went == []


def test_a_machine_is_told_by_json_with_attributes_to_filter_on() -> None:
    world = World({"name": "machines"}, places=Places(addresses={"machines": "machines"}))
    world.tell()
    (_, message, attributes) = world.doors.through("machines")[0]

    assert json.loads(message)["fingerprint"] == world.incident.fingerprint
    assert "severity" in attributes
