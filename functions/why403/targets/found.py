"""One piece of evidence that a resource is the one that was meant."""

from dataclasses import dataclass

from why403.message import Message


@dataclass(frozen=True, slots=True)
class Found:
    """`weight` is the chance, between 0 and 1, that the resource was meant if nothing else spoke for it."""

    arn: str
    message: Message
    weight: float
