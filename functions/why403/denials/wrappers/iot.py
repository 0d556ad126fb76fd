"""AWS IoT Core's own logs: `"eventType": "Publish-In", .. "reason": "AUTHORIZATION_FAILURE"`.

https://docs.aws.amazon.com/iot/latest/developerguide/cwl-format.html
And what a rule's error action is sent, `"failedAction": "S3Action"`:
https://docs.aws.amazon.com/iot/latest/developerguide/rule-error-handling.html
"""

import re
from collections.abc import Iterator

from why403.denials.call import FailedCall, Wrapper
from why403.denials.signs import has_code, has_refusal
from why403.iam.reference import prefix_of, spell_action

EVENT = re.compile(r"\"eventType\": ?\"(?P<event>[A-Z][A-Za-z-]{3,40})\"")
"""IoT's events are its actions (`Connect`, `Subscribe`) but for those of ACTIONS; a hyphen stands in these."""
FAILED = re.compile(
    r"\"failedAction\": ?\"(?P<service>[A-Z]\w{1,40}?)Action\"[^{}]{0,400}\"errorMessage\": ?\"(?P<message>[^\"]{1,600})"
)
"""One of a rule's failures; its message ends with what the service said."""
OF_RULES = {
    "s3": "s3:PutObject", "sqs": "sqs:SendMessage", "sns": "sns:Publish", "kinesis": "kinesis:PutRecord", "firehose": "firehose:PutRecord",
    "lambda": "lambda:InvokeFunction", "es": "es:ESHttpPut", "dynamodb": "dynamodb:PutItem",
}  # fmt: skip
"""What a rule does to each service."""
ACTIONS = {"Publish-In": "iot:Publish", "Publish-Out": "iot:Receive"}


def read(text: str) -> Iterator[FailedCall]:
    """The event that a device was refused."""
    match = EVENT.search(text)
    if match:
        action = ACTIONS.get(match["event"]) or spell_action(f"iot:{match['event']}") or ""
        yield FailedCall.at(match, service="iot", action=action, code="AccessDenied")


def read_rule(text: str) -> Iterator[FailedCall]:
    """The actions of a rule that were refused."""
    for match in FAILED.finditer(text):
        if has_code(match["message"]) or has_refusal(match["message"]):
            prefix = prefix_of(match["service"]) or ""
            yield FailedCall.at(match, service=prefix, action=OF_RULES.get(prefix, ""), code="AccessDenied")


RULE_WRAPPER = Wrapper(('"failedAction"',), read_rule)
WRAPPER = Wrapper(('"AUTHORIZATION_FAILURE"',), read)
