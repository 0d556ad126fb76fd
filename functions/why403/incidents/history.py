"""What else the log group was denied in its last day: drafted together, it saves the next alerts.

https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from why403.denials.classify import classify
from why403.denials.denial import Denial, Verdict
from why403.denials.filter_terms import filter_pattern
from why403.iam.principal import parse_principal
from why403.incidents.hours import DAY
from why403.log_events.log_event import LogEvent
from why403.reads import Answer, BlindSpot, DeclaredRead, Plan, Unreadable

EVENTS_AT_MOST = 200
"""One page: a storm's day holds the same few causes many times, and each line is classified while a person waits."""

FILTER_LOG_EVENTS = DeclaredRead(
    "logs",
    "FilterLogEvents",
    "What else the same role was denied in the log group's last day, so that one draft covers it.",
    cache_seconds=300,
    absent=("ResourceNotFoundException",),
)


@dataclass(frozen=True, slots=True)
class History:
    """Denials of the last day, newest call first, each once."""

    denials: tuple[Denial, ...] = ()
    unreadable: tuple[BlindSpot, ...] = ()

    def and_of(self, events: Iterable[LogEvent]) -> "History":
        """With the denials of lines that were kept."""
        kept = tuple(_denials({"message": event.message} for event in events))
        return replace(self, denials=(*self.denials, *kept))

    def resources_like(self, denial: Denial) -> tuple[str, ...]:
        """The ARNs that the same caller was denied the same action on, this denial's first."""
        alike = (
            seen.resource
            for seen in self.denials
            if seen.action == denial.action and _same_caller(seen, denial)
        )
        return tuple(dict.fromkeys(arn for arn in (denial.resource, *alike) if arn))

    def other_actions(self, denial: Denial) -> tuple[tuple[str, str], ...]:
        """(action, resource ARN) of other calls that the same principal was denied."""
        return tuple(
            dict.fromkeys(
                (seen.action, seen.resource)
                for seen in self.denials
                if seen.action
                and seen.resource
                and (seen.action, seen.resource) != (denial.action, denial.resource)
                and _same_caller(seen, denial)
            )
        )


def read_history(event: LogEvent, now: int) -> Plan[History]:
    """Look one day back from the event, or from `now` (ms since the epoch) where it has no time. One round."""
    if not event.log_group:
        return History()
    end = event.timestamp or now
    (reply,) = yield (
        FILTER_LOG_EVENTS.of(
            logGroupName=event.log_group,
            filterPattern=filter_pattern(),
            startTime=max(0, end - DAY),
            endTime=end + 1,
            limit=EVENTS_AT_MOST,
        ),
    )
    match reply:
        case Answer():
            return History(tuple(_denials(reply.items("events"))))
        case Unreadable():
            return History(unreadable=(reply.spot(event.log_group),))


def _denials(events: Iterable[Mapping[str, Any]]) -> Iterable[Denial]:
    """The newest first, as they are listed with the oldest first."""
    for event in reversed(tuple(events)):
        for denial in classify(LogEvent(str(event.get("message", "")))):
            if denial.verdict is Verdict.MISSING_PERMISSION:
                yield denial


def _same_caller(seen: Denial, denial: Denial) -> bool:
    """The same role, whatever its session; a line that names nobody may be anybody's."""
    if not seen.principal or not denial.principal:
        return True
    one, other = parse_principal(seen.principal), parse_principal(denial.principal)
    return (one.account, one.name or one.arn) == (other.account, other.name or other.arn)
