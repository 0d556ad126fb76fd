"""An incident in one line: where it happens, and what happened to it."""

from why403.incidents.incident import State
from why403.message import Message
from why403.notices.moments import moment
from why403.notices.naming import action
from why403.notices.notice import Notice
from why403.notices.verdict import title
from why403.notices.words import say, word, words

DENIED = "🚫"
MARKS = {
    State.FIX_SEEN: "🔧",
    State.RESOLVED: "✅",
    State.MUTED: "🔕",
    State.EXPECTED: "🔕",
}


def mark_of(notice: Notice) -> str:
    """How the incident stands, at a glance."""
    return MARKS.get(notice.incident.state, DENIED) if notice.incident else DENIED


def place_of(notice: Notice) -> str:
    """`account 123456789012, ap-northeast-1`: many accounts may share one channel. Empty where neither is known."""
    account, region = (notice.place.account, notice.place.region) if notice.place else ("", "")
    if not account or not region:
        return account or region
    return word("notices.place", notice.language, account=account, region=region)


def context_line(notice: Notice) -> str:
    """`account 123456789012, ap-northeast-1 · scout-admin-dev · 42 lines since 2025-06-12 09:01 UTC`."""
    return " · ".join(part for part in (place_of(notice), _counted(notice)) if part)


def _counted(notice: Notice) -> str:
    """The log group, with how often and since when where there is an incident."""
    incident = notice.incident
    if incident is None:
        return notice.log_group
    first = word("notices.page.utc", notice.language, time=moment(incident.first_seen))
    values = {"group": incident.log_group, "count": str(incident.count), "first": first}
    return word("notices.context", notice.language, **values)


def update_line(notice: Notice) -> str:
    """`✅ Resolved: sqs:SendMessage denied. 42 lines in all.`: plain text, not escaped."""
    incident = notice.incident
    values = {
        "title": title(notice),
        "action": action(notice),
        "count": str(incident.count if incident else 1),
        "until": incident.muted_until if incident else "",
    }
    told = word(f"notices.transition.{notice.transition}", notice.language, **values)
    reason = f"incidents.{notice.reason}"
    why = say(Message(reason), notice.language) if reason in words(notice.language) else ""
    return f"{mark_of(notice)} {told} {why}".strip()
