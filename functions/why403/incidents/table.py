"""What the stories need of the incident table: aws/incident_table.py in an account, tests/fakes in tests."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from why403.incidents.incident import HeldBack, Incident, Sample
from why403.incidents.outbox import HeldTurn
from why403.incidents.table_keys import SLOTS, Partition


@dataclass(frozen=True, slots=True)
class BatchLines:
    """What one batch adds to the lines of an owner, a pack of incidents or a log group: slot → start of the hour → lines."""

    owner: str
    """Its partition (incidents/table_keys.py)."""
    batch: str
    lines: Mapping[str, Mapping[int, int]]

    @classmethod
    def of_pack(cls, pack: str, batch: str, lines: Mapping[str, Mapping[int, int]]) -> "BatchLines":
        """Of incidents that are counted together."""
        return cls(Partition.COUNT.of(pack), batch, lines)

    @classmethod
    def of_group(cls, log_group: str, batch: str, hours: Mapping[int, int]) -> "BatchLines":
        """Of a log group, whatever its lines turned out to be."""
        return cls(Partition.GROUP.of(log_group), batch, {SLOTS[0]: hours})


class IncidentTable(Protocol):
    """Every method may raise StoreError. Diagnoses are JSON objects (diagnosis/diagnosis_json.py).

    `now` and all times are milliseconds since the epoch. `hours` maps the start of an hour to lines.
    """

    # Reading an incident

    def get(self, fingerprint: str) -> Incident | None:
        """The incident with its exact count and its samples, or None."""

    def heads(self, fingerprints: Sequence[str]) -> Mapping[str, Incident]:
        """Those of the incidents that exist, cheaply: `count` is 0 and `samples` hold ids only."""

    def occurrences(self, incident: Incident) -> tuple[tuple[int, int], ...]:
        """(start of the hour in ms since the epoch, lines), oldest first, from its first day to its last."""

    def unresolved(self, limit: int) -> tuple[Incident, ...]:
        """Open, fix-seen and regressed incidents, least recently rechecked first."""

    def unresolved_heads(self, limit: int) -> tuple[Incident, ...]:
        """Of the same incidents what `heads` tells, in no order: two calls, however many there are."""

    def silenced(self, limit: int) -> tuple[Incident, ...]:
        """Muted and expected incidents, in no order."""

    # Counting

    def count_lines(self, counts: Sequence[BatchLines], now: int) -> Sequence[bool]:
        """Add each one's lines to those of its owner, all that are new in one step as far as a step holds them.

        For each: False where its batch was counted for that owner before. Exact, however often it comes.
        """

    def group_lines(self, log_group: str, first: int, last: int) -> Mapping[int, int]:
        """The lines counted for a log group on the days from the one time to the other, by the start of the hour."""

    def admit(self, owner: str, hour: int, causes: Sequence[str], room: int) -> Sequence[str]:
        """The causes that are let in for that owner and hour, in order: the first `room` that ever asked.

        Which they are and in which order changes no more, however many ask at once and again.
        """

    # Writing an incident

    def open(self, incident: Incident) -> bool:
        """Create it, and its first turn in the outbox where it has one; False where it exists already.

        Where an incident of its name was told before and has expired, it opens as that one's next generation.
        """

    def save(self, incident: Incident, *, expected: Incident) -> bool:
        """Write a life-cycle change, and its turn in the outbox where `turn` rose.

        False where the incident was saved by another since `expected` was read: read it again, decide again.
        Its sightings (times, streams, samples, count) are not touched.
        """

    def saw(self, incident: Incident, sample: Sample | None) -> None:
        """Widen what was stored to the first and last time and the streams of `incident`; keep the sample.

        At most MAX_STREAMS streams and MAX_SAMPLES samples are kept; what does not fit is left out.
        """

    def hold_back(self, fingerprint: str, causes: Sequence[HeldBack]) -> None:
        """List them in a flood, each once, those of known roles apart: the first MAX_HELD_BACK of each kind stay."""

    # People

    def use_link(self, name: str, now: int) -> bool:
        """Note that a link acted; False where it had before. Kept longer than any link to act is good."""

    def is_link_used(self, name: str) -> bool:
        """Whether it acted."""

    # Diagnosis and delivery

    def save_diagnosis(self, fingerprint: str, generation: int, diagnosis: Mapping[str, Any]) -> None:
        """Keep what diagnose found, whole, replacing an earlier one; one of an older generation changes nothing."""

    def diagnosis(self, fingerprint: str) -> Mapping[str, Any] | None:
        """What diagnose found last, or None."""

    def claim_delivery(self, fingerprint: str, generation: int, delivery: str, now: int) -> bool:
        """True for exactly one caller until `release_delivery` or the claim's expiry (CLAIM_MS after `now`)."""

    def finish_delivery(self, fingerprint: str, generation: int, delivery: str, reference: str) -> None:
        """It was accepted; `reference` is what the receiver gave to update it by (Slack's ts), or empty."""

    def release_delivery(self, fingerprint: str, generation: int, delivery: str) -> None:
        """It failed: another try may claim it."""

    def hold(self, outlet: str, held: HeldTurn, now: int) -> None:
        """Keep it for the outlet's next digest; the same turn once, however often."""

    def held(self, outlet: str, limit: int) -> tuple[HeldTurn, ...]:
        """What waits for the outlet's digest, oldest first."""

    def let_go(self, outlet: str, held: Sequence[HeldTurn]) -> None:
        """It was told: it waits no longer."""

    def delivery_reference(self, fingerprint: str, delivery: str) -> str | None:
        """The reference of the newest generation's delivery that was accepted; None where there is none."""


MAX_STREAMS = 20
"""Names of 512 characters at most: 10 KB of an item that is read for every sighting."""
MAX_SAMPLES = 5
"""Lines of 2,000 characters: what a page shows beside each other; more are alike, as their fingerprint is."""
MAX_HELD_BACK = 40
"""More than a person reads at once; `why403 scan` lists them all."""
