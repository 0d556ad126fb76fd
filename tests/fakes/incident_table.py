"""The incident table in memory, under the same contract test as the one in DynamoDB."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from why403.incidents.hours import DAY, HOUR
from why403.incidents.incident import HeldBack, Incident, Sample
from why403.incidents.life_cycle import listed_as, watched
from why403.incidents.outbox import HeldTurn, turn_message
from why403.incidents.step import after_earlier_life
from why403.incidents.table import MAX_HELD_BACK, MAX_SAMPLES, MAX_STREAMS, BatchLines
from why403.incidents.table_keys import CLAIM_MS, INCIDENT, ITEM_KIND, SILENCED, SLOTS, TURN, Partition
from why403.incidents.transition import Turn


class InMemoryIncidentTable:
    """`stream` holds the records that the table's stream would carry, oldest first."""

    def __init__(self) -> None:
        self._incidents: dict[str, Incident] = {}
        self._counted: set[tuple[str, str]] = set()
        self._lines: dict[tuple[str, str], Counter[int]] = {}
        self._admitted: dict[tuple[str, int], list[str]] = {}
        self._diagnoses: dict[str, tuple[int, str]] = {}
        self._deliveries: dict[tuple[str, str, int], tuple[str, Any]] = {}
        self._turns: dict[str, int] = {}
        self._used: set[str] = set()
        self._held: dict[str, dict[tuple[int, str, int], HeldTurn]] = {}
        self.stream: list[Mapping[str, Any]] = []

    def expire(self, fingerprint: str) -> None:
        """Its head goes, as DynamoDB's time to live takes it: what was told of it stays."""
        del self._incidents[fingerprint]

    def everything(self) -> dict[str, Incident]:
        """All incidents, by fingerprint."""
        found = {fingerprint: self.get(fingerprint) for fingerprint in self._incidents}
        return {fingerprint: incident for fingerprint, incident in found.items() if incident is not None}

    def get(self, fingerprint: str) -> Incident | None:
        stored = self._incidents.get(fingerprint)
        if stored is None:
            return None
        samples = tuple(sorted(stored.samples, key=lambda sample: (sample.timestamp, sample.event_id)))
        return replace(
            stored,
            samples=samples,
            streams=tuple(sorted(stored.streams)),
            count=max(sum(lines for _, lines in self.occurrences(stored)), stored.told_count),
        )

    def heads(self, fingerprints: Sequence[str]) -> Mapping[str, Incident]:
        found = {fingerprint: self.get(fingerprint) for fingerprint in fingerprints}
        return {
            fingerprint: replace(incident, count=0, samples=tuple(map(_by_id, incident.samples)))
            for fingerprint, incident in found.items()
            if incident is not None
        }

    def occurrences(self, incident: Incident) -> tuple[tuple[int, int], ...]:
        first, last = incident.first_seen - HOUR, incident.last_seen + HOUR
        pack, slot = incident.pack_and_slot
        return tuple(self._hours((Partition.COUNT.of(pack), slot), first, last).items())

    def unresolved(self, limit: int) -> tuple[Incident, ...]:
        open_ones = [self.get(i.fingerprint) for i in self._incidents.values() if watched(i)]
        return tuple(sorted((i for i in open_ones if i), key=lambda i: i.rechecked_at)[:limit])

    def unresolved_heads(self, limit: int) -> tuple[Incident, ...]:
        return tuple(self.heads([incident.fingerprint for incident in self.unresolved(limit)]).values())

    def count_lines(self, counts: Sequence[BatchLines], _now: int) -> list[bool]:
        return [self._count(count.owner, count.batch, count.lines) for count in counts]

    def group_lines(self, log_group: str, first: int, last: int) -> Mapping[int, int]:
        return self._hours((Partition.GROUP.of(log_group), SLOTS[0]), first, last)

    def admit(self, owner: str, hour: int, causes: Sequence[str], room: int) -> Sequence[str]:
        admitted = self._admitted.setdefault((owner, hour), [])
        fresh = [cause for cause in dict.fromkeys(causes) if cause not in admitted]
        admitted += fresh[: max(0, room - len(admitted))]
        return tuple(admitted)

    def hold_back(self, fingerprint: str, causes: Sequence[HeldBack]) -> None:
        stored = self._incidents[fingerprint]
        every = dict.fromkeys((*stored.held_back, *causes))
        known = [cause for cause in every if cause.is_known][:MAX_HELD_BACK]
        others = [cause for cause in every if not cause.is_known][:MAX_HELD_BACK]
        self._incidents[fingerprint] = replace(stored, held_back=(*known, *others))

    def open(self, incident: Incident) -> bool:
        if incident.fingerprint in self._incidents:
            return False
        fingerprint = incident.fingerprint
        named = [generation for owner, _, generation in self._deliveries if owner == fingerprint]
        turn = self._turns.get(fingerprint, 0)
        left = max([*named, self._diagnoses.get(fingerprint, (0, ""))[0], min(turn, 1)])
        incident = after_earlier_life(incident, left, turn)
        self._incidents[fingerprint] = replace(incident, count=0)
        self._record(INCIDENT, "INSERT")
        self._tell(incident)
        return True

    def save(self, incident: Incident, *, expected: Incident) -> bool:
        stored = self._incidents.get(incident.fingerprint)
        if stored is None or stored.version != expected.version:
            return False
        self._incidents[incident.fingerprint] = replace(
            incident,
            version=expected.version + 1,
            first_seen=stored.first_seen,
            last_seen=stored.last_seen,
            streams=stored.streams,
            samples=stored.samples,
            held_back=stored.held_back,
            count=0,
        )
        self._record(INCIDENT, "MODIFY")
        if incident.turn > expected.turn:
            self._tell(incident)
        return True

    def saw(self, incident: Incident, sample: Sample | None) -> None:
        stored = self._incidents[incident.fingerprint]
        streams = [*dict.fromkeys((*stored.streams, *incident.streams))][:MAX_STREAMS]
        samples = stored.samples
        if sample is not None and sample.event_id not in {kept.event_id for kept in samples}:
            samples = (*samples, sample)[:MAX_SAMPLES]
        self._incidents[incident.fingerprint] = replace(
            stored,
            first_seen=min(stored.first_seen, incident.first_seen),
            last_seen=max(stored.last_seen, incident.last_seen),
            streams=tuple(streams),
            samples=samples,
        )
        self._record(INCIDENT, "MODIFY")

    def use_link(self, name: str, _now: int) -> bool:
        fresh = name not in self._used
        self._used.add(name)
        return fresh

    def is_link_used(self, name: str) -> bool:
        return name in self._used

    def save_diagnosis(self, fingerprint: str, generation: int, diagnosis: Mapping[str, Any]) -> None:
        if self._diagnoses.get(fingerprint, (0, ""))[0] <= generation:
            self._diagnoses[fingerprint] = (generation, json.dumps(diagnosis))

    def diagnosis(self, fingerprint: str) -> Mapping[str, Any] | None:
        if fingerprint not in self._diagnoses:
            return None
        found: Mapping[str, Any] = json.loads(self._diagnoses[fingerprint][1])
        return found

    def claim_delivery(self, fingerprint: str, generation: int, delivery: str, now: int) -> bool:
        status, until = self._deliveries.get((fingerprint, delivery, generation), ("released", 0))
        if status == "accepted" or (status == "claimed" and until > now):
            return False
        self._deliveries[fingerprint, delivery, generation] = ("claimed", now + CLAIM_MS)
        return True

    def finish_delivery(self, fingerprint: str, generation: int, delivery: str, reference: str) -> None:
        self._deliveries[fingerprint, delivery, generation] = ("accepted", reference)

    def release_delivery(self, fingerprint: str, generation: int, delivery: str) -> None:
        if self._deliveries.get((fingerprint, delivery, generation), ("", 0))[0] == "claimed":
            self._deliveries[fingerprint, delivery, generation] = ("released", 0)

    def silenced(self, limit: int) -> tuple[Incident, ...]:
        found = [self.get(i.fingerprint) for i in self._incidents.values() if listed_as(i) == SILENCED]
        return tuple(i for i in found if i)[:limit]

    def hold(self, outlet: str, held: HeldTurn, now: int) -> None:  # noqa: ARG002  # as the table takes it
        self._held.setdefault(outlet, {})[held.turn.at, held.turn.fingerprint, held.turn.turn] = held

    def held(self, outlet: str, limit: int) -> tuple[HeldTurn, ...]:
        return tuple(held for _, held in sorted(self._held.get(outlet, {}).items())[:limit])

    def let_go(self, outlet: str, held: Sequence[HeldTurn]) -> None:
        for one in held:
            self._held[outlet].pop((one.turn.at, one.turn.fingerprint, one.turn.turn), None)

    def delivery_reference(self, fingerprint: str, delivery: str) -> str | None:
        accepted = [
            (generation, reference)
            for (owner, name, generation), (status, reference) in self._deliveries.items()
            if (owner, name, status) == (fingerprint, delivery, "accepted")
        ]
        return max(accepted)[1] if accepted else None

    def _count(self, owner: str, batch: str, lines: Mapping[str, Mapping[int, int]]) -> bool:
        if (owner, batch) in self._counted:
            return False
        self._counted.add((owner, batch))
        for slot, hours in lines.items():
            self._lines.setdefault((owner, slot), Counter()).update(hours)
        return True

    def _hours(self, counter: tuple[str, str], first: int, last: int) -> dict[int, int]:
        """Of whole days, as they are kept."""
        start, end = first - first % DAY, last - last % DAY + DAY
        return {
            hour: lines for hour, lines in sorted(self._lines.get(counter, {}).items()) if start <= hour < end
        }

    def _tell(self, incident: Incident) -> None:
        if incident.transition is None:
            return
        turn = Turn(
            fingerprint=incident.fingerprint,
            generation=incident.generation,
            transition=incident.transition,
            turn=incident.turn,
            at=incident.transition_at,
        )
        self._turns[incident.fingerprint] = incident.turn
        self._record(TURN, "INSERT", turn_message(turn))

    def _record(self, kind: str, event: str, message: str = "") -> None:
        image = {ITEM_KIND: {"S": kind}, "message": {"S": message}}
        self.stream.append({"eventName": event, "dynamodb": {"NewImage": image}})


def _by_id(sample: Sample) -> Sample:
    return Sample(message="", log_group="", log_stream="", timestamp=0, event_id=sample.event_id)
