"""E-mail at a pace that SNS and people can bear: some alone, the rest of a burst in one digest.

Above 10 messages a second SNS suspends a subscription and deletes it after 48 hours.
https://docs.aws.amazon.com/sns/latest/dg/sns-email-notifications.html
"""

from collections.abc import Callable
from dataclasses import dataclass

from why403.delivery.channel import Destination, Doors, publish
from why403.delivery.email import EMAIL, publication
from why403.delivery.outlets import start_of
from why403.incidents.incident import Incident
from why403.incidents.table import IncidentTable
from why403.notices.dialects.email import render_digest
from why403.notices.notice import Notice

WINDOW = 10_000
"""Milliseconds in which ALONE e-mails go out alone."""
ALONE = 5
SWEEP, UNDER_WAY = 15 * 60_000, 150_000
"""Milliseconds: how far back a digest looks for incidents that were not mailed, and how long a mailing may take."""
MOST = 200
PACING = "email-pacing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailer:
    """`notice_of` makes the notice of an incident, `wants` says whether it is to be mailed; `now` in milliseconds."""

    table: IncidentTable
    doors: Doors
    topic: str
    notice_of: Callable[[Incident], Notice]
    wants: Callable[[Incident], bool]
    now: int

    def tell(self, notice: Notice, _thread: str) -> str | None:
        """None where the digest of this moment will tell it, or an update is more than the pace bears."""
        window = self.now // WINDOW
        places = range(ALONE)
        place = next(
            (n for n in places if self.table.claim_delivery(PACING, window, f"alone-{n}", self.now)), None
        )
        if place is not None:
            # The first of a window also takes up what a digest that broke off has left behind.
            left = (
                self._unmailed(notice, before=self.now - UNDER_WAY) if place == 0 and notice.in_full else []
            )
            self._send(notice, left)
            return ""
        if not notice.in_full or not self.table.claim_delivery(PACING, window, "digest", self.now):
            return None
        self.doors.wait(((window + 1) * WINDOW - self.now) / 1000)
        self._send(notice, self._unmailed(notice, before=(window + 1) * WINDOW))
        self.table.finish_delivery(PACING, window, "digest", "")
        return ""

    def _send(self, own: Notice, others: list[Incident]) -> None:
        """One e-mail, a digest where there are others; they are noted as mailed."""
        there = Destination(address=self.topic)
        if not others:
            EMAIL.tell(own, there, self.doors)
            return
        notices = [own, *(self.notice_of(incident) for incident in others)]
        publish(publication(render_digest(notices, SWEEP // 60_000, own.language)), there, self.doors)
        for other in others:
            start = start_of(EMAIL.name, other.generation)
            self.table.finish_delivery(other.fingerprint, other.generation, start, "")

    def _unmailed(self, own: Notice, before: int) -> list[Incident]:
        known = self.table.unresolved(MOST)
        recent = [one for one in known if self.now - SWEEP <= one.transition_at < before and self.wants(one)]
        return [one for one in recent if one.fingerprint != own.identity and not self._is_mailed(one)]

    def _is_mailed(self, incident: Incident) -> bool:
        start = start_of(EMAIL.name, incident.generation)
        return self.table.delivery_reference(incident.fingerprint, start) is not None
