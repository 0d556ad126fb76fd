"""What AWS said a moment ago need not be asked again."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

from why403.reads import Answer, Failure, Read, Reply

ABSENT_SECONDS = 30
"""Short: somebody may be making it just now."""
REFUSED_SECONDS = 15
"""Short: somebody may be granting it to us just now."""
IMMUTABLE_SECONDS = 3600
"""What may be cached as long as this cannot change."""
MOST_REPLIES = 4_000
"""At some 5 KB each 20 MB of a function's memory; the oldest go first."""


def key_of(read: Read) -> str:
    """The same for reads that ask for the same thing."""
    declared = read.declared
    asked = [
        declared.service,
        declared.operation,
        read.region,
        read.account,
        read.pages,
        dict(read.parameters),
    ]
    return json.dumps(asked, sort_keys=True, default=str)


@dataclass(frozen=True, slots=True)
class _Kept:
    reply: Reply
    until: float


class ReplyCache:
    """Replies by the read, each for as long as its declaration allows. Safe to share between threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._kept: dict[str, _Kept] = {}
        self._lock = Lock()

    def get(self, read: Read, *, fresh: bool = False) -> Reply | None:
        """The reply of an earlier read, or None; `fresh` takes only what cannot have changed."""
        if fresh and read.declared.cache_seconds < IMMUTABLE_SECONDS:
            return None
        with self._lock:
            kept = self._kept.get(key_of(read))
            return kept.reply if kept is not None and kept.until > self._clock() else None

    def put(self, reply: Reply) -> None:
        """Keep a reply. What was throttled, slow, malformed or unavailable is asked again the next time."""
        seconds = _seconds(reply)
        if seconds <= 0:
            return
        with self._lock:
            while len(self._kept) >= MOST_REPLIES:
                del self._kept[next(iter(self._kept))]
            self._kept[key_of(reply.read)] = _Kept(reply, self._clock() + seconds)


def _seconds(reply: Reply) -> float:
    longest = reply.read.declared.cache_seconds
    if isinstance(reply, Answer):
        return longest
    match reply.failure:
        case Failure.ABSENT:
            return min(longest, ABSENT_SECONDS)
        case Failure.REFUSED:
            return min(longest, REFUSED_SECONDS)
        case _:
            return 0
