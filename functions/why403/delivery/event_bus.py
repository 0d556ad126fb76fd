"""An EventBridge bus: the JSON message as an event's detail.

https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsRequestEntry.html
"""

import json
from collections.abc import Mapping
from typing import Any

from why403.delivery.channel import Channel, Destination, Limits
from why403.delivery.doors import Doors
from why403.notices.dialects.machines import message_json
from why403.notices.naming import caller_arn, target_arn
from why403.notices.notice import Notice

SOURCE = "why403"
DETAIL_TYPE = "Access Denied Incident"
DETAIL = 200_000
"""Bytes; an entry may have 256 KB, envelope included."""


def render_event(notice: Notice) -> Mapping[str, Any]:
    """One entry for PutEvents, without its bus."""
    resources = [arn for arn in (caller_arn(notice), target_arn(notice)) if arn.startswith("arn:")]
    return {
        "Source": SOURCE,
        "DetailType": DETAIL_TYPE,
        "Detail": json.dumps(message_json(notice, DETAIL), ensure_ascii=False),
        "Resources": resources,
    }


def put_event(entry: Mapping[str, Any], destination: Destination, doors: Doors) -> str:
    """The bus took the entry."""
    doors.put_event({"EventBusName": destination.address, **entry})
    return ""


EVENT_BUS = Channel(
    name="events",
    title="Amazon EventBridge",
    page="https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsRequestEntry.html",
    limits=Limits(bytes=262_144),
    permissions=("events:PutEvents",),
    render=render_event,
    send=put_event,
    follows=False,
)
