"""The EventBridge entry: the JSON message as its detail.

https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsRequestEntry.html
"""

import json
from typing import Any

from why403.notices.message_json import message_json
from why403.notices.naming import caller_arn, target_arn
from why403.notices.notice import Notice

SOURCE = "why403"
DETAIL_TYPE = "Access Denied Incident"
DETAIL = 200_000
"""Bytes; an entry may have 256 KB, envelope included."""
RESOURCES = 20


def render_event(notice: Notice, bus: str) -> dict[str, Any]:
    """One entry for PutEvents."""
    resources = [arn for arn in (caller_arn(notice), target_arn(notice)) if arn.startswith("arn:")]
    return {
        "EventBusName": bus,
        "Source": SOURCE,
        "DetailType": DETAIL_TYPE,
        "Detail": json.dumps(message_json(notice, DETAIL), ensure_ascii=False),
        "Resources": resources[:RESOURCES],
    }
