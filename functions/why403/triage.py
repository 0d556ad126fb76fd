"""The story of triage: a delivery of CloudWatch Logs → lines counted, incidents opened or moved on.

It may be killed anywhere and is then delivered again, as CloudWatch Logs and Lambda do: every step can be done
twice, and the last ones are done even where the count shows that the batch was counted before. It calls AWS for
our own table only, in proportion to batches and causes, never to lines.
"""

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from why403.errors import StoreError
from why403.incidents.expected import is_unusual
from why403.incidents.flood import Roles, admitted, folded, held_back
from why403.incidents.incident import HeldBack, Incident, Sample, Severity, State
from why403.incidents.life_cycle import next_state
from why403.incidents.metric_names import Metric
from why403.incidents.new_incident import new_incident
from why403.incidents.sample import make_sample
from why403.incidents.severity import is_quiet
from why403.incidents.sighting import Batch, Classify, Sighting, add_up
from why403.incidents.table import BatchLines, IncidentTable
from why403.incidents.watch import Watch
from why403.incidents.widening import seen, stands, widening
from why403.log_events.log_event import decode_subscription

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


def _nobody(_log_group: str) -> tuple[str, ...]:
    return ()


def triage(  # noqa: PLR0913  # everything that touches the world is handed in
    payload: Mapping[str, Any],
    *,
    watch: Watch,
    table: IncidentTable,
    classify: Classify,
    now: int,
    roles: Roles = _nobody,
) -> Triaged:
    """One invocation. `now` in milliseconds since the epoch; `roles` tells who is known to write to a log group.

    PayloadError where the payload is none of CloudWatch Logs', StoreError where the table fails: both go up, so
    that the delivery is tried again and in the end parked.
    """
    events = decode_subscription(payload)
    ours = [event for event in events if watch.log_groups.accept(event.log_group)]
    batch = add_up(ours, watch.without_own(classify), now, watch.expecting(now))
    written = _Writing(watch, table, now, roles).write(batch) if batch.lines else Triaged()
    return replace(written, foreign=len(events) - len(ours))


@dataclass(slots=True)
class _Writing:
    """One delivery's incidents, written together: opened, then counted a pack at once, then moved on.

    An incident is opened before its lines are counted, for it says where; what was told of it at its opening is the
    least that it counts. One that cannot be written keeps no other from being written and told. The lines of the log
    groups come last, so that the reconciliation sees as counted only what went all the way: with the incidents' where
    nothing comes after those.
    """

    watch: Watch
    table: IncidentTable
    now: int
    roles: Roles
    failures: list[StoreError] = field(default_factory=list)

    def write(self, batch: Batch) -> Triaged:
        """StoreError where something could not be written, after the rest was."""
        asked = [sighting.fingerprint for sighting in batch.sightings]
        known = dict(self.table.heads(asked)) if asked else {}
        news = [sighting for sighting in batch.sightings if sighting.fingerprint not in known]
        new = admitted(news, self.table, self.roles, self.now)
        places = new.places
        too_many = [one for one in news if one.fingerprint not in places]
        floods = list(folded(too_many, self.now))
        if floods:
            known |= self.table.heads([flood.fingerprint for flood in floods])
        single = [one for one in batch.sightings if one.fingerprint in places or one.fingerprint in known]
        sightings = [*single, *floods]
        opened = {
            one.fingerprint
            for one in sightings
            if one.fingerprint not in known and self._attempt(self._open, one, places, known)
        }
        self._list(too_many, new.known, known)
        left = {places.get(one.fingerprint, "") for one in sightings if one.fingerprint not in known}
        packs = _packs(sightings, known, {place.rpartition(":")[0] for place in left})
        moving = [
            one
            for one in sightings
            if one.fingerprint in known
            and one.fingerprint not in opened
            and not stands(one, known[one.fingerprint], self.now)
        ]
        groups = [
            BatchLines.of_group(group, batch.group_batches[group], hours)
            for group, hours in batch.group_hours.items()
        ]
        counted, are_groups_counted = self._count(
            packs, batch.name, [] if moving or self.failures else groups
        )
        for sighting in moving:
            if sighting.fingerprint in counted:
                self._attempt(self._go_on, sighting, known[sighting.fingerprint])
        if self.failures:
            raise StoreError(
                f"{len(counted)} of the {len(sightings)} incidents of a delivery were counted, then: {self.failures[0]} "
                "The whole delivery is tried again; what was counted is not counted twice."
            ) from self.failures[0]
        if not are_groups_counted:
            self.table.count_lines(groups, self.now)
        return Triaged(
            lines=batch.lines,
            dropped=batch.dropped,
            incidents=len(sightings),
            opened=len(opened),
            duplicates=sum(not is_first for is_first in counted.values()),
        )

    def _list(self, too_many: list[Sighting], known: Container[str], opened: Container[str]) -> None:
        """What was folded, where the flood is `opened`: a list alone is no incident."""
        causes = held_back(too_many, known, self.now, redact_emails=self.watch.redact_emails)
        for flood, listed in causes:
            if flood in opened:
                self._attempt(self._hold_back, flood, listed)

    def _hold_back(self, flood: str, listed: list[HeldBack]) -> bool:
        self.table.hold_back(flood, listed)
        return True

    def _attempt(self, step: Callable[..., bool], *given: object) -> bool:
        """What the step answers; False where it failed, or the table is taken to be away."""
        if len(self.failures) >= FAILURES:
            return False
        try:
            return step(*given)
        except StoreError as error:
            self.failures.append(error)
            return False

    def _open(self, sighting: Sighting, places: Mapping[str, str], known: dict[str, Incident]) -> bool:
        """Whether it was opened here; either way it is known then."""
        key = sighting.fingerprint
        fresh = new_incident(
            sighting, self.now, counter=places.get(key, ""), redact_emails=self.watch.redact_emails
        )
        is_ours = self.table.open(fresh)
        known[key] = fresh if is_ours else _stored(self.table, key)
        return is_ours

    def _count(
        self, packs: Mapping[str, Mapping[str, Sighting]], batch: str, groups: Sequence[BatchLines]
    ) -> tuple[dict[str, bool], bool]:
        """The incidents that are counted by now, and whether that was for the first time; whether the groups are, too.

        All at once; where that fails, pack by pack: one that cannot be counted keeps no other from it.
        """
        lines = {
            pack: BatchLines.of_pack(pack, batch, {slot: one.hours for slot, one in members.items()})
            for pack, members in packs.items()
        }
        firsts: dict[str, bool] = {}
        are_groups_counted = False
        try:
            if len(self.failures) < FAILURES:
                told = self.table.count_lines([*lines.values(), *groups], self.now)
                firsts, are_groups_counted = dict(zip(lines, told, strict=False)), bool(groups)
        except StoreError:
            for pack, one in lines.items():
                before = len(self.failures)
                is_first = self._attempt(lambda one=one: self.table.count_lines([one], self.now)[0])
                if before == len(self.failures) < FAILURES:
                    firsts[pack] = is_first
        counted = {
            sighting.fingerprint: is_first
            for pack, is_first in firsts.items()
            for sighting in packs[pack].values()
        }
        return counted, are_groups_counted

    def _go_on(self, sighting: Sighting, known: Incident) -> bool:
        wider = widening(known, sighting)
        # Asked before anything of it is written: where the answer fails, the next try asks again.
        counted = _counted(known, sighting, self.table, is_wider=wider is not None)
        if wider is not None:
            self.table.saw(wider.incident, self._sample(sighting) if wider.sample else None)
        _move_on(known, sighting, counted, self.table, self.now)
        return True

    def _sample(self, sighting: Sighting) -> Sample:
        return make_sample(sighting.event, redact_emails=self.watch.redact_emails)


def _packs(
    sightings: list[Sighting], known: Mapping[str, Incident], left: Container[str]
) -> dict[str, dict[str, Sighting]]:
    """Pack → slot → what is to be counted there.

    A pack is counted once for a batch: where one of its incidents could not be opened (`left`), it has to wait.
    """
    packs: dict[str, dict[str, Sighting]] = {}
    for sighting in sightings:
        if sighting.fingerprint in known:
            pack, slot = known[sighting.fingerprint].pack_and_slot
            if pack not in left:
                packs.setdefault(pack, {})[slot] = sighting
    return packs


def _move_on(
    known: Incident, sighting: Sighting, counted: Mapping[int, int], table: IncidentTable, now: int
) -> None:
    for _ in range(SAVES):
        unusual = known.state is State.EXPECTED and is_unusual(
            table.occurrences(_with_days(known, sighting)), now
        )
        step = next_state(known, seen(known, sighting, counted, unusual=unusual), now)
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
    return dict(table.occurrences(_with_days(known, sighting)))


def _with_days(known: Incident, sighting: Sighting) -> Incident:
    """The incident with the times that its lines are counted at by now."""
    return replace(
        known,
        first_seen=min(known.first_seen, sighting.first),
        last_seen=max(known.last_seen, sighting.last),
    )
