"""The PagerDuty event (Events API v2).

https://developer.pagerduty.com/docs/send-alert-event
"""

from typing import Any

from why403.incidents.incident import Severity
from why403.incidents.transition import Transition
from why403.notices.dialects.machines import message_json
from why403.notices.headline import place_of
from why403.notices.inert import one_line
from why403.notices.letter import Letter, LetterKind
from why403.notices.naming import action, who
from why403.notices.notice import Notice
from why403.notices.verdict import headline

SUMMARY, DETAILS, KEY, ROWS = 1_024, 300_000, 255, 20
SEVERITIES = {Severity.LOW: "info", Severity.MEDIUM: "warning", Severity.HIGH: "error"}
ENDS = frozenset({Transition.RESOLVED, Transition.MUTED, Transition.MUTED_UNTIL_FIXED, Transition.EXPECTED})
"""Nobody needs to be woken any longer."""
STARTS = frozenset(
    {
        Transition.OPENED,
        Transition.REGRESSED,
        Transition.ESCALATED,
        Transition.SURGED,
        Transition.UNMUTED,
        Transition.UNEXPECTED,
        Transition.STILL_DENIED,
    }
)


def render_pagerduty(notice: Notice, routing_key: str) -> dict[str, Any] | None:
    """The event, its deduplication key the fingerprint; None where it is none there, or hours are quiet."""
    if notice.transition in ENDS:
        return {"routing_key": routing_key, "event_action": "resolve", "dedup_key": _key(notice)}
    # What a newer version made of it wakes nobody twice: only where nobody was paged for it yet.
    starts = STARTS | {Transition.UNKNOWN} if notice.in_full else STARTS
    if notice.transition not in starts or notice.quiet:
        return None
    links = (notice.links.page, notice.links.logs, notice.links.caller)
    return {
        "routing_key": routing_key,
        "event_action": "trigger",
        "dedup_key": _key(notice),
        "client": "why403",
        "payload": {
            "summary": one_line(headline(notice), SUMMARY),
            "source": one_line(who(notice), SUMMARY),
            "severity": SEVERITIES[notice.severity],
            "group": one_line(place_of(notice), SUMMARY),
            "component": one_line(notice.log_group, SUMMARY),
            "class": one_line(action(notice), SUMMARY),
            "custom_details": message_json(notice, DETAILS),
        },
        "links": [{"href": url, "text": "why403"} for url in links if url],
    }


def write_pagerduty(letter: Letter, identity: str) -> dict[str, Any] | None:
    """Incidents that came too fast, as one; what is silenced wakes nobody."""
    if letter.kind is LetterKind.SILENCED:
        return None
    return {
        "event_action": "trigger",
        "dedup_key": identity,
        "client": "why403",
        "payload": {
            "summary": one_line(letter.title, SUMMARY),
            "source": "why403",
            "severity": SEVERITIES[Severity.MEDIUM],
            "custom_details": {"incidents": [one_line(row.text, SUMMARY) for row in letter.within(ROWS)]},
        },
        "links": [{"href": row.url, "text": "why403"} for row in letter.rows[:ROWS] if row.url],
    }


def _key(notice: Notice) -> str:
    return notice.identity[:KEY]
