"""Everything that a notice can tell of one denial."""

from dataclasses import dataclass
from enum import StrEnum

from why403.changes.change import Change
from why403.decisions.decision import Decision, Request
from why403.denials.denial import Denial
from why403.message import Message
from why403.reads import BlindSpot
from why403.remedies.remedy import Remedy
from why403.targets.candidate import Candidate
from why403.workloads.workload import Workload


class Confidence(StrEnum):
    """HIGH: AWS's own words or record and our evaluation agree; LOW: something that decides could not be read."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


@dataclass(frozen=True, slots=True, kw_only=True)
class NextDenial:
    """A denial that the same call would meet after this one is mended."""

    action: str
    resource: str
    layer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """None for `request` and `decision`: the line has no call that could be judged (credentials and the like)."""

    denial: Denial
    workload: Workload
    request: Request | None
    decision: Decision | None
    target_candidates: tuple[Candidate, ...] = ()
    remedies: tuple[Remedy, ...] = ()
    next_denials: tuple[NextDenial, ...] = ()
    changes: tuple[Change, ...] = ()
    unreadable: tuple[BlindSpot, ...] = ()
    findings: tuple[Message, ...] = ()
    confidence: Confidence = Confidence.LOW
    confidence_reason: Message | None = None
    """Why it is as sure as that; None where an older release stored it."""
