"""What a person makes of an incident, on the fix page."""

from dataclasses import replace
from enum import StrEnum
from typing import assert_never

from why403.errors import SettingsError
from why403.incidents.expected import is_past
from why403.incidents.hours import DAY
from why403.incidents.incident import Expectation, Incident, State
from why403.incidents.life_cycle_events import Acknowledge, Expect, Mute, PersonsWord, Unexpect, Unmute
from why403.incidents.step import Step, StepReason, opened, stay, turn
from why403.incidents.transition import Transition

MOST_MUTED_DAYS, MOST_EXPECTED_DAYS = 30, 366
"""How far ahead a person's word may end: what is longer is forgotten, and belongs into the settings."""


class Deed(StrEnum):
    """What a person can do to an incident."""

    ACKNOWLEDGE = "acknowledge"
    MUTE = "mute"
    MUTE_UNTIL_FIXED = "silence"
    UNMUTE = "unmute"
    EXPECT = "expect"
    UNEXPECT = "unexpect"


def open_deeds(incident: Incident) -> tuple[Deed, ...]:
    """Those that would change something as it stands, in the order to offer them."""
    acknowledge = () if incident.acknowledged_by else (Deed.ACKNOWLEDGE,)
    deeds: tuple[Deed, ...]
    match incident.state:
        case State.OPEN | State.REGRESSED if incident.muted_until:
            deeds = (*acknowledge, Deed.UNMUTE, Deed.EXPECT)
        case State.OPEN | State.REGRESSED:
            deeds = (*acknowledge, Deed.MUTE, Deed.MUTE_UNTIL_FIXED, Deed.EXPECT)
        case State.FIX_SEEN:
            deeds = (*acknowledge, Deed.MUTE, Deed.EXPECT)
        case State.MUTED:
            deeds = (Deed.UNMUTE,)
        case State.EXPECTED:
            deeds = (Deed.UNEXPECT,)
        case State.RESOLVED:
            deeds = (Deed.EXPECT,)
        case State.UNKNOWN:
            deeds = (Deed.MUTE, Deed.MUTE_UNTIL_FIXED, Deed.EXPECT, Deed.UNMUTE)
        case _:
            assert_never(incident.state)
    return deeds


def person_step(incident: Incident, event: PersonsWord, now: int) -> Step:
    """What a person's word makes of it. SettingsError where its end is none, or too far ahead."""
    match event:
        case Acknowledge(by=by):
            return acknowledge(incident, by, now)
        case Mute(until=until, by=by, until_fixed=True):
            return mute_until_fixed(incident, until, by, now)
        case Mute(until=until, by=by):
            return mute(incident, until, by, now)
        case Unmute(by=by):
            return unmute(incident, by, now)
        case Expect(expectation=expectation):
            check_end(expectation.until, MOST_EXPECTED_DAYS, now)
            return expect(incident, expectation, StepReason.PERSON, now)
        case Unexpect(by=by):
            return unexpect(incident, by, now)
        case _:
            assert_never(event)


def unmute(incident: Incident, by: str, now: int) -> Step:
    """Open again, told in the thread."""
    if not incident.muted_until and incident.state is not State.UNKNOWN:
        return stay(incident, StepReason.NOT_MUTED)
    return turn(opened(incident), Transition.UNMUTED, StepReason.PERSON, now, by)


def unexpect(incident: Incident, by: str, now: int) -> Step:
    """Open again. Where the settings expect it, the next line makes it expected anew."""
    if incident.state is not State.EXPECTED:
        return stay(incident, StepReason.NOT_EXPECTED)
    return turn(opened(incident), Transition.UNEXPECTED, StepReason.PERSON, now, by)


def mute(incident: Incident, until: str, by: str, now: int) -> Step:
    """Silent until a date, unless it is over anyway. SettingsError where the date is none, or too far ahead."""
    check_end(until, MOST_MUTED_DAYS, now)
    if incident.state is State.RESOLVED:
        return stay(incident, StepReason.RESOLVED)
    muted = replace(
        incident, state=State.MUTED, muted_until=until, muted_by=by, expectation=None, unknown_since=0
    )
    if incident.state is State.MUTED:
        return stay(muted, StepReason.PERSON)
    return turn(muted, Transition.MUTED, StepReason.PERSON, now, by)


def mute_until_fixed(incident: Incident, until: str, by: str, now: int) -> Step:
    """Open still, and its growth told no more. SettingsError as for `mute`."""
    check_end(until, MOST_MUTED_DAYS, now)
    if incident.state in {State.RESOLVED, State.FIX_SEEN}:
        is_over = incident.state is State.RESOLVED
        return stay(incident, StepReason.RESOLVED if is_over else StepReason.WAITING)
    if is_silent(incident, now):
        return stay(incident, StepReason.MUTED)
    base = opened(incident) if incident.state in {State.MUTED, State.EXPECTED, State.UNKNOWN} else incident
    silent = replace(base, muted_until=until, muted_by=by)
    return turn(silent, Transition.MUTED_UNTIL_FIXED, StepReason.PERSON, now, by)


def is_silent(incident: Incident, now: int) -> bool:
    """Whether it is open, and a person wants to hear of it only when it is fixed."""
    is_open = incident.state in {State.OPEN, State.REGRESSED}
    return is_open and bool(incident.muted_until) and not is_past(incident.muted_until, now)


def acknowledge(incident: Incident, by: str, now: int) -> Step:
    """Told once: whoever is first looks after it, until it begins anew."""
    if incident.state is State.RESOLVED:
        return stay(incident, StepReason.RESOLVED)
    if incident.acknowledged_by:
        return stay(incident, StepReason.ACKNOWLEDGED)
    mine = replace(incident, acknowledged_by=by)
    return turn(mine, Transition.ACKNOWLEDGED, StepReason.PERSON, now, by)


def expect(incident: Incident, expectation: Expectation, reason: StepReason, now: int) -> Step:
    """Counted and kept from here on, and silent. SettingsError where the end's date is none."""
    check_until(expectation.until)
    expected = replace(
        incident, state=State.EXPECTED, expectation=expectation, muted_until="", muted_by="", unknown_since=0
    )
    if incident.state is State.EXPECTED:
        return stay(expected, reason)
    by = expectation.owner if reason is StepReason.PERSON else ""
    return turn(expected, Transition.EXPECTED, reason, now, by)


def check_end(until: str, days: int, now: int) -> None:
    """SettingsError unless it is a date or time, at most so many days from `now`."""
    check_until(until)
    if not until or not is_past(until, now + (days + 1) * DAY):
        raise SettingsError(f"{until[:40]!r} is no end within {days} days. Choose an earlier day.")


def check_until(until: str) -> None:
    """SettingsError unless it is an ISO 8601 date or time, or empty."""
    try:
        is_past(until, 0)
    except ValueError as error:
        raise SettingsError(
            f"{until[:40]!r} is no date. Write it as 2027-01-31, or with a time as 2027-01-31T18:00:00+09:00."
        ) from error
