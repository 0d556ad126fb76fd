"""What asking the policies again makes of an incident."""

from dataclasses import replace
from typing import assert_never

from why403.incidents.hours import DAY
from why403.incidents.incident import Incident, State
from why403.incidents.life_cycle_events import PolicyVerdict, Rechecked
from why403.incidents.life_cycle_person import is_silent
from why403.incidents.life_cycle_seen import PROPAGATION_MS
from why403.incidents.reasons import StepReason
from why403.incidents.step import Step, stay, turn
from why403.incidents.transition import Transition

WAIT_FACTOR = 4
"""Each time that a fix turned out to be none, the next one must be preceded by this many times more silence."""
SILENT_FOR = 7 * DAY
"""Without a line for so long, what cannot be evaluated counts as over."""
GROWTH = 10
"""It is told again when it has this many times the lines that were told last, or than 10."""


def recheck_step(incident: Incident, checked: Rechecked, now: int) -> Step:
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
    awaited = PROPAGATION_MS * WAIT_FACTOR**incident.returns if incident.returns else 0
    if verdict is PolicyVerdict.ALLOWED and silence >= awaited:
        fixed = replace(incident, state=State.FIX_SEEN, fix_seen_at=now, muted_until="", muted_by="")
        return turn(fixed, Transition.FIX_SEEN, StepReason.POLICY_ALLOWS, now)
    if verdict is PolicyVerdict.UNKNOWN and silence >= SILENT_FOR:
        return turn(_resolved(incident, now), Transition.RESOLVED, StepReason.SILENT, now)
    if is_silent(incident, now):
        return stay(incident, StepReason.MUTED)
    if incident.count >= GROWTH * max(incident.told_count, GROWTH):
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
