"""Log groups reach triage, however many, and ours never do."""

import json
from typing import Any

import pytest
from why403.incidents.log_groups import parse_log_groups

pytestmark = pytest.mark.xdist_group("synth")
GROUPS = [f"/ecs/service-{number:03}" for number in range(200)]


def test_two_hundred_groups_take_one_permission(synth: Any) -> None:
    template = synth({"log_groups": GROUPS})
    permissions = [
        permission
        for permission in template.of("Lambda::Permission").values()
        if permission["Principal"] == "logs.amazonaws.com"
    ]

    assert [permission["SourceAccount"] for permission in permissions] == [{"Ref": "AWS::AccountId"}]
    assert set(GROUPS) == {item["LogGroupName"] for item in template.of("Logs::SubscriptionFilter").values()}


def test_a_reordered_list_keeps_every_logical_id(synth: Any) -> None:
    straight = synth({"log_groups": GROUPS}).of("Logs::SubscriptionFilter")
    reordered = synth({"log_groups": [*reversed(GROUPS), "/ecs/new"]}).of("Logs::SubscriptionFilter")

    assert straight == {
        name: found for name, found in reordered.items() if found["LogGroupName"] != "/ecs/new"
    }


def test_the_filter_pattern_is_the_librarys_and_within_the_limit(synth: Any) -> None:
    from why403.denials.filter_terms import filter_pattern  # noqa: PLC0415

    patterns = {item["FilterPattern"] for item in synth().of("Logs::SubscriptionFilter").values()}

    assert {filter_pattern()} == patterns
    assert len(filter_pattern()) <= 1024


def test_filters_wait_for_the_permission(synth: Any) -> None:
    body = synth().body["Resources"]
    permission = next(
        name
        for name, found in body.items()
        if found["Type"] == "AWS::Lambda::Permission"
        and found["Properties"]["Principal"] == "logs.amazonaws.com"
    )
    filters = [found for found in body.values() if found["Type"] == "AWS::Logs::SubscriptionFilter"]

    assert [[permission]] == [found["DependsOn"] for found in filters]


def test_globs_by_account_policy_take_one_policy_of_the_account_and_no_filter(synth: Any) -> None:
    template = synth(
        {
            "log_groups": ["/ecs/*", "/aws/lambda/pay"],
            "exclude_log_groups": ["/ecs/noisy", "/ecs/x*"],
            "globs_by": "account-policy",
        }
    )
    (policy,) = template.of("Logs::AccountPolicy").values()

    assert template.of("Logs::SubscriptionFilter") == {}
    assert policy["PolicyType"] == "SUBSCRIPTION_FILTER_POLICY"
    assert '"/ecs/noisy"' in policy["SelectionCriteria"]
    assert "*" not in policy["SelectionCriteria"]


@pytest.mark.parametrize(
    "settings",
    [
        {"log_groups": ["*"]},
        {"log_groups": ["/ecs/orders"]},
        {"log_groups": ["*"], "globs_by": "account-policy"},
    ],
)
def test_our_own_log_groups_are_never_looked_at(synth: Any, settings: dict[str, Any]) -> None:
    template = synth(settings)
    own = [group["LogGroupName"] for group in template.of("Logs::LogGroup").values()]
    accepted = parse_log_groups(template.variables("triage")["LOG_GROUPS"])

    assert len(own) == len(template.of("Lambda::Function"))
    assert not any(map(accepted.accept, own))
    for policy in template.of("Logs::AccountPolicy").values():
        assert set(own) <= set(json.loads(policy["SelectionCriteria"].removeprefix("LogGroupName NOT IN ")))


def test_every_function_logs_to_a_group_of_ours_and_to_no_other(synth: Any) -> None:
    template = synth()
    ours = set(template.of("Logs::LogGroup"))
    used = {found["LoggingConfig"]["LogGroup"]["Ref"] for found in template.of("Lambda::Function").values()}

    assert ours == used


def test_no_group_at_all_still_makes_a_stack(synth: Any) -> None:
    assert synth({"log_groups": []}).of("Logs::SubscriptionFilter") == {}


def test_a_central_log_group_sends_the_source_of_each_line_only_where_the_settings_say(synth: Any) -> None:
    def fields(settings: dict[str, Any]) -> list[Any]:
        return [
            one.get("EmitSystemFields") for one in synth(settings).of("Logs::SubscriptionFilter").values()
        ]

    assert fields({"centralized_logs": True}) == [["@aws.account", "@aws.region"]]
    assert fields({}) == [None]
