"""Denials that are expected: patterns from the settings, and what a person said on the page."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from fnmatch import fnmatchcase
from statistics import median

from why403.denials.denial import Denial
from why403.errors import SettingsError
from why403.iam.principal import PrincipalKind, parse_principal
from why403.incidents.hours import DAY, start_of_hour
from why403.incidents.incident import Expectation

_KEYS = frozenset({"role", "action", "resource", "log_group", "reason", "owner", "until"})
ALWAYS_USUAL = 10
"""So many lines in an hour never surprise."""
TIMES_THE_MEDIAN = 5
"""A judgement: twice or thrice is what retries do by chance, five times a loop or another cause (docs/settings.md says it)."""
LOOKED_BACK = 7 * DAY
"""A whole week, so that weekends and weekly jobs are in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedDenial:
    """Globs; an empty one asks for nothing. `action` is compared without regard to case, as IAM does."""

    role: str = ""
    """A role's or user's name, or an ARN. It matches only where the line tells the caller."""
    action: str = ""
    resource: str = ""
    log_group: str = ""
    expectation: Expectation

    def fits(self, denial: Denial, *, log_group: str) -> bool:
        """Whether the denial is the expected one."""
        return (
            _one_fits(self.role, _names(denial.principal or ""))
            and _one_fits(self.action.casefold(), [(denial.action or "").casefold()])
            and _one_fits(self.resource, [denial.resource or denial.resource_name or ""])
            and _one_fits(self.log_group, [log_group])
        )


def parse_expected(text: str) -> tuple[ExpectedDenial, ...]:
    """From the environment's JSON [{"role", "action", "resource", "log_group", "reason", "owner", "until"}].

    `reason` and `owner` must be there, and one glob at least; SettingsError says which entry is wrong.
    """
    try:
        entries = json.loads(text or "[]")
    except ValueError:
        entries = None
    if not isinstance(entries, list):
        raise SettingsError(f"EXPECTED is {text[:100]!r}, expected a JSON list. Deploy the stack again.")
    return tuple(_parse_entry(number, entry) for number, entry in enumerate(entries))


def find_expectation(
    expected: Iterable[ExpectedDenial], denial: Denial, now: int, *, log_group: str
) -> Expectation | None:
    """The first entry that fits and has not ended at `now` (milliseconds since the epoch)."""
    for entry in expected:
        if entry.fits(denial, log_group=log_group) and not is_past(entry.expectation.until, now):
            return entry.expectation
    return None


def is_past(until: str, now: int) -> bool:
    """Whether an ISO 8601 date (its whole day, in UTC) or time has gone by; empty never does. Else ValueError."""
    if not until:
        return False
    moment = datetime.fromtimestamp(now / 1000, UTC)
    if len(until) == len("2026-01-01"):
        return moment.date() > date.fromisoformat(until)
    end = datetime.fromisoformat(until)
    return moment >= (end if end.tzinfo else end.replace(tzinfo=UTC))


def _parse_entry(number: int, entry: object) -> ExpectedDenial:
    if not isinstance(entry, Mapping) or not all(isinstance(value, str) for value in entry.values()):
        raise SettingsError(f"EXPECTED, entry {number}: expected an object of texts, got {entry!r}.")
    globs = {key: entry.get(key, "") for key in ("role", "action", "resource", "log_group")}
    until = entry.get("until", "")
    wrong = sorted(set(entry) - _KEYS)
    if wrong or not entry.get("reason") or not entry.get("owner") or not any(globs.values()):
        raise SettingsError(
            f"EXPECTED, entry {number}: expected `reason`, `owner` and at least one of `role`, `action`, `resource`, "
            f"`log_group`, and nothing but `until` beside them; got the keys {sorted(entry)}."
        )
    try:
        is_past(until, 0)
    except ValueError as error:
        raise SettingsError(
            f"EXPECTED, entry {number}: `until` is {until!r}, expected a date such as 2027-01-31."
        ) from error
    expectation = Expectation(reason=entry["reason"], owner=entry["owner"], until=until, by_settings=True)
    return ExpectedDenial(**globs, expectation=expectation)


def _names(caller: str) -> list[str]:
    """The caller's ARN as it stands, the role's or user's name, and the role's ARN without path and session."""
    principal = parse_principal(caller)
    if principal.kind in {PrincipalKind.ROLE, PrincipalKind.ASSUMED_ROLE}:
        return [caller, principal.name, principal.bare_role]
    return [caller, principal.name]


def _one_fits(glob: str, values: Iterable[str]) -> bool:
    return not glob or any(value and fnmatchcase(value, glob) for value in values)


def is_unusual(occurrences: Iterable[tuple[int, int]], now: int) -> bool:
    """Whether the hour of `now` has more lines than 10 and than five times its usual hour.

    The usual hour is the median over the hours of the last seven days that had lines, the present one left out.
    Where there is none yet, 10 lines an hour are the limit.
    """
    present = start_of_hour(now)
    lines = {hour: number for hour, number in occurrences if present - LOOKED_BACK <= hour <= present}
    this_hour = lines.pop(present, 0)
    usual = median(lines.values()) if lines else 0
    return this_hour > max(ALWAYS_USUAL, TIMES_THE_MEDIAN * usual)
