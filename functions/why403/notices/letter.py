"""A message that is of no one incident: a heading and a list. Too much to tell one by one, or what tells nobody at all."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from why403.incidents.hours import DAY
from why403.incidents.incident import Incident, State
from why403.notices.headline import headline_of
from why403.notices.moments import moment, moment_of
from why403.notices.notice import Notice
from why403.notices.verdict import title
from why403.notices.words import Language, word

WEEK = 7 * DAY
"""Milliseconds; a weekly letter tells of the week that went."""
REST = 5
"""Log groups that are named of what is left out."""


class LetterKind(StrEnum):
    """What it tells; `notices.letter.<kind>` has the words of its heading."""

    DIGEST = "digest"
    """Notices that came faster than an outlet is told one by one."""
    SILENCED = "silenced"
    """Once a week: what is muted or expected."""
    ALARM = "alarm"
    """Something ails why403 itself."""
    ALARM_OVER = "alarm-over"
    """It does no more."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One of the list; `url` empty: it leads nowhere."""

    text: str
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """Plain texts in the letter's language, the first row first to be read; `groups` are the log groups left out."""

    kind: LetterKind
    language: Language
    rows: tuple[Entry, ...]
    groups: tuple[str, ...] = ()
    """The log group of each that has no row."""
    about: str = ""
    """What it is about, where its heading names it."""
    all_of_them: str = ""
    """Where all of them are listed, in a sentence; empty: nowhere that readers are told of."""

    @property
    def count(self) -> int:
        """How many it tells of."""
        return len(self.rows) + len(self.groups)

    @property
    def title(self) -> str:
        """The heading."""
        return word(f"notices.letter.{self.kind}", self.language, count=f"{self.count:,}", about=self.about)

    @property
    def opening(self) -> str:
        """What the list is."""
        return word(f"notices.letter.{self.kind}.opening", self.language)

    def within(self, most: int, fits: Callable[[str], bool] = lambda _text: True) -> tuple[Entry, ...]:
        """So many rows at most, all of which fit together, and a last one for those that do not."""
        shown: list[Entry] = []
        for row in self.rows[:most]:
            if not fits("\n".join(one.text + one.url for one in (*shown, row))):
                break
            shown.append(row)
        left = self.count - len(shown)
        return (*shown, Entry(self._rest(left))) if left else tuple(shown)

    def _rest(self, left: int) -> str:
        groups = Counter(self.groups).most_common(REST)
        comma = word("notices.list.comma", self.language)
        where = comma.join(f"{group} {count:,}" for group, count in groups)
        more = word("notices.digest.more", self.language, count=f"{left:,}")
        rest = f"{more} ({where})" if where else more
        return f"{rest} · {self.all_of_them}" if self.all_of_them else rest


def digest_letter(notices: Iterable[Notice], groups: Sequence[str], language: Language) -> Letter:
    """What waited, in the order given; `groups` are the log groups of those that get no row."""
    told = [replace(notice, language=language) for notice in notices]
    return Letter(
        kind=LetterKind.DIGEST,
        language=language,
        rows=tuple(map(_row, told)),
        groups=tuple(groups),
        all_of_them=told[0].in_terminal("incidents") if told else "",
    )


def _row(notice: Notice) -> Entry:
    top = headline_of(notice)
    return Entry(f"{top.now or top.verdict} ({notice.log_group})", notice.links.page)


def silenced_letter(notices: Iterable[Notice], language: Language, now: int) -> Letter:
    """What is muted or expected, by whom and until when, and how much of it there was: most lines first."""
    found = sorted(
        ((hidden(notice, now), replace(notice, language=language)) for notice in notices),
        key=lambda pair: -pair[0],
    )
    rows = tuple(Entry(_silenced(notice, lines), notice.links.page) for lines, notice in found)
    return Letter(kind=LetterKind.SILENCED, language=language, rows=rows)


def hidden(notice: Notice, now: int) -> int:
    """Lines of the last week."""
    return sum(lines for hour, lines in notice.occurrences if hour > now - WEEK)


def _silenced(notice: Notice, lines: int) -> str:
    incident = notice.incident
    if incident is None:
        return title(notice)
    language = notice.language
    how, values = _how(incident, language)
    told = word(f"notices.silenced.{how}", language, **values)
    count = word("notices.silenced.lines", language, count=f"{lines:,}")
    return f"{title(notice)}: {told} {count}"


def _how(incident: Incident, language: Language) -> tuple[str, dict[str, str]]:
    """Which words tell it, and their values."""
    expected = incident.expectation
    if incident.state is State.EXPECTED and expected is not None:
        values = {
            "by": expected.owner,
            "why": expected.reason,
            "until": _end(expected.until, language),
        }
        return ("by-settings" if expected.by_settings else "expected"), values
    values = {"by": incident.muted_by, "until": _end(incident.muted_until, language)}
    return ("muted" if incident.state is State.MUTED else "until-fixed"), values


def _end(until: str, language: Language) -> str:
    at = moment_of(until)
    return word("notices.page.utc", language, time=moment(at)) if at else until
