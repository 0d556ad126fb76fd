"""One cause of denials, however many lines it wrote."""

from dataclasses import dataclass, field
from enum import StrEnum

from why403.denials.denial import Denial
from why403.incidents.table_keys import SLOTS
from why403.incidents.transition import PastTurn, Transition


class State(StrEnum):
    """Where an incident stands. EXPECTED is counted and kept, and tells nobody."""

    OPEN = "open"
    FIX_SEEN = "fix-seen"
    RESOLVED = "resolved"
    REGRESSED = "regressed"
    MUTED = "muted"
    EXPECTED = "expected"
    UNKNOWN = "unknown"
    """A newer version stored it: kept as it stands, until a person says otherwise (docs/upgrade.md)."""


class Severity(StrEnum):
    """How loud to be."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class LoudReason(StrEnum):
    """Why an incident is as loud as it is: `incidents.loud.<reason>` has the words."""

    SINGLE = "single"
    HANDLED = "handled"
    SEVERAL = "several"
    MANY = "many"
    SPREAD = "spread"
    REGRESSED = "regressed"
    DEPLOYED = "deployed"
    UNKNOWN = "unknown"
    """A newer version stored it."""


@dataclass(frozen=True, slots=True)
class Loudness:
    """How loud to be, and why."""

    severity: Severity
    reason: LoudReason


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One line of an incident, redacted. `timestamp` in milliseconds since the epoch."""

    message: str
    log_group: str
    log_stream: str
    timestamp: int
    event_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldBack:
    """A cause that has no incident of its own, for there were too many at once: names as the line tells them, redacted."""

    caller: str
    """The role's or user's name; empty where the line names nobody."""
    action: str
    resource: str
    is_known: bool = False
    """The caller is a role of a workload that is known to write to the log group."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """Why a denial is expected, who says so, and until when (ISO 8601 date; empty: no end)."""

    reason: str
    owner: str
    until: str = ""
    by_settings: bool = False
    """It stands in cdk.json and ends when it is taken out there; else a person said so on the page."""


PAST = 12
"""Transitions that an incident keeps: some 600 bytes of a head, which triage reads with every delivery."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """Times are milliseconds since the epoch. `count` is every line seen.

    A change of state is made by incidents/life_cycle.py, which numbers it in `turn`: the table writes each new
    turn to its outbox, from where it is told once.
    """

    fingerprint: str
    denial: Denial
    log_group: str
    state: State = State.OPEN
    severity: Severity = Severity.MEDIUM
    loud_reason: LoudReason = LoudReason.SEVERAL
    """Why it is as loud as that."""
    first_seen: int = 0
    last_seen: int = 0
    """The newest line's time, exact to a minute."""
    count: int = 0
    samples: tuple[Sample, ...] = ()
    held_back: tuple[HeldBack, ...] = ()
    """Of a flood: what it folded, known roles first, at most 40 of each (incidents/flood.py)."""
    streams: tuple[str, ...] = ()
    """Log streams it was seen in, at most 20: the affected tasks."""
    muted_until: str = ""
    """ISO 8601 date or time, while it is muted; of one that stands open: silent until it is fixed, at most until then."""
    muted_by: str = ""
    """Who said so, while it is muted."""
    acknowledged_by: str = ""
    """Who looks after it, in this generation."""
    expectation: Expectation | None = None
    generation: int = 1
    """Rises by one each time that it opens anew after having been resolved."""
    turn: int = 0
    """Rises by one with each transition that is to be told; 0: nothing was told yet."""
    transition: Transition | None = None
    """The transition that `turn` numbers."""
    transition_at: int = 0
    reason: str = ""
    """Why that transition was made: an id of incidents/step.py."""
    transition_by: str = ""
    """Which person made it, as far as that is known."""
    opened_at: int = 0
    """The first line of this generation; 0 where an older version opened it."""
    fix_seen_at: int = 0
    resolved_at: int = 0
    """When it was resolved last: it stays where the incident is seen again."""
    past: tuple[PastTurn, ...] = ()
    """Its newest transitions, oldest first, at most PAST of them."""
    rechecked_at: int = 0
    told_count: int = 0
    """How many lines it had when its growth was told last."""
    surged_at: int = 0
    """When it was told last that an expected incident left its usual range."""
    returns: int = 0
    """How often it was denied again after a fix was seen: each makes the next fix wait longer for silence."""
    version: int = 0
    """Counts the saves; the table refuses a save that is based on an older one."""
    account: str = ""
    """The account that owns the log group; empty where it is not known."""
    region: str = ""
    """The Region that its lines came from to a central log group; empty: they were logged in our own."""
    counter: str = ""
    """Where its lines are counted, `<pack>:<slot>`; empty: in a pack of its own."""
    unknown_since: int = 0
    """When a line met it first in a state that this version does not know."""
    as_stored: str = field(default="", compare=False, repr=False)
    """The life cycle's part as it was read: what this version does not know of it is written back as it stood."""

    def who_made(self, turn: int) -> str:
        """Which person made that turn, as far as it is known and still kept."""
        back = self.turn - turn
        earlier = self.past[-1 - back].by if 0 < back < len(self.past) else ""
        return earlier if back else self.transition_by

    @property
    def pack_and_slot(self) -> tuple[str, str]:
        """Where its lines are counted, and as which of those that are counted there."""
        pack, _, slot = (self.counter or f"{self.fingerprint}:{SLOTS[0]}").rpartition(":")
        return pack, slot

    @property
    def began_at(self) -> int:
        """When this generation of it began, in milliseconds since the epoch; 0 where nobody knows."""
        return self.opened_at or (self.first_seen if self.generation == 1 else 0)

    @property
    def loudness(self) -> Loudness:
        """How loud it is, and why."""
        return Loudness(self.severity, self.loud_reason)
