"""What a person can tell the tool on the fix page: mute, expected, and both taken back; and how it is read."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import partial

from why403.errors import SettingsError
from why403.incidents.incident import Expectation, Incident
from why403.incidents.life_cycle import next_state
from why403.incidents.life_cycle_events import Expect, Mute, PersonsWord, Unexpect, Unmute
from why403.incidents.life_cycle_person import MOST_EXPECTED_DAYS, MOST_MUTED_DAYS, Deed, open_deeds
from why403.incidents.table import IncidentTable
from why403.notices.words import Language, word
from why403.page.links import Purpose, state_of

LONGEST_TEXT = 200
"""Characters of a reason or a name."""
MOST_DAYS = {Purpose.MUTE: MOST_MUTED_DAYS, Purpose.EXPECT: MOST_EXPECTED_DAYS}
TRIES = 3
"""How often a form is applied anew where somebody else changed the incident at the same moment."""
FORMS = {
    Deed.MUTE: Purpose.MUTE,
    Deed.UNMUTE: Purpose.UNMUTE,
    Deed.EXPECT: Purpose.EXPECT,
    Deed.UNEXPECT: Purpose.UNEXPECT,
}
"""What there is a form for."""


class Acting(StrEnum):
    """Who may mute and expect: the setting `acting`."""

    LINKS = "links"
    """Whoever opens a message's link to act, within its hours, once."""
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Field:
    """An input of a form, its `name` what the browser posts. A date lies between `least` and `most`."""

    name: str
    label: str
    type: str = "text"
    least: str = ""
    most: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """A form of the page; `action` is the signed link that binds it to its purpose and incident."""

    purpose: Purpose
    action: str
    button: str
    fields: tuple[Field, ...] = ()


def forms_of(
    incident: Incident | None, language: Language, links: Mapping[Purpose, str], now: int
) -> tuple[Form, ...]:
    """The forms that the incident's state leaves open, of those that have a link. `now` in milliseconds."""
    if incident is None or not links:
        return ()
    wanted = (FORMS[deed] for deed in open_deeds(incident) if deed in FORMS)
    return tuple(
        Form(
            purpose,
            links[purpose],
            word(f"notices.button.{purpose}", language),
            tuple(_fields(purpose, language, now)),
        )
        for purpose in wanted
        if purpose in links
    )


def _fields(purpose: Purpose, language: Language, now: int) -> Iterator[Field]:
    say = partial(word, language=language)
    if purpose not in MOST_DAYS:
        return
    if purpose is Purpose.EXPECT:
        yield Field("reason", say("notices.page.expect-why"))
    yield Field("owner", say("notices.page.expect-owner"))
    until = "mute-until" if purpose is Purpose.MUTE else "expect-until"
    last = day_after(now, MOST_DAYS[purpose])
    yield Field("until", say(f"notices.page.{until}"), "date", least=day_after(now, 1), most=last)


def day_after(now: int, days: int) -> str:
    """An ISO 8601 date so many days ahead, by UTC; `now` in milliseconds since the epoch."""
    return (datetime.fromtimestamp(now / 1000, UTC).date() + timedelta(days=days)).isoformat()


def read_word(purpose: Purpose, form: Mapping[str, str], now: int, language: Language) -> PersonsWord:
    """The event; SettingsError, in the reader's language, where a field cannot be used."""
    match purpose:
        case Purpose.MUTE:
            return Mute(until=_day(purpose, form, now, language), by=_text(form, "owner", language))
        case Purpose.UNMUTE:
            return Unmute()
        case Purpose.UNEXPECT:
            return Unexpect()
        case Purpose.EXPECT:
            reason, owner = _text(form, "reason", language), _text(form, "owner", language)
            until = _day(purpose, form, now, language)
            return Expect(expectation=Expectation(reason=reason, owner=owner, until=until))
        case Purpose.VIEW | Purpose.SAVED | Purpose.ACT:
            raise SettingsError(word("notices.page.refused", language))


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


def save_word(shown: Incident, event: PersonsWord, table: IncidentTable, now: int) -> bool:
    """Apply a person's word to the incident as it was shown; False where it has changed since. StoreError."""
    current: Incident | None = shown
    for _ in range(TRIES):
        if current is None or state_of(current) != state_of(shown):
            break
        step = next_state(current, event, now)
        if step.incident == current or table.save(step.incident, expected=current):
            return True
        current = table.get(shown.fingerprint)
    return False
