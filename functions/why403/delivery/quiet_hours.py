"""Hours in which nobody is to be woken: messages go out without a mention, and the pager stays silent."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from why403.incidents.hours import MINUTE
from why403.incidents.incident import Severity

DAY = 24 * 60
"""Minutes."""
TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")
"""A clock of 24 hours with both digits, so that `7:00` is refused at deployment and not misread at night."""
OFFSET = re.compile(r"([+-])(0\d|1[0-4]):([0-5]\d)")
"""From UTC, which no place on earth is further from than 14 hours."""
EXPECTED = 'quiet_hours must be {"from": "22:00", "to": "07:00", "utc_offset": "+09:00"}'


@dataclass(frozen=True, slots=True)
class QuietHours:
    """Minutes of the day in UTC, from the first to before the last; `severity` is what wakes people all the same."""

    begin: int
    end: int
    severity: Severity

    def covers(self, now: int) -> bool:
        """Whether `now` (milliseconds since the epoch) is within them. Equal ends cover the whole day."""
        minute = now // MINUTE % DAY
        if self.begin < self.end:
            return self.begin <= minute < self.end
        return minute >= self.begin or minute < self.end


def parse_quiet_hours(told: Mapping[str, str] | None) -> QuietHours | None:
    """None where there are none; ValueError says what was expected."""
    if not told:
        return None
    if not isinstance(told, Mapping):
        raise TypeError(EXPECTED)
    begin, end = TIME.fullmatch(str(told.get("from", ""))), TIME.fullmatch(str(told.get("to", "")))
    offset = OFFSET.fullmatch(str(told.get("utc_offset", "+00:00")))
    if not begin or not end or not offset:
        raise ValueError(EXPECTED)
    ahead = int(offset[2]) * 60 + int(offset[3])
    shift = ahead if offset[1] == "+" else -ahead
    return QuietHours(_minutes(begin, shift), _minutes(end, shift), Severity(told.get("severity", "high")))


def _minutes(found: re.Match[str], shift: int) -> int:
    return (int(found[1]) * 60 + int(found[2]) - shift) % DAY
