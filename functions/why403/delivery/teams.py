"""Microsoft Teams: the webhook of a workflow that posts Adaptive Cards.

The secret is the workflow's URL, plain, or JSON: {"webhook": "https://…"}. Whoever has the URL can post.

https://support.microsoft.com/office/create-incoming-webhooks-with-workflows-for-microsoft-teams-8ae491c7-0394-4861-ba59-055e33f75498
https://learn.microsoft.com/connectors/teams/#microsoft-teams-webhook
"""

import json
import re
from typing import Any

from why403.delivery.channel import Channel, Destination, Limits
from why403.delivery.doors import Answered, Doors, Secret
from why403.delivery.webhook import JSON, PLAIN, as_json, checked, contents
from why403.errors import DeliveryRefusedError, SettingsError
from why403.notices.dialects.teams import paragraph, render_teams, run, write_teams

HOSTS = frozenset({"*.logic.azure.com", "*.environment.api.powerplatform.com"})
RETIRED = ".webhook.office.com/"
"""Microsoft 365 connectors: their URLs answer no more."""
TAKEN = range(200, 300)
CODE = re.compile(r"[A-Za-z]{1,60}")
"""The name of a workflow's error; anything else that is answered is not repeated in ours."""
BAD_CARD = 400
"""HTTP's status for a request that stays wrong however often it is sent."""
WHAT_TO_DO = {
    BAD_CARD: "The workflow does not take the card: use the template that posts to a channel when a webhook request is received",
    413: "The card is larger than Teams takes: please report this",
}
OTHERWISE = "The workflow is gone, switched off, or asks for a signature: make a new one and put its URL into the secret"
SECRET = Secret(
    setting="teams_secret",
    holds="the URL of a Microsoft Teams workflow",
    example="https://….environment.api.powerplatform.com/…",
    needs="In the Teams channel choose Workflows, the template that posts to a channel when a webhook request is received, "
    "and that anyone may trigger it. Teams tells us that the workflow has started, not that it posted: what became of "
    "it stands in the workflow's run history.",
    is_room=True,
)


def teams_webhook(text: str, destination: Destination) -> str:
    """The URL in a secret's text; SettingsError, without the secret, where it is none."""
    told = contents(text, destination.secret, SECRET)
    url = told.get(PLAIN) or told.get("webhook", "")
    if RETIRED in url:
        raise SettingsError(
            f"The secret {destination.secret} holds a connector's URL, and Microsoft has retired connectors. Make a "
            "workflow in the Teams channel, and put its URL in."
        )
    return checked(url, destination.secret, HOSTS, destination.hosts)


def post_to_teams(message: dict[str, Any], destination: Destination, doors: Doors) -> str:
    """The workflow took the message. There is no reference: nothing can be answered to, or updated."""
    try:
        url = teams_webhook(doors.secret(destination.secret), destination)
    except SettingsError as error:
        raise DeliveryRefusedError(str(error)) from error
    answered = doors.post(url, as_json(message), {"Content-Type": JSON})
    if answered.status not in TAKEN:
        told = WHAT_TO_DO.get(answered.status, OTHERWISE)
        raise DeliveryRefusedError(
            f"Teams refuses the message: {answered.status}{_code(answered)}. {told}, then redrive the dead-letter queue."
        )
    return ""


def _code(answered: Answered) -> str:
    """` WorkflowNotFound`, where the answer names its error."""
    try:
        code = str(json.loads(answered.body)["error"]["code"])
    except (ValueError, KeyError, TypeError):
        return ""
    return f" {code}" if CODE.fullmatch(code) else ""


def _sent_again(message: dict[str, Any], told: str) -> dict[str, Any]:
    (attachment,) = message["attachments"]
    card = attachment["content"]
    again = {**card, "body": [*card["body"], paragraph(run(told, isSubtle=True))]}
    return {**message, "attachments": [{**attachment, "content": again}]}


TEAMS = Channel(
    name="teams",
    title="Microsoft Teams",
    page="https://learn.microsoft.com/connectors/teams/#microsoft-teams-webhook",
    limits=Limits(bytes=28_000, a_second=4),
    permissions=("secretsmanager:GetSecretValue",),
    render=render_teams,
    send=post_to_teams,
    sent_again=_sent_again,
    alone=20,
    write=lambda letter, _identity: write_teams(letter),
    secret=SECRET,
    unasked="whatever is sent to a workflow's URL starts a run of it",
    mention=re.compile(r"<at>[^<>]{1,80}</at>"),
)
