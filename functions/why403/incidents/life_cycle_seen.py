"""What new lines make of an incident."""

from dataclasses import replace
from typing import assert_never

from why403.incidents.expected import is_past
from why403.incidents.hours import DAY
from why403.incidents.incident import Incident, State
from why403.incidents.life_cycle_events import Seen
from why403.incidents.life_cycle_person import expect, is_silent
from why403.incidents.reasons import StepReason
from why403.incidents.step import Step, as_loud_as, opened, stay, turn
from why403.incidents.transition import Transition

PROPAGATION_MS = 5 * 60 * 1000
"""An IAM change may take so long to reach everywhere: lines within it say nothing about the fix."""


def seen_step(incident: Incident, seen: Seen, now: int) -> Step:
    """Regressed, still denied, louder, or nothing new."""
    match incident.state:
        case State.UNKNOWN:
            return _seen_unknown(incident, seen, now)
        case State.EXPECTED:
            return _seen_expected(incident, seen, now)
        case State.MUTED if not is_past(incident.muted_until, min(now, seen.last)):
            return stay(incident, StepReason.MUTED)
        case State.RESOLVED:
            return _seen_resolved(incident, seen, now)
        case State.MUTED | State.FIX_SEEN | State.OPEN | State.REGRESSED:
            return _seen_unresolved(incident, seen, now)
        case _:
            assert_never(incident.state)


def _seen_unknown(incident: Incident, seen: Seen, now: int) -> Step:
    """Silent for a day: whoever put it there may be back. Then told once a day, so that nothing is lost for good."""
    louder = as_loud_as(incident, seen.loudness)
    if not incident.unknown_since:
        return stay(replace(louder, unknown_since=now), StepReason.UNKNOWN_STATE)
    if now - max(incident.unknown_since, incident.transition_at) < DAY:
        return stay(louder, StepReason.UNKNOWN_STATE)
    return turn(louder, Transition.UNKNOWN, StepReason.UNKNOWN_STATE, now)


def _seen_expected(incident: Incident, seen: Seen, now: int) -> Step:
    standing = incident.expectation
    ended = standing is None or is_past(standing.until, now)
    if standing is not None and standing.by_settings:
        ended = seen.expectation is None
    if ended and seen.expectation is None:
        return turn(_again(incident, seen), Transition.UNEXPECTED, StepReason.EXPECTATION_ENDED, now)
    if seen.unusual and now - incident.surged_at >= DAY:
        return turn(replace(incident, surged_at=now), Transition.SURGED, StepReason.UNUSUAL, now)
    if seen.expectation is not None and (ended or (standing is not None and standing.by_settings)):
        return stay(replace(incident, expectation=seen.expectation), StepReason.EXPECTED)
    return stay(incident, StepReason.EXPECTED)


def _seen_resolved(incident: Incident, seen: Seen, now: int) -> Step:
    if seen.last <= incident.resolved_at:
        return stay(incident, StepReason.LATE_LINE)
    again = replace(
        _again(incident, seen),
        generation=incident.generation + 1,
        returns=0,
        opened_at=min(seen.last, now),
        acknowledged_by="",
    )
    if seen.expectation is not None:
        expected = replace(again, state=State.EXPECTED, expectation=seen.expectation)
        return stay(expected, StepReason.EXPECTED)
    if incident.reason == StepReason.TOLD_ELSEWHERE:
        return turn(replace(again, resolved_at=0), Transition.OPENED, StepReason.NEW, now)
    regressed = replace(again, state=State.REGRESSED)
    return turn(regressed, Transition.REGRESSED, StepReason.SEEN_AGAIN, now)


def _seen_unresolved(incident: Incident, seen: Seen, now: int) -> Step:
    if seen.expectation is not None:
        return expect(incident, seen.expectation, StepReason.EXPECTED, now)
    if incident.state is State.MUTED:
        return turn(_again(incident, seen), Transition.UNMUTED, StepReason.DATE_PASSED, now)
    if incident.state is State.FIX_SEEN:
        return _seen_fixed(incident, seen, now)
    louder = as_loud_as(incident, seen.loudness)
    if louder == incident:
        return stay(incident, StepReason.KNOWN)
    if is_silent(incident, now):
        return stay(louder, StepReason.MUTED)
    return turn(louder, Transition.ESCALATED, StepReason.LOUDER, now)


def _seen_fixed(incident: Incident, seen: Seen, now: int) -> Step:
    if seen.last <= incident.fix_seen_at + PROPAGATION_MS:
        return stay(incident, StepReason.PROPAGATING)
    back = replace(_again(incident, seen), returns=incident.returns + 1)
    return turn(back, Transition.STILL_DENIED, StepReason.SEEN_AGAIN, now)


def _again(incident: Incident, seen: Seen) -> Incident:
    """Open, and as loud as its lines are by now, so that it is not told twice for one delivery."""
    return as_loud_as(opened(incident), seen.loudness)
