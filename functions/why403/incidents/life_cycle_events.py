"""What an incident's life cycle reacts to."""

from dataclasses import dataclass
from enum import StrEnum

from why403.incidents.incident import Expectation, Loudness


class PolicyVerdict(StrEnum):
    """What the policies say of the denied call when they are asked again."""

    ALLOWED = "allowed"
    DENIED = "denied"
    UNKNOWN = "unknown"
    """They could not be read, or no policy explains this 403."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """Lines came in; the newest is of `last` (milliseconds since the epoch)."""

    last: int
    loudness: Loudness
    """How loud they are, now that they are counted."""
    expectation: Expectation | None = None
    """What the settings say today."""
    unusual: bool = False
    """More lines this hour than usual (usual_range.py); asked only of expected incidents."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rechecked:
    """The policies were asked again. `quiet_ms` without a line after the fix are wanted before it is resolved."""

    verdict: PolicyVerdict
    quiet_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployed:
    """The diagnosis found that the workload had been deployed just before; see severity.py."""

    loudness: Loudness


@dataclass(frozen=True, slots=True, kw_only=True)
class Mute:
    """A person wants silence until an ISO 8601 date or time; `by` is that person's name, as far as it is known."""

    until: str
    by: str = ""
    until_fixed: bool = False
    """It stays open and is watched: only that it is fixed, or was not, is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledge:
    """A person looks after it."""

    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmute:
    """A person wants to hear of it again; `by` as in Mute."""

    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expect:
    """A person says that it is expected."""

    expectation: Expectation


@dataclass(frozen=True, slots=True, kw_only=True)
class Unexpect:
    """A person says that it is expected no longer; `by` as in Mute."""

    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldElsewhere:
    """Its lines are parts of events that other incidents tell; the newest is of `last` (milliseconds since the epoch)."""

    last: int


PersonsWord = Acknowledge | Mute | Unmute | Expect | Unexpect
"""What a person can say of an incident, wherever they say it."""
LifeCycleEvent = Seen | Rechecked | Deployed | ToldElsewhere | PersonsWord
