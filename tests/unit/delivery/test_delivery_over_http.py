"""Slack over real HTTP, whatever it answers."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from why403 import http
from why403.delivery.channel import Destination
from why403.delivery.doors import Doors
from why403.delivery.pagerduty import ENQUEUE, send_to_pagerduty
from why403.delivery.slack import ask_slack, post_to_slack, update_in_slack
from why403.errors import DeliveryError, DeliveryRefusedError, DeliveryRetryableError
from why403.notices.dialects.slack import render_slack

from demo.slack_answers import POSTED, Reply, slack_answer, slack_refusal
from tests.fakes.receiver import Receiver, receiver
from tests.unit.notices.notice_case import notice_of

MESSAGE = {"text": "orders-task was denied sqs:SendMessage", "blocks": [{"type": "divider"}]}
SECRET = "services/T0/B0/made-up"


@pytest.fixture
def slack() -> Iterator[Receiver]:
    with receiver() as found:
        yield found


def doors(secret: str) -> Doors:
    """Real HTTP beside a secret; nothing else is open."""
    return Doors(
        secret=lambda _name: secret,
        is_renewed=lambda _name: False,
        post=http.post,
        publish=lambda *_, **__: None,
        put_event=lambda _: None,
        wait=lambda _: None,
    )


Way = tuple[Destination, Doors]


def webhook(slack: Receiver) -> Way:
    return Destination(secret="s", hosts=(slack.host,)), doors(f"{slack.url}/{SECRET}")


def bot(slack: Receiver, thread: str = "") -> Way:
    told = {"bot_token": "xoxb-made-up", "channel": "C123", "api": f"{slack.url}/api"}
    return Destination(secret="s", hosts=(slack.host,), thread=thread), doors(json.dumps(told))


def golden() -> dict[str, Any]:
    """A message of everyday size, above 3 KB."""
    return render_slack(notice_of("first_incident"))


def test_a_webhook_takes_the_message_as_it_is(slack: Receiver) -> None:
    assert post_to_slack(MESSAGE, *webhook(slack)) == ""
    assert slack.bodies == [MESSAGE]


def test_a_bot_posts_to_its_channel_and_tells_the_timestamp(slack: Receiver) -> None:
    assert post_to_slack(MESSAGE, *bot(slack)) == POSTED
    path, headers, body = slack.taken[0]
    assert (path, headers["Authorization"]) == ("/api/chat.postMessage", "Bearer xoxb-made-up")
    assert body == {"channel": "C123", **MESSAGE}


def test_a_bot_answers_in_the_thread_and_updates_in_place(slack: Receiver) -> None:
    post_to_slack(MESSAGE, *bot(slack, "17.4"))
    update_in_slack(MESSAGE, *bot(slack, "17.4"))

    assert [path for path, _, _ in slack.taken] == ["/api/chat.postMessage", "/api/chat.update"]
    assert (slack.bodies[0]["thread_ts"], slack.bodies[1]["ts"]) == ("17.4", "17.4")


def test_a_message_of_everyday_size_is_posted_once_though_slack_echoes_all_of_it(slack: Receiver) -> None:
    message = golden()

    assert len(str(message)) > 2_500
    assert post_to_slack(message, *bot(slack)) == POSTED
    update_in_slack(message, *bot(slack, POSTED))
    assert len(slack.taken) == 2


def test_the_largest_message_that_slack_takes_is_read_back_whole(slack: Receiver) -> None:
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": "拒" * 3_000}}] * 4
    message = {"text": "拒" * 40_000, "blocks": blocks}

    assert post_to_slack(message, *bot(slack)) == POSTED
    assert len(slack.taken) == 1


@pytest.mark.parametrize(
    "reply",
    [
        Reply(200, ""),
        Reply(200, '{"ok": true, "ts": "17'),
        Reply(200, "[]"),
        Reply(200, "ok", {"Content-Length": "9000"}),
        Reply(200, '{"ok": true, "message": "' + "x" * 3_000_000),
        Reply(204, ""),
    ],
    ids=["nothing", "cut short", "no object", "broken off", "without end", "no content"],
)
def test_what_slack_took_is_not_posted_again_because_its_answer_cannot_be_read(
    slack: Receiver, reply: Reply, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "READ", 1.0)
    slack.replies = [reply]

    assert post_to_slack(MESSAGE, *bot(slack)) == ""
    update_in_slack(MESSAGE, *bot(slack, "17.4"))
    assert len(slack.taken) == 2


@pytest.mark.parametrize(
    ("way", "body"),
    [
        (webhook, "\n<!DOCTYPE html><title>Log in to the proxy</title>"),
        (bot, "\n<!DOCTYPE html><title>Log in to the proxy</title>"),
        (bot, "Blocked by policy"),
    ],
)
def test_what_stands_in_slacks_place_is_no_message_that_was_taken(
    slack: Receiver, way: Callable[..., Way], body: str
) -> None:
    slack.replies = [Reply(200, body)]

    with pytest.raises(DeliveryRetryableError, match="such as a proxy") as caught:
        post_to_slack(MESSAGE, *way(slack))
    assert caught.value.may_have_arrived


@pytest.mark.parametrize(
    ("status", "body"), [(200, "ok"), (200, ""), (204, ""), (202, '{"ok": true}'), (200, '{"success": true}')]
)
def test_a_webhook_has_taken_what_it_answers_with_success(slack: Receiver, status: int, body: str) -> None:
    slack.replies = [Reply(status, body)]

    assert post_to_slack(MESSAGE, *webhook(slack)) == ""
    assert len(slack.taken) == 1


def test_a_webhook_that_says_no_with_status_200_has_taken_nothing(slack: Receiver) -> None:
    slack.replies = [slack_refusal("invalid_token")]

    with pytest.raises(DeliveryRefusedError, match=r"invalid_token\. Put a working"):
        post_to_slack(MESSAGE, *webhook(slack))


def test_a_renewal_that_may_have_arrived_makes_no_answer_a_repetition(slack: Receiver) -> None:
    slack.replies = [Reply(503, "down", {"Retry-After": "3"})]

    with pytest.raises(DeliveryRetryableError, match="503") as caught:
        update_in_slack(MESSAGE, *bot(slack, "17.4"))
    assert (caught.value.retry_after, caught.value.may_have_arrived) == (3.0, False)


@pytest.mark.parametrize("way", [webhook, bot])
def test_slack_is_asked_whether_it_would_take_a_message_and_none_is_posted(
    slack: Receiver, way: Callable[..., Way]
) -> None:
    destination, open_doors = way(slack)
    told = ask_slack(open_doors.secret("s"), destination, http.post)

    assert told.endswith(", and asks for a text")
    assert [
        slack_answer(path, body).body for path, _, body in slack.taken if not path.endswith("auth.test")
    ] == [slack_answer("/api/chat.postMessage", {}).body if way is bot else "no_text"]


@pytest.mark.parametrize(
    ("way", "reply", "words"),
    [
        (webhook, Reply(404, "no_service"), "no_service. Put a working"),
        (webhook, Reply(410, "channel_is_archived"), "unarchive it"),
        (webhook, Reply(403, "<html>blocked</html>"), "a web page (403). Something stands between"),
        (bot, Reply(403, "<html>blocked</html>"), "a web page (403). Something stands between"),
        (bot, slack_refusal("invalid_auth"), "Put a working"),
        (bot, slack_refusal("missing_scope", needed="chat:write"), "scope chat:write"),
    ],
)
def test_what_slack_would_refuse_a_message_for_is_told_beforehand(
    slack: Receiver, way: Callable[..., Way], reply: Reply, words: str
) -> None:
    slack.replies = [reply]
    destination, open_doors = way(slack)

    with pytest.raises(DeliveryRefusedError, match=re.escape(words)):
        ask_slack(open_doors.secret("s"), destination, http.post)


def test_a_channel_that_the_bot_is_not_in_is_told_beforehand(slack: Receiver) -> None:
    slack.replies = [slack_answer("/api/auth.test", {}), slack_refusal("not_in_channel")]
    destination, open_doors = bot(slack)

    with pytest.raises(DeliveryRefusedError, match="Invite the bot"):
        ask_slack(open_doors.secret("s"), destination, http.post)


def test_who_takes_a_message_without_a_text_is_not_slack(slack: Receiver) -> None:
    slack.replies = [Reply(200, "ok")]
    destination, open_doors = webhook(slack)

    with pytest.raises(DeliveryRetryableError, match="is it Slack"):
        ask_slack(open_doors.secret("s"), destination, http.post)


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (slack_refusal("missing_scope", needed="chat:write", provided="channels:read"), "scope chat:write"),
        (slack_refusal("not_in_channel"), "Invite the bot"),
        (slack_refusal("channel_not_found"), "Invite the bot"),
        (slack_refusal("is_archived"), "archived"),
        (slack_refusal("msg_too_long"), "longer than Slack takes"),
        (slack_refusal("restricted_action_read_only_channel"), "let the bot post"),
        (slack_refusal("token_revoked"), "a working token"),
        (slack_refusal("accesslimited"), "certain networks"),
        (slack_refusal("team_access_not_granted"), "workspace"),
        (slack_refusal("too_many_attachments"), "please report"),
        (slack_refusal("invalid_arguments"), "please report"),
        (slack_refusal("never_heard_of"), "never_heard_of"),
    ],
)
def test_a_refusal_says_what_to_do_about_it(slack: Receiver, reply: Reply, words: str) -> None:
    slack.replies = [reply]
    with pytest.raises(DeliveryRefusedError, match=words):
        post_to_slack(MESSAGE, *bot(slack))


@pytest.mark.parametrize("status", [200, 429])
def test_a_bot_that_posts_too_much_waits_as_long_as_slack_says(slack: Receiver, status: int) -> None:
    slack.replies = [slack_refusal("ratelimited", status, retry_after="30")]
    with pytest.raises(DeliveryRetryableError) as told:
        post_to_slack(MESSAGE, *bot(slack))

    assert told.value.retry_after == 30.0


def test_a_message_whose_text_is_too_long_for_slack_is_refused_by_name(slack: Receiver) -> None:
    with pytest.raises(DeliveryRefusedError, match="longer than Slack takes"):
        post_to_slack({"text": "x" * 40_001}, *bot(slack))


@pytest.mark.parametrize(
    ("reply", "seconds"),
    [
        (Reply(429, "rate_limited", {"Retry-After": "7"}), 7.0),
        (Reply(429, "rate_limited", {"Retry-After": "Wed, 25 Nov 2026 09:00:00 GMT"}), None),
        (Reply(429, "rate_limited"), None),
        (Reply(503, "down", {"Retry-After": "30"}), 30.0),
        (Reply(500), None),
        (Reply(408), None),
    ],
)
def test_a_receiver_that_asks_for_patience_is_tried_again_later(
    slack: Receiver, reply: Reply, seconds: float | None
) -> None:
    slack.replies = [reply]
    with pytest.raises(DeliveryRetryableError) as told:
        post_to_slack(MESSAGE, *webhook(slack))

    assert told.value.retry_after == seconds
    assert told.value.may_have_arrived == (reply.status >= 500)
    assert len(slack.taken) == 1


@pytest.mark.parametrize("answer", ["no_service", "invalid_token", "channel_is_archived", "no_team"])
def test_a_revoked_webhook_is_refused_without_its_address(slack: Receiver, answer: str) -> None:
    slack.replies = [Reply(403, answer)]
    with pytest.raises(DeliveryRefusedError, match=answer) as told:
        post_to_slack(MESSAGE, *webhook(slack))

    assert SECRET not in str(told.value)


@pytest.mark.parametrize(
    "error",
    ["ratelimited", "internal_error", "service_unavailable", "team_added_to_org", "message_limit_exceeded"],
)
def test_a_bot_that_is_asked_for_patience_is_tried_again_later(slack: Receiver, error: str) -> None:
    slack.replies = [slack_refusal(error)]
    with pytest.raises(DeliveryRetryableError):
        post_to_slack(MESSAGE, *bot(slack))


@pytest.mark.parametrize("error", ["invalid_auth", "token_revoked", "channel_not_found", "not_in_channel"])
def test_a_bot_that_may_not_post_is_refused_without_its_token(slack: Receiver, error: str) -> None:
    slack.replies = [slack_refusal(error)]
    with pytest.raises(DeliveryRefusedError, match=error) as told:
        post_to_slack(MESSAGE, *bot(slack))

    assert "xoxb" not in str(told.value)


def test_blocks_that_slack_refuses_go_out_as_text(slack: Receiver) -> None:
    slack.replies = [Reply(400, "invalid_blocks"), Reply()]
    post_to_slack(MESSAGE, *webhook(slack))

    assert slack.bodies == [MESSAGE, {"text": MESSAGE["text"]}]


def test_an_answer_whose_thread_is_gone_is_told_on_its_own(slack: Receiver) -> None:
    slack.replies = [
        slack_refusal("thread_not_found"),
        slack_answer("/api/chat.postMessage", {"channel": "C123", **MESSAGE}),
    ]

    assert post_to_slack(MESSAGE, *bot(slack, "17.4")) == POSTED
    assert [body.get("thread_ts") for body in slack.bodies] == ["17.4", None]


def test_a_message_that_somebody_deleted_keeps_no_update_from_being_told(slack: Receiver) -> None:
    slack.replies = [slack_refusal("message_not_found")]
    update_in_slack(MESSAGE, *bot(slack, "17.4"))

    assert len(slack.taken) == 1


def test_a_text_that_slack_refuses_is_not_tried_for_ever(slack: Receiver) -> None:
    slack.replies = [Reply(400, "invalid_payload")]
    with pytest.raises(DeliveryRefusedError):
        post_to_slack(MESSAGE, *webhook(slack))

    assert len(slack.taken) == 2


def test_no_redirect_is_followed(slack: Receiver) -> None:
    with receiver() as elsewhere:
        slack.replies = [Reply(302, "", {"Location": f"{elsewhere.url}/taken"})]
        with pytest.raises(DeliveryRefusedError, match="redirect"):
            post_to_slack(MESSAGE, *webhook(slack))

        assert elsewhere.taken == []


def test_an_answer_that_comes_too_late_is_tried_again_though_it_was_taken(
    slack: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "READ", 0.1)
    slack.replies = [Reply(late=0.5)]
    with pytest.raises(DeliveryRetryableError) as told:
        post_to_slack(MESSAGE, *webhook(slack))

    assert slack.bodies == [MESSAGE]
    assert told.value.may_have_arrived
    assert SECRET not in str(told.value)


def test_nobody_at_the_address_is_tried_again_later() -> None:
    with receiver() as closed:
        address = webhook(closed)
    with pytest.raises(DeliveryRetryableError) as told:
        post_to_slack(MESSAGE, *address)

    assert not told.value.may_have_arrived


@pytest.fixture
def pager(slack: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    """PagerDuty in the receiver's place."""
    monkeypatch.setitem(ENQUEUE, "us", f"{slack.url}/v2/enqueue")


@pytest.mark.usefixtures("pager")
def test_pagerduty_takes_an_event(slack: Receiver) -> None:
    slack.replies = [Reply(202, '{"status":"success"}')]
    send_to_pagerduty(
        {"event_action": "resolve", "dedup_key": "f1"}, Destination(secret="s"), doors("made-up")
    )

    assert slack.bodies == [{"event_action": "resolve", "dedup_key": "f1", "routing_key": "made-up"}]


@pytest.mark.usefixtures("pager")
@pytest.mark.parametrize(
    ("status", "error"),
    [(400, DeliveryRefusedError), (429, DeliveryRetryableError), (502, DeliveryRetryableError)],
)
def test_pagerduty_refuses_for_good_or_for_now(
    slack: Receiver, status: int, error: type[DeliveryError]
) -> None:
    slack.replies = [Reply(status)]
    with pytest.raises(error):
        send_to_pagerduty({"dedup_key": "f1"}, Destination(secret="s"), doors("made-up"))
