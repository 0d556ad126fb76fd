"""The other open incidents that a page leads to: of the same caller, or of the same log group where a line names none."""

from collections.abc import Callable

from why403.errors import StoreError
from why403.incidents.incident import Incident, Severity
from why403.incidents.table import IncidentTable
from why403.notices.moments import utc
from why403.notices.naming import caller_arn, short_name, thing
from why403.notices.notice import Notice
from why403.notices.words import word

LOOKED_AT = 100
"""Heads of open incidents that are read: what one BatchGetItem takes."""
SHOWN = 8
"""Links: what a person may follow; the others are in `why403 incidents`."""
LOUDEST_FIRST = (Severity.HIGH, Severity.MEDIUM, Severity.LOW)


def beside(
    notice: Notice, table: IncidentTable, way: Callable[[str], str]
) -> tuple[tuple[str, str, str], ...]:
    """The `way` to each by its id, what it is and how it stands: the loudest first, then those seen last.

    None where they cannot be read: the page is for its own incident.
    """
    incident, caller = notice.incident, short_name(caller_arn(notice))
    if incident is None:
        return ()
    try:
        heads = table.unresolved_heads(LOOKED_AT)
    except StoreError:
        return ()
    others = [head for head in heads if _is_beside(head, incident, caller)]
    others.sort(key=lambda head: (LOUDEST_FIRST.index(head.severity), -head.last_seen))
    return tuple((way(head.fingerprint), *_told(head, notice)) for head in others[:SHOWN])


def _is_beside(head: Incident, incident: Incident, caller: str) -> bool:
    """Accounts are not compared: a table holds those of one account's log groups."""
    if head.fingerprint == incident.fingerprint or not (head.denial.action or head.denial.operation):
        return False
    named = short_name(head.denial.principal or "")
    return named == caller if named and caller else head.log_group == incident.log_group


def _told(head: Incident, notice: Notice) -> tuple[str, str]:
    denial = head.denial
    on = denial.resource or denial.resource_name or ""
    values = {"action": denial.action or denial.operation or "", "what": thing(on, notice) if on else ""}
    loud = word(f"notices.severity.{head.severity}", notice.language)
    seen = utc(head.last_seen, notice.language)
    return word("notices.page.other", notice.language, **values), f"{loud} · {seen}"
