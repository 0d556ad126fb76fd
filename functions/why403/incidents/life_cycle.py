"""Where an incident goes from where it stands: open → fix seen → resolved → regressed, muted, expected.

open ⇄ fix-seen → resolved → regressed ⇄ fix-seen        any but resolved ⇄ muted        any ⇄ expected
"""

from typing import assert_never

from why403.incidents.incident import Incident, State
from why403.incidents.life_cycle_events import (
    Deployed,
    Expect,
    LifeCycleEvent,
    Mute,
    Rechecked,
    Seen,
    Unexpect,
    Unmute,
)
from why403.incidents.life_cycle_person import (
    MOST_EXPECTED_DAYS,
    check_end,
    expect,
    mute,
    unexpect,
    unmute,
)
from why403.incidents.life_cycle_recheck import recheck_step
from why403.incidents.life_cycle_seen import seen_step
from why403.incidents.reasons import StepReason
from why403.incidents.step import Step, as_loud_as, stay


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
        case Mute(until=until, by=by):
            step = mute(incident, until, by, now)
        case Unmute():
            step = unmute(incident, now)
        case Expect(expectation=expectation):
            check_end(expectation.until, MOST_EXPECTED_DAYS, now)
            step = expect(incident, expectation, StepReason.PERSON, now)
        case Unexpect():
            step = unexpect(incident, now)
        case _:
            assert_never(event)
    return step


def watched(incident: Incident) -> bool:
    """Whether the recheck looks at it."""
    return incident.state in {State.OPEN, State.REGRESSED, State.FIX_SEEN}
