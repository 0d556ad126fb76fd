"""What a person can tell the tool on the fix page: mute, expected, and both taken back; and how it is read."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import partial

from why403.errors import SettingsError
from why403.incidents.incident import Expectation, State
from why403.incidents.life_cycle_events import Expect, Mute, Unexpect, Unmute
from why403.incidents.life_cycle_person import MOST_EXPECTED_DAYS, MOST_MUTED_DAYS
from why403.notices.notice import Notice
from why403.notices.words import Language, word
from why403.page.links import Purpose

LONGEST_TEXT = 200
"""Characters of a reason or a name."""
MOST_DAYS = {Purpose.MUTE: MOST_MUTED_DAYS, Purpose.EXPECT: MOST_EXPECTED_DAYS}
BACK = {State.MUTED: Purpose.UNMUTE, State.EXPECTED: Purpose.UNEXPECT}
"""What takes a person's word back; in every other state there is a word to say."""


class Acting(StrEnum):
    """Who may mute and expect: the setting `acting`."""

    LINKS = "links"
    """Whoever opens a message's link to act, within its hours, once."""
    AWS = "aws"
    """Whoever opens the page with AWS credentials: the page tells by name who it was."""
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Field:
    """An input of a form, its `name` what the browser posts. A date lies between `least` and `most`."""

    name: str
    label: str
    type: str = "text"
    least: str = ""
    most: str = ""
    required: bool = True


@dataclass(frozen=True, slots=True)
class Form:
    """A form of the page; `action` is the signed link that binds it to its purpose and incident."""

    purpose: Purpose
    action: str
    button: str
    fields: tuple[Field, ...] = ()


def forms_of(
    notice: Notice, links: Mapping[Purpose, str], now: int, *, by_name: bool = True
) -> tuple[Form, ...]:
    """The forms that the incident's state leaves open, of those that have a link. `now` in milliseconds.

    `by_name`: a person says who he is; else AWS does.
    """
    if notice.incident is None or not links:
        return ()
    back = BACK.get(notice.incident.state)
    wanted = (back,) if back else (Purpose.MUTE, Purpose.EXPECT)
    return tuple(
        Form(
            purpose,
            links[purpose],
            word(f"notices.button.{purpose}", notice.language),
            tuple(_fields(purpose, notice, now, by_name=by_name)),
        )
        for purpose in wanted
        if purpose in links
    )


def _fields(purpose: Purpose, notice: Notice, now: int, *, by_name: bool) -> Iterator[Field]:
    say = partial(word, language=notice.language)
    if purpose not in MOST_DAYS:
        return
    if purpose is Purpose.EXPECT:
        yield Field("reason", say("notices.page.expect-why"))
    if by_name:
        yield Field("owner", say("notices.page.expect-owner"))
    until = "mute-until" if purpose is Purpose.MUTE else "expect-until"
    last = day_after(now, MOST_DAYS[purpose])
    yield Field("until", say(f"notices.page.{until}"), "date", least=day_after(now, 1), most=last)


def day_after(now: int, days: int) -> str:
    """An ISO 8601 date so many days ahead, by UTC; `now` in milliseconds since the epoch."""
    return (datetime.fromtimestamp(now / 1000, UTC).date() + timedelta(days=days)).isoformat()


def read_word(
    purpose: Purpose, form: Mapping[str, str], now: int, language: Language, *, caller: str = ""
) -> Mute | Unmute | Expect | Unexpect:
    """The event; SettingsError, in the reader's language, where a field cannot be used.

    `caller` is the ARN that AWS vouches for: who says so then, whatever the form says.
    """
    match purpose:
        case Purpose.MUTE:
            return Mute(until=_day(purpose, form, now, language), by=_who(form, caller, language))
        case Purpose.UNMUTE:
            return Unmute()
        case Purpose.UNEXPECT:
            return Unexpect()
        case Purpose.EXPECT:
            reason, owner = _text(form, "reason", language), _who(form, caller, language)
            until = _day(purpose, form, now, language)
            return Expect(expectation=Expectation(reason=reason, owner=owner, until=until))
        case Purpose.VIEW | Purpose.SAVED | Purpose.ACT:
            raise SettingsError(word("notices.page.refused", language))


def _who(form: Mapping[str, str], caller: str, language: Language) -> str:
    """`assumed-role/Admin/alice`, or the name that the form gives."""
    return caller.rpartition(":")[2][:LONGEST_TEXT] or _text(form, "owner", language)


def _day(purpose: Purpose, form: Mapping[str, str], now: int, language: Language) -> str:
    given = form.get("until", "").strip()
    try:
        day = date.fromisoformat(given).isoformat()
    except ValueError:
        day = ""
    last = day_after(now, MOST_DAYS[purpose])
    if not day_after(now, 1) <= day <= last:
        raise SettingsError(word("notices.page.bad-date", language, last=last))
    return day


def _text(form: Mapping[str, str], name: str, language: Language) -> str:
    given = " ".join(form.get(name, "").split())[:LONGEST_TEXT]
    if not given:
        raise SettingsError(word("notices.page.bad-reason", language))
    return given
