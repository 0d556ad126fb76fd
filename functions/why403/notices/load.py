"""From what the table keeps to a notice."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from why403.diagnosis.diagnosis import Diagnosis
from why403.diagnosis.diagnosis_json import from_json
from why403.iam.place import Place
from why403.incidents.incident import Incident
from why403.incidents.table import IncidentTable
from why403.incidents.transition import Transition, Turn
from why403.log_events.redaction import redact
from why403.notices.consoles import links_of
from why403.notices.notice import Notice
from why403.notices.words import Language
from why403.workloads.workload import Workload, WorkloadKind


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeMaker:
    """`page` and `act` give an incident's links to its page, to look and to act, or empty texts.

    `place` is our own, for the console.
    """

    table: IncidentTable
    place: Place
    page: Callable[[Incident], str] = lambda _incident: ""
    act: Callable[[Incident], str] = lambda _incident: ""
    language: Language = Language.ENGLISH
    redact_emails: bool = False
    stack: str = ""
    """Whose commands are named to readers who are not in the terminal already; empty: none are."""
    has_buttons: bool = False

    def notice_of(self, incident: Incident, turn: Turn | None = None) -> Notice:
        """The notice of an incident, of one turn of it or as it stands."""
        notice = Notice(
            diagnosis=self._diagnosis(incident),
            incident=self._clean(incident),
            language=self.language,
            transition=turn.transition if turn else incident.transition or Transition.OPENED,
            place=Place(incident.account, incident.region or self.place.region, self.place.partition),
            reason=incident.reason if turn is None or turn.turn == incident.turn else "",
            by=incident.who_made(turn.turn if turn else incident.turn),
            stack=self.stack,
            stack_region=self.place.region,
            occurrences=self.table.occurrences(incident),
            has_buttons=self.has_buttons,
        )
        log_region = self.place.region if incident.region else ""
        return replace(notice, links=links_of(notice, self.page(incident), self.act(incident), log_region))

    def _diagnosis(self, incident: Incident) -> Diagnosis:
        """What was found, or what the line tells where nothing was: the alert goes out all the same."""
        stored = self.table.diagnosis(incident.fingerprint)
        found = read_diagnosis(stored) if stored is not None else None
        if found is None:
            here = Workload(
                kind=WorkloadKind.UNKNOWN,
                account=incident.account,
                region=incident.region or self.place.region,
                partition=self.place.partition,
                caller_arn=incident.denial.principal or "",
            )
            found = Diagnosis(denial=incident.denial, workload=here, request=None, decision=None)
        if found.workload.region:
            return found
        here = replace(found.workload, region=self.place.region, partition=self.place.partition)
        return replace(found, workload=here)

    def _clean(self, incident: Incident) -> Incident:
        """Samples were redacted before they were stored; once more, as rules may have been added since."""
        samples = tuple(
            replace(sample, message=redact(sample.message, emails=self.redact_emails))
            for sample in incident.samples
        )
        return replace(incident, samples=samples)


def read_diagnosis(stored: Mapping[str, Any]) -> Diagnosis | None:
    """The stored diagnosis; None where an earlier version stored it in a form that is not read any more."""
    try:
        return from_json(stored)
    except (KeyError, TypeError, ValueError):
        return None
