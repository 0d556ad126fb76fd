"""The Slack app, deployed: Slack is answered from the function's own table, its signature checked with the routes' secrets."""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from why403.aws.incident_table import milliseconds, open_table
from why403.aws.secrets import open_secrets
from why403.delivery.slack_app import parse_slack_request
from why403.environment import SlackAppEnvironment
from why403.http import post
from why403.slack_app import Reply, SlackApps, slack_app

CLIENTS = ("dynamodb", "secretsmanager")


def run(event: Mapping[str, Any]) -> dict[str, Any]:
    """`event` is a function URL's, payload format 2.0. SettingsError where no app is set up; Why403Error."""
    told, now = SlackAppEnvironment.read(), milliseconds()
    apps = SlackApps(
        table=open_table(told.table_name),
        secrets=told.secrets,
        secret=open_secrets().read,
        post=post,
        hosts=told.webhook_hosts,
        redact_emails=told.redact_emails,
        now=now,
    )
    return _for_url(slack_app(parse_slack_request(event, now // 1000), apps))


def not_set_up() -> dict[str, Any]:
    """There is no app here yet: the doctor tells this from a refusal."""
    return _for_url(Reply(HTTPStatus.NOT_FOUND))


def unavailable() -> dict[str, Any]:
    """Slack then marks the button, and who pressed it tries again."""
    return _for_url(Reply(HTTPStatus.SERVICE_UNAVAILABLE))


def _for_url(reply: Reply) -> dict[str, Any]:
    headers = {"Content-Type": "application/json", "Cache-Control": "no-store"}
    body = json.dumps(reply.body) if reply.body is not None else ""
    return {"statusCode": reply.status, "headers": headers, "body": body}
