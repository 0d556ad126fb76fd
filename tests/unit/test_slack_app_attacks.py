"""What nobody but Slack, our workspace and the people in it can do, whatever they send."""

import base64
import json
from http import HTTPStatus
from typing import Any

import pytest
from slack_sdk.signature import Clock, SignatureVerifier
from why403.delivery.slack_app import (
    LARGEST,
    WINDOW,
    SlackRequest,
    app_in,
    parse_interaction,
    parse_slack_request,
)
from why403.errors import SettingsError
from why403.slack_app import Reply, slack_app

from demo.slack_interactions import SIGNING_SECRET, encoded, pressed, signed, submitted
from tests.fakes.doors import SECRETS
from tests.fakes.incidents import NOW
from tests.fakes.slack_room import Room

SECOND = 1000
REFUSED = Reply(HTTPStatus.UNAUTHORIZED)


def _press(room: Room, **user: str) -> str:
    return encoded(pressed(room.buttons()["mute"], room.message(), **user))


def _sent(room: Room, body: Any, **changed: Any) -> Reply:
    """A request with the headers that Slack would sign for the body, but for what is changed."""
    at = room.at // SECOND
    headers = {**signed(str(body).encode(errors="replace").decode(), at), **changed.pop("headers", {})}
    event = {"headers": headers, "body": body, "isBase64Encoded": False, **changed}
    return slack_app(parse_slack_request(event, at), room.apps)


def _nothing_happened(room: Room) -> bool:
    return room.incident.turn == 1 and room.doors.went == []


def test_what_slack_signed_acts_plain_and_in_base64() -> None:
    for encode in (False, True):
        room = Room()
        body = _press(room)
        sent = base64.b64encode(body.encode()).decode() if encode else body
        headers = signed(body, room.at // SECOND)

        assert _sent(room, sent, headers=headers, isBase64Encoded=encode) == Reply(HTTPStatus.OK)
        assert room.incident.turn == 2


def test_the_signature_is_the_one_that_slacks_own_sdk_makes() -> None:
    body, at = encoded({"type": "block_actions", "note": "日本語 🚫 &=+"}), NOW // SECOND

    class Then(Clock):
        def now(self) -> float:
            return float(at)

    verifier = SignatureVerifier(SIGNING_SECRET, Then())
    app = app_in(SECRETS["app"], "app", ())
    signature = verifier.generate_signature(timestamp=str(at), body=body)
    assert app is not None
    assert signature is not None

    assert app.sent(SlackRequest(body=body.encode(), time=str(at), signature=signature))
    assert not app.sent(SlackRequest(body=body.encode() + b"&", time=str(at), signature=signature))
    assert not app.sent(SlackRequest(body=body.encode(), time=str(at + 1), signature=signature))


@pytest.mark.parametrize(
    "signature",
    [
        "",
        "v0=",
        "v0=" + "0" * 64,
        "v1=" + "0" * 64,
        "v0=" + "é" * 64,
        "v0=" + "０" * 64,
        "v0=" + "0" * 65,
        "v0=" + "0" * 64 + "\n",
        "\ud800",
    ],
)
def test_a_forged_signature_does_nothing(signature: str) -> None:
    room = Room()

    assert _sent(room, _press(room), headers={"X-Slack-Signature": signature}) == REFUSED
    assert _nothing_happened(room)


@pytest.mark.parametrize("secret", ["", "0" * 32, SIGNING_SECRET.upper(), SIGNING_SECRET[:-1]])
def test_who_signs_with_another_secret_does_nothing(secret: str) -> None:
    room = Room()
    body = _press(room)

    assert _sent(room, body, headers=signed(body, room.at // SECOND, secret)) == REFUSED
    assert _nothing_happened(room)


@pytest.mark.parametrize("seconds", [-WINDOW - 1, WINDOW + 1, -10_000_000, 86_400])
def test_an_old_request_does_nothing_though_slack_signed_it(seconds: int) -> None:
    room = Room()
    body = _press(room)

    assert _sent(room, body, headers=signed(body, room.at // SECOND + seconds)) == REFUSED
    assert _nothing_happened(room)


@pytest.mark.parametrize("seconds", [-WINDOW, WINDOW])
def test_clocks_may_differ_by_five_minutes(seconds: int) -> None:
    room = Room()
    body = _press(room)

    assert _sent(room, body, headers=signed(body, room.at // SECOND + seconds)) == Reply(HTTPStatus.OK)


@pytest.mark.parametrize(
    "time", ["", "now", "1e9", "-1764000000", "٠١٢٣٤٥٦٧٨٩", "9" * 5_000, "1764000000.0", " 1764000000"]
)
def test_a_time_that_is_none_does_nothing(time: str) -> None:
    room = Room()

    assert _sent(room, _press(room), headers={"X-Slack-Request-Timestamp": time}) == REFUSED
    assert _nothing_happened(room)


def test_a_request_that_is_sent_again_is_answered_and_acts_once() -> None:
    room = Room()
    request = room.request(_press(room))

    assert [Reply(HTTPStatus.OK)] * 3 == [slack_app(request, room.apps) for _ in range(3)]
    assert room.incident.turn == 2


def test_a_replay_after_the_mute_was_lifted_does_not_mute_anew() -> None:
    room = Room()
    request = room.request(_press(room))
    slack_app(request, room.apps)
    room.press("unmute")
    slack_app(request, room.apps)

    assert (room.incident.muted_until, room.incident.turn) == ("", 3)


@pytest.mark.parametrize(
    "user",
    [
        {"team": "T0OTHER001"},
        {"of": "T0OTHER001"},
        {"team": "T0OTHER001", "of": "T0MADEUP01"},
        {"team": "", "of": ""},
        {"user": "B0MADEUP01"},
        {"user": "A0MADEUP01"},
        {"user": "USLACKBOT "},
        {"user": "U1"},
        {"user": "u012ab3cd"},
        {"user": ""},
        {"user": "U012AB3CD|<!channel>"},
    ],
)
def test_people_of_other_workspaces_and_what_is_no_person_do_nothing(user: dict[str, str]) -> None:
    room = Room()

    assert room.send(pressed(room.buttons()["mute"], room.message(), **user)) == Reply(HTTPStatus.FORBIDDEN)
    assert _nothing_happened(room)


@pytest.mark.parametrize(
    "name", ["bob (Slack U99)", "<!channel>", "a" * 500, "\u202eecila", "`*_~", "bob\nalice"]
)
def test_a_name_cannot_look_like_another_persons_id_or_call_a_channel(name: str) -> None:
    room = Room()
    room.press("mute", name=name)
    by = room.incident.muted_by

    assert by.endswith(" (Slack U012AB3CD)")
    assert by.count("(") == 1
    assert not set(by) & set("<>!`*~\n\u202e")
    assert len(by) <= 80


@pytest.mark.parametrize("body", ["a" * (LARGEST + 1), "", None, 7, {"payload": "x"}, "\ud800", b"x"])
def test_what_is_too_large_or_no_text_does_nothing(body: Any) -> None:
    room = Room()

    assert _sent(room, body, headers=signed("x", room.at // SECOND)) == REFUSED


@pytest.mark.parametrize("body", ["%%%", "====", "YQ", "YQ==\n", "é", "YQ==YQ=="])
def test_garbage_in_base64_does_nothing(body: str) -> None:
    room = Room()

    assert _sent(room, body, isBase64Encoded=True, headers=signed("a", room.at // SECOND)) == REFUSED


@pytest.mark.parametrize(
    "event", [{}, {"headers": None}, {"headers": [1]}, {"body": "x"}, {"headers": {"x": None}}]
)
def test_an_event_of_another_form_is_no_request(event: dict[str, Any]) -> None:
    assert parse_slack_request(event, NOW // SECOND) is None


@pytest.mark.parametrize(
    "body",
    [
        "payload=",
        "payload=%7B",
        "payload=[]",
        "payload=7",
        "payload=null",
        "payload=%22x%22",
        "payload=" + "[" * 100_000,
        "payload={}&payload={}",
        "other={}",
        "payload=%ff",
        "a=1&" * 50 + "payload={}",
        "no form at all",
    ],
)
def test_a_body_that_is_signed_and_no_interaction_does_nothing(body: str) -> None:
    room = Room()

    assert slack_app(room.request(body), room.apps).status in {HTTPStatus.BAD_REQUEST, HTTPStatus.FORBIDDEN}
    assert _nothing_happened(room)


ODD: tuple[Any, ...] = (None, 7, [], {}, "x", [[]], [None], {"id": 7}, {"id": None}, True, "\ud800")


@pytest.mark.parametrize("odd", ODD, ids=repr)
@pytest.mark.parametrize(
    "name", ["type", "team", "user", "actions", "trigger_id", "response_url", "message", "view", "channel"]
)
def test_a_payload_of_odd_parts_never_breaks_it(name: str, odd: Any) -> None:
    room = Room()
    payload = {**pressed(room.buttons()["mute"], room.message()), name: odd}

    assert room.send(payload).status in {HTTPStatus.OK, HTTPStatus.FORBIDDEN}


@pytest.mark.parametrize("odd", ODD, ids=repr)
@pytest.mark.parametrize(
    "path", [("state",), ("state", "values"), ("state", "values", "until"), ("private_metadata",)]
)
def test_a_form_of_odd_parts_saves_nothing(path: tuple[str, ...], odd: Any) -> None:
    room = Room()
    room.press("expect")
    payload = json.loads(json.dumps(_form(room)))
    place = payload["view"]
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = odd
    room.send(payload)

    assert room.incident.turn == 1


def _form(room: Room) -> dict[str, Any]:
    return submitted(room.windows[-1], {"reason": "a probe", "until": "2025-12-24"})


@pytest.mark.parametrize(
    "value",
    [
        "",
        "mute",
        "mute|f3a1c0de5b7d9e21|1",
        "mute|f3a1c0de5b7d9e21|1|en|x",
        "drop|f3a1c0de5b7d9e21|1|en",
        "mute|../../x|1|en",
        "mute|f3a1c0de5b7d9e21|1|xx",
        "mute|f3a1c0de5b7d9e21|١|en",
        "mute|I#f3a1c0de5b7d9e21|1|en",
        "why403-expect|f3a1c0de5b7d9e21|1|en",
        "x" * 2_000,
    ],
)
def test_a_value_that_no_button_of_ours_has_does_nothing(value: str) -> None:
    room = Room()
    room.press("", button={"type": "button", "action_id": "why403-mute", "value": value})

    assert room.incident.turn == 1


@pytest.mark.parametrize(
    "secret",
    [
        {"signing_secret": "short"},
        {"signing_secret": "0" * 31},
        {"signing_secret": SIGNING_SECRET, "team": ""},
        {"signing_secret": SIGNING_SECRET, "team": "made-up.slack.com"},
        {"signing_secret": SIGNING_SECRET, "team": "*"},
        {"signing_secret": SIGNING_SECRET, "bot_token": ""},
        {"signing_secret": SIGNING_SECRET, "bot_token": "xoxp-made-up"},
        {"signing_secret": SIGNING_SECRET, "api": "https://example.com/api"},
        {"signing_secret": SIGNING_SECRET, "api": "http://169.254.169.254/api"},
    ],
)
def test_a_secret_that_would_let_anybody_in_or_leak_its_token_is_none(secret: dict[str, str]) -> None:
    whole = {"bot_token": "xoxb-made-up", "team": "T0MADEUP01", **secret}

    with pytest.raises(SettingsError) as told:
        app_in(json.dumps(whole), "why403/slack", ())
    assert "made-up" not in str(told.value).removeprefix("The secret why403/slack")
    assert SIGNING_SECRET not in str(told.value)


def test_no_repr_shows_a_secret() -> None:
    shown = repr(app_in(SECRETS["app"], "app", ()))

    assert "xoxb" not in shown
    assert SIGNING_SECRET not in shown


@pytest.mark.parametrize("secrets", [(), ("webhook",), ("bot",), ("empty",), ("webhook", "bot", "empty")])
def test_without_a_signing_secret_nobody_is_let_in_and_it_is_told_why(secrets: tuple[str, ...]) -> None:
    room = Room(secrets=secrets)

    with pytest.raises(SettingsError, match="not set up"):
        room.press("mute")
    assert _nothing_happened(room)


def test_a_broken_secret_hides_no_other() -> None:
    room = Room(secrets=("empty", "webhook", "app"))

    assert room.press("mute") == Reply(HTTPStatus.OK)


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/x",
        "http://169.254.169.254/",
        "file:///etc/passwd",
        "",
        "https://hooks.slack.com@example.com/",
    ],
)
def test_no_other_place_is_told_anything(url: str) -> None:
    room = Room()
    late = {
        **pressed(room.buttons()["lines"], room.message()),
        "trigger_id": "expired.1",
        "response_url": url,
    }
    room.send(late)

    assert room.doors.through("beside") == []


def test_nothing_is_read_of_a_secret_before_a_request_has_slacks_form() -> None:
    room = Room()
    slack_app(None, room.apps)

    assert room.doors.read == {}


def test_a_body_of_any_depth_takes_no_longer_than_its_length() -> None:
    for text in ("{" * 50_000, '{"a":' * 20_000, "&" * 100_000, "payload=" + "%5B" * 30_000):
        assert parse_interaction(text.encode()) is None
