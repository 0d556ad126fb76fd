"""What ails why403 itself is told where its messages are read: once, and again when it is over."""

import json
from typing import Any

import pytest
from why403.errors import DeliveryError, DeliveryRetryableError
from why403.notices.words import Language
from why403.own_alarms import alarm_letter, tell_alarm

from tests.unit.notices.notice_case import LANGUAGES
from tests.unit.notices.test_hostile_lines import HOSTILE
from tests.unit.test_digest import SLACK, World

BOARD = (
    "https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1#dashboards/dashboard/why403"
)


def alarm(state: str = "ALARM", before: str = "OK") -> str:
    """As CloudWatch publishes it."""
    return json.dumps({
        "AlarmName": "why403-notify-dead-letters",
        "AlarmDescription": f"Messages could not be delivered, three times over. Urgency: now. What to do: {BOARD} (docs/runbooks/notify-dead-letters.md)",
        "NewStateValue": state,
        "OldStateValue": before,
        "NewStateReason": "Threshold Crossed: 1 datapoint [3.0] was greater than or equal to the threshold (1.0).",
        "Region": "EU (Ireland)",
    })  # fmt: skip


def tell(world: World, message: str, identity: str = "m1", subject: str = "") -> tuple[str, ...]:
    return tell_alarm(message, subject, identity, world.telling)


def test_an_alarm_is_told_in_every_room_with_what_to_do_and_once_however_often_it_arrives() -> None:
    world = World({**SLACK, "teams_secret": "teams", "pagerduty_secret": "pager"}, email="email", chat="chat")

    assert [tell(world, alarm()) for _ in range(3)] == [("slack:route-1", "teams:route-1"), (), ()]
    for door in ("slack", "teams"):
        (said,) = world.said(door)
        assert "why403-notify-dead-letters" in said
        assert "dashboards/dashboard/why403" in said
    assert {door for door, _ in world.doors.went} == {"slack", "teams"}


def test_that_it_is_over_is_told_and_what_says_nothing_is_not() -> None:
    world = World(SLACK)

    assert tell(world, alarm("OK", "ALARM"), "m2") == ("slack:route-1",)
    assert "is well again" in world.said()[-1]
    assert tell(world, alarm("INSUFFICIENT_DATA"), "m3") == ()
    assert tell(world, alarm("OK", "INSUFFICIENT_DATA"), "m4") == ()


def test_what_our_own_functions_publish_is_told_with_its_subject() -> None:
    world = World(SLACK)
    tell(
        world,
        "/ecs/orders: 12 lines at 10:00\n\n/ecs/web: 3 lines at 11:00",
        subject="why403: log lines were never counted",
    )
    (said,) = world.said()

    assert "needs attention: log lines were never counted" in said
    assert "/ecs/orders: 12 lines at 10:00" in said
    assert "/ecs/web: 3 lines at 11:00" in said


@pytest.mark.parametrize(
    ("routes", "told"),
    [
        (
            [{**SLACK, "name": "payments", "log_groups": ["/ecs/payments-*"]}, {**SLACK, "name": "all"}],
            ("slack:all",),
        ),
        (
            [
                {**SLACK, "name": "payments", "log_groups": ["/ecs/payments-*"]},
                {**SLACK, "name": "web", "roles": ["web-*"]},
            ],
            ("slack:payments",),
        ),
        ([{"pagerduty_secret": "pager"}], ()),
    ],
)
def test_a_team_s_own_room_hears_of_it_only_where_there_is_no_common_one(
    routes: list[dict[str, Any]], told: tuple[str, ...]
) -> None:
    assert tell(World(*routes), alarm()) == told


def test_a_room_that_cannot_be_reached_keeps_no_other_from_being_told_and_is_tried_again() -> None:
    world = World({**SLACK, "teams_secret": "teams"})
    world.doors.failing["slack"] = [DeliveryRetryableError("away")]
    with pytest.raises(DeliveryError):
        tell(world, alarm())

    assert tell(world, alarm()) == ("slack:route-1",)
    assert (len(world.said("slack")), len(world.said("teams")), world.failures) == (1, 1, ["slack:route-1"])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("text", HOSTILE)
def test_a_text_of_any_kind_is_a_letter_in_every_language(language: Language, text: str) -> None:
    letter = alarm_letter(text, text, language)

    assert letter is not None
    assert letter.title
    assert "{about}" not in letter.title
