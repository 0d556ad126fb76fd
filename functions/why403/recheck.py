"""The story of the recheck: open incidents are judged anew, those that waited longest first, until time is up."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from why403.decisions.decision import Outcome
from why403.diagnosis.diagnosis import Diagnosis
from why403.diagnosis.diagnosis_json import from_json
from why403.incidents.incident import Incident
from why403.incidents.life_cycle import next_state
from why403.incidents.life_cycle_events import PolicyVerdict, Rechecked
from why403.incidents.metric_names import Metric
from why403.incidents.table import IncidentTable
from why403.incidents.transition import Transition

AT_ONCE = 50
"""Incidents of one run: a bound on what a run may read."""
ALLOWED_NOW = "decisions.allowed-now"
"""The finding by which a diagnosis says that the policies, as they stand, let the call through."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recheck:
    """What one run came to. `left`: due, but time was up."""

    checked: int = 0
    failed: int = 0
    left: int = 0
    moved: Mapping[str, Transition] | None = None
    """Fingerprint → the transition that is now in the outbox."""

    @property
    def metrics(self) -> Mapping[Metric, int]:
        """What to publish of it."""
        return {
            Metric.RECHECKED: self.checked,
            Metric.RECHECKS_FAILED: self.failed,
            Metric.RECHECKS_LEFT: self.left,
        }


def recheck(  # noqa: PLR0913  # everything that touches the world is handed in
    table: IncidentTable,
    judge: Callable[[Incident], Diagnosis],
    *,
    quiet_ms: int,
    now: int,
    has_time: Callable[[], bool],
    report: Callable[[Incident, Exception], None],
) -> Recheck:
    """One run. `quiet_ms`: silence after a fix before it counts as resolved; `has_time`: enough for one more.

    An incident whose diagnosis breaks off is reported, and moves to the end of the line like any other, so that
    it keeps nobody waiting. StoreError goes up: the next run begins where this one ended.
    """
    due = table.unresolved(AT_ONCE)
    moved: dict[str, Transition] = {}
    failed = checked = 0
    for incident in due:
        if not has_time():
            break
        try:
            verdict = policy_verdict(judge(incident))
        except Exception as error:  # noqa: BLE001  # whatever it was, the others are due as well
            report(incident, error)
            verdict = PolicyVerdict.UNKNOWN
            failed += 1
        checked += 1
        step = next_state(incident, Rechecked(verdict=verdict, quiet_ms=quiet_ms), now)
        if table.save(step.incident, expected=incident) and step.transition is not None:
            moved[incident.fingerprint] = step.transition
    return Recheck(checked=checked, failed=failed, left=len(due) - checked, moved=moved)


def stored_diagnosis(table: IncidentTable, incident: Incident) -> Diagnosis | None:
    """What the incident's diagnosis found; None where there is none, or an older release stored it."""
    told = table.diagnosis(incident.fingerprint)
    if told is None:
        return None
    try:
        return from_json(told)
    except (KeyError, TypeError, ValueError):
        return None


def policy_verdict(diagnosis: Diagnosis) -> PolicyVerdict:
    """What the policies say today; the words of the old message do not count against a fix."""
    if any(finding.id == ALLOWED_NOW for finding in diagnosis.findings):
        return PolicyVerdict.ALLOWED
    if diagnosis.decision is None:
        return PolicyVerdict.UNKNOWN
    match diagnosis.decision.outcome:
        case Outcome.ALLOWED:
            return PolicyVerdict.ALLOWED
        case Outcome.IMPLICIT_DENY | Outcome.EXPLICIT_DENY:
            return PolicyVerdict.DENIED
        case Outcome.UNKNOWN:
            return PolicyVerdict.UNKNOWN
