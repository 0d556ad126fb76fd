"""The story of triage: a delivery of CloudWatch Logs → lines counted, incidents opened or moved on.

It may be killed anywhere and is then delivered again, as CloudWatch Logs and Lambda do: every step can be done
twice, and the last ones are done even where the count shows that the batch was counted before. It calls AWS for
our own table only, in proportion to batches and causes, never to lines.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from why403.errors import StoreError
from why403.incidents.flood import folded, is_flooded
from why403.incidents.incident import Incident, Severity, State
from why403.incidents.life_cycle import next_state
from why403.incidents.life_cycle_events import Seen
from why403.incidents.metric_names import Metric
from why403.incidents.new_incident import new_incident
from why403.incidents.sample import make_sample
from why403.incidents.severity import is_quiet, severity_of
from why403.incidents.sighting import Batch, Classify, Sighting, add_up, volume_of
from why403.incidents.table import IncidentTable
from why403.incidents.usual_range import is_unusual
from why403.incidents.watch import Watch
from why403.incidents.widening import widening
from why403.log_events.payload import decode_subscription

FAILURES = 3
"""After so many incidents that cannot be written, the table is taken to be away."""
SAVES = 5
"""How often a decision is made anew because another changed the incident in between."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Triaged:
    """What one delivery came to, for the metrics."""

    lines: int = 0
    dropped: int = 0
    """Lines that are no denial of AWS."""
    foreign: int = 0
    """Lines of log groups that we do not look at."""
    incidents: int = 0
    """Incidents that the delivery has lines of."""
    opened: int = 0
    duplicates: int = 0
    """(batch, incident) pairs that had been counted before."""

    @property
    def metrics(self) -> Mapping[Metric, int]:
        """What to publish of it."""
        return {
            Metric.LINES: self.lines,
            Metric.LINES_DROPPED: self.dropped,
            Metric.LINES_FOREIGN: self.foreign,
            Metric.INCIDENTS_OPENED: self.opened,
            Metric.REPEATED: self.duplicates,
        }


def triage(
    payload: Mapping[str, Any], *, watch: Watch, table: IncidentTable, classify: Classify, now: int
) -> Triaged:
    """One invocation. `now` in milliseconds since the epoch.

    PayloadError where the payload is none of CloudWatch Logs', StoreError where the table fails: both go up, so
    that the delivery is tried again and in the end parked.
    """
    events = decode_subscription(payload)
    ours = [event for event in events if watch.log_groups.accept(event.log_group)]
    batch = add_up(ours, classify, now, watch.expecting(now))
    known = table.heads([sighting.fingerprint for sighting in batch.sightings]) if batch.sightings else {}
    written = _write_all(batch, known, watch, table, now)
    _count_groups(batch, table, now)
    return Triaged(
        lines=batch.lines,
        dropped=batch.dropped,
        foreign=len(events) - len(ours),
        incidents=len(written),
        opened=sum(opened for opened, _ in written),
        duplicates=sum(not counted for _, counted in written),
    )


def _write_all(
    batch: Batch, known: Mapping[str, Incident], watch: Watch, table: IncidentTable, now: int
) -> list[tuple[bool, bool]]:
    """One incident that cannot be written keeps no other from being written and told."""
    written: list[tuple[bool, bool]] = []
    failures: list[StoreError] = []
    for sighting in batch.sightings:
        try:
            written.append(_write(sighting, known.get(sighting.fingerprint), watch, table, now))
        except StoreError as error:
            failures.append(error)
            if len(failures) == FAILURES:
                break
    if failures:
        raise StoreError(
            f"{len(written)} of the {len(batch.sightings)} incidents of a delivery were written, then: {failures[0]} "
            "The whole delivery is tried again; what was counted is not counted twice."
        ) from failures[0]
    return written


def _write(
    sighting: Sighting, known: Incident | None, watch: Watch, table: IncidentTable, now: int
) -> tuple[bool, bool]:
    """(Whether it was opened, whether its lines were counted for the first time.)"""
    counted = table.count_lines(sighting.fingerprint, sighting.batch, sighting.hours, now)
    if known is None and is_flooded(sighting, table, now):
        flood = folded(sighting, now)
        return _write(flood, table.get(flood.fingerprint), watch, table, now)
    if known is None:
        fresh = new_incident(sighting, now, redact_emails=watch.redact_emails)
        if table.open(fresh):
            return True, counted
        known = _stored(table, sighting.fingerprint)
    is_wider = _widen(known, sighting, watch, table)
    _move_on(known, sighting, table, now, is_wider=is_wider)
    return False, counted


def _widen(known: Incident, sighting: Sighting, watch: Watch, table: IncidentTable) -> bool:
    wider = widening(known, sighting)
    if wider is None:
        return False
    sample = make_sample(sighting.event, redact_emails=watch.redact_emails) if wider.sample else None
    table.saw(wider.incident, sample)
    return True


def _move_on(known: Incident, sighting: Sighting, table: IncidentTable, now: int, *, is_wider: bool) -> None:
    for _ in range(SAVES):
        counted = _counted(known, sighting, table, is_wider=is_wider)
        seen = Seen(
            last=sighting.last,
            loudness=severity_of(sighting.denial, volume_of(sighting, counted, known)),
            expectation=sighting.expectation,
            unusual=known.state is State.EXPECTED and is_unusual(table.occurrences(known.fingerprint), now),
        )
        step = next_state(known, seen, now)
        if step.incident == known or table.save(step.incident, expected=known):
            return
        known = _stored(table, known.fingerprint)
    raise StoreError(
        f"Incident {known.fingerprint} was changed by others {SAVES} times while its new lines were looked at. "
        "The delivery is tried again; the lines are counted once."
    )


def _stored(table: IncidentTable, fingerprint: str) -> Incident:
    stored = table.get(fingerprint)
    if stored is None:
        raise StoreError(
            f"Incident {fingerprint} expired while new lines of it came in; the delivery is tried again."
        )
    return stored


def _counted(
    known: Incident, sighting: Sighting, table: IncidentTable, *, is_wider: bool
) -> Mapping[int, int]:
    """The incident's lines by hour, asked only where they can make it louder.

    Once a minute of a storm, with what is written of it, and while a second line is awaited.
    """
    if is_quiet(sighting.denial) or known.severity is Severity.HIGH:
        return sighting.hours
    if not is_wider and known.severity is not Severity.LOW:
        return sighting.hours
    return dict(table.occurrences(known.fingerprint))


def _count_groups(batch: Batch, table: IncidentTable, now: int) -> None:
    """Last, so that the reconciliation sees as counted only what went all the way."""
    for group, hours in batch.group_hours.items():
        table.count_group_lines(group, batch.group_batches[group], hours, now)
