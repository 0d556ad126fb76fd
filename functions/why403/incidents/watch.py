"""What the settings say of lines."""

import re
from dataclasses import dataclass
from functools import lru_cache

from why403.denials.denial import Denial
from why403.denials.wrappers.cloudtrail import records_in
from why403.iam.place import REGION
from why403.incidents.expected import ExpectedDenial, find_expectation, parse_expected
from why403.incidents.incident import Expectation
from why403.incidents.log_groups import LogGroups, parse_log_groups
from why403.incidents.sighting import Classify, Expect
from why403.log_events.log_event import LogEvent

SESSION = re.compile(
    r"arn:aws[a-z-]*:sts::(?P<account>\d{12}):assumed-role/(?P<role>[^/]+)/(?P<session>[^/]+)"
)
"""A role's session, as CloudTrail names who called."""
HANDLER = "Handler"
"""Behind the stack, cut where it is long, and the function, in the name of a function of why403's, which is its session's."""
INNER = re.compile(r"(?<=[a-z])(?=[A-Z])")
"""Where a role's name has a hyphen and a function's has none: FixPage, fix-page."""
READING = "why403"
"""The name of our sessions of read roles, which others may take too."""


@dataclass(frozen=True, slots=True)
class OwnRoles:
    """The roles that why403 itself calls AWS with: what these are refused, a diagnosis tells where it matters."""

    account: str = ""
    """The stack's; `*` where the settings give the roles of all accounts of the organization one name."""
    functions: frozenset[str] = frozenset()
    """How the names of the functions' roles begin: all before the Region."""
    read: frozenset[str] = frozenset()
    """Names of roles that are taken for reading, in whatever account."""

    def has(self, principal: str) -> bool:
        """Whether a session's ARN is one of ours."""
        found = SESSION.fullmatch(principal)
        if found is None:
            return False
        if found["session"] == READING and found["role"] in self.read:
            return True
        return self.account in {"*", found["account"]} and (
            any(
                re.fullmatch(REGION, found["role"].removeprefix(name))
                for name in self.functions
                if found["role"].startswith(name)
            )
            or _is_another_stacks(found["role"], found["session"])
        )


def _is_another_stacks(role: str, session: str) -> bool:
    """Whether another stack of why403's calls: two that watch one trail would tell each other's refusals, and ask more for each."""
    begun, handler, _ = session.partition(HANDLER)
    stack, _, part = begun.rpartition("-")
    function = f"-{INNER.sub('-', part).lower()}-"
    return bool(handler and stack and part) and role.startswith(stack) and function in role[len(stack) :]


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """Which groups to look at, which denials are expected or our own, and whether e-mail addresses count as secrets."""

    log_groups: LogGroups
    expected: tuple[ExpectedDenial, ...] = ()
    own: OwnRoles = OwnRoles()
    redact_emails: bool = False

    def expecting(self, now: int) -> Expect:
        """Judges one line at a time: a line that is expected says nothing of the others of its cause."""

        def expect(event: LogEvent, denial: Denial) -> Expectation | None:
            return find_expectation(self.expected, denial, now, log_group=event.log_group)

        return expect

    def without_own(self, classify: Classify) -> Classify:
        """What AWS's own record says that we were refused is left out; a line that only names us is not."""

        def others(event: LogEvent) -> tuple[Denial, ...]:
            denials = classify(event)
            for denial in denials:
                if denial.principal and self.own.has(denial.principal) and records_in(event.message):
                    return tuple(one for one in denials if not self.own.has(one.principal or ""))
            return denials

        return others


@lru_cache(maxsize=1)
def parse_watch(log_groups: str, expected: str, own: OwnRoles, *, redact_emails: bool) -> Watch:
    """From the environment's texts, once as long as they are the same; SettingsError says which is wrong and what was expected."""
    return Watch(
        log_groups=parse_log_groups(log_groups),
        expected=parse_expected(expected),
        own=own,
        redact_emails=redact_emails,
    )
