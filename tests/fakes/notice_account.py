"""An account with everything that notify, the page and the Slack app work with, and one open incident."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from moto import mock_aws
from why403.aws.incident_table import DynamoIncidentTable
from why403.aws.secrets import open_secrets
from why403.aws.session import forget

from tests.fakes.dynamodb_table import make_table
from tests.fakes.incidents import opened_incident
from tests.fakes.receiver import Receiver

REGION = "us-east-1"
KEY = "k" * 64
INCIDENT = opened_incident()
CONTEXT: Any = SimpleNamespace(
    invoked_function_arn=f"arn:aws:lambda:{REGION}:123456789012:function:notify",
    function_name="notify",
    function_version="$LATEST",
    memory_limit_in_mb=512,
    aws_request_id="0123",
    log_group_name="/why403/notify",
    log_stream_name="s",
)
"""What Lambda hands to a handler besides its event."""


@contextmanager
def notice_account(slack: Receiver, monkeypatch: pytest.MonkeyPatch) -> Iterator[DynamoIncidentTable]:
    """An account with everything that the stack makes, and one open incident."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    with mock_aws(config={"core": {"passthrough": {"urls": [slack.url + ".*"]}}}):
        forget()
        open_secrets.cache_clear()
        put_secret("slack", f"{slack.url}/services/T0/B0/made-up")
        put_secret("links", json.dumps({"current": "1", "1": KEY}))
        boto3.client("secretsmanager").create_secret(Name="never-filled")
        topic = boto3.client("sns").create_topic(Name="machines")["TopicArn"]
        for name, value in settings_of_account(slack, topic).items():
            monkeypatch.setenv(name.upper(), value)
        made = make_table(boto3.client("dynamodb"), "incidents")
        made.open(INCIDENT)
        yield made
    forget()
    open_secrets.cache_clear()


def put_secret(name: str, text: str) -> None:
    """A secret of the account's."""
    boto3.client("secretsmanager").create_secret(Name=name, SecretString=text)


def settings_of_account(slack: Receiver, topic: str) -> dict[str, str]:
    """The environment of notify and of the fix page."""
    return {
        "table_name": "incidents",
        "routes": json.dumps([{"slack_secret": "slack"}]),
        "language": "en",
        "page_url": "https://page.example/",
        "stack_name": "why403",
        "console_dashboard": "",
        "link_secret_arn": "links",
        "alarm_topic_arn": "",
        "link_hours": "168",
        "act_hours": "8",
        "acting": "links",
        "email_topic_arn": "",
        "chat_topic_arn": "",
        "machine_topic_arn": topic,
        "event_bus_name": "default",
        "redact_emails": "false",
        "slack_app": "false",
        "webhook_hosts": json.dumps([slack.host]),
    }
