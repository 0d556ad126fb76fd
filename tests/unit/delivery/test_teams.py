"""Teams over real HTTP: what its workflow answers, and what it does where nobody hears of it."""

from collections.abc import Iterator
from typing import Any

import pytest
from why403 import http
from why403.delivery.channel import Destination
from why403.delivery.doors import Doors
from why403.delivery.teams import TEAMS, post_to_teams, teams_webhook
from why403.errors import DeliveryError, DeliveryRefusedError, DeliveryRetryableError, SettingsError
from why403.notices.dialects.teams import BUDGET, render_teams, size
from why403.notices.words import Language

from demo.slack_answers import Reply
from tests.fakes.receiver import Receiver, receiver
from tests.fakes.teams import TeamsWorkflow, refusal
from tests.unit.notices.notice_case import LANGUAGES, NAMES, huge, notice_of

OLD = "https://prod-00.westeurope.logic.azure.com:443/workflows/0/triggers/manual/paths/invoke?sig=made-up"
NEW = "https://0000.00.environment.api.powerplatform.com:443/powerautomate/workflows/0/invoke?sig=made-up"


@pytest.fixture
def workflow() -> TeamsWorkflow:
    return TeamsWorkflow()


@pytest.fixture
def teams(workflow: TeamsWorkflow) -> Iterator[Receiver]:
    with receiver() as found:
        found.vendor = workflow.answer
        yield found


def way(teams: Receiver) -> tuple[Destination, Doors]:
    doors = Doors(
        is_renewed=lambda _name: False,
        secret=lambda _name: f"{teams.url}/workflows/0/invoke?sig=made-up",
        post=http.post,
        publish=lambda *_, **__: None,
        put_event=lambda _: None,
        wait=lambda _: None,
    )
    return Destination(secret="s", hosts=(teams.host,)), doors


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_each_notice_is_posted_by_the_workflow(
    teams: Receiver, workflow: TeamsWorkflow, name: str, language: Language
) -> None:
    for in_full in (True, False):
        assert TEAMS.tell(notice_of(name, language, in_full=in_full), *way(teams)) == ""

    assert (len(workflow.posted), workflow.dropped) == (2, [])


def test_a_card_too_large_would_be_dropped_without_a_word(teams: Receiver, workflow: TeamsWorkflow) -> None:
    message = render_teams(notice_of("first_incident"))
    message["attachments"][0]["content"]["body"] *= 40
    post_to_teams(message, *way(teams))

    assert (workflow.posted, workflow.dropped) == ([], ["RequestEntityTooLarge"])


@pytest.mark.parametrize(
    ("reply", "error", "words"),
    [
        (
            refusal(400, "TriggerInputSchemaMismatch"),
            DeliveryRefusedError,
            "400 TriggerInputSchemaMismatch. The workflow",
        ),
        (refusal(401, "DirectApiAuthorizationRequired"), DeliveryRefusedError, "make a new one"),
        (
            refusal(404, "WorkflowNotFound"),
            DeliveryRefusedError,
            "404 WorkflowNotFound. The workflow is gone",
        ),
        (Reply(404, "<html>sig=made-up</html>"), DeliveryRefusedError, "404. The workflow is gone"),
        (Reply(413, ""), DeliveryRefusedError, "larger than Teams takes"),
        (Reply(429, "", {"Retry-After": "5"}), DeliveryRetryableError, "429"),
        (Reply(503, ""), DeliveryRetryableError, "503"),
    ],
)
def test_a_workflow_refuses_for_good_or_for_now(
    teams: Receiver, reply: Reply, error: type[DeliveryError], words: str
) -> None:
    teams.replies = [reply]
    with pytest.raises(error, match=words) as told:
        post_to_teams(render_teams(notice_of("resolved")), *way(teams))

    assert "made-up" not in str(told.value)
    assert len(teams.taken) == 1


@pytest.mark.parametrize("url", [OLD, NEW])
def test_a_workflows_url_is_taken_plain_or_in_json(url: str) -> None:
    destination = Destination(secret="s")

    assert (
        teams_webhook(f" {url}\n", destination)
        == teams_webhook(f'{{"webhook": "{url}"}}', destination)
        == url
    )


@pytest.mark.parametrize(
    ("secret", "words"),
    [
        ("", "is empty. Put the URL of a Microsoft Teams workflow in"),
        ("https://example.webhook.office.com/webhookb2/made-up", "has retired connectors"),
        ("https://logic.azure.com.example.com/made-up", "must hold an https URL"),
        ("http://prod-00.westeurope.logic.azure.com/made-up", "must hold an https URL"),
        ("https://made-up@prod-00.westeurope.logic.azure.com/", "must hold an https URL"),
    ],
)
def test_any_other_address_is_refused_without_showing_it(secret: str, words: str) -> None:
    with pytest.raises(SettingsError, match=words) as told:
        teams_webhook(secret, Destination(secret="s"))

    assert "made-up" not in str(told.value)


def _texts(told: Any, kind: str) -> Iterator[str]:
    if isinstance(told, dict):
        yield from [told["text"]] if told.get("type") == kind else []
        told = list(told.values())
    for part in told if isinstance(told, list) else ():
        yield from _texts(part, kind)


def test_a_mention_of_the_settings_calls_whom_it_names_and_no_other_text_is_markdown() -> None:
    message = render_teams(notice_of("first_incident", mention="<at>a@example.com</at>"))
    card = message["attachments"][0]["content"]

    assert list(_texts(card["body"], "TextBlock")) == ["<at>a@example.com</at>"]
    assert [one["mentioned"]["id"] for one in card["msteams"]["entities"]] == ["a@example.com"]


def test_a_notice_as_large_as_it_gets_keeps_headline_and_links_within_the_budget() -> None:
    message = render_teams(huge())
    card = message["attachments"][0]["content"]

    assert size(message) <= BUDGET
    assert "sqs:SendMessage" in next(_texts(card["body"], "TextRun"))
    assert len(card["actions"]) == 4
