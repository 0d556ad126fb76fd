"""Send an event to PagerDuty.

https://developer.pagerduty.com/docs/send-alert-event
"""

import json
from collections.abc import Mapping
from typing import Any

from why403.deliveries.http import post
from why403.errors import DeliveryRefusedError

ENQUEUE = "https://events.pagerduty.com/v2/enqueue"
ACCEPTED = 202


def send_to_pagerduty(event: Mapping[str, Any], url: str = ENQUEUE) -> None:
    """PagerDuty took the event. DeliveryRetryableError or DeliveryRefusedError where it did not."""
    body = json.dumps(event, ensure_ascii=False).encode("utf-8", "replace")
    answered = post(url, body, {"Content-Type": "application/json"})
    if answered.status != ACCEPTED:
        raise DeliveryRefusedError(
            f"PagerDuty refuses the event ({answered.status}). Look at the routing key in the route's secret, then "
            "redrive the dead-letter queue."
        )
