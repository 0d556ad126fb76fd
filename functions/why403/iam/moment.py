"""Dates of conditions: ISO 8601 as W3C profiles it, or epoch seconds.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_Date
"""

import re
from datetime import UTC, datetime, timedelta, timezone

_ISO = re.compile(
    r"(\d{4})(?:-(\d{2})(?:-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d+))?)?(Z|[+-]\d{2}:?\d{2})?)?)?)?",
    re.ASCII | re.IGNORECASE,
)
"""W3C's profile ends after a year, a month, a day or a minute; IAM takes offsets with and without a colon."""
_BASIC = re.compile(r"(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})(Z)", re.ASCII | re.IGNORECASE)
"""ISO 8601's basic form, as X-Amz-Date has it: 20250131T235959Z."""
_EPOCH = re.compile(r"-?\d{1,18}(?:\.\d+)?", re.ASCII)
"""Eighteen digits reach beyond every date; a longer one is a mistake, and no time."""
MICRO_DIGITS = 6
"""Of a second's fraction; datetime holds no finer one."""


def parse_moment(text: str) -> float | None:
    """Epoch seconds, or None where `text` is no date. Without an offset it is UTC; four digits are a year."""
    trimmed = text.strip()
    iso = _ISO.fullmatch(trimmed)
    if iso:
        return _seconds(iso.groups())
    basic = _BASIC.fullmatch(trimmed)
    if basic:
        *fields, offset = basic.groups()
        return _seconds((*fields, None, offset))
    return float(trimmed) if _EPOCH.fullmatch(trimmed) else None


def _seconds(fields: tuple[str | None, ...]) -> float | None:
    year, month, day, hour, minute, second, fraction, offset = fields
    micro = int((fraction or "0")[:MICRO_DIGITS].ljust(MICRO_DIGITS, "0"))
    try:
        moment = datetime(
            int(year or 0), int(month or 1), int(day or 1), int(hour or 0), int(minute or 0), int(second or 0),
            micro, tzinfo=_zone(offset),
        )  # fmt: skip
        return moment.timestamp()
    except (ValueError, OverflowError):
        return None


def _zone(offset: str | None) -> timezone:
    if offset is None or offset in {"Z", "z"}:
        return UTC
    minutes = int(offset[1:3]) * 60 + int(offset[-2:])
    return timezone(timedelta(minutes=minutes if offset[0] == "+" else -minutes))
