"""What the settings say of lines."""

from dataclasses import dataclass
from functools import lru_cache

from why403.incidents.expected import ExpectedDenial, parse_expected
from why403.incidents.log_groups import LogGroups, parse_log_groups


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """Which groups to look at, which denials are expected, and whether e-mail addresses count as secrets."""

    log_groups: LogGroups
    expected: tuple[ExpectedDenial, ...] = ()
    redact_emails: bool = False


@lru_cache(maxsize=1)
def parse_watch(log_groups: str, expected: str, *, redact_emails: bool) -> Watch:
    """From the environment's texts, once as long as they are the same; SettingsError says which is wrong and what was expected."""
    return Watch(
        log_groups=parse_log_groups(log_groups),
        expected=parse_expected(expected),
        redact_emails=redact_emails,
    )
