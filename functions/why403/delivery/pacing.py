"""A rate for each outlet: so many notices are told one by one, the rest wait for a digest. Nothing is lost by it.

What is loud and what is news have places of their own, so that a flood of the one does not hold up the other. Beside
people's patience the rate keeps to what receivers bear: above 10 e-mails a second SNS suspends a subscription.
https://docs.aws.amazon.com/sns/latest/dg/sns-email-notifications.html
"""

from enum import StrEnum

from why403.incidents.incident import Severity
from why403.incidents.table import IncidentTable
from why403.incidents.transition import Transition, Turn

WINDOW = 5 * 60_000
"""Milliseconds in which the places of an outlet are counted anew, and from one digest to the next."""


class Pace(StrEnum):
    """What an outlet has places for."""

    HIGH = "high"
    """Begins, or becomes, loud."""
    NEW = "new"
    UPDATE = "update"


def pace_of(turn: Turn, severity: Severity, *, begins: bool) -> Pace:
    """Which places a notice takes."""
    if severity is Severity.HIGH and (begins or turn.transition is Transition.ESCALATED):
        return Pace.HIGH
    return Pace.NEW if begins else Pace.UPDATE


def has_place(table: IncidentTable, owner: str, turn: Turn, room: int, now: int) -> bool:
    """Whether the turn is told alone. The same answer for it however often it is asked within a window."""
    own = f"{turn.fingerprint}@{turn.turn}"
    return own in table.admit(f"pace:{owner}", now - now % WINDOW, [own], room)
