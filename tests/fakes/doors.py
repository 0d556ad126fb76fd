"""Doors that keep what went through them; a test says which fail."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from why403.notices.doors import Doors
from why403.notices.slack_address import SlackAddress

SECRETS = {
    "webhook": "https://hooks.slack.com/services/T0/B0/made-up",
    "bot": '{"bot_token": "xoxb-made-up", "channel": "C1"}',
    "pager": "made-up-routing-key",
    "empty": "",
    "elsewhere": "https://hooks.example.com/services/T0",
}


@dataclass(slots=True)
class FakeDoors:
    """`failing` are errors by the name of a door, each raised once."""

    went: list[tuple[str, Any]] = field(default_factory=list)
    failing: dict[str, list[Exception]] = field(default_factory=dict)
    waited: list[float] = field(default_factory=list)

    def open(self) -> Doors:
        return Doors(
            secret=SECRETS.__getitem__,
            slack=self._slack,
            slack_update=self._update,
            pagerduty=lambda event: self._take("pagerduty", event),
            publish=self._publish,
            put_event=lambda entry: self._take("event", entry),
            wait=self.waited.append,
        )

    def through(self, door: str) -> list[Any]:
        """What went through a door, in order."""
        return [what for name, what in self.went if name == door]

    def _slack(self, address: SlackAddress, message: Mapping[str, Any], thread: str) -> str:
        self._take("slack", (thread, message))
        return f"ts-{len(self.went)}" if address.can_thread else ""

    def _update(self, _address: SlackAddress, timestamp: str, message: Mapping[str, Any]) -> None:
        self._take("update", (timestamp, message))

    def _publish(
        self, topic_arn: str, message: str, *, subject: str = "", attributes: Mapping[str, str] | None = None
    ) -> None:
        self._take(topic_arn, (subject, message, attributes))

    def _take(self, door: str, what: Any) -> None:
        if self.failing.get(door):
            raise self.failing[door].pop(0)
        self.went.append((door, what))
