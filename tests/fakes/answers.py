"""A reader that answers from data: the pure stages run without AWS.

    FakeReader({
        "iam:GetRole": [
            {"when": {"RoleName": "web"}, "data": {"Role": {...}}},
            {"error": "NoSuchEntity"},
        ],
        "sqs:GetQueueAttributes": {"error": "AccessDenied"},
        "ecs:*": {"error": "Throttling"},
        "*": {"failure": "absent"},
    }).run(plan)

An entry holds where the read's parameters contain all of `when` (and `region`, `account` where given): the first
that holds answers. `error` is AWS's code, from which the failure follows as in the real reader; `failure` sets
it. What no entry answers is UNAVAILABLE ("NotInTheCase") and noted in `unanswered`.
"""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from why403.aws.asking import cure_of
from why403.aws.failures import failure_of
from why403.aws.reader import key_of
from why403.reads import Answer, Failure, Plan, Read, Reply, Unreadable

Result = TypeVar("Result")
Entry = Mapping[str, Any]
Answers = Mapping[str, Entry | Sequence[Entry]]


class FakeReader:
    """Has `run`, `calls` and `rounds` as aws/reader.py has, and `asked`: every read, in order."""

    def __init__(self, answers: Answers) -> None:
        self._answers = answers
        self.asked: list[Read] = []
        self.unanswered: list[Read] = []
        self.calls = 0
        self.rounds = 0

    def run(self, plan: Plan[Result], *, fresh: bool = False) -> Result:
        """The plan's result. There is no cache, so `fresh` changes nothing."""
        del fresh
        self.calls = self.rounds = 0
        try:
            reads = next(plan)
            while True:
                reads = plan.send(self._round(reads))
        except StopIteration as end:
            result: Result = end.value
            return result

    def _round(self, reads: tuple[Read, ...]) -> tuple[Reply, ...]:
        self.rounds += bool(reads)
        self.calls += len({key_of(read) for read in reads})
        self.asked += reads
        return tuple(self._reply(read) for read in reads)

    def _reply(self, read: Read) -> Reply:
        entry = self._entry(read)
        if entry is None:
            self.unanswered.append(read)
            return Unreadable(read, Failure.UNAVAILABLE, "NotInTheCase")
        if "data" in entry:
            return Answer(read, entry["data"], entry.get("truncated", False))
        code = entry.get("error", "NotInTheCase")
        failure = Failure(entry["failure"]) if "failure" in entry else failure_of(code, 0, read.declared)
        return Unreadable(read, failure, code, cure_of(read, failure))

    def _entry(self, read: Read) -> Entry | None:
        for name in (read.call, f"{read.declared.service}:*", "*"):
            given = self._answers.get(name, ())
            for entry in [given] if isinstance(given, Mapping) else given:
                if _holds(entry, read):
                    return entry
        return None


def _holds(entry: Entry, read: Read) -> bool:
    wanted = entry.get("when", {})
    return (
        all(read.parameters.get(name) == value for name, value in wanted.items())
        and entry.get("region", read.region) == read.region
        and entry.get("account", read.account) == read.account
    )
