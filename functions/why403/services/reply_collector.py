"""Collects the replies about one resource: what stayed unread, and why; and what they say of its existence."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from why403.iam.arn import Arn
from why403.iam.layer import Layer
from why403.message import Message
from why403.reads import Answer, BlindSpot, Failure, Reply, Unreadable
from why403.services.declaration import ServiceRead
from why403.services.reading import TargetReading


@dataclass(slots=True)
class ReplyCollector:
    """One resource's replies, taken one by one."""

    subject: str
    unread: set[Layer] = field(default_factory=set)
    spots: list[BlindSpot] = field(default_factory=list)
    findings: list[Message] = field(default_factory=list)

    def take(self, reply: Reply, *layers: Layer) -> Answer:
        """The answer, empty where there is none; `layers` stay unread unless AWS answered or said "absent"."""
        match reply:
            case Answer():
                if reply.truncated:
                    self.unread.update(layers)
                return reply
            case Unreadable(failure=Failure.ABSENT):
                pass
            case Unreadable():
                self.spots.append(reply.spot(self.subject))
                self.unread.update(layers)
        return Answer(reply.read, {})

    def reading(self, **known: Any) -> TargetReading:  # noqa: ANN401  # the fields of TargetReading
        """The reading of this resource, with what the plan made of the answers."""
        return TargetReading(
            **{"arn": self.subject, **known},
            unread=frozenset(self.unread),
            unreadable=tuple(self.spots),
            findings=tuple(self.findings),
        )


def existence(arn: Arn, heard: Iterable[tuple[ServiceRead, Reply]]) -> bool | None:
    """Whether there is such a resource: yes if any reply shows it, no if one says that it is gone, else not known."""
    signs = {_sign(call, arn, reply) for call, reply in heard}
    if True in signs:
        return True
    return False if False in signs else None


def _sign(call: ServiceRead, arn: Arn, reply: Reply) -> bool | None:
    match reply:
        case Unreadable():
            return False if reply.failure is Failure.ABSENT and reply.error in call.gone else None
        case Answer() if isinstance(call.shows, bool):
            return call.shows or None
        case Answer():
            if call.shows(arn, reply):
                return True
            return None if reply.truncated else False
