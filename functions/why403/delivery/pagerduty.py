"""PagerDuty (Events API v2). The secret is the routing key, or JSON: {"routing_key": "…", "region": "eu"}.

https://developer.pagerduty.com/docs/send-alert-event
https://support.pagerduty.com/main/docs/service-regions
"""

from collections.abc import Mapping
from typing import Any

from why403.delivery.channel import Channel, Destination, Limits
from why403.delivery.doors import Doors, Secret
from why403.delivery.webhook import JSON, PLAIN, as_json, contents
from why403.errors import DeliveryRefusedError, SettingsError
from why403.notices.dialects.pagerduty import render_pagerduty, write_pagerduty
from why403.notices.notice import Notice

ENQUEUE = {
    "us": "https://events.pagerduty.com/v2/enqueue",
    "eu": "https://events.eu.pagerduty.com/v2/enqueue",
}
"""By the service region of the account."""
ACCEPTED = 202
"""The Events API's only success: the event is taken, and worked on later."""
SECRET = Secret(
    setting="pagerduty_secret",
    holds="the routing key of a PagerDuty service",
    example="…",
    needs='Plain, or as `{"routing_key": "…", "region": "eu"}`.',
)


def routing(text: str, name: str) -> tuple[str, str]:
    """(URL, routing key) of a secret's text; SettingsError, without the secret, where it is none."""
    told = contents(text, name, SECRET)
    key, region = told.get(PLAIN) or told.get("routing_key", ""), told.get("region", "us")
    if not key or region not in ENQUEUE:
        regions = '" or "'.join(ENQUEUE)
        raise SettingsError(
            f'The secret {name} must hold the routing key, or {{"routing_key": "…", "region": '
            f'"{regions}"}}. Put it in again.'
        )
    return ENQUEUE[region], key


def send_to_pagerduty(event: Mapping[str, Any], destination: Destination, doors: Doors) -> str:
    """PagerDuty took the event, whose key keeps it from being told twice."""
    try:
        url, key = routing(doors.secret(destination.secret), destination.secret)
    except SettingsError as error:
        raise DeliveryRefusedError(str(error)) from error
    answered = doors.post(url, as_json({**event, "routing_key": key}), {"Content-Type": JSON})
    if answered.status != ACCEPTED:
        raise DeliveryRefusedError(
            f"PagerDuty refuses the event ({answered.status}). Look at the routing key in the route's secret, then "
            "redrive the dead-letter queue."
        )
    return ""


def _render(notice: Notice) -> Mapping[str, Any] | None:
    """Without the routing key, which is the address."""
    return render_pagerduty(notice, "")


PAGERDUTY = Channel(
    name="pagerduty",
    title="PagerDuty",
    page="https://developer.pagerduty.com/docs/send-alert-event",
    limits=Limits(bytes=512_000),
    permissions=("secretsmanager:GetSecretValue",),
    render=_render,
    send=send_to_pagerduty,
    alone=20,
    updates_wait=False,
    write=write_pagerduty,
    secret=SECRET,
    unasked="the Events API takes events alone, and says nothing of a key beforehand",
)
