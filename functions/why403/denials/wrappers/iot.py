"""AWS IoT Core's own logs: `"eventType": "Publish-In", .. "reason": "AUTHORIZATION_FAILURE"`.

https://docs.aws.amazon.com/iot/latest/developerguide/cwl-format.html
"""

import re
from collections.abc import Iterator

from why403.denials.call import FailedCall, Wrapper
from why403.iam.reference import spell_action

EVENT = re.compile(r"\"eventType\": ?\"(?P<event>[A-Z][A-Za-z-]{3,40})\"")
"""IoT's events are its actions (`Connect`, `Subscribe`) but for those of ACTIONS; a hyphen stands in these."""
ACTIONS = {"Publish-In": "iot:Publish", "Publish-Out": "iot:Receive"}


def read(text: str) -> Iterator[FailedCall]:
    """The event that a device was refused."""
    match = EVENT.search(text)
    if match:
        action = ACTIONS.get(match["event"]) or spell_action(f"iot:{match['event']}") or ""
        yield FailedCall.at(match, service="iot", action=action, code="AccessDenied")


WRAPPER = Wrapper(('"AUTHORIZATION_FAILURE"',), read)
