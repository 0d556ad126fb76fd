"""Alarms reach people: the topic and its key let CloudWatch through, and only for this account."""

from typing import Any

import pytest

pytestmark = pytest.mark.xdist_group("synth")
OWN = {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}


def _alarm_topic(template: Any) -> str:
    return str(template.body["Outputs"]["AlarmsTopicArn"]["Value"]["Ref"])


def test_cloudwatch_may_publish_to_the_alarms_topic(synth: Any) -> None:
    template = synth()
    topic = _alarm_topic(template)
    statements = [
        statement
        for policy in template.of("SNS::TopicPolicy").values()
        if policy["Topics"] == [{"Ref": topic}]
        for statement in policy["PolicyDocument"]["Statement"]
        if statement.get("Principal") == {"Service": "cloudwatch.amazonaws.com"}
    ]

    assert [(found["Effect"], found["Action"], found["Condition"]) for found in statements] == [
        ("Allow", "sns:Publish", OWN)
    ]


def test_cloudwatch_may_use_the_key_of_the_alarms_topic(synth: Any) -> None:
    template = synth()
    (key,) = template.of("KMS::Key").values()
    statements = [
        statement
        for statement in key["KeyPolicy"]["Statement"]
        if statement["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    ]

    assert [(found["Action"], found["Condition"]) for found in statements] == [
        (["kms:Decrypt", "kms:GenerateDataKey"], OWN)
    ]


def test_every_topic_is_encrypted_and_refuses_plain_http(synth: Any) -> None:
    template = synth({"chat": True, "email_addresses": ["team@example.com"]})
    topics = template.of("SNS::Topic")
    denied = {
        policy["Topics"][0]["Ref"]
        for policy in template.of("SNS::TopicPolicy").values()
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Deny" and "aws:SecureTransport" in str(statement["Condition"])
    }

    assert len(topics) == 5
    assert all("KmsMasterKeyId" in topic for topic in topics.values())
    assert set(topics) == denied


def test_addresses_are_subscribed_to_what_they_asked_for(synth: Any) -> None:
    template = synth(
        {"email_addresses": ["team@example.com"], "alarm_email_addresses": ["on-call@example.com"]}
    )
    emails = {
        found["Endpoint"]: found["TopicArn"]["Ref"]
        for found in template.of("SNS::Subscription").values()
        if found["Protocol"] == "email"
    }
    outputs = template.body["Outputs"]

    assert {
        "team@example.com": outputs["EmailTopicArn"]["Value"]["Ref"],
        "on-call@example.com": outputs["AlarmsTopicArn"]["Value"]["Ref"],
    } == emails


def test_topics_that_are_off_are_not_made(synth: Any) -> None:
    template = synth()

    assert len(template.of("SNS::Topic")) == 3
    assert (
        template.variables("notify")["EMAIL_TOPIC_ARN"],
        template.variables("notify")["CHAT_TOPIC_ARN"],
    ) == ("", "")
