"""Where an incident goes from where it stands: open → fix seen → resolved → regressed, muted, expected.

open ⇄ fix-seen → resolved → regressed ⇄ fix-seen        any but resolved ⇄ muted        any ⇄ expected
"""

from dataclasses import replace
from typing import assert_never

from why403.incidents.incident import Incident, State
from why403.incidents.life_cycle_events import (
    Acknowledge,
    Deployed,
    Expect,
    LifeCycleEvent,
    Mute,
    Rechecked,
    Seen,
    ToldElsewhere,
    Unexpect,
    Unmute,
)
from why403.incidents.life_cycle_person import person_step
from why403.incidents.life_cycle_recheck import recheck_step
from why403.incidents.life_cycle_seen import seen_step
from why403.incidents.reasons import StepReason
from why403.incidents.step import Step, as_loud_as, stay
from why403.incidents.table_keys import SILENCED, WATCHED


def next_state(incident: Incident, event: LifeCycleEvent, now: int) -> Step:
    """What `event` makes of the incident at `now` (milliseconds since the epoch), and why.

    The step's incident is to be saved where it differs; where `transition` is not None it is a turn to be told.
    """
    match event:
        case Seen():
            step = seen_step(incident, event, now)
        case Rechecked():
            step = recheck_step(incident, event, now)
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
