"""Each channel of the register is granted what it needs, deployed, preflighted, documented and looked at by doctor."""

import json
from pathlib import Path
from typing import Any

import pytest
from why403.cli.app import run
from why403.delivery.channel import Channel
from why403.delivery.doors import Secret
from why403.delivery.register import CHANNELS, SECRETS

from infra.settings import settings_of
from tools.preflight_named import secrets_named

pytestmark = pytest.mark.xdist_group("synth")
ROOT = Path(__file__).parents[2]
SECRET = [pytest.param(secret, id=channel) for channel, secret in SECRETS.items()]
NAMED = {secret.setting: f"team/{channel}" for channel, secret in SECRETS.items()}
ROUTED = {secret.setting: f"route/{channel}" for channel, secret in SECRETS.items()}
EVERYTHING = {
    **NAMED,
    "routes": [{}, ROUTED],
    "chat": True,
    "event_bus": "default",
    "email_addresses": ["ops@example.com"],
}


@pytest.fixture
def template(synth: Any) -> Any:
    return synth(EVERYTHING)


@pytest.mark.parametrize("secret", SECRET)
def test_the_secret_of_a_setting_and_of_a_route_may_be_read(template: Any, secret: Secret) -> None:
    readable = {
        name
        for statement in template.statements()
        if "secretsmanager:GetSecretValue" in statement["Action"]
        for name in (NAMED[secret.setting], ROUTED[secret.setting])
        if f":secret:{name}-??????" in json.dumps(statement["Resource"])
    }

    assert {NAMED[secret.setting], ROUTED[secret.setting]} == readable


@pytest.mark.parametrize("secret", SECRET)
def test_a_route_uses_the_settings_secret_unless_it_names_its_own(template: Any, secret: Secret) -> None:
    first, second = json.loads(template.variables("notify")["ROUTES"])

    assert (NAMED[secret.setting], ROUTED[secret.setting]) == (first[secret.setting], second[secret.setting])


@pytest.mark.parametrize("channel", [pytest.param(one, id=one.name) for one in CHANNELS])
def test_what_a_channel_needs_is_granted(template: Any, channel: Channel[Any]) -> None:
    granted = json.dumps([statement["Action"] for statement in template.statements()])

    assert [action for action in channel.permissions if f'"{action}"' not in granted] == []


@pytest.mark.parametrize("secret", SECRET)
def test_preflight_looks_for_the_secret_wherever_it_is_named(secret: Secret) -> None:
    found = {where: name for (where, _), name in secrets_named(settings_of(EVERYTHING)).items()}

    assert found[secret.setting] == NAMED[secret.setting]
    assert found[f"routes[1].{secret.setting}"] == ROUTED[secret.setting]


@pytest.mark.parametrize("secret", SECRET)
def test_the_settings_page_says_what_the_secret_holds(secret: Secret) -> None:
    page = (ROOT / "docs/settings.md").read_text("utf-8")

    assert f"| `{secret.setting}` |" in page
    assert f"- `{secret.setting}`: left out" in page
    assert page.count(secret.holds) >= 2


@pytest.mark.parametrize("secret", SECRET)
def test_no_other_file_spells_the_name_of_a_channels_secret(secret: Secret) -> None:
    own = ROOT / "functions/why403/delivery"
    files = [
        path for place in ("functions", "infra", "tools", "demo") for path in (ROOT / place).rglob("*.py")
    ]

    assert [
        path.relative_to(ROOT).as_posix()
        for path in files
        if own not in path.parents and f'"{secret.setting}"' in path.read_text("utf-8")
    ] == []


@pytest.mark.parametrize("channel", [pytest.param(one, id=one.name) for one in CHANNELS])
def test_the_settings_page_says_what_a_channel_takes_and_whose_page_it_follows(channel: Channel[Any]) -> None:
    page = (ROOT / "docs/settings.md").read_text("utf-8")

    assert f"| {channel.title} | {channel.limits.bytes:,} |" in page
    assert f"]({channel.page})" in page


@pytest.mark.parametrize("secret", SECRET)
def test_doctor_takes_the_secrets_name(secret: Secret, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["doctor", "--help"]) == 0
    assert f"--{secret.setting.replace('_', '-')}" in capsys.readouterr().out


def test_where_a_room_for_people_is_named_the_stack_makes_no_secret_of_its_own(synth: Any) -> None:
    made = {
        room: sorted(found["Name"] for found in synth({room: "team/x"}).of("SecretsManager::Secret").values())
        for room in ("teams_secret", "pagerduty_secret")
    }

    assert made == {"teams_secret": [], "pagerduty_secret": ["why403/slack"]}
