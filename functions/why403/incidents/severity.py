"""How loud an incident is. Each route has a threshold of its own (delivery/routing.py)."""

from datetime import datetime

from why403.denials.denial import Denial
from why403.incidents.incident import Severity

QUIET_LEVELS = frozenset({"TRACE", "DEBUG", "FINE", "FINER", "FINEST", "VERBOSE"})
AFTER_DEPLOYMENT_MS = 30 * 60 * 1000
"""A first denial this soon after the workload was deployed is most likely the deployment's."""

_ORDER = (Severity.LOW, Severity.MEDIUM, Severity.HIGH)


def is_quiet(denial: Denial) -> bool:
    """Whether the line is a debug line, or says that the application went on without."""
    return denial.handled or (denial.level or "") in QUIET_LEVELS


def severity_of(denial: Denial, *, lines: int, first_seen: int = 0, started: str = "") -> Severity:
    """LOW for what the application handled, a debug line or a single line; HIGH right after a deployment.

    `first_seen` in milliseconds since the epoch; `started` is Workload.started, empty before the diagnosis.
    """
    if is_quiet(denial):
        return Severity.LOW
    if _follows_deployment(first_seen, started):
        return Severity.HIGH
    return Severity.MEDIUM if lines > 1 else Severity.LOW


def louder(one: Severity, other: Severity) -> Severity:
    """The louder of the two."""
    return max(one, other, key=_ORDER.index)


def _follows_deployment(first_seen: int, started: str) -> bool:
    try:
        deployed = datetime.fromisoformat(started).timestamp() * 1000
    except ValueError:
        return False
    return 0 <= first_seen - deployed <= AFTER_DEPLOYMENT_MS
