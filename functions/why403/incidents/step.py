"""One step of an incident's life: what it is now, whether that is to be told, and why it is so."""

from dataclasses import dataclass, replace
from enum import StrEnum

from why403.incidents.incident import PAST, Incident, Loudness, State
from why403.incidents.severity import louder
from why403.incidents.transition import PastTurn, Transition


class StepReason(StrEnum):
    """The reasons of a life-cycle step."""

    NEW = "new"
    KNOWN = "known"
    LOUDER = "louder"
    AFTER_DEPLOYMENT = "after-deployment"
    SEEN_AGAIN = "seen-again"
    LATE_LINE = "late-line"
    """A line from before it was resolved."""
    PROPAGATING = "propagating"
    """A line from before the fix can have reached everywhere."""
    POLICY_ALLOWS = "policy-allows"
    POLICY_DENIES = "policy-denies"
    DENIED_STILL = "denied-still"
    WAITING = "waiting"
    """The fix is seen, the silence is still short."""
    QUIET = "quiet"
    SILENT = "silent"
    """No policy tells, and no line came for a week."""
    TOLD_ELSEWHERE = "told-elsewhere"
    """Its lines are parts of events that other incidents tell: the next line that is none opens it."""
    GREW = "grew"
    UNUSUAL = "unusual"
    EXPECTED = "expected"
    EXPECTATION_ENDED = "expectation-ended"
    MUTED = "muted"
    ACKNOWLEDGED = "acknowledged"
    DATE_PASSED = "date-passed"
    PERSON = "person"
    NOT_MUTED = "not-muted"
    NOT_EXPECTED = "not-expected"
    RESOLVED = "resolved"
    NOT_WATCHED = "not-watched"
    UNKNOWN_STATE = "unknown-state"
    """A newer version put it into a state that this one does not know."""


@dataclass(frozen=True, slots=True)
class Step:
    """`transition` None: nobody needs to be told."""

    incident: Incident
    transition: Transition | None
    reason: StepReason


def stay(incident: Incident, reason: StepReason) -> Step:
    """A step that nobody is told of."""
    return Step(incident, None, reason)


def turn(incident: Incident, transition: Transition, reason: StepReason, now: int, by: str = "") -> Step:
    """A step that is told: it gets the incident's next number. `by`: the person who made it."""
    told = replace(
        incident,
        turn=incident.turn + 1,
        transition=transition,
        transition_at=now,
        reason=reason.value,
        transition_by=by,
        past=(*incident.past, PastTurn(now, transition, by))[-PAST:],
    )
    return Step(told, transition, reason)


def opened(incident: Incident) -> Incident:
    """The incident as it stands open, nothing of an earlier state left."""
    return replace(
        incident,
        state=State.OPEN,
        muted_until="",
        muted_by="",
        expectation=None,
        fix_seen_at=0,
        unknown_since=0,
    )


def as_loud_as(incident: Incident, loudness: Loudness) -> Incident:
    """The incident, louder where `loudness` is; never quieter. Itself where it is as loud as that."""
    before = incident.loudness
    now = louder(before, loudness)
    if now == before:
        return incident
    return replace(incident, severity=now.severity, loud_reason=now.reason)


def after_earlier_life(incident: Incident, generation: int, turn: int) -> Incident:
    """The incident as it opens where one of its name was told before and expired: none of its names was used.

    `generation` and `turn` are the highest that are left of it, 0 where nothing is. A head goes with its last line,
    its turns and deliveries later: under their names, nobody would be told of the new one.
    """
    return replace(incident, generation=incident.generation + generation, turn=incident.turn + turn)
