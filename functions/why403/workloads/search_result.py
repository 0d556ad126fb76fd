"""A workload that may be behind the log group, and how sure that is."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from why403.message import Message
from why403.reads import Answer, BlindSpot, Failure, Reply, Unreadable
from why403.workloads.workload import Workload

CERTAIN = 1.0
"""AWS itself named it: by its id in the group or stream, or by its own log group."""
CONFIGURED = 0.8
"""Its own settings name the log group."""
LIKELY = 0.6
"""A template or a shared setting fits: others may fit too."""
GUESSED = 0.4
"""Only the names are alike."""


@dataclass(frozen=True, slots=True)
class LikelyWorkload:
    """`score` is between 0 and 1; `newest` breaks ties, larger is later."""

    workload: Workload
    score: float
    newest: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchResult:
    """What one kind found, what it could not read, and what people should know either way."""

    found: tuple[LikelyWorkload, ...] = ()
    unreadable: tuple[BlindSpot, ...] = ()
    findings: tuple[Message, ...] = field(default=())


def blind_spots(replies: Iterable[Reply], subject: str = "") -> tuple[BlindSpot, ...]:
    """The replies that leave something unknown: absent is known."""
    return tuple(
        reply.spot(subject)
        for reply in replies
        if isinstance(reply, Unreadable) and reply.failure is not Failure.ABSENT
    )


def answers(replies: Iterable[Reply]) -> tuple[Answer, ...]:
    """The replies that are answers."""
    return tuple(reply for reply in replies if isinstance(reply, Answer))


def not_all(finding: str, looked_at: int, known: int, *, more: bool = False) -> tuple[Message, ...]:
    """Said where some were not looked at. `finding` is the id that says so; `more`: AWS's own list went on."""
    if looked_at >= known and not more:
        return ()
    values = {"looked_at": str(looked_at), "known": f"{known}{'+' if more else ''}"}
    return (Message(finding, values),)
