"""The PagerDuty event (Events API v2).

https://developer.pagerduty.com/docs/send-alert-event
"""

from typing import Any

from why403.incidents.incident import Severity
from why403.incidents.transition import Transition
from why403.notices.dialects.machines import message_json
from why403.notices.headline import place_of
from why403.notices.inert import linkless, plain_words
from why403.notices.letter import Letter, LetterKind
from why403.notices.naming import action, who
from why403.notices.notice import Notice
from why403.notices.verdict import headline

SUMMARY, DETAILS, KEY, ROWS = 1_024, 300_000, 255, 20
"""Characters of summary and key, as PagerDuty documents; bytes of details, of the event's 512 KB; rows of a letter."""
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
            "summary": plain_words(headline(notice), SUMMARY),
            "source": plain_words(who(notice), SUMMARY),
            "severity": SEVERITIES[notice.severity],
            "group": plain_words(place_of(notice), SUMMARY),
            "component": plain_words(notice.log_group, SUMMARY),
            "class": plain_words(action(notice), SUMMARY),
            "custom_details": _shown(message_json(notice, DETAILS)),
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
            "summary": plain_words(letter.title, SUMMARY),
            "source": "why403",
            "severity": SEVERITIES[Severity.MEDIUM],
            "custom_details": {"incidents": [plain_words(row.text, SUMMARY) for row in letter.within(ROWS)]},
        },
        "links": [{"href": row.url, "text": "why403"} for row in letter.rows[:ROWS] if row.url],
    }


def _shown(told: Any) -> Any:  # noqa: ANN401  # JSON
    """The details as people see them: PagerDuty makes links of addresses. Our own links stay."""
    if isinstance(told, dict):
        return {name: item if name == "links" else _shown(item) for name, item in told.items()}
    if isinstance(told, list):
        return [_shown(item) for item in told]
    return linkless(told) if isinstance(told, str) else told


def _key(notice: Notice) -> str:
    return notice.identity[:KEY]
