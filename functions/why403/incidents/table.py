"""What the stories need of the incident table: aws/incident_table.py in an account, tests/fakes in tests."""

from collections.abc import Mapping
from typing import Any, Protocol

from why403.incidents.incident import Incident


class IncidentTable(Protocol):
    """Every method may raise StoreError. Diagnoses are JSON objects (notices/diagnosis_json.py)."""

    def get(self, fingerprint: str) -> Incident | None:
        """The incident with its exact count, or None."""

    def save_diagnosis(self, fingerprint: str, generation: int, diagnosis: Mapping[str, Any]) -> None:
        """Keep what diagnose found, whole, replacing an earlier one of the same generation."""

    def diagnosis(self, fingerprint: str) -> Mapping[str, Any] | None:
        """What diagnose found last, or None."""

    def claim_delivery(self, fingerprint: str, generation: int, delivery: str, now: int) -> bool:
        """True for exactly one caller until `release_delivery` or the claim's expiry (ms since the epoch)."""

    def finish_delivery(self, fingerprint: str, generation: int, delivery: str, reference: str) -> None:
        """It was accepted; `reference` is what the receiver gave to update it by (Slack's ts), or empty."""

    def release_delivery(self, fingerprint: str, generation: int, delivery: str) -> None:
        """It failed: another try may claim it."""

    def delivery_reference(self, fingerprint: str, delivery: str) -> str | None:
        """The reference of a delivery that was accepted; None where there is none."""

    def occurrences(self, fingerprint: str) -> tuple[tuple[int, int], ...]:
        """(start of the hour in ms since the epoch, lines), oldest first."""

    def save(self, incident: Incident, *, expected: Incident) -> bool:
        """Write a life-cycle change; False where the stored state is no longer that of `expected`."""

    def unresolved(self, limit: int) -> tuple[Incident, ...]:
        """Open, fix-seen and regressed incidents, least recently rechecked first."""
