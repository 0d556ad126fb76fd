"""The doors of a deployed function: Slack and PagerDuty over HTTP, AWS's through what the handler hands in."""

import time
from collections.abc import Callable, Mapping
from typing import Any

from why403.deliveries.pagerduty import send_to_pagerduty
from why403.deliveries.slack import post_to_slack, update_in_slack
from why403.notices.doors import Doors, Publish


def open_doors(
    secret: Callable[[str], str], publish: Publish, put_event: Callable[[Mapping[str, Any]], None]
) -> Doors:
    """The doors; `secret` reads a secret by its name, the others hand over to SNS and EventBridge."""
    return Doors(
        secret=secret,
        slack=post_to_slack,
        slack_update=update_in_slack,
        pagerduty=send_to_pagerduty,
        publish=publish,
        put_event=put_event,
        wait=time.sleep,
    )
