"""What a channel needs of the world: HTTP, AWS, and a secret of its own. Knows no notice, so that who only talks loads none."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Answered:
    """What came back over HTTP: `body` up to a bound, empty where it broke off; `retry_after` in seconds."""

    status: int
    body: str
    retry_after: float | None = None


class Post(Protocol):
    """One POST over HTTP."""

    def __call__(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answered:
        """Raises as all doors do."""


class Publish(Protocol):
    """Publish on an SNS topic, with attributes to filter on."""

    def __call__(
        self, topic_arn: str, message: str, *, subject: str = "", attributes: Mapping[str, str] | None = None
    ) -> object:
        """Raises as all doors do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Doors:
    """The world outside. Each may raise DeliveryRetryableError or DeliveryRefusedError."""

    secret: Callable[[str], str]
    """A secret's text by its name."""
    is_renewed: Callable[[str], bool]
    """Whether a secret holds another text than the one that was read last."""
    post: Post
    publish: Publish
    put_event: Callable[[Mapping[str, Any]], None]
    wait: Callable[[float], None]
    """Sleep for seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    """A secret in Secrets Manager, named by a setting and by routes: never its content."""

    setting: str
    """The field of cdk.json and of a route that names it."""
    holds: str
    """What is in it, in words."""
    example: str
    """How that begins, for a command that fills it."""
    needs: str
    """How to come by it, and what else it takes: a few sentences for docs/settings.md."""
    if_unnamed: str = "none, but for routes that name their own"
    """What it means that the settings name none, in words."""
    is_room: bool = False
    """Whether people read it together: where one is named, the stack makes none of its own."""
