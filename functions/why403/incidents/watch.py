"""What the settings say of lines."""

from dataclasses import dataclass
from functools import lru_cache

from why403.denials.denial import Denial
from why403.incidents.expected import ExpectedDenial, find_expectation, parse_expected
from why403.incidents.incident import Expectation
from why403.incidents.log_groups import LogGroups, parse_log_groups
from why403.incidents.sighting import Expect
from why403.log_events.log_event import LogEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """Which groups to look at, which denials are expected, and whether e-mail addresses count as secrets."""

    log_groups: LogGroups
    expected: tuple[ExpectedDenial, ...] = ()
    redact_emails: bool = False

    def expecting(self, now: int) -> Expect:
        """Judges one line at a time: a line that is expected says nothing of the others of its cause."""

        def expect(event: LogEvent, denial: Denial) -> Expectation | None:
            return find_expectation(self.expected, denial, now, log_group=event.log_group)

        return expect


@lru_cache(maxsize=1)
def parse_watch(log_groups: str, expected: str, *, redact_emails: bool) -> Watch:
    """From the environment's texts, once as long as they are the same; SettingsError says which is wrong and what was expected."""
    return Watch(
        log_groups=parse_log_groups(log_groups),
        expected=parse_expected(expected),
        redact_emails=redact_emails,
    )
