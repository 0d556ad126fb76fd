"""What a person makes of an incident, on the fix page."""

from dataclasses import replace

from why403.incidents.incident import Expectation, Incident, State
from why403.incidents.reasons import Reason
from why403.incidents.step import Step, opened, stay, turn
from why403.incidents.transition import Transition


def unmute(incident: Incident, now: int) -> Step:
    """Open again, told in the thread."""
    if incident.state is not State.MUTED:
        return stay(incident, Reason.NOT_MUTED)
    return turn(opened(incident), Transition.UNMUTED, Reason.PERSON, now)


def unexpect(incident: Incident, now: int) -> Step:
    """Open again. Where the settings expect it, the next line makes it expected anew."""
    if incident.state is not State.EXPECTED:
        return stay(incident, Reason.NOT_EXPECTED)
    return turn(opened(incident), Transition.UNEXPECTED, Reason.PERSON, now)


def mute(incident: Incident, until: str, now: int) -> Step:
    """Silent until a date, unless it is over anyway."""
    if incident.state is State.RESOLVED:
        return stay(incident, Reason.RESOLVED)
    muted = replace(incident, state=State.MUTED, muted_until=until, expectation=None)
    if incident.state is State.MUTED:
        return stay(muted, Reason.PERSON)
    return turn(muted, Transition.MUTED, Reason.PERSON, now)


def expect(incident: Incident, expectation: Expectation, reason: Reason, now: int) -> Step:
    """Counted and kept from here on, and silent."""
    expected = replace(incident, state=State.EXPECTED, expectation=expectation, muted_until="")
    if incident.state is State.EXPECTED:
        return stay(expected, reason)
    return turn(expected, Transition.EXPECTED, reason, now)
