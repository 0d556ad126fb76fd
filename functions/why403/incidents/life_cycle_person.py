"""What a person makes of an incident, on the fix page."""

from dataclasses import replace

from why403.errors import SettingsError
from why403.incidents.expected import is_past
from why403.incidents.incident import Expectation, Incident, State
from why403.incidents.reasons import StepReason
from why403.incidents.step import Step, opened, stay, turn
from why403.incidents.transition import Transition


def unmute(incident: Incident, now: int) -> Step:
    """Open again, told in the thread."""
    if incident.state is not State.MUTED:
        return stay(incident, StepReason.NOT_MUTED)
    return turn(opened(incident), Transition.UNMUTED, StepReason.PERSON, now)


def unexpect(incident: Incident, now: int) -> Step:
    """Open again. Where the settings expect it, the next line makes it expected anew."""
    if incident.state is not State.EXPECTED:
        return stay(incident, StepReason.NOT_EXPECTED)
    return turn(opened(incident), Transition.UNEXPECTED, StepReason.PERSON, now)


def mute(incident: Incident, until: str, now: int) -> Step:
    """Silent until a date, unless it is over anyway. SettingsError where the date is none."""
    check_until(until)
    if incident.state is State.RESOLVED:
        return stay(incident, StepReason.RESOLVED)
    muted = replace(incident, state=State.MUTED, muted_until=until, expectation=None)
    if incident.state is State.MUTED:
        return stay(muted, StepReason.PERSON)
    return turn(muted, Transition.MUTED, StepReason.PERSON, now)


def expect(incident: Incident, expectation: Expectation, reason: StepReason, now: int) -> Step:
    """Counted and kept from here on, and silent. SettingsError where the end's date is none."""
    check_until(expectation.until)
    expected = replace(incident, state=State.EXPECTED, expectation=expectation, muted_until="")
    if incident.state is State.EXPECTED:
        return stay(expected, reason)
    return turn(expected, Transition.EXPECTED, reason, now)


def check_until(until: str) -> None:
    """SettingsError unless it is an ISO 8601 date or time, or empty."""
    try:
        is_past(until, 0)
    except ValueError as error:
        raise SettingsError(
            f"{until[:40]!r} is no date. Write it as 2027-01-31, or with a time as 2027-01-31T18:00:00+09:00."
        ) from error
