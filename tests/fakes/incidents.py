"""An open incident, as triage stores it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from why403.denials.denial import Denial, DenyKind, Verdict
from why403.incidents.incident import Incident, Sample
from why403.incidents.table import BatchLines, IncidentTable
from why403.incidents.transition import Transition, Turn

NOW = 1_764_000_000_000


def opened_incident(fingerprint: str = "f3a1c0de5b7d9e21", **fields: Any) -> Incident:
    """The first line of it was told a moment ago; `fields` are set otherwise."""
    line = Sample(
        message="403 Forbidden", log_group="/ecs/orders", log_stream="web/1", timestamp=NOW, event_id="e1"
    )
    opened = Incident(
        fingerprint=fingerprint,
        denial=Denial(
            verdict=Verdict.MISSING_PERMISSION,
            service="sqs",
            action="sqs:SendMessage",
            actions=("sqs:SendMessage",),
            deny_kind=DenyKind.IMPLICIT_IDENTITY,
            principal="arn:aws:sts::123456789012:assumed-role/orders-task/1",
            resource="arn:aws:sqs:us-east-1:123456789012:orders",
            handled=False,
        ),
        log_group="/ecs/orders",
        account="123456789012",
        first_seen=NOW,
        last_seen=NOW,
        samples=(line,),
        streams=("web/1",),
        turn=1,
        transition=Transition.OPENED,
        transition_at=NOW,
    )
    return replace(opened, **fields)


def turn_of(incident: Incident, transition: Transition = Transition.OPENED, turn: int = 1) -> Turn:
    """A turn of the incident."""
    return Turn(
        fingerprint=incident.fingerprint,
        generation=incident.generation,
        transition=transition,
        turn=turn,
        at=NOW,
    )


def count_lines(
    table: IncidentTable, pack: str, batch: str, lines: Mapping[str, Mapping[int, int]], now: int
) -> bool:
    """Those of one pack alone, slot → hours; whether that was for the first time."""
    (is_first,) = table.count_lines([BatchLines.of_pack(pack, batch, lines)], now)
    return is_first
