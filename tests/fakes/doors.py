"""Doors that keep what went through them; a test says which fail."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from why403.delivery.doors import Answered, Doors

from demo.slack_answers import slack_answer

SECRETS = {
    "webhook": "https://hooks.slack.com/services/T0/B0/made-up",
    "bot": '{"bot_token": "xoxb-made-up", "channel": "C1"}',
    "app": '{"bot_token": "xoxb-made-up", "channel": "C1", "signing_secret": "8f742231b10e8888abcd99eeeeee85a5", "team": "T0MADEUP01"}',
    "teams": "https://prod-00.westeurope.logic.azure.com:443/workflows/0/invoke?sig=made-up",
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
    kept: dict[str, str] = field(default_factory=dict)
    """What a secret held when it was read first; then it was replaced."""
    read: dict[str, str] = field(default_factory=dict)

    def open(self) -> Doors:
        return Doors(
            secret=self._read,
            is_renewed=self._is_renewed,
            post=self._post,
            publish=self._publish,
            put_event=lambda entry: self._take("event", entry),
            wait=self.waited.append,
        )

    def through(self, door: str) -> list[Any]:
        """What went through a door, in order."""
        return [what for name, what in self.went if name == door]

    def _read(self, name: str) -> str:
        self.read[name] = SECRETS[name] if name in self.read else self.kept.get(name, SECRETS[name])
        return self.read[name]

    def _is_renewed(self, name: str) -> bool:
        return self.read.get(name) != self._read(name)

    def _post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answered:
        """As Slack and PagerDuty answer."""
        message, parts = json.loads(body), urlsplit(url)
        if parts.hostname == "events.pagerduty.com":
            self._take("pagerduty", message)
            return Answered(202, '{"status": "success"}')
        if str(parts.hostname).endswith(".logic.azure.com"):
            self._take("teams", message)
            return Answered(202, "")
        assert headers["Content-Type"].startswith("application/json")
        if parts.path.endswith("/views.open") or parts.path.startswith("/actions/"):
            self._take("view" if parts.path.endswith("/views.open") else "beside", message)
        elif parts.path.endswith("/chat.update"):
            self._take("update", (message["ts"], message))
        else:
            self._take("slack", (message.get("thread_ts", ""), message))
        reply = slack_answer(parts.path, message, posted=f"ts-{len(self.went)}")
        return Answered(reply.status, reply.body)

    def _publish(
        self, topic_arn: str, message: str, *, subject: str = "", attributes: Mapping[str, str] | None = None
    ) -> None:
        self._take(topic_arn, (subject, message, attributes))

    def _take(self, door: str, what: Any) -> None:
        if self.failing.get(door):
            raise self.failing[door].pop(0)
        self.went.append((door, what))
