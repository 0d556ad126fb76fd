"""What the notify story needs of the world outside, so that tests can put a fake in its place."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from why403.notices.slack_address import SlackAddress


class Publish(Protocol):
    """Publish on an SNS topic, with attributes to filter on."""

    def __call__(
        self, topic_arn: str, message: str, *, subject: str = "", attributes: Mapping[str, str] | None = None
    ) -> object:
        """Raises as all doors do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Doors:
    """Each may raise DeliveryRetryableError or DeliveryRefusedError."""

    secret: Callable[[str], str]
    """A secret's text by its name."""
    slack: Callable[[SlackAddress, Mapping[str, Any], str], str]
    """Post a message, in the thread of a timestamp or on its own; the message's timestamp, empty for a webhook."""
    slack_update: Callable[[SlackAddress, str, Mapping[str, Any]], None]
    pagerduty: Callable[[Mapping[str, Any]], None]
    publish: Publish
    put_event: Callable[[Mapping[str, Any]], None]
    wait: Callable[[float], None]
    """Sleep for seconds."""
