"""A storm: many causes at once, over many deliveries of CloudWatch Logs, and what triage makes of it."""

import base64
import gzip
import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from why403.denials.classify import classify
from why403.denials.denial import Denial
from why403.incidents.incident import Incident
from why403.incidents.log_groups import LogGroups
from why403.incidents.sighting import Classify
from why403.incidents.table import IncidentTable
from why403.incidents.watch import Watch
from why403.log_events.log_event import LogEvent
from why403.triage import triage

START = 1_764_000_000_000
"""Milliseconds: a fixed moment, so that runs are alike."""
LASTS_MS = 10 * 60 * 1000
"""Ten minutes: so long until people have seen the first message."""
STREAMS = 40
"""Tasks that write the lines."""
WATCH = Watch(log_groups=LogGroups(("*",)))
LINE = (
    "An error occurred (AccessDenied) when calling the SendMessage operation: User: arn:aws:sts::123456789012:"
    "assumed-role/orders-{cause}/task-1 is not authorized to perform: sqs:SendMessage on resource: "
    "arn:aws:sqs:us-east-1:123456789012:orders-{cause} because no identity-based policy allows the sqs:SendMessage "
    "action (request {number})"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """`lines` in deliveries of `lines_a_delivery`, in which the `causes` come in turn."""

    lines: int = 1_000_000
    causes: int = 50
    lines_a_delivery: int = 1_000

    @property
    def deliveries(self) -> int:
        """How many there are."""
        return self.lines // self.lines_a_delivery

    @property
    def causes_a_delivery(self) -> int:
        """How many of the causes a delivery holds."""
        return min(self.causes, self.lines_a_delivery)


class Counting:
    """An incident table that counts its calls; `after` is told each one's name when it is through."""

    def __init__(self, table: object, after: Callable[[str], None] = lambda _name: None) -> None:
        self._table = table
        self._after = after
        self.calls: Counter[str] = Counter()

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  # whatever the table has
        real = getattr(self._table, name)

        def call(*given: Any, **named: Any) -> Any:  # noqa: ANN401
            answer = real(*given, **named)
            self.calls[name] += 1
            self._after(name)
            return answer

        return call


def run_storm(plan: Plan, table: Any, classify: Classify = classify) -> None:  # noqa: ANN401  # one that counts, too
    """Every delivery once. `table` is an IncidentTable, or one that counts its calls."""
    for now, payload in _payloads(plan):
        triage(payload, watch=WATCH, table=table, classify=classify, now=now)


def classify_causes(event: LogEvent) -> tuple[Denial, ...]:
    """As `classify` does, each cause once: for storms whose calls matter and not their time."""
    return _classified(event.message.partition(" (request ")[0])


@cache
def _classified(message: str) -> tuple[Denial, ...]:
    return classify(LogEvent(message))


def incidents_of(table: IncidentTable, plan: Plan) -> list[Incident]:
    """What stands in the table afterwards."""
    return list(table.unresolved(2 * plan.causes))


def _payloads(plan: Plan) -> Iterator[tuple[int, dict[str, Any]]]:
    for delivery in range(plan.deliveries):
        now = START + LASTS_MS * delivery // plan.deliveries
        first = delivery * plan.lines_a_delivery
        events = [
            {"id": f"{number:056d}", "timestamp": now, "message": _line(number, plan)}
            for number in range(first, first + plan.lines_a_delivery)
        ]
        body = {
            "messageType": "DATA_MESSAGE",
            "owner": "123456789012",
            "logGroup": "/ecs/orders",
            "logStream": f"orders/app/{delivery % STREAMS}",
            "logEvents": events,
        }
        data = base64.b64encode(gzip.compress(json.dumps(body).encode(), compresslevel=1)).decode()
        yield now, {"awslogs": {"data": data}}


def _line(number: int, plan: Plan) -> str:
    return LINE.format(cause=number % plan.causes, number=f"{number:012x}")
