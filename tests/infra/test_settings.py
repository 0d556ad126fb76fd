"""Settings are read from cdk.json; all that are wrong are told at once, each with what was expected."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from why403.delivery.register import OWN_ROOM, SECRETS
from why403.errors import SettingsError

from infra.former_settings import RENAMED
from infra.settings import Settings, context_of, declared, settings_of
from tools.setting_docs import setting_schema

ROOT = Path(__file__).parents[2]


def test_nothing_given_means_the_defaults() -> None:
    assert Settings() == settings_of(None)


def test_cdk_json_shows_every_setting_with_its_default_but_what_is_asked_and_secrets_of_further_channels() -> (
    None
):
    context = json.loads((ROOT / "cdk.json").read_text())["context"]["why403"]
    further = {secret.setting for channel, secret in SECRETS.items() if channel != OWN_ROOM.name}

    left_out = further | {"page_mode"}  # `make deploy` asks for it, and keeps the answer there

    assert [one.name for one in declared() if one.name not in left_out] == list(context)
    assert Settings() == settings_of(context)


@pytest.mark.xdist_group("synth")
def test_nothing_is_built_for_settings_that_cannot_be_used() -> None:
    from infra.application import synthesize  # noqa: PLC0415  # starts Node

    builds: list[str] = []

    def build() -> Path:
        builds.append("a minute's work")
        return Path()

    with pytest.raises(SettingsError):
        synthesize(build, {"why403": {"log_groups": ["/ecs/.*"]}})

    assert builds == []


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
        '  - page_mode: expected one of "console", "signed", "off", found null',
        f'  - permissions_boundary: {boundary}, found "arn:aws:iam::1:policy/x"',
        "  - retention_days: expected a whole number from 1 to 3650, found 0",
        '  - role_path: expected a path that begins and ends with /, such as /teams/platform/, found "teams"; did you mean /teams/?',
        '  - target_read_roles: [12] expected an account id of 12 digits or *, found "12"',
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


WEBHOOKS = (
    "https://hooks.slack.com/services/T00000000/B00000000/abcdefghijklmnopqrstuvwx",
    "https://prod-1.westus.logic.azure.com/workflows/abc/triggers/manual/paths/invoke?sig=s3cr3tS1gn4ture",
    "xoxb-123456789012-1234567890123-abcdefghijklmnopqrstuvwx",
    "0123456789abcdef0123456789abcdef!",
)


@pytest.mark.parametrize("webhook", WEBHOOKS)
@pytest.mark.parametrize(
    "place",
    [
        lambda value: {"slack_secret": value},
        lambda value: {"routes": [{"name": "a", "slack_secret": value}]},
        lambda value: {"routes": [{"name": "a", "mentions": {"web": value}}]},
        lambda value: {"webhook_hosts": [value]},
        lambda value: {"log_groups": {"slack": value}},
        lambda value: f'{{"slack_secret": "{value}"',
    ],
)
def test_a_webhook_or_token_is_never_told(webhook: str, place: Callable[[str], object]) -> None:
    with pytest.raises(SettingsError) as told:
        settings_of(place(webhook))

    assert webhook not in str(told.value)
    assert webhook[-16:] not in str(told.value)


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ({"log_groups": ["^/ecs/.*$"]}, "that is a regular expression; as a glob: /ecs/*"),
        ({"log_groups": ["/ecs/.*"]}, "that is a regular expression; as a glob: /ecs/*"),
        ({"log_groups": ["/ecs/(orders|web)"]}, "that is a regular expression; name each group"),
        (
            {"log_groups": ["arn:aws:logs:eu-west-1:123456789012:log-group:/ecs/orders:*"]},
            "that is an ARN; its name alone: /ecs/orders",
        ),
        (
            {"event_bus": "arn:aws:events:eu-west-1:123456789012:event-bus/alerts"},
            "that is an ARN; its name alone: alerts",
        ),
        ({"slack_secret": WEBHOOKS[0]}, "put it into a secret, and name that secret here"),
        ({"routes": [{"mentions": {"web": "@here"}}]}, "write <!here>"),
        ({"routes": [{"mentions": {"web": "@ana"}}]}, "write the member's id: <@U0123456789>"),
        ({"routes": [{"mentons": {}}]}, "did you mean 'mentions'?"),
        ({"language": "jp"}, 'did you mean "ja"?'),
        ({"page_mode": "Signed"}, 'did you mean "signed"?'),
        ({"concurrency": {"triag": 10}}, 'did you mean "triage"?'),
        ({"chat": "yes"}, "did you mean true?"),
        ({"retention_days": "90 days"}, "a number alone: 90"),
        ({"role_path": "teams/platform"}, "did you mean /teams/platform/?"),
        ({"webhook_hosts": ["https://hooks.example.com/x"]}, "its host alone: hooks.example.com"),
        ({"email_addresses": ["#alerts"]}, "a channel is told through slack_secret"),
        ({"expected": [{"action": "s3:Get.*", "reason": "x", "owner": "y"}]}, "as a glob: s3:Get*"),
        (
            {"target_read_roles": {"123456789012": "why403-read"}},
            "arn:aws:iam::123456789012:role/why403-read",
        ),
    ],
)
def test_what_was_meant_is_told(given: dict[str, Any], meant: str) -> None:
    with pytest.raises(SettingsError) as told:
        settings_of(given)

    assert meant in str(told.value)


NAMES_THAT_AWS_REFUSES: tuple[dict[str, Any], ...] = (
    {"organization_read_role": "arn:aws:iam::111122223333:role/rôle"},
    {"organization_read_role": "arn:aws:iam::" + "\u0661" * 12 + ":role/read"},
    {"organization_read_role": f"arn:aws:iam::111122223333:role/{'r' * 65}"},
    {"organization_read_role": "arn:aws:iam::111122223333:role/read/"},
    {"target_read_roles": {"*": f"{'path/' * 120}read"}},
    {"permissions_boundary": "/limit"},
    {"permissions_boundary": "límite"},
    {"permissions_boundary": "limit/"},
    {"permissions_boundary": "arn:aws:iam::123456789012:policy//limit"},
    {"role_path": "/équipe/"},
    {"role_path": f"/{'a' * 511}/"},
    {"email_addresses": ["ä@example.com"]},
    {"tags": {"aws:team": "search"}},
    {"tags": {"team": "search;web"}},
    {"tags": {f"key-{number}": "" for number in range(51)}},
    {"log_group_tags": {"team": "pay*"}},
    {"log_group_tags": {"チーム": "*"}},
    {"log_group_tags": {"team": "日本"}},
    {"log_group_tags": {"team": "${aws:username}"}},
    {"subnets": [f"subnet-{number:08x}" for number in range(17)], "security_groups": ["sg-00000001"]},
    {"subnets": ["subnet-00000001"], "security_groups": [f"sg-{number:08x}" for number in range(6)]},
    {"slack_secret": "hooks.slack.com/services/T0000/B0000/abcdefghijkl"},
    {"pagerduty_secret": "0123456789abcdef0123456789abcdef"},
)
"""By the quotas and patterns of IAM, Lambda, SNS and tagging: https://docs.aws.amazon.com/tag-editor/latest/userguide/tagging.html."""


@pytest.mark.parametrize("given", NAMES_THAT_AWS_REFUSES, ids=lambda given: str(given)[:60])
def test_what_aws_would_refuse_is_refused_before_a_deployment(given: dict[str, Any]) -> None:
    with pytest.raises(SettingsError, match=f"{next(reversed(given))}: |{next(iter(given))}: "):
        settings_of(given)


NAMES_THAT_AWS_TAKES: tuple[dict[str, Any], ...] = (
    {"organization_read_role": "arn:aws-us-gov:iam::111122223333:role/teams/platform/read@why=1"},
    {"permissions_boundary": "teams/limit"},
    {"permissions_boundary": "arn:aws:iam::aws:policy/PowerUserAccess"},
    {"role_path": f"/{'a' * 510}/"},
    {"tags": {"équipe": "日本 + web", "cost:center": "a/b@c=1"}},
    {"log_group_tags": {"team": "*", "aws:cloudformation:stack-name": "orders"}},
    {"log_groups": ["/" + "a" * 511]},
    {"slack_secret": "arn:aws-cn:secretsmanager:cn-north-1:123456789012:secret:team/slack-AbCdEf"},
    {"log_groups": ["*"]},
    {"log_groups": ["/ecs/*"], "exclude_log_groups": ["/ecs/loud*", "/ecs/?"]},
)


@pytest.mark.parametrize("given", NAMES_THAT_AWS_TAKES, ids=lambda given: str(given)[:60])
def test_what_aws_takes_is_taken(given: dict[str, Any]) -> None:
    settings_of(given)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (
            {"target_read_roles": {"111122223333": "arn:aws:iam::999999999999:role/read"}},
            "target_read_roles: 111122223333 is given a role of 999999999999",
        ),
        (
            {"log_groups": ["/ecs/orders"], "exclude_log_groups": ["/ecs/*"]},
            "log_groups: /ecs/orders is left out again by exclude_log_groups (/ecs/*)",
        ),
        (
            {"log_groups": ["/ecs/orders*"], "exclude_log_groups": ["/ecs/o*"]},
            "log_groups: /ecs/orders* is left out again by exclude_log_groups (/ecs/o*)",
        ),
        (
            {"log_groups": ["/ecs/*"], "centralized_logs": True},
            "centralized_logs: only groups that log_groups names whole",
        ),
        (
            {"log_groups": ["/ecs/*", "/a"], "globs_by": "account-policy", "centralized_logs": True},
            "centralized_logs: ",
        ),
        ({"tags": {"team": "a", "Team": "b"}}, "tags: IAM takes team and Team for one"),
        (
            {"stack_name": "why403-incidents"},
            'a name that ends in "-incidents" is what a stack why403 gives a dashboard',
        ),
        ({"stack_name": "why403-globs"}, 'a name that ends in "-globs" is what a stack why403 gives'),
        (
            {"expected": [{"role": "*", "action": "*", "reason": "noise", "owner": "me"}]},
            "a glob that does not fit everything",
        ),
        (
            {"log_groups": [f"/ecs/{number}" for number in range(1_001)]},
            "log_groups: expected at most 1000, found 1001",
        ),
    ],
)
def test_settings_that_contradict_each_other_are_told(given: dict[str, Any], told: str) -> None:
    with pytest.raises(SettingsError) as error:
        settings_of(given)

    assert told in str(error.value)


def test_a_cdk_json_that_cannot_be_read_is_told_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "cdk.json").write_text('{\n  "context": {\n    "why403": {"log_groups": ["/ecs/a"]\n  }\n')

    with pytest.raises(SettingsError, match=r"cdk.json.* line \d+, column \d+"):
        context_of(tmp_path / "cdk.json")


@pytest.mark.parametrize("text", ["[]", '{"context": 3}'])
def test_a_cdk_json_that_holds_no_context_is_told(text: str, tmp_path: Path) -> None:
    (tmp_path / "cdk.json").write_text(text)

    with pytest.raises(SettingsError, match=r"cdk.json: expected an object"):
        context_of(tmp_path / "cdk.json")


GOOD_AND_BAD: tuple[dict[str, Any], ...] = (
    {},
    {"log_groups": ["/ecs/orders", "/ecs/*"]},
    {"log_groups": "/ecs/orders"},
    {"log_groups": ["/ecs/ orders"]},
    {"log_groups": 3},
    {"langage": "en"},
    {"language": "ja"},
    {"language": "fr"},
    {"retention_days": 90},
    {"retention_days": 0},
    {"retention_days": True},
    {"chat": True},
    {"chat": 1},
    {"concurrency": {"triage": 4}},
    {"concurrency": {"triag": 4}},
    {"tags": {"team": "web"}},
    {"tags": {"team": 3}},
    {"permissions_boundary": "arn:aws:iam::123456789012:policy/x"},
    {"permissions_boundary": "arn:aws:iam::1:policy/x"},
    {"expected": [{"role": "scanner-*", "reason": "probes", "owner": "ops"}]},
    {"expected": [{"reason": "probes", "owner": "ops"}]},
    {"expected": [{"role": "scanner-*", "owner": "ops"}]},
    {"routes": [{"name": "payments", "severity": "high", "slack_secret": "payments/slack"}]},
    {"routes": [{"nam": "payments"}]},
    {"target_read_roles": {"123456789012": "arn:aws:iam::123456789012:role/read"}},
    {"target_read_roles": {"12": "arn:aws:iam::123456789012:role/read"}},
    *NAMES_THAT_AWS_REFUSES,
    *NAMES_THAT_AWS_TAKES,
)


@pytest.mark.parametrize("given", GOOD_AND_BAD, ids=lambda given: str(given)[:60])
def test_the_editor_s_schema_takes_what_we_take(given: dict[str, Any]) -> None:
    try:
        settings_of(given)
        taken = True
    except SettingsError:
        taken = False

    told = Draft202012Validator(setting_schema()).is_valid({"context": {"why403": given}})

    assert taken is told


def test_the_editor_s_schema_takes_our_own_cdk_json_and_describes_every_setting() -> None:
    schema = setting_schema()
    properties = schema["properties"]["context"]["properties"]["why403"]["properties"]

    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(json.loads((ROOT / "cdk.json").read_text()))
    assert set(properties) == {one.name for one in declared()}
    assert [name for name, one in properties.items() if not one.get("description")] == []
