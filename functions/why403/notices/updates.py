"""A life-cycle transition in one line."""

from why403.message import Message
from why403.notices.naming import action
from why403.notices.notice import Notice
from why403.notices.verdict import title
from why403.notices.words import say, word, words

MARKS = {
    "fix-seen": "🔧",
    "resolved": "✅",
    "muted": "🔕",
    "expected": "🔕",
    "grew": "📈",
    "surged": "📈",
}


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
    return f"{MARKS.get(notice.transition, '🚫')} {told} {why}".strip()
