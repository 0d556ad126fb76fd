"""Where an incident goes from where it stands: open → fix seen → resolved → regressed, muted, expected.

open ⇄ fix-seen → resolved → regressed ⇄ fix-seen        any but resolved ⇄ muted        any ⇄ expected
"""

from dataclasses import replace
from typing import assert_never

from why403.incidents.expected import is_past
from why403.incidents.hours import DAY
from why403.incidents.incident import Incident, State
from why403.incidents.life_cycle_events import (
    Acknowledge,
    Deployed,
    Expect,
    LifeCycleEvent,
    Mute,
    PolicyVerdict,
    Rechecked,
    Seen,
    ToldElsewhere,
    Unexpect,
    Unmute,
)
from why403.incidents.life_cycle_person import expect, is_silent, person_step
from why403.incidents.step import Step, StepReason, as_loud_as, opened, stay, turn
from why403.incidents.table_keys import SILENCED, WATCHED
from why403.incidents.transition import Transition

_WAIT_FACTOR = 4
"""Each time that a fix turned out to be none, the next one must be preceded by this many times more silence."""
_SILENT_FOR = 7 * DAY
"""Without a line for so long, what cannot be evaluated counts as over."""
_GROWTH = 10
"""It is told again when it has this many times the lines that were told last, or than 10."""
_PROPAGATION_MS = 5 * 60 * 1000
"""An IAM change may take so long to reach everywhere: lines within it say nothing about the fix."""


def next_state(incident: Incident, event: LifeCycleEvent, now: int) -> Step:
    """What `event` makes of the incident at `now` (milliseconds since the epoch), and why.

    The step's incident is to be saved where it differs; where `transition` is not None it is a turn to be told.
    """
    match event:
        case Seen():
            step = _seen_step(incident, event, now)
        case Rechecked():
            step = _recheck_step(incident, event, now)
        case Deployed(loudness=loudness):
            step = stay(as_loud_as(incident, loudness), StepReason.AFTER_DEPLOYMENT)
        case ToldElsewhere(last=last):
            reason = StepReason.TOLD_ELSEWHERE
            step = stay(
                replace(incident, state=State.RESOLVED, resolved_at=last, reason=reason.value), reason
            )
        case Acknowledge() | Mute() | Unmute() | Expect() | Unexpect():
            step = person_step(incident, event, now)
        case _:
            assert_never(event)
    return step


def watched(incident: Incident) -> bool:
    """Whether the recheck looks at it."""
    return incident.state in {State.OPEN, State.REGRESSED, State.FIX_SEEN}


def listed_as(incident: Incident) -> str:
    """Under which value of the index it is looked for: by the recheck, or once a week; empty where by nobody."""
    if watched(incident):
        return WATCHED
    return SILENCED if incident.state in {State.MUTED, State.EXPECTED} else ""


def is_told_elsewhere(incident: Incident) -> bool:
    """Whether its lines are parts of what other incidents tell, and none that is not has come since."""
    return incident.state is State.RESOLVED and incident.reason == StepReason.TOLD_ELSEWHERE


def _recheck_step(incident: Incident, checked: Rechecked, now: int) -> Step:
    """Fix seen, resolved, denied still, or grown."""
    looked = replace(incident, rechecked_at=now)
    match incident.state:
        case State.OPEN | State.REGRESSED:
            return _rechecked_open(looked, checked.verdict, now)
        case State.FIX_SEEN:
            return _rechecked_fixed(looked, checked, now)
        case State.RESOLVED | State.MUTED | State.EXPECTED | State.UNKNOWN:
            return stay(looked, StepReason.NOT_WATCHED)
        case _:
            assert_never(incident.state)


def _rechecked_open(incident: Incident, verdict: PolicyVerdict, now: int) -> Step:
    silence = now - incident.last_seen
    awaited = _PROPAGATION_MS * _WAIT_FACTOR**incident.returns if incident.returns else 0
    if verdict is PolicyVerdict.ALLOWED and silence >= awaited:
        fixed = replace(incident, state=State.FIX_SEEN, fix_seen_at=now, muted_until="", muted_by="")
        return turn(fixed, Transition.FIX_SEEN, StepReason.POLICY_ALLOWS, now)
    if verdict is PolicyVerdict.UNKNOWN and silence >= _SILENT_FOR:
        return turn(_resolved(incident, now), Transition.RESOLVED, StepReason.SILENT, now)
    if is_silent(incident, now):
        return stay(incident, StepReason.MUTED)
    if incident.count >= _GROWTH * max(incident.told_count, _GROWTH):
        return turn(replace(incident, told_count=incident.count), Transition.GREW, StepReason.GREW, now)
    return stay(incident, StepReason.DENIED_STILL)


def _rechecked_fixed(incident: Incident, checked: Rechecked, now: int) -> Step:
    if checked.verdict is PolicyVerdict.DENIED:
        back = replace(incident, state=State.OPEN, fix_seen_at=0, returns=incident.returns + 1)
        return turn(back, Transition.STILL_DENIED, StepReason.POLICY_DENIES, now)
    if now - max(incident.last_seen, incident.fix_seen_at) < checked.quiet_ms:
        return stay(incident, StepReason.WAITING)
    return turn(_resolved(incident, now), Transition.RESOLVED, StepReason.QUIET, now)


def _resolved(incident: Incident, now: int) -> Incident:
    return replace(incident, state=State.RESOLVED, resolved_at=now, muted_until="", muted_by="")


def _seen_step(incident: Incident, seen: Seen, now: int) -> Step:
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
    if louder is incident:
        return stay(incident, StepReason.KNOWN)
    if is_silent(incident, now):
        return stay(louder, StepReason.MUTED)
    return turn(louder, Transition.ESCALATED, StepReason.LOUDER, now)


def _seen_fixed(incident: Incident, seen: Seen, now: int) -> Step:
    if seen.last <= incident.fix_seen_at + _PROPAGATION_MS:
        return stay(incident, StepReason.PROPAGATING)
    back = replace(_again(incident, seen), returns=incident.returns + 1)
    return turn(back, Transition.STILL_DENIED, StepReason.SEEN_AGAIN, now)


def _again(incident: Incident, seen: Seen) -> Incident:
    """Open, and as loud as its lines are by now, so that it is not told twice for one delivery."""
    return as_loud_as(opened(incident), seen.loudness)
