"""Random worlds of deliveries: every record up to three times, in any order, the process killed at any step.

The real stories run: triage on what CloudWatch Logs sends, diagnose on the table's stream, and a delivery under a
claim as notify makes it. At the end there is one message for each thing that was to be told, and every line counts.

Nobody can make the receiver's yes and our note of it one step: who is killed between the two tells again: one more
message for each such kill, and never one too few.
"""

import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any
from unittest.mock import patch

from why403 import diagnose
from why403.denials.classify import classify
from why403.denials.denial import Denial
from why403.diagnosis.build import build_undiagnosed
from why403.diagnosis.diagnosis_json import to_json
from why403.iam.place import Place
from why403.incidents import sample
from why403.incidents.hours import DAY, HOUR
from why403.incidents.log_groups import LogGroups
from why403.incidents.outbox import parse_stream_record, parse_turn, turn_message
from why403.incidents.transition import Transition, Turn
from why403.incidents.watch import Watch
from why403.log_events.log_event import LogEvent
from why403.log_events.redaction import redact
from why403.triage import triage

from tests.fakes.incident_table import InMemoryIncidentTable
from tests.fakes.interrupted import Interrupted, Killed, killed_at
from tests.fakes.subscription import denied, payload
from tests.fakes.workload_index import InMemoryWorkloadIndex

NOW = 1_764_000_000_000
PLACE = Place("123456789012", "us-east-1")
WATCH = Watch(log_groups=LogGroups(("*",)))
NOISE = "GET /orders 403 rows"
CAUSES = (
    denied("orders-task", "sqs:SendMessage", "arn:aws:sqs:us-east-1:123456789012:orders"),
    denied(
        "orders-task",
        "kms:Decrypt",
        "arn:aws:kms:us-east-1:123456789012:key/0f0e0d0c-0b0a-4990-8887-868584838281",
    ),
    denied("billing-task", "s3:GetObject", "arn:aws:s3:::media/a.png"),
)


_redacted = cache(redact)


@cache
def _as_json(denial: Denial) -> dict[str, Any]:
    return to_json(build_undiagnosed(denial))


@cache
def _classified(message: str) -> tuple[Denial, ...]:
    return classify(LogEvent(message))


class World:
    """One account, one channel, and everything that is still on its way."""

    def __init__(self, seed: int, *, torn: bool = False) -> None:
        self.chance = random.Random(seed)  # noqa: S311  # the same world each time
        self.table = InMemoryIncidentTable()
        self.now = NOW
        self.messages: list[Turn] = []
        self.lines: Counter[str] = Counter()
        self.deliveries: list[dict[str, Any]] = []
        self.records: list[Any] = []
        self.topic: list[str] = []
        self.torn: Counter[Turn] = Counter()
        """Turns that were accepted and not noted, as the process ended there. Only where `torn` is wanted."""
        self._tears = torn
        self._streamed = 0
        for number in range(self.chance.randint(1, 4)):
            self.deliveries += self._times(self._delivery(number))

    def _times(self, record: Any) -> list[Any]:
        return [record] * self.chance.randint(1, 3)

    def _delivery(self, number: int) -> dict[str, Any]:
        sent = [self.chance.choice((*CAUSES, NOISE)) for _ in range(self.chance.randint(1, 5))]
        self.lines.update(sent)
        events = [
            {
                "id": f"{number}-{place}",
                "timestamp": NOW + self.chance.randint(0, HOUR // 2),
                "message": message,
            }
            for place, message in enumerate(sent)
        ]
        return payload(events, log_stream=self.chance.choice(("orders/app/1", "orders/app/2")))

    def run(self) -> None:
        """Until nothing is on its way any more."""
        queues: tuple[list[Any], ...] = (self.deliveries, self.records, self.topic)
        while waiting := [queue for queue in queues if queue]:
            self.now += self.chance.choice((0, 10, 1_000, 70_000))
            queue = self.chance.choice(waiting)
            record = queue.pop(self.chance.randrange(len(queue)))
            kill = killed_at(self.chance.randint(0, 9), takes_effect=self.chance.random() < 0.5)
            try:
                self._work(queue, record, kill)
            except (Killed, ClaimedElsewhere):
                queue.append(record)
            for told in self.table.stream[self._streamed :]:
                self.records += self._times(told)
            self._streamed = len(self.table.stream)

    def _work(self, queue: list[Any], record: Any, kill: Any) -> None:
        table: Any = Interrupted(self.table, kill)
        if queue is self.deliveries:
            triage(
                record,
                watch=WATCH,
                table=table,
                classify=lambda event: _classified(event.message),
                now=self.now,
            )
        elif queue is self.records:
            self._diagnose(record, table)
        else:
            self._deliver(parse_turn(record), table)

    def _diagnose(self, record: Any, table: Any) -> None:
        turn = parse_stream_record(record)
        if turn is None:
            return
        incident = self.table.get(turn.fingerprint)
        assert incident is not None
        diagnose.diagnose_turn(
            turn,
            table=table,
            index=InMemoryWorkloadIndex(),
            ask=lambda _plan: build_undiagnosed(incident.denial),
            tell=lambda told: self.topic.extend(self._times(turn_message(told))),
            report=_fail,
            place=PLACE,
            now=self.now,
        )

    def _deliver(self, turn: Turn, table: Any) -> None:
        name = f"slack/{turn.turn}-{turn.transition}"
        if not table.claim_delivery(turn.fingerprint, turn.generation, name, self.now):
            if self.table.delivery_reference(turn.fingerprint, name) is None:
                raise ClaimedElsewhere
            return
        self.messages.append(turn)
        if self._tears and self.chance.random() < 0.3:
            self.torn[turn] += 1
            raise Killed
        self.table.finish_delivery(turn.fingerprint, turn.generation, name, "ts")


class ClaimedElsewhere(Exception):  # noqa: N818  # no error: it is tried again later
    """Another process has the claim, and may die with it."""


def _fail(error: Exception) -> None:
    raise AssertionError(repr(error))


@contextmanager
def each_line_redacted_once() -> Iterator[None]:
    """The same few lines come ten thousand times over; these are pure functions, and the slowest part."""
    with (
        patch.object(sample, "redact", _redacted),
        patch.object(diagnose, "to_json", lambda told: _as_json(told.denial)),
    ):
        yield


def check(world: World, seed: int) -> None:
    seen = {message: lines for message, lines in world.lines.items() if message != NOISE}
    incidents = world.table.everything().values()
    told = Counter(world.messages)

    assert sorted(seen.values()) == sorted(incident.count for incident in incidents), seed
    assert (
        sum(world.table.group_lines("scout-admin-dev", NOW - 30 * DAY, NOW + 30 * DAY).values())
        == world.lines.total()
    ), seed
    assert {turn: 1 + world.torn[turn] for turn in told} == told, seed
    assert len(seen) == sum(1 for turn in told if turn.transition is Transition.OPENED), seed
    assert sum(incident.turn for incident in incidents) == len(told), seed
