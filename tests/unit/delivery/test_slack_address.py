"""Which addresses a Slack secret may hold."""

import pytest
from why403.delivery.channel import Destination
from why403.delivery.slack import slack_address
from why403.delivery.slack_calls import SlackAddress
from why403.errors import SettingsError


def parse_slack_secret(text: str, name: str, hosts: tuple[str, ...] = (), channel: str = "") -> SlackAddress:
    options = {"slack_channel": channel} if channel else {}
    return slack_address(text, Destination(secret=name, hosts=hosts, options=options))


GOOD = "https://hooks.slack.com/services/T0/B0/made-up"


@pytest.mark.parametrize(
    "secret",
    [
        "",
        "hooks.slack.com/services/T0",
        "http://hooks.slack.com/services/T0",
        "https://hooks.slack.com.example.com/services/T0",
        "https://hooks.slack.com@example.com/services/T0",
        "https://hooks.slack.com:8443/services/T0",
        "https://example.com/hooks.slack.com",
        "https://example.com\\@hooks.slack.com/",
        "https://hooks.slаck.com/services/T0",
        "https://169.254.169.254/latest",
        "file:///etc/passwd",
        "https://[hooks.slack.com/",
        "{",
        '{"bot_token": "xoxb-made-up"}',
        "xoxb-made-up",
        '{"bot_token": "xoxb-made-up", "channel": "C1", "api": "https://example.com/api"}',
        "http://127.0.0.1:8080/services/T0",
    ],
)
def test_only_slacks_own_https_addresses_are_used_and_no_error_shows_one(secret: str) -> None:
    with pytest.raises(SettingsError, match="The secret why403/slack") as told:
        parse_slack_secret(secret, "why403/slack")

    assert "made-up" not in str(told.value)
    assert "T0" not in str(told.value)


def test_a_webhook_is_its_url_alone_or_in_json() -> None:
    assert parse_slack_secret(f" {GOOD}\n", "s") == parse_slack_secret(f'{{"webhook": "{GOOD}"}}', "s")


def test_a_routes_channel_goes_before_the_secrets() -> None:
    found = parse_slack_secret('{"bot_token": "xoxb-made-up", "channel": "C1"}', "s", channel="C2")

    assert (found.channel, found.can_thread) == ("C2", True)
    assert "xoxb" not in repr(found)


def test_a_bots_token_is_taken_plain_where_the_route_names_its_channel() -> None:
    found = parse_slack_secret("xoxb-made-up\n", "s", channel="C2")

    assert (found.bot_token, found.channel) == ("xoxb-made-up", "C2")
    with pytest.raises(SettingsError, match=r'no channel is named: add "slack_channel" to the route'):
        parse_slack_secret("xoxb-made-up", "s")


def test_a_loopback_address_is_used_only_where_it_is_allowed_with_its_port() -> None:
    url = "http://127.0.0.1:8080/services/T0"

    assert parse_slack_secret(url, "s", ("127.0.0.1:8080",)).webhook == url
    with pytest.raises(SettingsError):
        parse_slack_secret(url, "s", ("127.0.0.1:8081",))


def test_an_allowed_host_elsewhere_must_still_be_https() -> None:
    assert parse_slack_secret("https://hooks.example.com/x", "s", ("hooks.example.com",)).webhook
    with pytest.raises(SettingsError):
        parse_slack_secret("http://hooks.example.com/x", "s", ("hooks.example.com",))
