"""Letters, deployed: a digest, or an alarm of the stack's own, is told through the same outlets as incidents."""

from collections.abc import Callable, Mapping
from typing import Any

from why403.deployed.notify import telling_of
from why403.digest import digest
from why403.environment import NotifyEnvironment
from why403.own_alarms import tell_alarm

Report = Callable[[str, Exception], None]


def write_letters(task: str, own_arn: str, report: Report) -> tuple[str, ...]:
    """The outlets that took a letter of that kind."""
    return digest(telling_of(own_arn, report), task)


def is_alarm(told: Mapping[str, Any]) -> bool:
    """Whether SNS hands over a message of the alarms topic."""
    return told.get("TopicArn") == NotifyEnvironment.read().alarm_topic_arn


def tell_of_alarm(told: Mapping[str, Any], own_arn: str, report: Report) -> tuple[str, ...]:
    """The outlets that took a message of the alarms topic."""
    subject = str(told.get("Subject") or "")
    return tell_alarm(told["Message"], subject, told["MessageId"], telling_of(own_arn, report))
