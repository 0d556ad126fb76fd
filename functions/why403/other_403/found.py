"""What was found out about a 403 that is no missing permission."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from why403.denials.denial import Denial
from why403.log_events.log_event import LogEvent
from why403.message import Message
from why403.reads import BlindSpot

HOST = re.compile(
    r"(?:(?<=//)|(?<![A-Za-z0-9./-]))(?:[a-z0-9][a-z0-9-]{0,62}\.){1,8}[a-z]{2,24}(?![A-Za-z0-9.-])",
    re.IGNORECASE,
)
"""A host by itself or after `//`; what follows one slash is a file of a path."""
MOST_TEXT = 8_000
"""Characters: the excerpt has 2,000; a host further off is no part of what was refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Other403:
    """`names` fill a playbook: `distribution`, `bucket`, `web_acl`, `rule`, `api`, `host` and the like."""

    names: Mapping[str, str] = field(default_factory=dict)
    findings: tuple[Message, ...] = ()
    unreadable: tuple[BlindSpot, ...] = ()


def hosts_in(denial: Denial, event: LogEvent) -> tuple[str, ...]:
    """The host names that the line tells, lower case, each once, in its order."""
    text = f"{denial.resource_name or ''} {denial.excerpt} {event.message}"[:MOST_TEXT]
    return tuple(dict.fromkeys(host.lower() for host in HOST.findall(text)))
