"""The incident table in DynamoDB. Layout: incidents/table_keys.py; what each method promises: incidents/table.py."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

from why403.aws.incident_table_calls import TableCalls
from why403.aws.incident_table_counters import Counters
from why403.aws.incident_table_deliveries import Deliveries
from why403.aws.incident_table_heads import Heads
from why403.aws.incident_table_items import held_back_of, incident_of, item, key, samples_of
from why403.aws.session import client
from why403.incidents.hours import DAY, HOUR
from why403.incidents.incident import HeldBack, Incident, Sample
from why403.incidents.outbox import HeldTurn
from why403.incidents.step import after_earlier_life
from why403.incidents.table import BatchLines
from why403.incidents.table_keys import (
    INCIDENT,
    ITEM_KIND,
    PARTITION_KEY,
    SILENCED,
    SLOTS,
    USED,
    WATCHED,
    Partition,
)

LINK_DAYS = 31
"""Longer than any link is good (720 hours)."""


def open_table(table_name: str, retention_days: int = 90, region: str = "") -> "DynamoIncidentTable":
    """The table of that name in our account, in our own Region where none is given."""
    return DynamoIncidentTable(
        client("dynamodb", region), table_name, retention_days=retention_days, clock=milliseconds
    )


def milliseconds() -> int:
    """Now, since the epoch."""
    return time.time_ns() // 1_000_000


class DynamoIncidentTable:
    """`client` is boto3's DynamoDB client, `clock` tells milliseconds since the epoch.

    Items expire `retention_days` after the last line.
    """

    def __init__(
        self,
        client: Any,  # noqa: ANN401  # boto3's clients have no static type
        table_name: str,
        *,
        retention_days: int,
        clock: Callable[[], int],
    ) -> None:
        self._calls = TableCalls(client, table_name)
        self._clock = clock
        self._counters = Counters(self._calls, retention_days)
        self._heads = Heads(self._calls, retention_days)
        self._deliveries = Deliveries(self._calls, retention_days, clock)

    def get(self, fingerprint: str) -> Incident | None:
        """The incident with its exact count and its samples, or None."""
        items = list(self._calls.query(Partition.INCIDENT.of(fingerprint)))
        head = next((item for item in items if item[ITEM_KIND]["S"] == INCIDENT), None)
        if head is None:
            return None
        incident = incident_of(head, samples_of(items), held_back_of(items))
        counted = sum(lines for _, lines in self.occurrences(incident))
        return replace(incident, count=max(counted, incident.told_count))

    def heads(self, fingerprints: Sequence[str]) -> Mapping[str, Incident]:
        """Those of the incidents that exist, without counts."""
        return self._heads.many(fingerprints)

    def occurrences(self, incident: Incident) -> tuple[tuple[int, int], ...]:
        """(start of the hour, lines), oldest first. Its times are exact to a minute: an hour more is looked at."""
        pack, slot = incident.pack_and_slot
        first, last = incident.first_seen - HOUR, incident.last_seen + HOUR
        return tuple(self._counters.hours(Partition.COUNT.of(pack), slot, first, last).items())

    def unresolved(self, limit: int) -> tuple[Incident, ...]:
        """Least recently rechecked first."""
        return self._listed(WATCHED, limit)

    def silenced(self, limit: int) -> tuple[Incident, ...]:
        """Muted and expected ones."""
        return self._listed(SILENCED, limit)

    def _listed(self, listed_as: str, limit: int) -> tuple[Incident, ...]:
        found = (self.get(fingerprint) for fingerprint in list(self._heads.listed(listed_as, limit)))
        return tuple(incident for incident in found if incident is not None)

    def unresolved_heads(self, limit: int) -> tuple[Incident, ...]:
        """In no order, without counts."""
        return tuple(self._heads.many(list(self._heads.listed(WATCHED, limit))).values())

    def every(self, limit: int) -> tuple[Incident, ...]:
        """Incidents in any state, at most so many, in no order. It reads the whole table."""
        found = (self.get(fingerprint) for fingerprint in islice(self._heads.every(""), limit))
        return tuple(incident for incident in found if incident is not None)

    def beginning_with(self, begins: str) -> tuple[str, ...]:
        """Fingerprints that begin so. It reads the whole table."""
        return tuple(self._heads.every(begins))

    def count_lines(self, counts: Sequence[BatchLines], now: int) -> Sequence[bool]:
        """For each: False where this batch was counted before."""
        return self._counters.add(counts, now)

    def group_lines(self, log_group: str, first: int, last: int) -> Mapping[int, int]:
        """The start of the hour → lines."""
        return self._counters.hours(Partition.GROUP.of(log_group), SLOTS[0], first, last)

    def admit(self, owner: str, hour: int, causes: Sequence[str], room: int) -> Sequence[str]:
        """The causes let in, in order."""
        return self._counters.admit(owner, hour, causes, room)

    def open(self, incident: Incident) -> bool:
        """False where it exists already. What an earlier life of it left is behind it: a new generation."""
        generation, turn = self._deliveries.left_of(incident.fingerprint)
        return self._heads.create(after_earlier_life(incident, generation, turn))

    def save(self, incident: Incident, *, expected: Incident) -> bool:
        """False where another saved in between."""
        return self._heads.save(incident, expected)

    def saw(self, incident: Incident, sample: Sample | None) -> None:
        """Widen times, streams and samples."""
        self._heads.widen(incident, sample)

    def hold_back(self, fingerprint: str, causes: Sequence[HeldBack]) -> None:
        """List them in a flood."""
        self._counters.hold_back(fingerprint, causes, self._clock())

    def use_link(self, name: str, now: int) -> bool:
        """False where it acted before."""
        used = item(USED, key(Partition.LINK.of(name), USED), (now + LINK_DAYS * DAY) // 1000)
        return self._calls.put(used, ConditionExpression=f"attribute_not_exists({PARTITION_KEY})")

    def is_link_used(self, name: str) -> bool:
        """Whether it acted."""
        return self._calls.get(key(Partition.LINK.of(name), USED)) is not None

    def save_diagnosis(self, fingerprint: str, generation: int, diagnosis: Mapping[str, Any]) -> None:
        """Keep it whole."""
        self._deliveries.save_diagnosis(fingerprint, generation, diagnosis)

    def diagnosis(self, fingerprint: str) -> Mapping[str, Any] | None:
        """What diagnose found last."""
        return self._deliveries.diagnosis(fingerprint)

    def claim_delivery(self, fingerprint: str, generation: int, delivery: str, now: int) -> bool:
        """True for exactly one caller."""
        return self._deliveries.claim(fingerprint, generation, delivery, now)

    def finish_delivery(self, fingerprint: str, generation: int, delivery: str, reference: str) -> None:
        """It was accepted."""
        self._deliveries.finish(fingerprint, generation, delivery, reference)

    def release_delivery(self, fingerprint: str, generation: int, delivery: str) -> None:
        """It failed."""
        self._deliveries.release(fingerprint, generation, delivery)

    def hold(self, outlet: str, held: HeldTurn, now: int) -> None:
        """Keep it for the outlet's digest."""
        self._deliveries.hold(outlet, held, now)

    def held(self, outlet: str, limit: int) -> tuple[HeldTurn, ...]:
        """What waits, oldest first."""
        return tuple(islice(self._deliveries.held(outlet), limit))

    def let_go(self, outlet: str, held: Sequence[HeldTurn]) -> None:
        """It was told."""
        self._deliveries.let_go(outlet, held)

    def delivery_reference(self, fingerprint: str, delivery: str) -> str | None:
        """What the receiver answered."""
        return self._deliveries.reference(fingerprint, delivery)
