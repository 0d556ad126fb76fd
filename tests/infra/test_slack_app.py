"""The Slack app's URL is there for who asks for it, and its function can do what its buttons do."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from why403.delivery.slack_app import app_in
from why403.errors import SettingsError
from why403.notices.words import Language, words

from infra.settings import settings_of

PAGE = (Path(__file__).parents[2] / "docs/slack-app.md").read_text("utf-8")
pytestmark = pytest.mark.xdist_group("synth")


def _statements(template: Any) -> list[dict[str, Any]]:
    return [
        statement
        for policy in template.of("IAM::Policy").values()
        if policy["PolicyName"].startswith("SlackApp")
        for statement in policy["PolicyDocument"]["Statement"]
    ]


def test_without_the_setting_there_is_no_url_no_function_and_no_button(synth: Any) -> None:
    template = synth()
    handlers = {function["Handler"] for function in template.of("Lambda::Function").values()}

    assert template.of("Lambda::Url") == {}
    assert "slack_app.handler" not in handlers
    assert template.variables("notify")["SLACK_APP"] == "false"


def test_with_it_one_function_is_public_and_it_is_the_apps_own(synth: Any) -> None:
    template = synth({"slack_app": True})
    public = {
        str(found["FunctionName"])
        for found in template.of("Lambda::Permission").values()
        if found["Principal"] == "*"
    }

    assert len(public) == 1
    assert "SlackApp" in public.pop()
    assert template.variables("notify")["SLACK_APP"] == "true"
    assert template.function("slack_app")["Timeout"] == 10


def test_it_reads_the_secrets_of_slacks_routes_and_no_other(synth: Any) -> None:
    routes = [
        {"name": "a", "slack_secret": "team-a/slack"},
        {"name": "b", "pagerduty_secret": "team-b/pager"},
    ]
    template = synth(
        {"slack_app": True, "routes": routes, "slack_secret": "all/slack", "page_mode": "signed"}
    )
    read = json.dumps([one for one in _statements(template) if "secretsmanager" in json.dumps(one["Action"])])

    assert json.loads(template.variables("slack_app")["SECRETS"]) == ["all/slack", "team-a/slack"]
    assert [name for name in ("team-a/slack", "all/slack", "pager", "links") if name in read] == [
        "team-a/slack",
        "all/slack",
    ]


def test_it_may_do_nothing_but_read_secrets_and_use_the_table(synth: Any) -> None:
    actions = {
        action
        for statement in _statements(synth({"slack_app": True}))
        for action in ([statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"])
    }

    assert {action.partition(":")[0] for action in actions} == {"dynamodb", "logs", "secretsmanager"}
    assert {action for action in actions if "Delete" in action or "Scan" in action} == set()


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"acting": "off"}, 'which "acting": "off" forbids'),
        ({"teams_secret": "ops/teams"}, "nobody is told in Slack"),
    ],
)
def test_buttons_that_could_do_nothing_are_told_before_anything_is_built(
    settings: dict[str, str], told: str
) -> None:
    with pytest.raises(SettingsError, match=f"slack_app: .*{told}"):
        settings_of({"slack_app": True, **settings})


def test_a_route_with_a_bot_of_its_own_is_enough() -> None:
    routes = [{"slack_secret": "team-a/slack"}]

    assert settings_of({"slack_app": True, "teams_secret": "ops/teams", "routes": routes}).slack_app


def test_the_manifest_of_the_page_asks_to_post_and_for_nothing_else() -> None:
    (written,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    manifest = yaml.safe_load(written)

    assert set(manifest) == {"display_information", "features", "oauth_config", "settings"}
    assert manifest["oauth_config"] == {"scopes": {"bot": ["chat:write", "chat:write.public"]}}
    assert manifest["settings"]["interactivity"]["is_enabled"] is True
    assert "event_subscriptions" not in manifest["settings"]
    assert len(manifest["display_information"]["description"]) <= 140


def test_the_secret_of_the_page_is_one_that_is_taken() -> None:
    (written,) = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
    told = {**json.loads(written), "signing_secret": "0" * 32}

    assert app_in(json.dumps(told), "why403/slack", ()) is not None


def test_the_page_names_every_button_as_the_message_does() -> None:
    buttons = [text for name, text in words(Language.ENGLISH).items() if name.startswith("notices.deed.")]
    taken_back = {"Lift the mute", "No longer expected"}

    assert [text for text in buttons if text not in PAGE and text not in taken_back] == []
