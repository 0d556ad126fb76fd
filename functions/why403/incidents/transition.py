"""What can happen to an incident that somebody may have to be told."""

from dataclasses import dataclass, field
from enum import StrEnum


class Transition(StrEnum):
    """OPENED and REGRESSED start a thread; the others are told within it, and only where it was started.

    ESCALATED starts the thread on routes whose threshold the incident had not met before, and else is an update.
    """

    OPENED = "opened"
    ESCALATED = "escalated"
    """Its severity rose."""
    GREW = "grew"
    """It has ten times the lines that were told last."""
    FIX_SEEN = "fix-seen"
    """The policies allow the call now."""
    STILL_DENIED = "still-denied"
    """Denied again though a fix had been seen, or the fix was taken back."""
    RESOLVED = "resolved"
    REGRESSED = "regressed"
    """Seen again after it was resolved: a new generation."""
    MUTED = "muted"
    MUTED_UNTIL_FIXED = "silenced"
    """Its growth is not told any more; that it is fixed, or was not, is."""
    ACKNOWLEDGED = "acknowledged"
    """A person looks after it."""
    UNMUTED = "unmuted"
    """Its date has passed and it was seen again, or a person lifted it."""
    EXPECTED = "expected"
    UNEXPECTED = "unexpected"
    """It is expected no longer: the date has passed, the setting went, or a person said so."""
    SURGED = "surged"
    """An expected incident left its usual range."""
    UNKNOWN = "unknown"
    """A newer version made it, or the state that it stands in: told in its thread, which it begins where there is none."""

    @property
    def needs_diagnosis(self) -> bool:
        """Whether the diagnosis is made (anew) before this is told; False: what was found last is told."""
        return self in _DIAGNOSED

    @property
    def looks_again(self) -> bool:
        """Whether more lines came: where these name no caller and no resource, they can be of other calls than was found."""
        return self in {Transition.ESCALATED, Transition.GREW}


_DIAGNOSED = frozenset(
    {
        Transition.OPENED,
        Transition.REGRESSED,
        Transition.STILL_DENIED,
        Transition.UNMUTED,
        Transition.UNEXPECTED,
        Transition.SURGED,
        Transition.UNKNOWN,
    }
)


@dataclass(frozen=True, slots=True)
class PastTurn:
    """What an incident keeps of a transition: when it was made (milliseconds since the epoch), and by whom it is known."""

    at: int
    transition: Transition
    by: str = ""
    """A person's name, where a person made it and the channel knows it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One transition of one incident, as the outbox keeps it and the incidents topic carries it.

    (fingerprint, turn) names it once and for ever: a delivery of it is claimed under that name.
    """

    fingerprint: str
    generation: int
    transition: Transition
    turn: int
    at: int = 0
    """When triage, the recheck or a person made it, in milliseconds since the epoch."""
    as_read: str = field(default="", compare=False, repr=False)
    """The message that it was read from: what this version does not know of it is passed on as it stood."""
