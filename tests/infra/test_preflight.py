"""What would make a deployment fail is said before it, against the embedded account."""

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from why403.aws import session

from demo.emulator import Emulator
from infra.settings import context_of, settings_of
from tools import deploy
from tools import preflight_checks as checks
from tools import preflight_named as named
from tools import preflight_taken as taken
from tools.deploy import PAGE_MODES, choose_page_mode, command
from tools.preflight import findings, settings_to_deploy

pytestmark = [pytest.mark.xdist_group("preflight"), pytest.mark.emulator]
Told = Callable[[Any, Mapping[str, Any]], list[str]]


@pytest.fixture
def account(empty_account: Emulator, monkeypatch: pytest.MonkeyPatch) -> Iterator[Emulator]:
    for name, value in empty_account.environment.items():
        monkeypatch.setenv(name, value)
    session.forget()
    yield empty_account
    session.forget()


@pytest.fixture
def told(account: Emulator) -> Told:
    """What one check says of these settings; ✗ before what would make the deployment fail."""

    def run(check: Any, settings: Mapping[str, Any]) -> list[str]:
        assert account.endpoint
        found = findings(settings_of(settings), [check])
        return [f"{'✗' if finding.blocks else '!'} {finding.told}" for finding in found]

    return run


def _client(account: Emulator, service: str) -> Any:
    return account.session().client(service, endpoint_url=account.endpoint)  # type: ignore[call-overload]


def _answers(monkeypatch: pytest.MonkeyPatch, service: str, operation: str, answer: object) -> None:
    """What AWS says where the emulator says otherwise."""
    said = SimpleNamespace(**{operation: lambda *_, **__: answer})
    for module in ("tools.preflight_checks", "tools.preflight_named"):
        monkeypatch.setattr(
            f"{module}.client",
            lambda name, region="": said if name == service else session.client(name, region),
        )


def _limit(monkeypatch: pytest.MonkeyPatch, executions: int) -> None:
    limit = {"ConcurrentExecutions": executions, "UnreservedConcurrentExecutions": executions}
    _answers(monkeypatch, "lambda", "get_account_settings", {"AccountLimit": limit})


def test_an_account_without_the_cdks_bootstrap_is_told_the_command(told: Told) -> None:
    (line,) = told(checks.check_bootstrap, {})

    assert line.startswith(
        "✗ The CDK is not set up in this account and Region. Do it once, by: make bootstrap."
    )


@pytest.mark.parametrize(("version", "begins"), [("30", []), ("5", ["✗ The CDK's set-up in this account "])])
def test_a_bootstrapped_account_is_fine_unless_the_cdk_refuses_what_is_so_old(
    told: Told, account: Emulator, version: str, begins: list[str]
) -> None:
    name = "/cdk-bootstrap/hnb659fds/version"
    _client(account, "ssm").put_parameter(Name=name, Value=version, Type="String")

    assert [line[:35] for line in told(checks.check_bootstrap, {})] == [one[:35] for one in begins]


def test_an_organizations_own_qualifier_is_looked_for_in_its_place(account: Emulator, tmp_path: Path) -> None:
    cdk = tmp_path / "cdk.json"
    cdk.write_text(json.dumps({"context": {checks.QUALIFIER: "acme"}}))
    missing = list(checks.check_bootstrap(settings_of({}), cdk))
    _client(account, "ssm").put_parameter(Name="/cdk-bootstrap/acme/version", Value="30", Type="String")

    assert "with the qualifier acme of cdk.json" in missing[0].told
    assert list(checks.check_bootstrap(settings_of({}), cdk)) == []


def test_names_of_the_stacks_own_that_are_taken_are_told_with_the_way_past(
    told: Told, account: Emulator
) -> None:
    trust = {"Version": "2012-10-17", "Statement": []}
    free = told(taken.check_taken_names, {})
    _client(account, "iam").create_role(
        RoleName="why403-triage-ap-northeast-1", AssumeRolePolicyDocument=json.dumps(trust)
    )
    _client(account, "logs").create_log_group(logGroupName="/why403/why403/notify")
    lines = told(taken.check_taken_names, {})

    assert free == []
    assert [line.split(" is there")[0] for line in lines] == [
        "✗ stack_name: the role why403-triage-ap-northeast-1",
        "✗ stack_name: the log group /why403/why403/notify",
    ]
    assert told(taken.check_taken_names, {"stack_name": "another"}) == []


def test_a_log_group_of_a_class_that_takes_no_filter_is_told(told: Told, account: Emulator) -> None:
    _client(account, "logs").create_log_group(logGroupName="/ecs/rare", logGroupClass="INFREQUENT_ACCESS")

    (line,) = told(checks.check_log_groups, {"log_groups": ["/ecs/rare"]})

    assert line.startswith("✗ log_groups: /ecs/rare is of class INFREQUENT_ACCESS, which takes no")


def test_a_log_group_that_is_there_is_fine(told: Told, account: Emulator) -> None:
    _client(account, "logs").create_log_group(logGroupName="/ecs/orders")

    assert told(checks.check_log_groups, {"log_groups": ["/ecs/orders"]}) == []


def test_an_unknown_log_group_is_told_with_what_may_have_been_meant(told: Told, account: Emulator) -> None:
    _client(account, "logs").create_log_group(logGroupName="/ecs/orders")

    assert told(checks.check_log_groups, {"log_groups": ["/ecs/order"]}) == [
        "✗ log_groups: there is no log group /ecs/order. Did you mean /ecs/orders?"
    ]


def test_a_log_group_whose_filters_are_taken_is_told(told: Told, account: Emulator) -> None:
    logs = _client(account, "logs")
    logs.create_log_group(logGroupName="/ecs/orders")
    destination = "arn:aws:lambda:ap-northeast-1:123456789012:function:other"
    for name in ("shipper", "search"):
        logs.put_subscription_filter(
            logGroupName="/ecs/orders", filterName=name, filterPattern="", destinationArn=destination
        )
    (line,) = told(checks.check_log_groups, {"log_groups": ["/ecs/orders"]})

    assert line.startswith(
        "! log_groups: /ecs/orders has 2 of 2 to 5 (the account's quota could not be read)"
    )


@pytest.mark.parametrize(("quota", "told_of"), [(2, ["✗ log_groups: /ecs/orders has 2 of 2 "]), (5, [])])
def test_how_many_filters_a_group_may_have_is_the_account_s_to_say(
    told: Told, account: Emulator, monkeypatch: pytest.MonkeyPatch, quota: int, told_of: list[str]
) -> None:
    _client(account, "logs").create_log_group(logGroupName="/ecs/orders")
    destination = "arn:aws:lambda:ap-northeast-1:123456789012:function:other"
    for name in ("shipper", "search"):
        _client(account, "logs").put_subscription_filter(
            logGroupName="/ecs/orders", filterName=name, filterPattern="", destinationArn=destination
        )
    page = {"Quotas": [{"QuotaName": "Subscription filters per log group", "Value": float(quota)}]}
    pages = SimpleNamespace(paginate=lambda **_: iter([page]))
    _answers(monkeypatch, "service-quotas", "get_paginator", pages)
    lines = told(checks.check_log_groups, {"log_groups": ["/ecs/orders"]})

    assert told_of == [line[: len(start)] for line, start in zip(lines, told_of, strict=True)]


def test_a_slack_app_that_slack_could_not_reach_is_told_before_anything_is_deployed(
    told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_REGION", "ca-west-1")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "ca-west-1")
    session.forget()

    assert told(checks.check_region, {}) == []
    (line,) = told(checks.check_region, {"slack_app": True})
    assert line.startswith("✗ slack_app: Lambda has no function URLs in ca-west-1")


@pytest.mark.parametrize(
    ("region", "mode", "blocked"),
    [
        ("us-gov-west-1", "signed", True),
        ("ca-west-1", "console", False),
        ("ca-west-1", "off", False),
        ("ap-northeast-1", "signed", False),
    ],
)
def test_a_region_without_function_urls_is_told_before_anything_is_deployed(
    told: Told, monkeypatch: pytest.MonkeyPatch, region: str, mode: str, *, blocked: bool
) -> None:
    monkeypatch.setenv("AWS_REGION", region)
    monkeypatch.setenv("AWS_DEFAULT_REGION", region)
    session.forget()
    lines = told(checks.check_region, {"page_mode": mode})

    assert blocked == any(
        line.startswith(f"✗ page_mode: Lambda has no function URLs in {region}") for line in lines
    )


def test_our_own_filter_of_an_earlier_deployment_takes_no_slot(told: Told, account: Emulator) -> None:
    logs = _client(account, "logs")
    logs.create_log_group(logGroupName="/ecs/orders")
    destination = "arn:aws:lambda:ap-northeast-1:123456789012:function:triage"
    for name in ("shipper", "why403"):
        logs.put_subscription_filter(
            logGroupName="/ecs/orders", filterName=name, filterPattern="", destinationArn=destination
        )

    assert told(checks.check_log_groups, {"log_groups": ["/ecs/orders"]}) == []


def test_nothing_to_watch_is_told(told: Told) -> None:
    (line,) = told(checks.check_log_groups, {})

    assert line.startswith("✗ log_groups is empty")


@pytest.mark.parametrize(
    ("settings", "setting"),
    [
        ({"slack_secret": "team/hook"}, "slack_secret"),
        ({"routes": [{"pagerduty_secret": "team/hook"}]}, "routes[0].pagerduty_secret"),
    ],
)
def test_a_secret_that_is_not_there_is_told(told: Told, settings: dict[str, Any], setting: str) -> None:
    (line,) = told(named.check_names, settings)

    assert line.startswith(f"✗ {setting}: there is no secret team/hook. Make it: aws secretsmanager create-")


def test_a_secret_that_is_empty_is_told(told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    _answers(monkeypatch, "secretsmanager", "describe_secret", {"Name": "team/hook"})
    (line,) = told(named.check_names, {"slack_secret": "team/hook"})

    assert line.startswith("✗ slack_secret: the secret team/hook is empty. Fill it: aws secretsmanager put-")


def test_a_secret_that_holds_something_is_fine(told: Told, account: Emulator) -> None:
    _client(account, "secretsmanager").create_secret(Name="team/hook", SecretString="made-up")

    assert told(named.check_names, {"slack_secret": "team/hook"}) == []


def test_a_boundary_that_is_not_there_is_told(told: Told) -> None:
    assert told(checks.check_boundary, {"permissions_boundary": "limit"}) == [
        "✗ permissions_boundary: there is no policy arn:aws:iam::123456789012:policy/limit."
    ]


def test_alarms_that_nobody_hears_are_told_and_block_nothing(told: Told) -> None:
    (line,) = told(checks.check_listeners, {})

    assert line.startswith("! alarm_email_addresses is empty")


@pytest.mark.parametrize(
    ("executions", "reserve"), [(10, "no"), (124, "no"), (126, "no"), (127, "yes"), (1_000, "yes")]
)
def test_concurrency_is_reserved_where_the_account_has_it(
    told: Told, monkeypatch: pytest.MonkeyPatch, executions: int, reserve: str
) -> None:
    _limit(monkeypatch, executions)
    lines = told(checks.check_concurrency, {})

    assert command(settings_of({}), ["--all"])[-3:] == [
        "--parameters",
        f"ReserveConcurrency={reserve}",
        "--all",
    ]
    assert [line[:40] for line in lines] == (
        [] if reserve == "yes" else ["! concurrency: the account cannot reserve"[:40]]
    )


def test_who_reserves_nothing_needs_no_room(told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    _limit(monkeypatch, 10)
    nothing = dict.fromkeys(
        ("triage", "diagnose", "notify", "recheck", "survey", "console", "console_act"), 0
    )

    assert told(checks.check_concurrency, {"concurrency": nothing}) == []


def test_a_check_that_aws_refuses_stops_no_other(told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    from botocore.exceptions import ClientError  # noqa: PLC0415

    def refuse(**_: object) -> None:
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "GetParameter")

    said = SimpleNamespace(get_parameter=refuse)
    monkeypatch.setattr("tools.preflight_checks.client", lambda _: said)
    (line,) = told(checks.check_bootstrap, {})

    assert line.startswith(
        "! Could not check whether the account and Region are bootstrapped for the CDK: An"
    )


def test_settings_given_on_the_command_line_are_the_ones_looked_at() -> None:
    given = settings_to_deploy(["-c", 'why403={"log_groups": ["/ecs/a"]}', "--all"])

    assert given.log_groups == ("/ecs/a",)
    assert settings_to_deploy(["--all"]).log_groups == ()


def _cdk_json(folder: Path, **settings: object) -> Path:
    file = folder / "cdk.json"
    file.write_text(json.dumps({"app": "x", "context": {"why403": {"language": "ja", **settings}}}))
    return file


def test_the_first_deployment_asks_where_incidents_are_shown_until_it_is_told_and_keeps_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, answers = _cdk_json(tmp_path), iter(["public", " Signed "])
    choose_page_mode(file, [], ask=lambda _question: next(answers))
    kept = context_of(file)["why403"]
    choose_page_mode(file, [], ask=lambda _question: "off")

    assert kept == {"language": "ja", "page_mode": "signed"}
    assert context_of(file)["why403"] == kept
    assert capsys.readouterr().out.count("Where are incidents shown") == 1


@pytest.mark.parametrize("key", [EOFError, KeyboardInterrupt])
def test_who_breaks_the_question_off_deploys_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], key: type[BaseException]
) -> None:
    def press(_: str) -> str:
        raise key

    monkeypatch.setattr("sys.stdin", SimpleNamespace(isatty=lambda: True))
    monkeypatch.setattr("tools.deploy.input", press, raising=False)

    assert (deploy.main([]), capsys.readouterr().err) == (130, "\nNothing was deployed.\n")


def test_enter_takes_the_console(tmp_path: Path) -> None:
    file = _cdk_json(tmp_path)
    choose_page_mode(file, [], ask=lambda _question: "")

    assert context_of(file)["why403"]["page_mode"] == "console"


def test_where_nobody_can_be_asked_the_default_is_said_and_nothing_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = _cdk_json(tmp_path)
    before = file.read_text()
    choose_page_mode(file, [], ask=None)
    told = capsys.readouterr().out

    assert file.read_text() == before
    assert [f"  {mode}: " in told for mode in PAGE_MODES] == [True, True, True]
    assert "it is console" in told


def test_a_secret_that_outlived_its_stack_is_told_with_the_way_on(told: Told, account: Emulator) -> None:
    for name in ("why403/slack", "why403/links"):
        _client(account, "secretsmanager").create_secret(Name=name)
    room, links = told(taken.check_own_secrets, {"page_mode": "signed"})

    assert 'Write "slack_secret": "why403/slack" in cdk.json' in room
    assert "delete-secret --secret-id why403/links" in links
    assert told(taken.check_own_secrets, {"slack_secret": "why403/slack"}) == []


def test_a_secret_of_the_stack_that_is_deployed_is_its_own(told: Told, account: Emulator) -> None:
    template = {
        "Resources": {
            "Slack": {"Type": "AWS::SecretsManager::Secret", "Properties": {"Name": "why403/slack"}}
        }
    }
    _client(account, "cloudformation").create_stack(StackName="why403", TemplateBody=json.dumps(template))

    assert told(taken.check_own_secrets, {}) == []
