"""How loud an incident is, and why: docs/severity.md. Each route has a threshold of its own (delivery/routing.py)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from why403.denials.denial import Denial
from why403.incidents.incident import Loudness, LoudReason, Severity
from why403.message import Message

QUIET_LEVELS = frozenset({"TRACE", "DEBUG", "FINE", "FINER", "FINEST", "VERBOSE"})
AFTER_DEPLOYMENT_MS = 30 * 60 * 1000
"""A first denial this soon after the workload was deployed is most likely the deployment's."""
MANY = 600
"""Lines in an hour of an outage: ten a minute are users or a queue turned away, more than one job that tries again."""
SPREAD_STREAMS, SPREAD_LINES = 5, 60
"""Log streams, and lines in an hour, from which all of a service is hit: no single task, and no single request each."""

_ORDER = (Severity.LOW, Severity.MEDIUM, Severity.HIGH)


@dataclass(frozen=True, slots=True, kw_only=True)
class Volume:
    """What an incident's lines come to. Times in milliseconds since the epoch."""

    lines: int
    """As far as it matters whether there is more than one."""
    an_hour: int = 0
    """The most lines of one hour, of those that the newest lines lie in."""
    streams: int = 0
    """Log streams that it was seen in: tasks, functions' environments, instances."""
    again: bool = False
    """It had been resolved."""
    first_seen: int = 0
    started: str = ""
    """When the workload was deployed (Workload.started); empty before the diagnosis."""


def is_quiet(denial: Denial) -> bool:
    """Whether the line is a debug line, or says that the application went on without."""
    return denial.handled or (denial.level or "") in QUIET_LEVELS


def severity_of(denial: Denial, volume: Volume) -> Loudness:
    """LOW: handled, a debug line, or one line. MEDIUM: more. HIGH, which pages: an outage, a deployment's, a fix undone."""
    if is_quiet(denial):
        return Loudness(Severity.LOW, LoudReason.HANDLED)
    reason = _outage(volume)
    if reason is not None:
        return Loudness(Severity.HIGH, reason)
    several = volume.lines > 1
    if volume.again:
        return Loudness(Severity.HIGH if several else Severity.MEDIUM, LoudReason.REGRESSED)
    if several:
        return Loudness(Severity.MEDIUM, LoudReason.SEVERAL)
    return Loudness(Severity.LOW, LoudReason.SINGLE)


def _outage(volume: Volume) -> LoudReason | None:
    """Why somebody is to be paged, whatever went before."""
    if volume.an_hour >= MANY:
        return LoudReason.MANY
    if volume.streams >= SPREAD_STREAMS and volume.an_hour >= SPREAD_LINES:
        return LoudReason.SPREAD
    return LoudReason.DEPLOYED if _follows_deployment(volume.first_seen, volume.started) else None


def why_so_loud(loudness: Loudness) -> Message:
    """The reason in words, with the level that was reached."""
    values = {
        LoudReason.MANY: {"lines": f"{MANY:,}"},
        LoudReason.SPREAD: {"streams": str(SPREAD_STREAMS), "lines": str(SPREAD_LINES)},
        LoudReason.DEPLOYED: {"minutes": str(AFTER_DEPLOYMENT_MS // 60_000)},
    }
    return Message(f"incidents.loud.{loudness.reason}", values.get(loudness.reason, {}))


def louder(one: Loudness, other: Loudness) -> Loudness:
    """The louder of the two; the first where they are alike."""
    return max(one, other, key=lambda loudness: _ORDER.index(loudness.severity))


def most_an_hour(hours: Iterable[int], counted: Mapping[int, int]) -> int:
    """The most lines of one of the hours (their starts)."""
    return max((counted.get(hour, 0) for hour in hours), default=0)


def _follows_deployment(first_seen: int, started: str) -> bool:
    try:
        deployed = datetime.fromisoformat(started).timestamp() * 1000
    except ValueError:
        return False
    return 0 <= first_seen - deployed <= AFTER_DEPLOYMENT_MS
