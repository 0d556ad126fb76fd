"""Nothing is lost between the parts: each failure is tried again, then parked where an alarm sees it."""

import json
from typing import Any

import pytest
from why403.incidents.table_keys import CLAIM_MS, EXPIRES, STREAM_FILTER, STREAM_VIEW, UNRESOLVED_INDEX

pytestmark = pytest.mark.xdist_group("synth")


def _queue_of(template: Any, stem: str) -> str:
    return str(next(name for name in template.of("SQS::Queue") if name.startswith(stem.title())))


def _function_of(template: Any, stem: str) -> str:
    functions = template.of("Lambda::Function").items()
    return str(next(name for name, found in functions if found["Handler"] == f"{stem}.handler"))


@pytest.mark.parametrize("stem", ["triage", "notify", "recheck", "survey"])
def test_a_failed_event_is_tried_twice_more_then_parked(synth: Any, stem: str) -> None:
    template = synth()
    (config,) = [
        found
        for found in template.of("Lambda::EventInvokeConfig").values()
        if found["FunctionName"] == {"Ref": _function_of(template, stem)}
    ]

    assert config["MaximumRetryAttempts"] == 2
    assert [_queue_of(template, stem), "Arn"] == config["DestinationConfig"]["OnFailure"]["Destination"][
        "Fn::GetAtt"
    ]


def test_only_the_outbox_reaches_diagnose_and_a_bad_record_is_set_apart(synth: Any) -> None:
    template = synth()
    (mapping,) = template.of("Lambda::EventSourceMapping").values()

    assert json.loads(mapping["FilterCriteria"]["Filters"][0]["Pattern"]) == STREAM_FILTER
    assert mapping["BisectBatchOnFunctionError"]
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert mapping["StartingPosition"] == "TRIM_HORIZON"
    assert [_queue_of(template, "diagnose"), "Arn"] == mapping["DestinationConfig"]["OnFailure"][
        "Destination"
    ]["Fn::GetAtt"]


def test_what_a_topic_cannot_hand_over_is_parked(synth: Any) -> None:
    template = synth()
    queues = [
        found["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"]
        for found in template.of("SNS::Subscription").values()
        if found["Protocol"] == "lambda"
    ]

    assert [[_queue_of(template, "notify"), "Arn"]] * 2 == queues


def test_what_a_schedule_cannot_hand_over_is_parked(synth: Any) -> None:
    template = synth()
    targets = [rule["Targets"][0] for rule in template.of("Events::Rule").values()]
    tasks = {
        json.loads(target["Input"])["task"]: target["DeadLetterConfig"]["Arn"]["Fn::GetAtt"][0]
        for target in targets
        if "Input" in target
    }
    heard = [
        target["DeadLetterConfig"]["Arn"]["Fn::GetAtt"][0] for target in targets if "Input" not in target
    ]

    assert {"recheck", "reconcile", "survey", "digest", "silenced"} == set(tasks)
    assert tasks["digest"] == tasks["silenced"] == _queue_of(template, "notify")
    assert tasks["recheck"] == tasks["reconcile"] == _queue_of(template, "recheck")
    assert [tasks["survey"], *heard] == [_queue_of(template, "survey")] * 4


def test_the_survey_hears_only_of_what_may_change_who_writes_where(synth: Any) -> None:
    patterns = [
        rule["EventPattern"] for rule in synth().of("Events::Rule").values() if "EventPattern" in rule
    ]
    by_kind = {pattern["detail-type"][0]: pattern for pattern in patterns}

    assert by_kind["ECS Task State Change"]["detail"] == {
        "lastStatus": ["RUNNING"],
        "desiredStatus": ["RUNNING"],
    }
    assert "RegisterTaskDefinition" in by_kind["AWS API Call via CloudTrail"]["detail"]["eventName"]
    assert all(source.startswith("aws.") for pattern in patterns for source in pattern["source"])


def test_the_survey_may_read_what_it_lists_and_nothing_else(synth: Any, actions_of: Any) -> None:
    template = synth()
    (policy,) = [
        found
        for name, found in template.of("IAM::ManagedPolicy").items()
        if name.startswith("SurveyReadAccess")
    ]
    allowed = {
        action for statement in policy["PolicyDocument"]["Statement"] for action in actions_of(statement)
    }

    assert {service.partition(":")[0] for service in allowed} == {
        "apigateway",
        "batch",
        "codebuild",
        "ecs",
        "lambda",
        "states",
    }
    assert len(allowed) == 13


def test_parked_events_are_kept_for_two_weeks_and_encrypted(synth: Any) -> None:
    queues = synth().of("SQS::Queue").values()

    assert len(queues) == 5
    assert all(queue["MessageRetentionPeriod"] == 14 * 24 * 3600 for queue in queues)
    assert all(queue["SqsManagedSseEnabled"] for queue in queues)


def test_the_table_is_laid_out_as_the_library_says(synth: Any) -> None:
    (table,) = synth().of("DynamoDB::Table").values()

    assert table["TimeToLiveSpecification"] == {"AttributeName": EXPIRES, "Enabled": True}
    assert table["StreamSpecification"]["StreamViewType"] == STREAM_VIEW
    assert table["BillingMode"] == "PAY_PER_REQUEST"
    assert [index["IndexName"] for index in table["GlobalSecondaryIndexes"]] == [UNRESOLVED_INDEX]
    assert table["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"]


@pytest.mark.parametrize("protect", [False, True])
def test_the_table_outlives_the_stack_and_is_protected_where_the_settings_say(
    synth: Any,
    protect: bool,  # noqa: FBT001
) -> None:
    body = synth({"deletion_protection": protect}).body["Resources"]
    (table,) = [found for found in body.values() if found["Type"] == "AWS::DynamoDB::Table"]

    assert (table["DeletionPolicy"], table["UpdateReplacePolicy"]) == ("RetainExceptOnCreate", "Retain")
    assert protect == table["Properties"].get("DeletionProtectionEnabled", False)


def test_notify_ends_before_its_claim_of_a_delivery_does(synth: Any) -> None:
    assert synth().function("notify")["Timeout"] * 1000 < CLAIM_MS


def _reserved(template: Any, stem: str) -> Any:
    return template.function(stem).get("ReservedConcurrentExecutions")


def test_concurrency_is_bounded_as_the_settings_say(synth: Any) -> None:
    template = synth({"concurrency": {"triage": 3, "notify": 0}})

    assert _reserved(template, "triage")["Fn::If"][:2] == ["CanReserve", 3]
    assert _reserved(template, "diagnose")["Fn::If"][:2] == ["CanReserve", 5]
    assert _reserved(template, "notify") is None


def test_an_account_of_ten_executions_reserves_none_with_the_same_template(synth: Any) -> None:
    body = synth().body

    assert body["Parameters"]["ReserveConcurrency"]["Default"] == "yes"
    assert body["Conditions"]["CanReserve"] == {"Fn::Equals": [{"Ref": "ReserveConcurrency"}, "yes"]}
    assert _reserved(synth(), "triage")["Fn::If"][2] == {"Ref": "AWS::NoValue"}


def test_everything_carries_the_tags(synth: Any) -> None:
    template = synth({"tags": {"team": "platform"}})
    tagged = [
        found.get("Tags", [])
        for kind in ("Lambda::Function", "SQS::Queue", "DynamoDB::Table", "SNS::Topic")
        for found in template.of(kind).values()
    ]

    assert all({"Key": "team", "Value": "platform"} in tags for tags in tagged)


def test_the_stacks_alarms_reach_the_rooms_unless_a_setting_says_otherwise(synth: Any) -> None:
    def of_alarms(template: Any) -> list[str]:
        topic = template.body["Outputs"]["AlarmsTopicArn"]["Value"]
        return [
            one["Protocol"] for one in template.of("SNS::Subscription").values() if one["TopicArn"] == topic
        ]

    assert (of_alarms(synth()), of_alarms(synth({"alarms_in_rooms": False}))) == (["lambda"], [])
    assert (
        synth().variables("notify")["ALARM_TOPIC_ARN"] == synth().body["Outputs"]["AlarmsTopicArn"]["Value"]
    )
