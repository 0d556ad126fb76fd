"""Door 3: the only reading of os.environ, one frozen dataclass a function.

The template's environment keys are these fields, upper case (tests/infra/test_environment.py). JSON values are
parsed by the stage that owns them.
"""

import base64
import gzip
import os
from dataclasses import dataclass, fields
from typing import Self

from why403.errors import SettingsError

PACKED = "gzip+base85:"
"""How a packed value begins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """What one function is told by its template. Every field is set, though it may be set to nothing."""

    @classmethod
    def read(cls) -> Self:
        """Take the fields from os.environ; SettingsError names all that are not there."""
        names = [field.name for field in fields(cls)]
        missing = [name.upper() for name in names if name.upper() not in os.environ]
        if missing:
            raise SettingsError(
                f"{cls.__name__}: the environment lacks {', '.join(missing)}. "
                "Deploy the stack again; these are set by infra/."
            )
        return cls(**{name: _unpacked(os.environ[name.upper()]) for name in names})


def _unpacked(value: str) -> str:
    """The value as it was before infra/function.py packed it, as 4,096 bytes must hold all of a function's."""
    if not value.startswith(PACKED):
        return value
    return gzip.decompress(base64.b85decode(value.removeprefix(PACKED))).decode()


@dataclass(frozen=True, slots=True, kw_only=True)
class TriageEnvironment(Environment):
    """functions/triage.py."""

    table_name: str
    log_groups: str
    """JSON: {"include": [glob], "exclude": [glob]}; events of other groups are dropped before any call."""
    expected: str
    """JSON: [{"role", "action", "resource", "reason", "owner", "until"?}], each a glob."""
    retention_days: str
    redact_emails: str
    """`true`: e-mail addresses are secrets too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DiagnoseEnvironment(Environment):
    """functions/diagnose.py."""

    table_name: str
    topic_arn: str
    """The incidents topic: {"fingerprint", "generation", "transition"} for notify, and for machines."""
    target_read_roles: str
    """JSON: {account id: role ARN} for targets in other accounts."""
    organization_read_role: str
    """ARN of a role in the management account that reads SCPs and RCPs, or empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotifyEnvironment(Environment):
    """functions/notify.py."""

    table_name: str
    routes: str
    """JSON, see delivery/routing.py."""
    language: str
    page_url: str
    """The fix page's function URL, or empty where the page is off."""
    link_secret_arn: str
    link_hours: str
    email_topic_arn: str
    chat_topic_arn: str
    machine_topic_arn: str
    """Takes the JSON message of docs/message-schema.md."""
    event_bus_name: str
    redact_emails: str
    webhook_hosts: str
    """Hosts beside the vendors' own that a webhook may name, comma separated; empty as a rule."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecheckEnvironment(Environment):
    """functions/recheck.py."""

    table_name: str
    topic_arn: str
    """The alarms topic: what the daily count of lines finds missing is told there. Transitions go by the outbox."""
    retention_days: str
    log_groups: str
    target_read_roles: str
    organization_read_role: str
    quiet_hours_until_resolved: str
    """Hours without a new line after a fix was seen, before an incident is resolved."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FixPageEnvironment(Environment):
    """functions/fix_page.py."""

    table_name: str
    language: str
    link_secret_arn: str
