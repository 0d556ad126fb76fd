"""A line as it may be kept and shown: redacted, then cut."""

from dataclasses import replace

from why403.denials.denial import Denial
from why403.incidents.incident import Incident, Sample
from why403.log_events.log_event import LogEvent
from why403.log_events.redaction import redact

LONGEST_SAMPLE = 4_000
"""Characters of a line that are kept."""


def make_sample(event: LogEvent, *, redact_emails: bool = False) -> Sample:
    """The event without secrets."""
    return Sample(
        message=_cut(redact(event.message, emails=redact_emails), len(event.message)),
        log_group=event.log_group,
        log_stream=event.log_stream,
        timestamp=event.timestamp,
        event_id=event.id,
    )


def _cut(kept: str, whole: int) -> str:
    """What is kept of a line of `whole` characters, saying how many are not."""
    if len(kept) <= LONGEST_SAMPLE:
        return kept
    room = LONGEST_SAMPLE - len(f" … [{whole} more characters]")
    return f"{kept[:room]} … [{whole - room} more characters]"


def without_secrets(denial: Denial, *, redact_emails: bool = False) -> Denial:
    """The denial as it may be stored: its texts redacted. The encoded message is AWS's, and no secret."""
    return replace(
        denial,
        excerpt=redact(denial.excerpt, emails=redact_emails),
        resource_name=redact(denial.resource_name, emails=redact_emails) if denial.resource_name else None,
    )


def sampled_events(incident: Incident) -> tuple[LogEvent, ...]:
    """The samples of a stored incident as the log events that they were, the newest first."""
    without = Sample(
        message=incident.denial.excerpt,
        log_group=incident.log_group,
        log_stream="",
        timestamp=incident.first_seen,
    )
    return tuple(
        LogEvent(
            message=sample.message,
            log_group=incident.log_group,
            log_stream=sample.log_stream,
            timestamp=sample.timestamp,
            id=sample.event_id,
            account=incident.account,
        )
        for sample in (*reversed(incident.samples), *(() if incident.samples else (without,)))
    )
