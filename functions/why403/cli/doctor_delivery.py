"""Doctor: does a line find its way to people: the channels' secrets, and a test line that arrived?"""

import time
from collections.abc import Sequence
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from why403.aws.incident_table import open_table
from why403.aws.secrets import Secrets
from why403.aws.session import client
from why403.aws.whoami import Identity
from why403.cli.doctor_check import Check
from why403.delivery.channel import Channel, Destination
from why403.delivery.doors import Post
from why403.denials.classify import classify
from why403.denials.denial import Denial
from why403.errors import DeliveryError, SettingsError, StoreError
from why403.http import post
from why403.iam.place import Place
from why403.incidents.fingerprint import fingerprint
from why403.log_events.log_event import LogEvent

TEST_MESSAGE = (
    "An error occurred (AccessDenied) when calling the SendMessage operation: Access to the resource "
    "https://sqs.us-east-1.amazonaws.com/123456789012/why403-doctor is denied."
)
"""Without a comma: the AWS CLI's shorthand would end the message there."""
PENDING = "PendingConfirmation"
"""In place of a subscription's ARN: https://docs.aws.amazon.com/sns/latest/api/API_Subscription.html."""


def ask_channel(channel: Channel[Any], there: Destination, region: str) -> Check:
    """What the receiver says without being told anything; the secret is read here, as whoever runs this may."""
    named = f"{channel.title}, by the secret {there.secret}" + "".join(
        f", {it}" for it in there.options.values()
    )
    if channel.ask is None:
        cure = "Write a test line (--send-test)."
        return Check(f"{named}, cannot be asked: {channel.unasked}", "unknown", cure)
    try:
        text = Secrets(lambda there: client("secretsmanager", there or region)).read(there.secret)
    except DeliveryError:
        cure = "Allow secretsmanager:GetSecretValue on it to whoever runs the doctor, and kms:Decrypt on its key."
        return Check(f"{named}, was not asked: you may not read the secret", "unknown", cure)
    try:
        return Check(f"{named}, answers: {channel.ask(text, there, post)}; nothing was posted", "ok")
    except (DeliveryError, SettingsError) as error:
        return Check(f"{named}, would not take a message", "failed", str(error))


def check_topic(topic: str, listener: str, region: str) -> Check:
    """Whether anybody hears it: an address that was not confirmed gets nothing, and SNS says so to nobody."""
    pages = client("sns", region).get_paginator("list_subscriptions_by_topic")
    try:
        found = [one for page in pages.paginate(TopicArn=topic) for one in page["Subscriptions"]]
    except (ClientError, BotoCoreError) as error:
        cure = "Allow sns:ListSubscriptionsByTopic to whoever runs the doctor."
        return Check(f"who hears {topic} could not be looked up ({type(error).__name__})", "unknown", cure)
    waiting = [str(one.get("Endpoint", "")) for one in found if one.get("SubscriptionArn") == PENDING]
    if waiting:
        cure = "Each must open the link in AWS's mail. It is valid for some days; a deployment sends no new one: subscribe again."
        return Check(f"{', '.join(waiting)} did not confirm the subscription of {topic}", "failed", cure)
    if not found:
        return Check(
            f"nobody hears {topic}, which is for {listener}", "failed", f"Subscribe to it: {listener}."
        )
    return Check(f"{len(found)} subscribers hear {topic}", "ok")


def check_slack_app(url: str, post: Post) -> Check:
    """Whether the Slack app's URL answers, and refuses what Slack did not sign. Nothing of ours is signed here."""
    headers = {"X-Slack-Request-Timestamp": str(int(time.time())), "X-Slack-Signature": f"v0={'0' * 64}"}
    try:
        status = post(url, b"payload=%7B%7D", headers).status
    except DeliveryError as error:
        cure = (
            "Look into the log of the function slack_app, and whether your network lets you out to that URL."
        )
        return Check(f"the Slack app's URL did not answer: {error}", "failed", cure)
    match status:
        case HTTPStatus.UNAUTHORIZED:
            cure = f"The Request URL in Slack, under Interactivity, must be {url}"
            return Check("the Slack app answers, and refuses what Slack did not sign", "ok", cure)
        case HTTPStatus.NOT_FOUND:
            cure = 'Put "signing_secret" and "team" beside "bot_token" into the secret (docs/slack-app.md).'
            return Check("the Slack app has no signing secret yet: its buttons do nothing", "failed", cure)
        case _:
            return Check(f"the Slack app's URL answers {status}", "failed", "Deploy the stack again.")


def check_test_line(table: str, group: str, place: Place) -> Check:
    """Whether the test line of `group` became an incident, and whether Slack took its message."""
    key = fingerprint(_test_denial(group), log_group=group, account=place.account)
    try:
        incident = open_table(table).get(key)
    except StoreError as error:
        return Check(
            f"table {table} could not be read: {error}", "unknown", f"Allow dynamodb:Query on {table}."
        )
    if incident is None:
        cure = (
            "Write one (--send-test), wait a minute, and ask again. If it stays away: is the group in the setting "
            "log_groups, does the triage function's log show an error?"
        )
        return Check(f"no test line of {group} has arrived", "failed", cure)
    seen = datetime.fromtimestamp(incident.last_seen / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return Check(
        f"a test line of {group} arrived, last at {seen}; the incident is {incident.state.value}", "ok"
    )


def test_line_commands(groups: Sequence[str], identity: Identity) -> str:
    """The commands that write a made-up denial: why403 itself writes nothing."""
    if not groups:
        return "Name the log group: why403 doctor --log-group GROUP --send-test\n"
    region = identity.place.region
    told = [
        "# why403 only reads. These commands write a made-up denial, which should reach Slack within a minute:"
    ]
    for group in groups:
        stream = f"--log-group-name {group} --log-stream-name why403-doctor --region {region}"
        told += [
            f"aws logs create-log-stream {stream}",
            f'aws logs put-log-events {stream} --log-events "timestamp=$(date +%s000),message={TEST_MESSAGE}"',
        ]
    return "\n".join((*told, "# Then: why403 doctor --log-group GROUP --table TABLE", ""))


def _test_denial(log_group: str) -> Denial:
    """What the test line says, as triage reads it."""
    return classify(LogEvent(TEST_MESSAGE, log_group))[0]
