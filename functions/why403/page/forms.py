"""What a person can tell the tool on the fix page: mute, expected, and both taken back; and how it is read."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial

from why403.errors import SettingsError
from why403.incidents.incident import Expectation, State
from why403.incidents.life_cycle_events import Expect, Mute, Unexpect, Unmute
from why403.notices.notice import Notice
from why403.notices.words import Language, word
from why403.page.links import Purpose

LONGEST_TEXT = 200
"""Characters of a reason or a name."""
BACK = {State.MUTED: Purpose.UNMUTE, State.EXPECTED: Purpose.UNEXPECT}
"""What takes a person's word back; in every other state there is a word to say."""


@dataclass(frozen=True, slots=True)
class Field:
    """An input of a form, its `name` what the browser posts. `least` is the first day that a date may be."""

    name: str
    label: str
    type: str = "text"
    least: str = ""
    required: bool = True


@dataclass(frozen=True, slots=True)
class Form:
    """A form of the page; `action` is the signed link that binds it to its purpose and incident."""

    purpose: Purpose
    action: str
    button: str
    fields: tuple[Field, ...] = ()


def forms_of(notice: Notice, links: Mapping[Purpose, str], tomorrow: str) -> tuple[Form, ...]:
    """The forms that the incident's state leaves open, of those that have a link. `tomorrow` is an ISO 8601 date."""
    if notice.incident is None or not links:
        return ()
    back = BACK.get(notice.incident.state)
    wanted = (back,) if back else (Purpose.MUTE, Purpose.EXPECT)
    return tuple(
        Form(
            purpose,
            links[purpose],
            word(f"notices.button.{purpose}", notice.language),
            tuple(_fields(purpose, notice, tomorrow)),
        )
        for purpose in wanted
        if purpose in links
    )


def _fields(purpose: Purpose, notice: Notice, tomorrow: str) -> Iterator[Field]:
    say = partial(word, language=notice.language)
    if purpose is Purpose.MUTE:
        yield Field("until", say("notices.page.mute-until"), "date", least=tomorrow)
    if purpose is Purpose.EXPECT:
        yield Field("reason", say("notices.page.expect-why"))
        yield Field("owner", say("notices.page.expect-owner"))
        yield Field("until", say("notices.page.expect-until"), "date", least=tomorrow, required=False)


def tomorrow_of(now: int) -> str:
    """The first day that a form takes: an ISO 8601 date, by UTC; `now` in milliseconds since the epoch."""
    return (datetime.fromtimestamp(now / 1000, UTC).date() + timedelta(days=1)).isoformat()


def read_word(
    purpose: Purpose, form: Mapping[str, str], now: int, language: Language
) -> Mute | Unmute | Expect | Unexpect:
    """The event; SettingsError, in the reader's language, where a field cannot be used."""
    match purpose:
        case Purpose.MUTE:
            return Mute(until=_day(form, now, language))
        case Purpose.UNMUTE:
            return Unmute()
        case Purpose.UNEXPECT:
            return Unexpect()
        case Purpose.EXPECT:
            until = _day(form, now, language) if form.get("until", "").strip() else ""
            reason, owner = _text(form, "reason", language), _text(form, "owner", language)
            return Expect(expectation=Expectation(reason=reason, owner=owner, until=until))
        case Purpose.VIEW | Purpose.SAVED:
            raise SettingsError(word("notices.page.refused", language))


def _day(form: Mapping[str, str], now: int, language: Language) -> str:
    given = form.get("until", "").strip()
    try:
        day = date.fromisoformat(given).isoformat()
    except ValueError:
        day = ""
    if day < tomorrow_of(now):
        raise SettingsError(word("notices.page.bad-date", language))
    return day


def _text(form: Mapping[str, str], name: str, language: Language) -> str:
    given = " ".join(form.get(name, "").split())[:LONGEST_TEXT]
    if not given:
        raise SettingsError(word("notices.page.bad-reason", language))
    return given
