"""What we may ask AWS, as data: the pure stages yield reads and are sent answers.

A stage that needs AWS is a `Plan`: a generator that yields a round of `Read`s and is sent, in the same order,
their `Answer`s or `Unreadable`s. `together` runs several plans in the same rounds, so that "at most five
rounds" can be counted without AWS. Only aws/reader.py carries reads out.

A read is declared once, at import, beside the code that needs it, and so enters the one register: the functions' role,
the doctor and docs/permissions.md are made from that (aws/granted_reads.py).
"""

import sys
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, TypeVar

ORGANIZATION = "organization"
"""`Read.account` of what only the organization's management account may read: SCP and RCP documents."""
TAKES_ROLE = "sts:AssumeRole"
"""`Unreadable.cure` where another account's read role was not to be taken, or none is named."""


@dataclass(frozen=True, slots=True)
class DeclaredRead:
    """A read operation that a stage may use: what the role needs for it, and why.

    `service` is boto3's client name, `operation` the API operation, `reason` one English sentence for
    docs/permissions.md, `actions` the IAM actions it takes: the operation's own where none are given (S3's differ).
    """

    service: str
    operation: str
    reason: str
    actions: tuple[str, ...] = ()
    cache_seconds: int = 60
    """How long an answer may be told again: long for what never changes (a task definition's revision)."""
    absent: tuple[str, ...] = ()
    """AWS's error codes that mean, for this read, that there is no such thing."""
    timeout_seconds: float = 15.0
    """How long to wait for it, retries and pages included."""
    by_person: bool = False
    """Made with a person's own credentials only: no function is granted it."""
    on_outsiders: bool = False
    """What it tells decides only over callers of other accounts."""

    def __post_init__(self) -> None:
        """Enter the register."""
        if not self.actions:
            object.__setattr__(self, "actions", (f"{self.service}:{self.operation}",))
        _REGISTER.setdefault(self, _module_under_way())

    def used_for(
        self,
        reason: str,
        *,
        cache_seconds: int | None = None,
        timeout_seconds: float | None = None,
        by_person: bool = False,
    ) -> "DeclaredRead":
        """The same operation for another reason; what is left out stays as it was declared."""
        return replace(
            self,
            reason=reason,
            cache_seconds=self.cache_seconds if cache_seconds is None else cache_seconds,
            timeout_seconds=timeout_seconds or self.timeout_seconds,
            by_person=by_person,
        )

    def of(self, *, region: str = "", account: str = "", pages: int = 1, **parameters: object) -> "Read":
        """This read with the operation's own parameters. At most `pages` pages are fetched and merged."""
        return Read(self, parameters, region, account, pages)


_REGISTER: dict[DeclaredRead, str] = {}
"""Every read that a module has declared, and the module's name."""


def register() -> Mapping[DeclaredRead, str]:
    """What the modules imported so far have declared: read → name of the module."""
    return _REGISTER


def _module_under_way() -> str:
    """The module whose body is being executed; empty where none is."""
    frame = sys._getframe()  # noqa: SLF001  # as logging finds its caller
    while frame.f_back is not None and frame.f_code.co_name != "<module>":
        frame = frame.f_back
    return str(frame.f_globals.get("__name__", ""))


@dataclass(frozen=True, slots=True)
class Read:
    """One call to make. Empty `region` and `account` mean the caller's own; see also ORGANIZATION."""

    declared: DeclaredRead
    parameters: Mapping[str, object]
    region: str = ""
    account: str = ""
    pages: int = 1

    @property
    def call(self) -> str:
        """As people write it: `sqs:GetQueueAttributes`."""
        return f"{self.declared.service}:{self.declared.operation}"


class Failure(StrEnum):
    """Why a read gave no answer."""

    ABSENT = "absent"
    """AWS says that there is no such thing: itself an answer, of which the plan makes what it means."""
    REFUSED = "refused"
    THROTTLED = "throttled"
    SLOW = "slow"
    MALFORMED = "malformed"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True)
class Answer:
    """What AWS said. `truncated`: there were more pages than the read allowed."""

    read: Read
    data: Mapping[str, Any]
    truncated: bool = False

    def at(self, *path: str) -> object:
        """What stands under these keys; None where one is missing or nothing can stand under it."""
        found: object = self.data
        for key in path:
            found = found.get(key) if isinstance(found, Mapping) else None
        return found

    def text(self, *path: str) -> str:
        """The text under these keys, or empty."""
        found = self.at(*path)
        return found if isinstance(found, str) else ""

    def items(self, *path: str) -> tuple[Mapping[str, Any], ...]:
        """The objects of the list under these keys; what is no object is left out."""
        found = self.at(*path)
        listed = found if isinstance(found, Sequence) and not isinstance(found, str) else ()
        return tuple(item for item in listed if isinstance(item, Mapping))

    def texts(self, *path: str) -> tuple[str, ...]:
        """The texts of the list under these keys; what is no text is left out."""
        found = self.at(*path)
        listed = found if isinstance(found, Sequence) and not isinstance(found, str) else ()
        return tuple(item for item in listed if isinstance(item, str))


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A read without an answer. `error` is AWS's error code; `cure` the IAM action that would help, or empty."""

    read: Read
    failure: Failure
    error: str
    cure: str = ""

    def spot(self, subject: str = "") -> "BlindSpot":
        """This failure as a diagnosis tells it; `subject` is the ARN or name that was asked about."""
        return BlindSpot(self.read.call, self.error, self.cure, subject)


Reply = Answer | Unreadable
Result = TypeVar("Result")
Plan = Generator[tuple[Read, ...], tuple[Reply, ...], Result]
"""Yields a round of reads, is sent their replies in the same order, returns its result."""


def together(*plans: Plan[Any]) -> Plan[tuple[Any, ...]]:
    """Run the plans side by side: the reads that they wait for at the same moment share a round.

    Returns the plans' results in their order. The reader makes a read that is asked twice only once.
    """
    results: dict[int, Any] = {}
    waiting: dict[int, tuple[Read, ...]] = {}
    replies: dict[int, tuple[Reply, ...] | None] = dict.fromkeys(range(len(plans)))
    while True:
        for number, reply in replies.items():
            try:
                waiting[number] = plans[number].send(reply)  # type: ignore[arg-type]  # None starts a generator
            except StopIteration as end:
                results[number] = end.value
        if not waiting:
            return tuple(results[number] for number in range(len(plans)))
        asked = [read for reads in waiting.values() for read in reads]
        answered = yield tuple(asked)
        left = iter(answered)
        replies = {number: tuple(next(left) for _ in reads) for number, reads in waiting.items()}
        waiting = {}


def asked(reads: tuple[Read, ...]) -> Plan[tuple[Reply, ...]]:
    """One round of reads, and their replies; no round where there are none."""
    return (yield reads) if reads else ()


def settled(result: Result) -> Plan[Result]:
    """A plan that needs nothing read."""
    yield from ()
    return result


@dataclass(frozen=True, slots=True)
class BlindSpot:
    """What could not be read, as the contract's `unreadable` tells it."""

    call: str
    error: str
    cure: str = ""
    subject: str = ""


def unread(plan: Plan[Result], error: str) -> Result:
    """The plan's result where nothing at all can be read, for the reason that `error` names."""
    try:
        reads = next(plan)
        while True:
            reads = plan.send(tuple(Unreadable(read, Failure.UNAVAILABLE, error) for read in reads))
    except StopIteration as end:
        result: Result = end.value
        return result


def knowing(plan: Plan[Result], known: Sequence[Reply]) -> Plan[Result]:
    """The plan's result, where these replies came before: what they answer is not asked, and is no round of its own."""
    replies: tuple[Reply, ...] | None = None
    try:
        while True:
            reads = plan.send(replies)  # type: ignore[arg-type]  # None starts a generator
            answers = [next((reply for reply in known if reply.read == read), None) for read in reads]
            asked = tuple(read for read, reply in zip(reads, answers, strict=True) if reply is None)
            left = iter((yield asked) if asked else ())
            replies = tuple(next(left) if reply is None else reply for reply in answers)
    except StopIteration as end:
        result: Result = end.value
        return result


def without(plan: Plan[Result], spared: Callable[[Read], bool]) -> Plan[Result]:
    """The plan's result, where reads that are `spared` are not made: to the plan there is no such thing."""
    replies: tuple[Reply, ...] | None = None
    try:
        while True:
            reads = plan.send(replies)  # type: ignore[arg-type]  # None starts a generator
            nothing = [Unreadable(read, Failure.ABSENT, "NotAsked") for read in reads if spared(read)]
            replies = yield from knowing(asked(reads), nothing)
    except StopIteration as end:
        result: Result = end.value
        return result


def counted(plan: Plan[Result]) -> Plan[tuple[Result, int]]:
    """The plan's result, and the rounds that it took."""
    rounds = 0
    try:
        reads = next(plan)
        while True:
            rounds += 1
            reads = plan.send((yield reads))
    except StopIteration as end:
        return end.value, rounds


def noted(plan: Plan[Result]) -> Plan[tuple[Result, tuple[Reply, ...]]]:
    """The plan's result, and every reply that it was sent."""
    replies: tuple[Reply, ...] = ()
    try:
        reads = next(plan)
        while True:
            answered = yield reads
            replies += answered
            reads = plan.send(answered)
    except StopIteration as end:
        return end.value, replies
