"""A resource that a denied call may have been for."""

from dataclasses import dataclass

from why403.message import Message


@dataclass(frozen=True, slots=True)
class Candidate:
    """`score` is between 0 and 1; a candidate that the line itself names has 1."""

    arn: str
    evidence: tuple[Message, ...]
    score: float


@dataclass(frozen=True, slots=True)
class Found:
    """`weight` is the chance, between 0 and 1, that the resource was meant if nothing else spoke for it."""

    arn: str
    message: Message
    weight: float
