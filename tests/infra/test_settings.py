"""Settings are read from cdk.json; all that are wrong are told at once, each with what was expected."""

import json
from pathlib import Path

import pytest
from why403.delivery.register import OWN_ROOM, SECRETS
from why403.errors import SettingsError

from infra.settings import RENAMED, Settings, declared, settings_of

ROOT = Path(__file__).parents[2]


def test_nothing_given_means_the_defaults() -> None:
    assert Settings() == settings_of(None)


def test_cdk_json_shows_every_setting_with_its_default_but_secrets_of_further_channels() -> None:
    context = json.loads((ROOT / "cdk.json").read_text())["context"]["why403"]
    further = {secret.setting for channel, secret in SECRETS.items() if channel != OWN_ROOM.name}

    assert [one.name for one in declared() if one.name not in further] == list(context)
    assert Settings() == settings_of(context)


def test_all_wrong_settings_are_told_at_once_with_what_was_expected() -> None:
    with pytest.raises(SettingsError) as told:
        settings_of(
            {
                "log_groups": ["/ecs/orders", "/ecs/ orders", "/ecs/ü"],
                "language": "fr",
                "retention_days": 0,
                "page_mode": None,
                "permissions_boundary": "arn:aws:iam::1:policy/x",
                "target_read_roles": {"12": "me"},
                "expected": [{"role": "probe"}],
                "log_group": "/ecs/orders",
                "langage": "en",
                "role_path": "teams",
            }
        )

    log_group = "expected a log group's name, or a glob with * and ?, such as /ecs/orders or /ecs/*"
    boundary = "expected a policy's name, or nothing, or a managed policy's ARN"
    expected = "expected an object {reason, owner, log_group?, role?, action?, resource?, until?}"
    assert str(told.value).splitlines() == [
        "10 of the settings cannot be used:",
        f'  - expected: [0] {expected}, found {{"role": "probe"}}',
        "  - langage: there is no such setting; did you mean `language`?",
        '  - language: expected one of "en", "ja", "ko", found "fr"',
        '  - log_group: no longer read; write `log_groups`, a list: ["/ecs/orders"]',
        f'  - log_groups: [1] {log_group}, found "/ecs/ orders"; [2] {log_group}, found "/ecs/ü"',
        '  - page_mode: expected one of "signed", "iam", "off", found null',
        f'  - permissions_boundary: {boundary}, found "arn:aws:iam::1:policy/x"',
        "  - retention_days: expected a whole number from 1 to 3650, found 0",
        '  - role_path: expected a path that begins and ends with /, such as /teams/platform/, found "teams"',
        '  - target_read_roles: [12] expected an account id of 12 digits, found "12"',
        "They stand in cdk.json under context → why403; docs/settings.md says what each may be.",
    ]


@pytest.mark.parametrize("name", RENAMED)
def test_a_renamed_setting_says_what_to_do(name: str) -> None:
    with pytest.raises(SettingsError, match=rf"{name}: no longer read; "):
        settings_of({name: "x"})


def test_what_c_gives_is_read_as_json() -> None:
    assert settings_of('{"log_groups": ["/ecs/a"]}').log_groups == ("/ecs/a",)


@pytest.mark.parametrize("context", ["{", "[]", "3", 7, ["/ecs/a"]])
def test_a_context_that_is_no_object_is_told(context: object) -> None:
    with pytest.raises(SettingsError, match="cannot be used"):
        settings_of(context)


def test_our_own_log_groups_cannot_be_watched() -> None:
    with pytest.raises(SettingsError, match="watching it would answer each line with another"):
        settings_of({"log_groups": ["/why403/why403/triage"]})


def test_a_group_named_twice_is_told() -> None:
    with pytest.raises(SettingsError, match="expected each once"):
        settings_of({"log_groups": ["/ecs/a", "/ecs/a"]})


def test_an_expected_denial_needs_something_to_match() -> None:
    with pytest.raises(SettingsError, match="at least one of role, action, resource, log_group"):
        settings_of({"expected": [{"reason": "a probe", "owner": "ops"}]})


def test_an_expected_denial_may_end() -> None:
    entry = {"action": "s3:Head*", "reason": "a probe", "owner": "ops", "until": "2027-01-31"}

    assert (entry,) == settings_of({"expected": [entry]}).expected


def test_concurrency_that_is_not_given_keeps_its_default() -> None:
    settings = settings_of({"concurrency": {"triage": 0}})

    assert (settings.concurrency_of("triage"), settings.concurrency_of("diagnose")) == (0, 5)
