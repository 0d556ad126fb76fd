"""CloudTrail's record of the denied call: it names resources that the line does not, some minutes later.

Only management events are kept in the event history; the calls of data planes are left out.
https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from why403.denials.denial import Denial
from why403.log_events.log_event import LogEvent
from why403.reads import Answer, DeclaredRead, Read, Reply
from why403.services.register import NAMED

AROUND = timedelta(minutes=10)
MOST = 50
"""LookupEvents gives no more at once."""
DENIED = ("AccessDenied", "Unauthorized", "Client.UnauthorizedOperation", "KMSAccessDenied")
LOOKUP = DeclaredRead(
    "cloudtrail",
    "LookupEvents",
    "The record of a denied call names the resource, where CloudTrail keeps such calls.",
)
UNRECORDED = frozenset(action for each in NAMED for action in each.actions(each.unrecorded))
"""Actions that CloudTrail's event history does not keep."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """One denied call: who made it, when (ISO 8601), and the texts in which its resource may stand."""

    caller: str
    when: str
    texts: tuple[str, ...]


def ask_trail(denial: Denial, event: LogEvent) -> tuple[Read, ...]:
    """The read of this operation's calls around the denial; none where CloudTrail keeps no such calls."""
    if not denial.operation or not event.timestamp or denial.action in UNRECORDED:
        return ()
    moment = datetime.fromtimestamp(event.timestamp / 1000, tz=UTC).replace(second=0, microsecond=0)
    return (
        LOOKUP.of(
            LookupAttributes=[{"AttributeKey": "EventName", "AttributeValue": denial.operation}],
            StartTime=moment - AROUND,
            EndTime=moment + AROUND,
            MaxResults=MOST,
        ),
    )


def recorded(reply: Reply) -> tuple[Recorded, ...]:
    """The denied calls among those listed."""
    if not isinstance(reply, Answer):
        return ()
    return tuple(
        _recorded(event)
        for item in reply.items("Events")
        if str((event := _parsed(item)).get("errorCode", "")).startswith(DENIED)
    )


def _parsed(item: Mapping[str, Any]) -> Mapping[str, Any]:
    try:
        found = json.loads(str(item.get("CloudTrailEvent", "")))
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _recorded(event: Mapping[str, Any]) -> Recorded:
    identity = event.get("userIdentity")
    caller = str(identity.get("arn", "")) if isinstance(identity, Mapping) else ""
    return Recorded(caller, str(event.get("eventTime", "")), tuple(_texts(event)))


def _texts(event: Mapping[str, Any]) -> Iterable[str]:
    for resource in event.get("resources") or ():
        if isinstance(resource, Mapping) and resource.get("ARN"):
            yield str(resource["ARN"])
    parameters = event.get("requestParameters")
    if isinstance(parameters, Mapping):
        yield from (str(value) for value in parameters.values() if isinstance(value, str))
    yield str(event.get("errorMessage") or "")
