"""Globs are watched by filters of our own, which go before the function that they lead to."""

import json
from typing import Any

import pytest
from why403.errors import SettingsError
from why403.incidents.log_groups import parse_log_groups

pytestmark = pytest.mark.xdist_group("synth")
MIXED = {"log_groups": ["/ecs/orders", "/app/*", "/ecs/o?"], "exclude_log_groups": ["/app/loud*"]}


def test_named_groups_alone_need_no_subscriber(synth: Any) -> None:
    template = synth()

    assert "SubscribeHandlerFunction" not in template.text
    assert "PutSubscriptionFilter" not in template.text


def test_named_groups_beside_globs_stay_in_the_template_and_are_left_to_it(synth: Any) -> None:
    template = synth(MIXED)
    (named,) = template.of("Logs::SubscriptionFilter").values()
    variables = template.variables("subscribe")
    groups = parse_log_groups(variables["LOG_GROUPS"])
    meant = {"/app/a": True, "/ecs/o1": True, "/app/loud1": False, "/ecs/orders": False, "/why403/x": False}

    assert (named["LogGroupName"], named["FilterName"]) == ("/ecs/orders", "why403")
    assert variables["FILTER_NAME"] == "why403-globs"
    assert {group: groups.accept(group) for group in meant} == meant
    assert template.of("Logs::AccountPolicy") == {}


def test_filters_are_put_at_groups_that_fit_alone(synth: Any) -> None:
    statements = [one for one in synth(MIXED).statements() if one["Action"] == "logs:PutSubscriptionFilter"]
    told = json.dumps(statements)

    assert len(statements) == 1
    assert [told.count(f':log-group:{name}"') for name in ("/app/*", "/app/*:*", "/ecs/o?", "/ecs/o?:*", "*")] == [
        1, 0, 1, 1, 0
    ]  # fmt: skip


def test_when_the_stack_goes_rules_go_first_then_filters_then_the_function(synth: Any) -> None:
    resources = synth(MIXED).body["Resources"]
    rules = {
        name: one
        for name, one in resources.items()
        if name.startswith(("SubscribeSchedule", "SubscribeGroup"))
    }
    (removal,) = (name for name, one in resources.items() if one["Type"] == "Custom::SubscriptionFilters")
    waits = resources[removal]["DependsOn"]
    bound = {name for name, one in rules.items() if one["Type"] == "AWS::Events::Rule"}

    assert len(bound) == 2
    assert all(removal in rules[name]["DependsOn"] for name in bound)
    assert any(name.startswith("SubscribeHandlerRoleDefaultPolicy") for name in waits)
    assert resources[removal]["Properties"]["ServiceToken"]["Fn::GetAtt"][0].startswith(
        "SubscribeHandlerFunction"
    )


def test_log_groups_that_are_made_are_heard_of(synth: Any) -> None:
    patterns = [
        rule["EventPattern"] for rule in synth(MIXED).of("Events::Rule").values() if "EventPattern" in rule
    ]

    assert {
        "source": ["aws.logs"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {"eventName": ["CreateLogGroup"], "errorCode": [{"exists": False}]},
    } in patterns


def test_tags_alone_bring_the_subscriber_and_bind_its_filters_to_groups_that_carry_them(synth: Any) -> None:
    made = synth({"log_groups": [], "log_group_tags": {"team": "search", "why403": "*"}})
    (put,) = [one for one in made.statements() if one["Action"] == "logs:PutSubscriptionFilter"]
    heard = [rule for rule in made.of("Events::Rule").values() if "TagResource" in str(rule)]

    assert put["Condition"] == {
        "StringLike": {"aws:ResourceTag/team": "search", "aws:ResourceTag/why403": "*"}
    }
    assert json.loads(made.variables("subscribe")["TAGS"]) == {"team": "search", "why403": "*"}
    assert json.loads(made.variables("triage")["LOG_GROUPS"])["include"] == ["*"]
    assert "/why403/*" in json.loads(made.variables("triage")["LOG_GROUPS"])["exclude"]
    assert len(heard) == 1
    assert json.loads(made.variables("recheck")["LOG_GROUPS"])["include"] == []


def test_tags_and_an_account_level_policy_do_not_go_together(synth: Any) -> None:
    with pytest.raises(SettingsError, match="log_group_tags: an account-level policy cannot select by tags"):
        synth({"log_groups": ["/ecs/*"], "globs_by": "account-policy", "log_group_tags": {"team": "search"}})
