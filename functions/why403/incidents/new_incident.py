"""The first writing of an incident."""

from why403.incidents.incident import Incident, State
from why403.incidents.sample import make_sample, without_secrets
from why403.incidents.severity import severity_of
from why403.incidents.sighting import Sighting, volume_of
from why403.incidents.step import StepReason, turn
from why403.incidents.transition import Transition


def new_incident(sighting: Sighting, now: int, *, counter: str = "", redact_emails: bool = False) -> Incident:
    """Open, and to be told; or expected, and silent. Nothing of it holds a secret."""
    expectation = sighting.expectation
    loudness = severity_of(sighting.denial, volume_of(sighting, sighting.hours))
    incident = Incident(
        fingerprint=sighting.fingerprint,
        denial=without_secrets(sighting.denial, redact_emails=redact_emails),
        log_group=sighting.event.log_group,
        account=sighting.event.account,
        region=sighting.event.region,
        state=State.OPEN if expectation is None else State.EXPECTED,
        severity=loudness.severity,
        loud_reason=loudness.reason,
        first_seen=sighting.first,
        opened_at=sighting.first,
        last_seen=sighting.last,
        samples=(make_sample(sighting.event, redact_emails=redact_emails),),
        streams=(sighting.event.log_stream,) if sighting.event.log_stream else (),
        expectation=expectation,
        told_count=sighting.lines,
        counter=counter,
    )
    if expectation is not None:
        return incident
    return turn(incident, Transition.OPENED, StepReason.NEW, now).incident
