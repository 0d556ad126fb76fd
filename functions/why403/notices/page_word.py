"""What a person says with a form of the fix page, as an event of the incident's life."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

from why403.errors import SettingsError
from why403.incidents.incident import Expectation
from why403.incidents.life_cycle_events import Expect, Mute, Unexpect, Unmute
from why403.notices.links import Purpose
from why403.notices.page_forms import LONGEST_TEXT
from why403.notices.words import Language, word


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
