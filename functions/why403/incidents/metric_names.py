"""The names of our metrics on lines and incidents, in the namespace `why403`: dashboard and alarms use them too."""

from enum import StrEnum

NAMESPACE = "why403"


class Metric(StrEnum):
    """All are counts."""

    LINES = "Lines"
    """Lines of our log groups that were triaged."""
    LINES_DROPPED = "LinesDropped"
    """Lines among them that are no denial of AWS."""
    LINES_FOREIGN = "LinesForeign"
    """Lines of log groups that we do not look at, our own among them: more than none hints at a loop."""
    INCIDENTS_OPENED = "IncidentsOpened"
    REPEATED = "BatchesRepeated"
    """Parts of deliveries that had been counted before."""
    TRIAGE_FAILED = "TriageFailed"
    """Deliveries that go back to be tried again."""
    PAYLOADS_UNREADABLE = "PayloadsUnreadable"
    """Deliveries that are none of CloudWatch Logs'."""
    RECHECKED = "IncidentsRechecked"
    RECHECKS_FAILED = "RechecksFailed"
    RECHECKS_LEFT = "RechecksLeft"
    """Incidents that the budget of a run left for the next one."""
    TURNS = "IncidentTransitions"
    TURNS_FAILED = "IncidentTransitionsFailed"
    """Transitions that go back to be tried again."""
    DIAGNOSES_FAILED = "DiagnosesFailed"
    """Diagnoses that broke off: the alert went out with what the line tells."""
    LINES_UNCOUNTED = "LinesUncounted"
    """Lines that match in the log groups and were never counted: what was dropped between them and us."""
    RUNS_FAILED = "ScheduledRunsFailed"
    """Rechecks and reconciliations that broke off."""
    HOURS_UNCHECKED = "ReconciliationHoursUnchecked"
