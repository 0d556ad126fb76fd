"""People act where they read: what a press of each button comes to, and what they are told."""

import json
from dataclasses import replace
from http import HTTPStatus

import pytest
from slack_sdk.models.views import View
from why403.errors import DeliveryRefusedError
from why403.incidents.incident import Expectation, Incident, State
from why403.incidents.life_cycle import next_state
from why403.incidents.life_cycle_events import PolicyVerdict, Rechecked, Seen
from why403.incidents.transition import Transition
from why403.notices.dialects.slack import render_slack
from why403.notices.words import Language, word
from why403.page.forms import day_after
from why403.slack_app import Reply

from demo.slack_answers import slack_answer
from demo.slack_interactions import pressed
from tests.fakes.incidents import NOW, turn_of
from tests.fakes.slack_room import Room

ALICE = "alice (Slack U012AB3CD)"
DONE = Reply(HTTPStatus.OK)
SOON = day_after(NOW, 30)
HOUR = 3_600_000


def _told(room: Room) -> str:
    """What the last window says."""
    return json.dumps(room.windows[-1], ensure_ascii=False)


def _stand(room: Room, **fields: object) -> Incident:
    """Somebody else, or time, changed it."""
    stood = room.incident
    room.table.save(replace(stood, turn=stood.turn + 1, **fields), expected=stood)  # type: ignore[arg-type]
    return room.incident


def test_who_acknowledges_looks_after_it() -> None:
    room = Room()

    assert room.press("acknowledge") == DONE
    assert (room.incident.state, room.incident.acknowledged_by) == (State.OPEN, ALICE)
    assert (room.incident.transition, room.incident.transition_by) == (Transition.ACKNOWLEDGED, ALICE)


def test_the_message_then_says_so_and_has_no_such_button() -> None:
    room = Room()
    room.press("acknowledge")

    assert "Acknowledged" in (told := json.dumps(room.message(), ensure_ascii=False))
    assert f"— by {ALICE}" in told
    assert "acknowledge" not in room.buttons()


def test_a_mute_lasts_an_hour() -> None:
    room = Room()
    room.press("mute")

    assert (room.incident.state, room.incident.muted_by) == (State.MUTED, ALICE)
    assert room.incident.muted_until == "2025-11-24T17:00:01+00:00"


def test_an_hour_later_a_line_is_told_again() -> None:
    room = Room()
    room.press("mute")
    quiet = next_state(
        room.incident, Seen(last=NOW + HOUR // 2, loudness=room.incident.loudness), NOW + HOUR // 2
    )
    loud = next_state(
        room.incident, Seen(last=NOW + 2 * HOUR, loudness=room.incident.loudness), NOW + 2 * HOUR
    )

    assert (quiet.transition, loud.transition) == (None, Transition.UNMUTED)


def test_muted_until_it_is_fixed_it_stays_watched() -> None:
    room = Room()
    room.press("silence")

    assert (room.incident.state, room.incident.muted_by) == (State.OPEN, ALICE)
    fixed = next_state(room.incident, Rechecked(verdict=PolicyVerdict.ALLOWED, quiet_ms=1), room.at)
    assert fixed.transition is Transition.FIX_SEEN


def test_what_was_muted_until_it_is_fixed_can_be_heard_of_again() -> None:
    room = Room()
    room.press("silence")

    assert set(room.buttons()) == {"acknowledge", "unmute", "expect", "lines"}
    room.press("unmute", user="U99", name="bob")
    assert (room.incident.muted_until, room.incident.transition_by) == ("", "bob (Slack U99)")


def test_expected_asks_for_a_reason_and_an_end_and_knows_the_name() -> None:
    room = Room()
    before = (room.press("expect"), room.incident.state)
    after = (room.fill({"reason": "the scanner probes", "until": SOON}), room.incident.state)

    assert [before, after] == [(DONE, State.OPEN), (DONE, State.EXPECTED)]
    assert room.incident.expectation == Expectation(reason="the scanner probes", owner=ALICE, until=SOON)


def test_a_form_cannot_speak_for_another() -> None:
    room = Room()
    room.press("expect")
    sent = room.fill({"reason": "it is", "until": SOON}, user="U99", name="bob")

    assert sent == DONE
    assert room.incident.expectation is not None
    assert room.incident.expectation.owner == "bob (Slack U99)"


@pytest.mark.parametrize(
    ("values", "block"),
    [
        ({"reason": "   ", "until": SOON}, "reason"),
        ({"reason": "a probe", "until": day_after(NOW, 0)}, "until"),
        ({"reason": "a probe", "until": day_after(NOW, 367)}, "until"),
        ({"reason": "a probe", "until": "9999-99-99"}, "until"),
        ({"reason": "a probe", "until": ""}, "until"),
    ],
)
def test_a_form_that_is_not_right_says_what_is_wrong_where_it_is(values: dict[str, str], block: str) -> None:
    room = Room()
    room.press("expect")
    answered = room.fill(values).body or {}

    assert (answered["response_action"], list(answered["errors"])) == ("errors", [block])
    assert room.incident.state is State.OPEN


def test_taken_back_it_is_open_again() -> None:
    room = Room()
    room.press("expect")
    room.fill({"reason": "a probe", "until": SOON})

    assert set(room.buttons()) == {"unexpect", "lines"}
    room.press("unexpect", user="U99", name="bob")
    assert (room.incident.state, room.incident.transition_by) == (State.OPEN, "bob (Slack U99)")


def test_lines_are_shown_to_who_asks_and_redacted() -> None:
    room = Room()
    line = replace(
        room.incident.samples[0], event_id="e2", message="denied ``` <!channel> AKIA1234567890ABCDEF x=1"
    )
    room.table.saw(room.incident, line)
    room.press("lines")

    assert "<!channel>" not in _told(room)
    assert "denied ''' &lt;!channel&gt;" in _told(room)
    assert "AKIA1234567890ABCDEF" not in _told(room)


@pytest.mark.parametrize("text", ["&" * 9_000, "<" * 3_000, "a" * 50_000, "日本語\n" * 4_000, "🚫" * 3_000])
def test_lines_of_any_length_fit_a_window(text: str) -> None:
    room = Room()
    for number in range(5):
        room.table.saw(room.incident, replace(room.incident.samples[0], event_id=f"l{number}", message=text))
    room.press("lines")
    shown = [block["text"]["text"] for block in room.windows[-1]["blocks"] if block["type"] == "section"]

    assert max(map(len, shown)) <= 3_000
    assert min(map(len, shown)) > 10


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("deed", ["lines", "expect"])
def test_slacks_own_models_take_each_window(deed: str, language: Language) -> None:
    room = Room(language=language)
    room.press(deed)
    (view,) = room.windows
    View(**view).validate_json()

    answered = json.loads(slack_answer("/api/views.open", {"trigger_id": "1.2.3", "view": view}).body)
    assert answered["ok"] is True
    assert view["close"]["text"] == word("notices.slack.close", language)


@pytest.mark.parametrize("deed", ["lines", "expect"])
def test_where_the_answer_comes_too_late_who_pressed_is_told_so_beside_the_message(deed: str) -> None:
    room = Room()
    late = {**pressed(room.buttons()[deed], room.message()), "trigger_id": "expired.1.2"}

    assert room.send(late) == DONE
    (beside,) = room.doors.through("beside")
    assert (beside["response_type"], beside["replace_original"]) == ("ephemeral", False)
    assert beside["text"] == word("notices.slack.too-late", Language.ENGLISH)


def test_who_comes_second_is_told_who_was_first() -> None:
    room = Room()
    seen = room.buttons()
    room.press("acknowledge")
    room.press("acknowledge", button=seen["acknowledge"], user="U99", name="bob")

    assert room.incident.acknowledged_by == ALICE
    assert ALICE in _told(room)


def test_a_mute_does_not_undo_what_another_said_a_moment_before() -> None:
    room = Room()
    seen = room.buttons()
    room.press("expect")
    room.fill({"reason": "a probe", "until": SOON})
    room.press("mute", button=seen["mute"], user="U99", name="bob")

    assert room.incident.state is State.EXPECTED
    assert ALICE in _told(room)


def test_a_press_of_a_button_of_an_earlier_life_does_nothing() -> None:
    room = Room()
    seen = room.buttons()
    _stand(room, state=State.REGRESSED, generation=2)
    before = room.incident
    for deed in ("acknowledge", "mute", "silence", "expect"):
        room.press(deed, button=seen[deed])

        assert "moved on" in _told(room)
    assert room.incident == before


@pytest.mark.parametrize("deed", ["acknowledge", "mute", "silence"])
def test_a_press_after_it_was_resolved_does_nothing_and_says_so(deed: str) -> None:
    room = Room()
    seen = room.buttons()
    before = _stand(room, state=State.RESOLVED)
    room.press(deed, button=seen[deed])

    assert room.incident == before
    assert "resolved" in _told(room)


def test_a_form_that_stood_open_while_it_went_on_saves_nothing_and_says_so() -> None:
    room = Room()
    room.press("expect")
    before = _stand(room, state=State.MUTED, muted_until=SOON, muted_by="bob")
    answered = room.fill({"reason": "a probe", "until": SOON})

    assert room.incident == before
    assert (answered.body or {})["response_action"] == "update"
    assert "muted (bob)" in json.dumps(answered.body)


def test_two_who_press_at_the_same_moment_are_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    room = Room()
    seen, save = room.buttons(), room.table.save

    def beaten(incident: Incident, *, expected: Incident) -> bool:
        monkeypatch.setattr(room.table, "save", save)
        room.press("acknowledge", button=seen["acknowledge"], user="U99", name="bob")
        return save(incident, expected=expected)

    monkeypatch.setattr(room.table, "save", beaten)
    room.press("acknowledge", button=seen["acknowledge"])

    assert room.incident.acknowledged_by == "bob (Slack U99)"
    assert "bob (Slack U99)" in _told(room)
    assert room.incident.turn == 2


def test_an_incident_that_is_gone_is_said_to_be() -> None:
    room = Room()
    seen = room.buttons()
    room.table.expire(room.incident.fingerprint)
    room.send(pressed(seen["mute"], {}))

    assert "no such incident" in _told(room)


def test_a_link_that_was_opened_is_taken_note_of_and_nothing_more() -> None:
    room = Room()
    link = {"type": "button", "action_id": "why403-page", "url": "https://example.com"}

    assert room.press("", button=link) == DONE
    assert room.doors.went == []
    assert room.incident.turn == 1


def test_where_slack_refuses_a_window_it_is_an_error_and_the_press_is_marked() -> None:
    room = Room()
    room.doors.failing["view"] = [DeliveryRefusedError("invalid_auth")]

    with pytest.raises(DeliveryRefusedError):
        room.press("lines")


@pytest.mark.parametrize("language", Language)
def test_every_button_is_answered_in_the_messages_language(language: Language) -> None:
    room = Room(language=language)
    seen = room.buttons()
    _stand(room, state=State.RESOLVED)
    room.press("mute", button=seen["mute"])

    state = word("notices.state.resolved", language)
    assert word("notices.slack.stands", language, state=state) in _told(room)


def test_each_turn_names_its_own_person_though_it_is_told_after_the_next_one() -> None:
    room = Room()
    room.press("acknowledge")
    room.press("mute", user="U99", name="bob")
    told = [
        render_slack(room.maker.notice_of(room.incident, turn_of(room.incident, transition, turn)))["text"]
        for turn, transition in ((1, Transition.OPENED), (2, Transition.ACKNOWLEDGED), (3, Transition.MUTED))
    ]

    assert [("alice" in text, "bob" in text) for text in told] == [
        (False, False),
        (True, False),
        (False, True),
    ]
