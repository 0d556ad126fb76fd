"""The template's environment keys are the fields of each function's dataclass, and the values arrive whole."""

import dataclasses
import json
from typing import Any

import pytest
from why403 import environment
from why403.errors import SettingsError
from why403.incidents.watch import OwnRoles

pytestmark = pytest.mark.xdist_group("synth")
CLASSES: dict[str, type[environment.Environment]] = {
    "triage": environment.TriageEnvironment,
    "diagnose": environment.DiagnoseEnvironment,
    "notify": environment.NotifyEnvironment,
    "recheck": environment.RecheckEnvironment,
    "survey": environment.SurveyEnvironment,
    "subscribe": environment.SubscribeEnvironment,
    "fix_page": environment.FixPageEnvironment,
    "slack_app": environment.SlackAppEnvironment,
    "console": environment.ConsoleEnvironment,
    "console_act": environment.ConsoleEnvironment,
}
GLOBS = {"log_groups": ["/ecs/orders", "/app/*"]}
"""With these there is a function subscribe."""


@pytest.mark.parametrize("stem", CLASSES)
def test_the_keys_of_the_template_are_the_fields(synth: Any, stem: str) -> None:
    fields = {field.name.upper() for field in dataclasses.fields(CLASSES[stem])}

    mode = "signed" if stem == "fix_page" else "console"

    assert fields | {environment.METRICS_NAMESPACE} == set(
        synth({**GLOBS, "page_mode": mode, "slack_app": True}).variables(stem)
    )


def test_two_hundred_groups_fit_the_environment_and_arrive_whole(
    synth: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    groups = [f"/ecs/team-{number % 7}/service-{number:03}/application" for number in range(200)]
    variables = synth({"log_groups": groups}).variables("triage")
    size = sum(
        len(key) + len(value if isinstance(value, str) else "x" * 100) for key, value in variables.items()
    )
    for key, value in variables.items():
        monkeypatch.setenv(key, value if isinstance(value, str) else "a table")
    told = environment.TriageEnvironment.read()

    assert size <= 4096
    assert groups == json.loads(told.log_groups)["include"]


def test_settings_that_do_not_fit_are_told_before_a_deployment(synth: Any) -> None:
    import hashlib  # noqa: PLC0415

    groups = [f"/ecs/{hashlib.sha256(str(number).encode()).hexdigest()}" for number in range(120)]

    with pytest.raises(SettingsError, match=r"log_groups and the others take \d+ bytes"):
        synth({"log_groups": groups})


def test_no_endpoint_of_an_emulator_is_in_the_template(synth: Any) -> None:
    assert "AWS_ENDPOINT" not in synth().text


@pytest.mark.parametrize("stem", CLASSES)
def test_what_infra_sets_arrives_as_what_the_fields_promise(
    synth: Any, stem: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = {
        **GLOBS,
        "page_mode": "signed" if stem == "fix_page" else "console",
        "redact_emails": True,
        "slack_app": True,
        "webhook_hosts": ["hooks.example.com"],
        "target_read_roles": {"111122223333": "arn:aws:iam::111122223333:role/why403-read"},
    }
    for key, value in synth(settings).variables(stem).items():
        monkeypatch.setenv(key, value if isinstance(value, str) else "a reference")
    told = CLASSES[stem].read()

    assert told is CLASSES[stem].read()
    wanted = {"redact_emails": True, "webhook_hosts": ("hooks.example.com",), "retention_days": 90}
    wanted |= {"target_read_roles": settings["target_read_roles"], "link_hours": 72}
    fields = {field.name for field in dataclasses.fields(told)}
    assert {name: wanted[name] for name in fields & set(wanted)} == {
        name: getattr(told, name) for name in fields & set(wanted)
    }


@pytest.mark.parametrize("retention", ["ninety", "true", "9.5", "[9]", ""])
def test_all_that_is_of_another_kind_is_named_at_once(
    retention: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("TABLE_NAME", "LOG_GROUPS", "EXPECTED", "OWN_ACCOUNT"):
        monkeypatch.setenv(name, "")
    for name in ("OWN_ROLES", "READ_ROLES"):
        monkeypatch.setenv(name, "[]")
    monkeypatch.setenv("RETENTION_DAYS", retention)
    monkeypatch.setenv("REDACT_EMAILS", "1")

    with pytest.raises(SettingsError, match="whole number; REDACT_EMAILS is '1', expected true or false"):
        environment.TriageEnvironment.read()


def test_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TABLE_NAME", raising=False)

    with pytest.raises(SettingsError, match="the environment lacks TABLE_NAME"):
        environment.TriageEnvironment.read()


@pytest.mark.parametrize("stack", ["why403", "a-stack-whose-name-has-forty-letters-or-s"])
def test_triage_knows_the_role_of_every_function_of_the_stack_and_no_other(
    synth: Any, stack: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    template = synth({**GLOBS, "slack_app": True, "stack_name": stack[:40]})
    place = {"AWS::AccountId": "123456789012", "AWS::Region": "ap-southeast-4"}
    for key, value in template.variables("triage").items():
        monkeypatch.setenv(key, value if isinstance(value, str) else place.get(value["Ref"], "a table"))
    told = environment.TriageEnvironment.read()
    own = OwnRoles(told.own_account, frozenset(told.own_roles), frozenset(told.read_roles))
    names = [
        "".join(
            part if isinstance(part, str) else place[part["Ref"]] for part in role["RoleName"]["Fn::Join"][1]
        )
        for role in template.of("IAM::Role").values()
        if "lambda.amazonaws.com" in json.dumps(role) and "RoleName" in role
    ]

    assert len(names) == 9
    assert all(own.has(f"arn:aws:sts::123456789012:assumed-role/{name}/session") for name in names)
    assert not any(own.has(f"arn:aws:sts::123456789012:assumed-role/{name}x/session") for name in names)
