"""The address of an incident's page, as a notice carries it."""

from collections.abc import Callable
from dataclasses import dataclass

from why403.errors import DeliveryError, SettingsError
from why403.incidents.incident import Incident
from why403.notices.links import Link, Purpose, parse_link_keys, sign

HOUR = 3_600


@dataclass(frozen=True, slots=True, kw_only=True)
class PageLinks:
    """`url` is the function URL, empty where there is no page; `now` in seconds since the epoch."""

    url: str
    hours: int
    secret: Callable[[], str]
    """Reads the secret that holds the keys."""
    now: int
    report: Callable[[Exception], None]
    """Hears why no link could be signed: the notice goes out without one."""

    def of(self, incident: Incident) -> str:
        """The signed link to the incident's page, or an empty text."""
        if not self.url:
            return ""
        until = self.now + self.hours * HOUR
        try:
            query = sign(Link(incident.fingerprint, Purpose.VIEW, until), parse_link_keys(self.secret()))
        except (SettingsError, DeliveryError) as error:
            self.report(error)
            return ""
        return f"{self.url.rstrip('/')}/?{query}"
