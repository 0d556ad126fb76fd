"""Collects the replies about one resource: whether it is there, what stayed unread, and why."""

from dataclasses import dataclass, field
from typing import Any

from why403.iam.layer import Layer
from why403.message import Message
from why403.reads import Answer, BlindSpot, Failure, Reply, Unreadable
from why403.services.reading import TargetReading


@dataclass(slots=True)
class ReplyCollector:
    """One resource's replies, taken one by one. `gone` are AWS's codes that say the resource is not there."""

    subject: str
    gone: frozenset[str] = frozenset()
    exists: bool | None = None
    unread: set[Layer] = field(default_factory=set)
    spots: list[BlindSpot] = field(default_factory=list)
    findings: list[Message] = field(default_factory=list)

    def take(self, reply: Reply, *layers: Layer) -> Answer:
        """The answer, empty where there is none; `layers` stay unread unless AWS answered or said "absent"."""
        match reply:
            case Answer():
                self.exists = True if self.exists is None else self.exists
                if reply.truncated:
                    self.unread.update(layers)
                return reply
            case Unreadable(failure=Failure.ABSENT):
                if reply.error in self.gone:
                    self.exists = False
            case Unreadable():
                self.spots.append(reply.spot(self.subject))
                self.unread.update(layers)
        return Answer(reply.read, {})

    def reading(self, **known: Any) -> TargetReading:  # noqa: ANN401  # the fields of TargetReading
        """The reading of this resource, with what the plan made of the answers."""
        return TargetReading(
            **{"arn": self.subject, **known},
            exists=self.exists,
            unread=frozenset(self.unread),
            unreadable=tuple(self.spots),
            findings=tuple(self.findings),
        )
