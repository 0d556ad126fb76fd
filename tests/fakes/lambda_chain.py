"""The deployed chain in memory: triage, diagnose, notify and recheck as Lambda runs, retries and parks them."""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from why403.delivery.outlets import Places
from why403.delivery.routing import parse_routes
from why403.denials.classify import classify
from why403.diagnose import diagnose_turn
from why403.diagnosis.build import build_undiagnosed
from why403.diagnosis.diagnosis import Diagnosis
from why403.errors import Why403Error
from why403.iam.place import Place
from why403.incidents.hours import DAY, HOUR
from why403.incidents.incident import Incident
from why403.incidents.log_groups import LogGroups
from why403.incidents.outbox import parse_stream_record, parse_turn, turn_message
from why403.incidents.watch import Watch
from why403.message import Message
from why403.notices.load import NoticeMaker
from why403.notify import Telling, notify
from why403.recheck import ALLOWED_NOW, recheck
from why403.triage import triage

from tests.fakes.doors import FakeDoors
from tests.fakes.incident_table import InMemoryIncidentTable
from tests.fakes.interrupted import Interrupted
from tests.fakes.subscription import denied, payload
from tests.fakes.workload_index import InMemoryWorkloadIndex

NOW = 1_764_000_000_000
TRIES_AT = (0, 61_000, 183_000)
"""When Lambda gives an asynchronous event: at once, after a minute, after two more."""
PLACE = Place("123456789012", "us-east-1")
WATCH = Watch(log_groups=LogGroups(("*",)))
CAUSES = tuple(
    denied("orders-task", "sqs:SendMessage", f"arn:aws:sqs:us-east-1:123456789012:{name}")
    for name in ("orders", "billing")
)
Plan = Callable[[int, str], tuple[BaseException, bool] | None]


def none(_number: int, _name: str) -> None:
    """Every call goes through."""


@dataclass
class Chain:
    """`plans`: story → what its calls meet, until `heal`. `parked`: (story, event) of what failed three times."""

    plans: dict[str, Plan] = field(default_factory=dict)
    table: InMemoryIncidentTable = field(default_factory=InMemoryIncidentTable)
    doors: FakeDoors = field(default_factory=FakeDoors)
    routes: str = "[]"
    places: Places = field(default_factory=lambda: Places(addresses={"events": "bus"}))
    parked: list[tuple[str, Any]] = field(default_factory=list)
    calls: Counter[tuple[str, str]] = field(default_factory=Counter)
    failed: int = 0
    now: int = NOW
    _topic: list[str] = field(default_factory=list)
    _streamed: int = 0

    def live(self) -> None:
        """Two deliveries of two causes, what follows of them, and a recheck that finds both allowed."""
        for delivery in range(2):
            events = [
                {"id": f"{delivery}-{number}", "timestamp": NOW + delivery * 70_000, "message": cause}
                for number, cause in enumerate(CAUSES * 2)
            ]
            self._give("triage", payload(events, log_stream=f"orders/app/{delivery}"))
        self._settle()
        self.now += HOUR
        self._give("recheck", None)
        self._settle()

    def heal(self) -> None:
        """Nothing fails any more, what was parked is given again, and the schedule comes round."""
        self.plans = {}
        self.now += DAY // 2
        while self.parked:
            again, self.parked = self.parked, []
            for story, event in again:
                self._give(story, event)
            self._settle()
        self._give("recheck", None)
        self._settle()

    def told(self) -> Counter[tuple[str, str]]:
        """(Fingerprint, transition) → how often EventBridge and the webhook were told of it."""
        events = [json.loads(entry["Detail"]) for entry in self.doors.through("event")]
        return Counter((event["fingerprint"], event["transition"]) for event in events)

    def _settle(self) -> None:
        """Stream and topic are carried on until both are empty."""
        while self._streamed < len(self.table.stream) or self._topic:
            records = self.table.stream[self._streamed :]
            self._streamed += len(records)
            for record in records:
                self._give("diagnose", record)
            messages, self._topic = self._topic, []
            for message in messages:
                self._give("notify", message)

    def _give(self, story: str, event: Any) -> None:
        start = self.now
        for later in TRIES_AT:
            self.now = start + later
            try:
                getattr(self, f"_{story}")(event, self._port(story, self.table))
            except Why403Error:
                self.failed += 1
            else:
                return
        self.parked.append((story, event))

    def _port(self, story: str, port: object) -> Any:
        plan = self.plans.get(story, none)

        def noted(number: int, name: str) -> tuple[BaseException, bool] | None:
            self.calls[story, name] += 1
            return plan(number, name)

        return Interrupted(port, noted)

    def _triage(self, event: Any, table: Any) -> None:
        triage(event, watch=WATCH, table=table, classify=classify, now=self.now)

    def _diagnose(self, record: Any, table: Any) -> None:
        turn = parse_stream_record(record)
        if turn is None:
            return
        incident = self.table.get(turn.fingerprint)
        assert incident is not None
        diagnose_turn(
            turn,
            table=table,
            index=InMemoryWorkloadIndex(),
            ask=lambda _plan: build_undiagnosed(incident.denial),
            tell=lambda told: self._port("diagnose", self).publish(turn_message(told)),
            report=_fail,
            place=PLACE,
            now=self.now,
        )

    def publish(self, message: str) -> None:
        """The incidents topic takes it."""
        self._topic.append(message)

    def _notify(self, message: Any, table: Any) -> None:
        telling = Telling(
            table=table,
            routes=parse_routes(self.routes),
            places=self.places,
            doors=self.doors.open(),
            maker=NoticeMaker(table=table, place=Place("123456789012", "us-east-1")),
            report=lambda _outlet, _error: None,
            now=self.now,
        )
        notify(parse_turn(message), telling)

    def _recheck(self, _event: Any, table: Any) -> None:
        def judge(incident: Incident) -> Diagnosis:
            return replace(build_undiagnosed(incident.denial), findings=(Message(ALLOWED_NOW, {}),))

        recheck(
            table,
            judge,
            quiet_ms=DAY,
            now=self.now,
            has_time=lambda: True,
            report=lambda _i, error: _fail(error),
        )


def _fail(error: Exception) -> None:
    raise AssertionError(error)
