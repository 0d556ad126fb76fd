"""Carries out plans: the rounds of reads that the pure stages ask for, the reads of a round together."""

import json
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from typing import TypeVar

from why403.aws.accounts import Accounts
from why403.aws.asking import Asker
from why403.aws.budget import Budget, RunLimits
from why403.aws.rates import Lanes, Rates
from why403.aws.session import Clients, reading_clients
from why403.iam.place import Place
from why403.reads import Answer, Failure, Plan, Read, Reply, Unreadable

Result = TypeVar("Result")
GRACE_SECONDS = 12.0
"""A call under way may take this much longer than its read's time: a socket's own timeout ends it."""
_ABSENT_SECONDS = 30
"""Short: somebody may be making it just now."""
_REFUSED_SECONDS = 15
"""Short: somebody may be granting it to us just now."""
_IMMUTABLE_SECONDS = 3600
"""What may be cached as long as this cannot change."""
_MOST_REPLIES = 4_000
"""At some 5 KB each 20 MB of a function's memory; the oldest go first."""


class Reader:
    """One for a process: it keeps clients, what was read a moment ago, and each API's pace.

    `roles` maps account ids, and reads.ORGANIZATION, to the roles to read them with (settings
    target_read_roles and organization_read_role). `calls` and `rounds` count the last run: a round that the
    cache answers whole is none. `answered` counts its reads that AWS answered, if only with "no such thing".
    """

    def __init__(  # noqa: PLR0913  # everything that touches the world is handed in
        self,
        place: Place,
        *,
        roles: Mapping[str, str] | None = None,
        limits: RunLimits | None = None,
        clients: Clients | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        chance: Callable[[], float] = random.random,
        share: float = 1.0,
        lanes: Lanes | None = None,
    ) -> None:
        own = clients or reading_clients()
        self._limits = limits or RunLimits()
        self._clock = clock
        self._cache = _ReplyCache(clock)
        self._asker = Asker(
            Accounts(place, own, roles or {}, clock), Rates(clock, share, lanes), clock, sleep, chance
        )
        self.calls = 0
        self.rounds = 0
        self.answered = 0

    def run(self, plan: Plan[Result], *, fresh: bool = False) -> Result:
        """The plan's result. `fresh`: nothing from the cache that may have changed since."""
        budget = Budget(self._limits, self._clock)
        self.calls = self.rounds = self.answered = 0
        try:
            reads = next(plan)
            while True:
                reads = plan.send(self._round(reads, budget, fresh=fresh))
        except StopIteration as end:
            result: Result = end.value
            return result
        finally:
            self.calls = budget.calls

    def _round(self, reads: tuple[Read, ...], budget: Budget, *, fresh: bool) -> tuple[Reply, ...]:
        replies: dict[str, Reply] = {}
        asked: dict[str, Read] = {}
        for read in reads:
            known = self._cache.get(read, fresh=fresh)
            if known is None:
                asked[key_of(read)] = read
            else:
                replies[key_of(read)] = known
        if asked:
            self.rounds += 1
            replies |= self._ask_together(asked, budget)
        self.answered += sum(
            isinstance(reply, Answer) or reply.failure is Failure.ABSENT for reply in replies.values()
        )
        return tuple(_of(replies[key_of(read)], read) for read in reads)

    def _ask_together(self, asked: Mapping[str, Read], budget: Budget) -> dict[str, Reply]:
        to_do: SimpleQueue[tuple[str, Read]] = SimpleQueue()
        done: SimpleQueue[tuple[str, Reply]] = SimpleQueue()
        for item in asked.items():
            to_do.put(item)
        for _ in range(min(self._limits.threads, len(asked))):
            Thread(target=self._work, args=(to_do, done, budget), daemon=True).start()
        longest = max(read.declared.timeout_seconds for read in asked.values())
        replies = _collect(done, len(asked), min(longest, budget.seconds_left()) + GRACE_SECONDS)
        return {
            key: replies.get(key) or Unreadable(read, Failure.SLOW, "Timeout") for key, read in asked.items()
        }

    def _work(
        self, to_do: SimpleQueue[tuple[str, Read]], done: SimpleQueue[tuple[str, Reply]], budget: Budget
    ) -> None:
        while True:
            try:
                key, read = to_do.get_nowait()
            except Empty:
                return
            try:
                reply = self._asker.ask(read, budget)
            except Exception as error:  # noqa: BLE001  # whatever a client throws: the round must not wait for a dead thread
                reply = Unreadable(read, Failure.MALFORMED, type(error).__name__)
            self._cache.put(reply)
            done.put((key, reply))


def _collect(done: SimpleQueue[tuple[str, Reply]], number: int, seconds: float) -> dict[str, Reply]:
    ends = time.monotonic() + seconds
    replies: dict[str, Reply] = {}
    while len(replies) < number:
        try:
            key, reply = done.get(timeout=max(0.0, ends - time.monotonic()))
        except Empty:
            break
        replies[key] = reply
    return replies


def _of(reply: Reply, read: Read) -> Reply:
    """The reply under the read that was asked: two declarations may ask for the same call."""
    if reply.read is read:
        return reply
    if isinstance(reply, Unreadable):
        return Unreadable(read, reply.failure, reply.error, reply.cure)
    return type(reply)(read, reply.data, reply.truncated)


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


class _ReplyCache:
    """Replies by the read, each for as long as its declaration allows. Safe to share between threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._kept: dict[str, _Kept] = {}
        self._lock = Lock()

    def get(self, read: Read, *, fresh: bool = False) -> Reply | None:
        """The reply of an earlier read, or None; `fresh` takes only what cannot have changed."""
        if fresh and read.declared.cache_seconds < _IMMUTABLE_SECONDS:
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
            while len(self._kept) >= _MOST_REPLIES:
                del self._kept[next(iter(self._kept))]
            self._kept[key_of(reply.read)] = _Kept(reply, self._clock() + seconds)


def _seconds(reply: Reply) -> float:
    longest = reply.read.declared.cache_seconds
    if isinstance(reply, Answer):
        return longest
    match reply.failure:
        case Failure.ABSENT:
            return min(longest, _ABSENT_SECONDS)
        case Failure.REFUSED:
            return min(longest, _REFUSED_SECONDS)
        case _:
            return 0
