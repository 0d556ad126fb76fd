"""The incidents of a deployed stack, as a person with AWS credentials reaches them."""

from collections.abc import Sequence
from dataclasses import dataclass

from why403.aws.incident_table import DynamoIncidentTable, milliseconds, open_table
from why403.aws.stack import find_stack
from why403.aws.whoami import Identity, whoami
from why403.errors import SettingsError, StoreError
from why403.incidents.incident import Incident
from why403.incidents.life_cycle import next_state
from why403.incidents.life_cycle_events import LifeCycleEvent
from why403.incidents.step import Step
from why403.notices.inert import one_line

TRIES = 3
"""How often a person's word is applied anew where the incident was changed at the same moment."""
LISTED, ROW = 20, 200
"""Incidents that are named where several are alike, and characters of each."""
LEAST = 4
"""Characters of an id that are looked for."""


@dataclass(frozen=True, slots=True)
class StoredIncidents:
    """The table of a stack, and who asks."""

    table: DynamoIncidentTable
    identity: Identity

    @property
    def person(self) -> str:
        """Who says something, as AWS vouches for it: `assumed-role/Admin/alice`, `user/alice`."""
        return self.identity.arn.rpartition(":")[2]

    def find(self, begins: str) -> Incident:
        """The one incident whose id begins so; SettingsError where there is none, or more than one."""
        found = self.table.get(begins)
        if found is not None:
            return found
        if len(begins) < LEAST:
            raise SettingsError(
                f"{begins!r} is too short for an incident's id: give {LEAST} characters or more."
            )
        alike = self.table.beginning_with(begins)
        if len(alike) == 1 and (found := self.table.get(alike[0])) is not None:
            return found
        if alike:
            raise SettingsError(
                f"{len(alike)} incidents begin with {begins}; give more of the id of the one you mean:\n"
                f"{self._listed(alike)}"
            )
        raise SettingsError(f"There is no incident {begins}. `why403 incidents --all` lists them.")

    def _listed(self, fingerprints: Sequence[str]) -> str:
        """Each with how it stands and what was denied on what, in a line."""
        heads = self.table.heads(sorted(fingerprints)[:LISTED])
        rows = (
            f"{each} ({heads[each].state.value}): {heads[each].denial.action or heads[each].denial.verdict.value}"
            f" {heads[each].denial.resource or heads[each].denial.resource_name or ''}"
            for each in sorted(heads)
        )
        return "\n".join(f"  {one_line(row, ROW).rstrip()}" for row in rows)

    def act(self, incident: Incident, event: LifeCycleEvent) -> Step:
        """Apply a person's word; SettingsError where it cannot be, StoreError where others were faster each time."""
        current: Incident | None = incident
        for _ in range(TRIES):
            if current is None:
                break
            step = next_state(current, event, milliseconds())
            if step.incident == current or self.table.save(step.incident, expected=current):
                return step
            current = self.table.get(incident.fingerprint)
        raise StoreError(
            "The incident was changed by others at the same moment: nothing was saved. Try again."
        )


def open_stored(stack: str, region: str) -> StoredIncidents:
    """The incidents of the stack of that name. NoAccessError or SettingsError where it cannot be reached."""
    identity = whoami(region)
    found = find_stack(stack, identity.place.region)
    return StoredIncidents(open_table(found.output("TableName"), region=identity.place.region), identity)
