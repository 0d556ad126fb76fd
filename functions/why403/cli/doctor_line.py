"""The made-up denial that shows whether lines arrive."""

from why403.denials.classify import classify
from why403.denials.denial import Denial
from why403.log_events.log_event import LogEvent

TEST_MESSAGE = (
    "An error occurred (AccessDenied) when calling the SendMessage operation: Access to the resource "
    "https://sqs.us-east-1.amazonaws.com/123456789012/why403-doctor is denied."
)
"""Without a comma: the AWS CLI's shorthand would end the message there."""


def test_denial(log_group: str) -> Denial:
    """What the test line says, as triage reads it."""
    return classify(LogEvent(TEST_MESSAGE, log_group))[0]
