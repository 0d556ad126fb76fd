"""From the message to the button and back: the functions as Lambda calls them, beside Slack, DynamoDB and Secrets Manager."""

import base64
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import notify
import pytest
import slack_app
from moto.server import ThreadedMotoServer
from why403.aws.incident_table import DynamoIncidentTable, milliseconds
from why403.environment import SlackAppEnvironment
from why403.incidents.incident import State
from why403.incidents.outbox import turn_message
from why403.incidents.transition import Transition

from demo.slack_answers import POSTED
from demo.slack_interactions import SIGNING_SECRET, TEAM, encoded, pressed, signed
from tests.fakes.incidents import turn_of
from tests.fakes.notice_account import CONTEXT, INCIDENT, notice_account, put_secret
from tests.fakes.receiver import Receiver, receiver

COLD = """
import json, sys, time
from types import SimpleNamespace
import slack_app
answered = slack_app.handler(json.load(sys.stdin), SimpleNamespace(**json.loads(sys.argv[1])))
print(json.dumps([answered["statusCode"], time.process_time()]))
"""
CPU_SECONDS = 2.0
"""Of one processor, which is what the function has: of Slack's three seconds, one is left for the network."""


@pytest.fixture
def slack() -> Iterator[Receiver]:
    with receiver() as found:
        yield found


@pytest.fixture
def table(slack: Receiver, monkeypatch: pytest.MonkeyPatch) -> Iterator[DynamoIncidentTable]:
    with notice_account(slack, monkeypatch) as made:
        app = {"bot_token": "xoxb-made-up", "channel": "C1", "api": f"{slack.url}/api"}
        put_secret("app", json.dumps({**app, "signing_secret": SIGNING_SECRET, "team": TEAM}))
        monkeypatch.setenv("ROUTES", json.dumps([{"slack_secret": "app"}]))
        monkeypatch.setenv("SLACK_APP", "true")
        monkeypatch.setenv("SECRETS", json.dumps(["slack", "app", "never-filled"]))
        yield made


def tell(transition: Transition = Transition.OPENED, turn: int = 1) -> None:
    message = turn_message(turn_of(INCIDENT, transition, turn))
    notify.handler({"Records": [{"Sns": {"Message": message}}]}, CONTEXT)


def press(message: Any, name: str, **headers: str) -> dict[str, Any]:
    """What is answered when somebody presses a button of the message."""
    answered: dict[str, Any] = slack_app.handler(press_of(message, name, **headers), CONTEXT)
    return answered


def press_of(message: Any, name: str, **headers: str) -> dict[str, Any]:
    """What Lambda then hands over."""
    button = next(one for one in message["blocks"][-1]["elements"] if one["action_id"] == f"why403-{name}")
    body = encoded(pressed(button, message))
    told = signed(body, milliseconds() // 1000)
    return {
        "version": "2.0",
        "rawPath": "/",
        "headers": {name.lower(): value for name, value in {**told, **headers}.items()},
        "requestContext": {"http": {"method": "POST"}},
        "body": base64.b64encode(body.encode()).decode(),
        "isBase64Encoded": True,
    }


def test_a_press_is_saved_and_the_thread_told_who_it_was(table: DynamoIncidentTable, slack: Receiver) -> None:
    tell()
    answered = press(slack.bodies[0], "acknowledge")
    tell(Transition.ACKNOWLEDGED, 2)
    found = table.get(INCIDENT.fingerprint)
    renewed, reply = slack.bodies[1:]

    assert (answered["statusCode"], answered["body"]) == (200, "")
    assert found is not None
    assert found.acknowledged_by == "alice (Slack U012AB3CD)"
    assert (renewed["ts"], reply["thread_ts"]) == (POSTED, POSTED)
    assert "Acknowledged" in reply["text"]
    assert "alice (Slack U012AB3CD)" in reply["text"]
    assert "why403-acknowledge" not in json.dumps(renewed)


def cold(event: dict[str, Any], url: str) -> tuple[int, float]:
    """Status and seconds of processor time of a press that starts the function, its start included."""
    lambdas = {"AWS_LAMBDA_FUNCTION_NAME": "slack_app", "AWS_REGION": "us-east-1", "AWS_ENDPOINT_URL": url}
    ran = subprocess.run(
        [sys.executable, "-c", COLD, json.dumps(vars(CONTEXT))],
        cwd=Path(slack_app.__file__).parent,
        env={**os.environ, **lambdas},
        input=json.dumps(event),
        capture_output=True,
        text=True,
        check=True,
    )
    status, seconds = json.loads(ran.stdout.splitlines()[-1])
    return status, seconds


@pytest.mark.parametrize("button", ["acknowledge", "lines"])
@pytest.mark.usefixtures("table")
def test_a_press_that_starts_the_function_is_answered_in_slacks_three_seconds(
    button: str, slack: Receiver
) -> None:
    tell()
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    found = press_of(slack.bodies[0], button)
    status, seconds = cold(found, f"http://{host}:{port}")
    server.stop()

    assert status == 200
    assert seconds < CPU_SECONDS


@pytest.mark.usefixtures("table")
def test_lines_are_shown_in_a_window_of_the_bots(slack: Receiver) -> None:
    tell()
    press(slack.bodies[0], "lines")
    path, headers, body = slack.taken[-1]

    assert (path, headers["Authorization"]) == ("/api/views.open", "Bearer xoxb-made-up")
    assert "403 Forbidden" in json.dumps(body["view"])


def test_what_slack_did_not_sign_is_refused_and_changes_nothing(
    table: DynamoIncidentTable, slack: Receiver
) -> None:
    tell()
    forged = press(slack.bodies[0], "mute", **{"X-Slack-Signature": "v0=" + "0" * 64})
    found = table.get(INCIDENT.fingerprint)

    assert (forged["statusCode"], forged["body"]) == (401, "")
    assert found is not None
    assert (found.state, found.turn) == (State.OPEN, 1)


@pytest.mark.usefixtures("table")
@pytest.mark.parametrize(
    ("setting", "value", "status"),
    [("TABLE_NAME", "not-there", 503), ("SECRETS", '["slack", "never-filled"]', 404), ("SECRETS", "[]", 404)],
)
def test_where_it_cannot_be_saved_slack_marks_the_button(
    setting: str, value: str, status: int, slack: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell()
    monkeypatch.setenv(setting, value)

    assert press(slack.bodies[0], "mute")["statusCode"] == status


def test_the_environment_of_the_test_is_the_functions_own() -> None:
    assert {"table_name", "secrets", "webhook_hosts", "redact_emails"} == set(
        SlackAppEnvironment.__dataclass_fields__
    )
