"""AWS IoT Core's own logs: `"eventType": "Publish-In", .. "reason": "AUTHORIZATION_FAILURE"`.

https://docs.aws.amazon.com/iot/latest/developerguide/cwl-format.html
What a device's client is answered, in MQTT's words: `reasonCode=NOT_AUTHORIZED`, as Greengrass and the device SDKs log it:
https://docs.oasis-open.org/mqtt/mqtt/v5.0/mqtt-v5.0.html
And what a rule's error action is sent, `"failedAction": "S3Action"`:
https://docs.aws.amazon.com/iot/latest/developerguide/rule-error-handling.html
"""

import re
from collections.abc import Iterator

from why403.denials.call import FailedCall, Wrapper
from why403.denials.contains import holds_any
from why403.denials.signs import has_code, has_refusal
from why403.iam.reference import prefix_of, spell_action

EVENT = re.compile(
    r"\"eventType\": ?\"(?P<event>[A-Z][A-Za-z-]{3,40})\"|\bMESSAGE: ?(?P<older>[A-Z][A-Za-z-]{3,40}) Status: AUTHORIZATION_FAILURE"
)
"""IoT's events are its actions (`Connect`, `Subscribe`) but for those of ACTIONS; a hyphen stands in these, but not in its older logs."""
FAILED = re.compile(
    r"\"failedAction\": ?\"(?P<service>[A-Z]\w{1,40}?)Action\"[^{}]{0,400}\"errorMessage\": ?\"(?P<message>[^\"]{1,600})"
)
"""One of a rule's failures; its message ends with what the service said."""
OF_RULES = {
    "s3": "s3:PutObject", "sqs": "sqs:SendMessage", "sns": "sns:Publish", "kinesis": "kinesis:PutRecord", "firehose": "firehose:PutRecord",
    "lambda": "lambda:InvokeFunction", "es": "es:ESHttpPut", "dynamodb": "dynamodb:PutItem",
}  # fmt: skip
"""What a rule does to each service."""
ACTIONS = {
    "Publish-In": "iot:Publish", "PublishIn": "iot:Publish", "Publish-Out": "iot:Receive", "PublishOut": "iot:Receive",
}  # fmt: skip
ANSWER = re.compile(r"[rR]eason_?[cC]ode['\"]?[:=] ?['\"]?(?:<?\w{1,30}\.)?NOT_AUTHORIZED\b")
"""MQTT's reason code 0x87, as a field; Python's SDK names its enumeration before it."""
OF_AWS = ("reengrass", "AWS", "aws", "amazon")
"""Any broker answers so: the line has to tell whose it was."""
ASKED = re.compile(
    r"(?i)\b(?:(?P<Connect>conn(?:ect\b|ack))|(?P<Subscribe>sub(?:scrib|ack))|(?P<Publish>pub(?:lish|ack)))"
)
"""What the client asked for, by the request's name or the answer's."""


def read(text: str) -> Iterator[FailedCall]:
    """The event that a device was refused."""
    match = EVENT.search(text)
    if match:
        event = match["event"] or match["older"]
        action = ACTIONS.get(event) or spell_action(f"iot:{event}") or ""
        yield FailedCall.at(match, service="iot", action=action, code="AccessDenied")


def read_answer(text: str) -> Iterator[FailedCall]:
    """What a device asked AWS's broker for, and was refused."""
    match = ANSWER.search(text) if holds_any(text, OF_AWS) else None
    if match:
        asked = ASKED.search(text)
        action = f"iot:{asked.lastgroup}" if asked else ""
        yield FailedCall.at(match, service="iot", action=action, code="AccessDenied")


def read_rule(text: str) -> Iterator[FailedCall]:
    """The actions of a rule that were refused."""
    for match in FAILED.finditer(text):
        if has_code(match["message"]) or has_refusal(match["message"]):
            prefix = prefix_of(match["service"]) or ""
            yield FailedCall.at(match, service=prefix, action=OF_RULES.get(prefix, ""), code="AccessDenied")


RULE_WRAPPER = Wrapper(('"failedAction"',), read_rule)
ANSWER_WRAPPER = Wrapper(("NOT_AUTHORIZED",), read_answer)
WRAPPER = Wrapper(('"AUTHORIZATION_FAILURE"', "Status: AUTHORIZATION_FAILURE"), read)
