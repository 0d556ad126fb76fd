"""What a sighting adds to a known incident beside its lines: later times, other streams, further samples, a step of its life.

It is asked before anything is written, so that a storm of one cause writes this at most once a minute.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from why403.incidents.incident import Incident, Severity, State
from why403.incidents.life_cycle import next_state
from why403.incidents.life_cycle_events import Seen
from why403.incidents.severity import is_quiet, severity_of
from why403.incidents.sighting import Sighting, volume_of
from why403.incidents.table import MAX_SAMPLES, MAX_STREAMS

EXACT_TO_MS = 60_000
"""A minute: "last seen" need not be finer, and a storm would write the incident for each delivery."""


@dataclass(frozen=True, slots=True)
class Widening:
    """`incident` has the new times and only the streams to add; `sample`: keep the sighting's line too."""

    incident: Incident
    sample: bool


def widening(known: Incident, sighting: Sighting) -> Widening | None:
    """None where there is nothing to write. `known` may be a head: its samples have ids only."""
    stream = sighting.event.log_stream
    new_stream = bool(stream) and stream not in known.streams and len(known.streams) < MAX_STREAMS
    ids = {sample.event_id for sample in known.samples}
    sample = (
        len(ids) < MAX_SAMPLES and sighting.event.id not in ids and (new_stream or len(ids) < MAX_SAMPLES - 2)
    )
    later = sighting.last - known.last_seen >= EXACT_TO_MS
    earlier = sighting.first < known.first_seen
    if not (later or earlier or new_stream or sample):
        return None
    return Widening(
        replace(
            known,
            first_seen=min(known.first_seen, sighting.first),
            last_seen=max(known.last_seen, sighting.last),
            streams=(stream,) if new_stream else (),
        ),
        sample,
    )


def stands(sighting: Sighting, known: Incident, now: int) -> bool:
    """Whether nothing of the incident changes but its counts, and nobody has to ask these to know."""
    asks = known.severity is Severity.LOW and not is_quiet(sighting.denial)
    if asks or known.state is State.EXPECTED or widening(known, sighting) is not None:
        return False
    moved = next_state(known, seen(known, sighting, sighting.hours), now).incident
    return moved is known or moved == known


def seen(known: Incident, sighting: Sighting, counted: Mapping[int, int], *, unusual: bool = False) -> Seen:
    """What the sighting is to the incident's life, by what is counted: the start of each hour → its lines."""
    return Seen(
        last=sighting.last,
        loudness=severity_of(sighting.denial, volume_of(sighting, counted, known)),
        expectation=sighting.expectation,
        unusual=unusual,
    )
