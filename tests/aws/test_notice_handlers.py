"""The notify and fix page functions as Lambda calls them, beside SNS, DynamoDB, Secrets Manager and EventBridge."""

import base64
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import console
import console_act
import fix_page
import notify
import pytest
from why403.aws.incident_table import DynamoIncidentTable, milliseconds
from why403.environment import FixPageEnvironment, NotifyEnvironment
from why403.errors import DeliveryRefusedError, PayloadError
from why403.incidents.incident import State
from why403.incidents.outbox import HeldTurn, turn_message
from why403.incidents.transition import Transition
from why403.page.forms import day_after
from why403.page.links import Link, LinkKeys, Purpose, sign, state_of

from demo.slack_answers import POSTED
from tests.fakes.incidents import turn_of
from tests.fakes.notice_account import (
    CONTEXT,
    INCIDENT,
    KEY,
    REGION,
    notice_account,
    put_secret,
    settings_of_account,
)
from tests.fakes.receiver import Receiver, receiver

FAR = 9_999_999_999


@pytest.fixture
def slack() -> Iterator[Receiver]:
    with receiver() as found:
        yield found


@pytest.fixture
def table(slack: Receiver, monkeypatch: pytest.MonkeyPatch) -> Iterator[DynamoIncidentTable]:
    with notice_account(slack, monkeypatch) as made:
        yield made


def told() -> dict[str, Any]:
    """What SNS hands to notify."""
    return {"Records": [{"Sns": {"Message": turn_message(turn_of(INCIDENT))}}]}


def browser(query: str, form: dict[str, str] | None = None) -> dict[str, Any]:
    """What a function URL hands to the fix page."""
    return {
        "version": "2.0",
        "rawPath": "/",
        "rawQueryString": query,
        "headers": {"content-type": "application/x-www-form-urlencoded"},
        "requestContext": {"http": {"method": "GET" if form is None else "POST"}},
        "body": base64.b64encode(urlencode(form or {}).encode()).decode(),
        "isBase64Encoded": True,
    }


def link(purpose: Purpose = Purpose.VIEW, bound: str = "") -> str:
    return sign(Link(INCIDENT.fingerprint, purpose, FAR, bound), LinkKeys("1", {"1": KEY.encode()}))


@pytest.mark.usefixtures("table")
def test_a_turn_reaches_slack_once_with_a_link_that_opens_the_page(slack: Receiver) -> None:
    notify.handler(told(), CONTEXT)
    notify.handler(told(), CONTEXT)
    (message,) = slack.bodies
    query = json.dumps(message).split("https://page.example/?")[1].split('"')[0].split("|")[0]
    shown = fix_page.handler(browser(query.replace("&amp;", "&").rstrip("\\>")), CONTEXT)

    assert message["unfurl_links"] is False
    assert (shown["statusCode"], "sqs:SendMessage" in shown["body"]) == (200, True)


@pytest.mark.usefixtures("table")
def test_an_alarm_of_the_stack_s_reaches_slack_once_and_opens_nothing(
    slack: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    topic = f"arn:aws:sns:{REGION}:123456789012:alarms"
    monkeypatch.setenv("ALARM_TOPIC_ARN", topic)
    rung = {
        "AlarmName": "why403-triage-dead-letters",
        "NewStateValue": "ALARM",
        "AlarmDescription": "Lines wait.",
    }
    record = {"TopicArn": topic, "MessageId": "0a1b", "Subject": None, "Message": json.dumps(rung)}
    for _ in range(2):
        notify.handler({"Records": [{"Sns": record}]}, CONTEXT)
    (message,) = slack.bodies

    assert "why403-triage-dead-letters" in message["text"]


@pytest.mark.usefixtures("table")
def test_without_a_url_a_message_leads_to_the_dashboard_and_carries_no_link_to_act(
    slack: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {
        "PAGE_URL": "",
        "LINK_SECRET_ARN": "",
        "CONSOLE_DASHBOARD": "why403-incidents-x",
    }.items():
        monkeypatch.setenv(name, value)
    notify.handler(told(), CONTEXT)
    text = json.dumps(slack.bodies)

    assert "#dashboards/dashboard/why403-incidents-x" in text
    assert "signature=" not in text


def test_the_consoles_functions_list_and_mute_once(
    table: DynamoIncidentTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ACTING", "true")
    listed = console.handler({"widgetContext": {"theme": "dark"}}, CONTEXT)
    shown = console.handler({"incident": INCIDENT.fingerprint}, CONTEXT)
    fields = {"mute-owner": "Kim", "mute-until": day_after(milliseconds(), 2)}
    sent = {
        "incident": INCIDENT.fingerprint,
        "purpose": "mute",
        "state": state_of(INCIDENT),
        "form": "f" * 16,
    }
    event = {**sent, "widgetContext": {"forms": {"all": fields}}}
    answers = [console_act.handler(event, CONTEXT) for _ in range(2)]
    muted = table.get(INCIDENT.fingerprint)

    assert [f'{{"incident": "{INCIDENT.fingerprint}"}}' in str(listed), "sqs:SendMessage" in str(shown)] == [
        True,
        True,
    ]
    assert ["Saved." in answers[0], "acts once" in answers[1]] == [True, True]
    assert muted is not None
    assert (muted.state, muted.muted_by) == (State.MUTED, "Kim")


@pytest.mark.usefixtures("table")
def test_a_console_that_cannot_be_read_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACTING", "true")
    monkeypatch.setenv("TABLE_NAME", "not-there")

    assert "cannot be read just now" in str(console.handler({}, CONTEXT))


@pytest.mark.usefixtures("table")
def test_a_bot_posts_an_incident_once_and_answers_in_its_thread(
    slack: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_secret("bot", json.dumps({"bot_token": "xoxb-made-up", "channel": "C1", "api": f"{slack.url}/api"}))
    monkeypatch.setenv("ROUTES", json.dumps([{"slack_secret": "bot"}]))
    notify.handler(told(), CONTEXT)
    notify.handler(told(), CONTEXT)
    update = turn_message(turn_of(INCIDENT, Transition.FIX_SEEN, 2))
    notify.handler({"Records": [{"Sns": {"Message": update}}]}, CONTEXT)

    assert [(path, body.get("thread_ts", body.get("ts"))) for path, _, body in slack.taken] == [
        ("/api/chat.postMessage", None),
        ("/api/chat.update", POSTED),
        ("/api/chat.postMessage", POSTED),
    ]


@pytest.mark.usefixtures("table")
def test_the_time_until_it_was_told_is_measured(capsys: pytest.CaptureFixture[str]) -> None:
    notify.handler(told(), CONTEXT)
    measured = [json.loads(line) for line in capsys.readouterr().out.splitlines() if "_aws" in line]

    assert measured[-1]["ToldAfter"][0] > 0
    assert measured[-1]["NoticesTold"] == [3.0]


def test_a_schedule_tells_what_waited_once(slack: Receiver, table: DynamoIncidentTable) -> None:
    held = HeldTurn(turn=turn_of(INCIDENT), severity=INCIDENT.severity, log_group=INCIDENT.log_group)
    table.hold("slack:route-1", held, INCIDENT.first_seen)
    for task in ("digest", "digest", "silenced"):
        notify.handler({"task": task}, CONTEXT)
    (message,) = slack.bodies

    assert "1 more incident or update" in message["text"]
    assert table.held("slack:route-1", 9) == ()


@pytest.mark.usefixtures("table")
@pytest.mark.parametrize("secret", ["never-filled", "not-there"])
def test_a_slack_secret_without_an_address_is_parked_and_says_what_to_do(
    secret: str, slack: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ROUTES", json.dumps([{"slack_secret": secret}]))
    with pytest.raises(DeliveryRefusedError, match=f"put-secret-value --secret-id {secret}"):
        notify.handler(told(), CONTEXT)

    assert slack.taken == []


@pytest.mark.usefixtures("table")
def test_an_alert_goes_out_without_a_link_where_the_key_cannot_be_read(
    slack: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LINK_SECRET_ARN", "not-there")
    notify.handler(told(), CONTEXT)

    assert len(slack.bodies) == 1
    assert "page.example" not in json.dumps(slack.bodies)


@pytest.mark.usefixtures("table")
def test_a_message_that_is_no_turn_is_parked() -> None:
    with pytest.raises(PayloadError):
        notify.handler({"Records": [{"Sns": {"Message": "hello"}}]}, CONTEXT)


def test_a_form_of_the_page_changes_the_incident_alone(table: DynamoIncidentTable) -> None:
    until = day_after(milliseconds(), 2)
    form = browser(link(Purpose.MUTE, f"{state_of(INCIDENT)}.name"), {"until": until, "owner": "Kim"})
    answers = [fix_page.handler(form, CONTEXT)["statusCode"] for _ in range(2)]
    muted = table.get(INCIDENT.fingerprint)

    assert answers == [303, 409]
    assert muted is not None
    assert (muted.state, muted.muted_until) == (State.MUTED, until)


@pytest.mark.usefixtures("table")
@pytest.mark.parametrize(
    ("setting", "value"), [("TABLE_NAME", "not-there"), ("LINK_SECRET_ARN", "never-filled")]
)
def test_a_page_that_cannot_be_read_is_still_answered(
    setting: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(setting, value)
    answered = fix_page.handler(browser(link()), CONTEXT)

    assert answered["statusCode"] == 503
    assert answered["headers"]["Cache-Control"] == "no-store"


@pytest.mark.usefixtures("table")
def test_nobody_without_a_link_learns_whether_an_incident_exists() -> None:
    answers = [fix_page.handler(browser(query), CONTEXT)["body"] for query in ("", "incident=gone")]

    assert answers[0] == answers[1]
    assert INCIDENT.fingerprint not in answers[0]


def test_the_environment_of_the_test_is_the_functions_own(slack: Receiver) -> None:
    names = set(settings_of_account(slack, ""))

    assert names == set(NotifyEnvironment.__dataclass_fields__) | set(FixPageEnvironment.__dataclass_fields__)
