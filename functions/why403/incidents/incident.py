"""One cause of denials, however many lines it wrote."""

from dataclasses import dataclass
from enum import StrEnum

from why403.denials.denial import Denial


class State(StrEnum):
    """Where an incident stands. EXPECTED is counted and kept, and tells nobody."""

    OPEN = "open"
    FIX_SEEN = "fix-seen"
    RESOLVED = "resolved"
    REGRESSED = "regressed"
    MUTED = "muted"
    EXPECTED = "expected"


class Severity(StrEnum):
    """How loud to be."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One line of an incident, redacted. `timestamp` in milliseconds since the epoch."""

    message: str
    log_group: str
    log_stream: str
    timestamp: int
    event_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """Why a denial is expected, who says so, and until when (ISO 8601 date; empty: no end)."""

    reason: str
    owner: str
    until: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """Times are milliseconds since the epoch. `count` is every line seen."""

    fingerprint: str
    denial: Denial
    log_group: str
    state: State = State.OPEN
    severity: Severity = Severity.MEDIUM
    first_seen: int = 0
    last_seen: int = 0
    count: int = 0
    samples: tuple[Sample, ...] = ()
    streams: tuple[str, ...] = ()
    """Log streams it was seen in, at most 20: the affected tasks."""
    muted_until: str = ""
    expectation: Expectation | None = None
    generation: int = 1
    """Rises by one each time that it opens anew after having been resolved."""
