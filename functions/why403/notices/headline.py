"""What stands on top of a notice: which incident it is, how it stands, how loud, how often, and how sure we are."""

from why403.diagnosis.diagnosis import Confidence
from why403.incidents.hours import MINUTE
from why403.incidents.incident import Incident, State
from why403.incidents.severity import why_so_loud
from why403.incidents.transition import Transition
from why403.message import Message
from why403.notices.blocks import Headline
from why403.notices.inert import one_line
from why403.notices.moments import moment_of, span, utc
from why403.notices.naming import caller_arn, failing_url, owner, target_arn
from why403.notices.notice import Notice
from why403.notices.verdict import headline, title
from why403.notices.words import say, word, words

DENIED = "🚫"
MARKS = {State.FIX_SEEN: "🔧", State.RESOLVED: "✅", State.MUTED: "🔕", State.EXPECTED: "🔕"}
PERSON = 100
"""Characters of a person's name, and of a reason that a person gave."""
FAST = 2
"""Lines a minute from which the rate is told by the minute: of fewer, the count and the time tell enough."""
OVER = frozenset({State.FIX_SEEN, State.RESOLVED})
"""States in which the call is no longer denied."""
SETTLED = frozenset(MARKS)
"""States in which nobody is told to do anything."""


def is_settled(notice: Notice) -> bool:
    """Whether the incident asks nobody for anything; an expected one that left its usual range does."""
    incident = notice.incident
    return incident is not None and incident.state in SETTLED and notice.transition is not Transition.SURGED


def was_denied(notice: Notice) -> str:
    """What stands before the verdict of an incident that is over, as the verdict is of the denial; else empty."""
    is_over = notice.incident is not None and notice.incident.state in OVER
    return word("notices.was", notice.language) if is_over else ""


def is_news(notice: Notice) -> bool:
    """Whether what happened to the incident is told, and not only that it is there."""
    opened = notice.incident is None or notice.transition is Transition.OPENED
    return not notice.in_full or is_settled(notice) or not opened


def headline_of(notice: Notice) -> Headline:
    """What stands on top."""
    told = notice.diagnosis
    facts = (
        ("caller", caller_arn(notice)),
        ("target", target_arn(notice)),
        ("where", where(notice)),
        ("url", failing_url(notice)),
        ("request-id", told.denial.request_id or ""),
        ("confidence", confidence(notice)),
    )
    return Headline(
        mark=_mark(notice),
        title=title(notice),
        now=_now(notice) if is_news(notice) else "",
        verdict=f"{was} {headline(notice)}" if (was := was_denied(notice)) else headline(notice),
        where=where(notice),
        severity=loudness(notice),
        confidence="" if told.confidence is Confidence.HIGH else confidence(notice),
        facts=tuple((label(name, notice), value) for name, value in facts if value),
    )


def loudness(notice: Notice) -> str:
    """`high (600 lines an hour or more)`; the level alone without an incident."""
    level = word(f"notices.severity.{notice.severity}", notice.language)
    if notice.incident is None:
        return level
    why = say(why_so_loud(notice.incident.loudness), notice.language)
    return word("notices.severity.because", notice.language, severity=level, why=why)


def confidence(notice: Notice) -> str:
    """`medium (the queue is inferred from SQS_QUEUE)`."""
    told = notice.diagnosis
    level = word(f"notices.confidence.{told.confidence}", notice.language)
    if told.confidence_reason is None:
        return level
    why = say(told.confidence_reason, notice.language)
    return word("notices.severity.because", notice.language, severity=level, why=why)


def label(name: str, notice: Notice) -> str:
    """Our word for a fact."""
    return word(f"notices.label.{name}", notice.language)


def _mark(notice: Notice) -> str:
    return MARKS.get(notice.incident.state, DENIED) if notice.incident else DENIED


def _now(notice: Notice) -> str:
    """`✅ Resolved after 2 h 14 min: laravel-server can't send to queue orders (sqs:SendMessage). 1,204 lines in all.`"""
    incident = notice.incident
    values = {
        "title": title(notice),
        "count": f"{incident.count if incident else 1:,}",
        **_end(notice),
        **(_spans(incident, notice) if incident else {}),
    }
    happened = word(f"notices.transition.{notice.transition}", notice.language, **values)
    return f"{_mark(notice)} {happened} {_because(notice)}".strip()


def end_of_mute(notice: Notice) -> str:
    """The day or, to the minute, the moment; a day counts by UTC."""
    until = notice.incident.muted_until if notice.incident else ""
    ends = moment_of(until)
    return utc(ends, notice.language) or until


def _end(notice: Notice) -> dict[str, str]:
    """Until when nobody is told of it; of what is expected also why."""
    expected = notice.incident.expectation if notice.incident else None
    if notice.transition is Transition.EXPECTED and expected is not None:
        return {"until": expected.until, "why": one_line(expected.reason, PERSON)}
    return {"until": end_of_mute(notice)}


def _spans(incident: Incident, notice: Notice) -> dict[str, str]:
    """How long it lasted, and how long it had been over; nothing where it has moved on since, or nobody knows."""
    began = incident.began_at
    if not began or incident.transition not in {None, notice.transition}:
        return {}
    ended = incident.fix_seen_at or incident.last_seen
    away = began - incident.resolved_at if incident.resolved_at else 0
    return {"lasted": span(ended - began, notice.language), "away": span(away, notice.language)}


def _because(notice: Notice) -> str:
    """Why it went where it went: who made it so, where that is known. Empty where there is no more to say."""
    if notice.by:
        return word("incidents.person-by", notice.language, by=one_line(notice.by, PERSON))
    reason = f"incidents.{notice.reason}"
    return say(Message(reason), notice.language) if reason in words(notice.language) else ""


def place_of(notice: Notice) -> str:
    """`account 123456789012, ap-northeast-1`: many accounts may share one channel. Empty where neither is known."""
    account, region = (notice.place.account, notice.place.region) if notice.place else ("", "")
    if not account or not region:
        return account or region
    return word("notices.place", notice.language, account=account, region=region)


def where(notice: Notice) -> str:
    """`account 123456789012, ap-northeast-1 · scout-admin-dev · 42 lines since 2025-06-12 09:01 UTC`."""
    owned = word("notices.owned-by", notice.language, owner=owner(notice)) if owner(notice) else ""
    return " · ".join(
        part for part in (place_of(notice), owned, _counted(notice), _acknowledged(notice)) if part
    )


def _acknowledged(notice: Notice) -> str:
    """Who looks after it; empty where just that is the news, which names the person."""
    is_news_itself = notice.transition is Transition.ACKNOWLEDGED and notice.by
    by = one_line(notice.incident.acknowledged_by, PERSON) if notice.incident and not is_news_itself else ""
    return word("notices.acknowledged-by", notice.language, by=by) if by else ""


def _counted(notice: Notice) -> str:
    """The log group, with how often and since when where there is an incident."""
    incident = notice.incident
    if incident is None:
        return notice.log_group
    first = utc(incident.first_seen, notice.language)
    values = {"group": incident.log_group, "count": f"{incident.count:,}", "first": first}
    counted = word("notices.context", notice.language, **values)
    parts = filter(None, (counted, _rate(notice, incident)))
    return word("notices.list.comma", notice.language).join(parts)


def _rate(notice: Notice, incident: Incident) -> str:
    """How fast they come: the busiest hour, or by the minute within the first; empty where the count says it."""
    if len(notice.occurrences) > 1:
        most = max(lines for _, lines in notice.occurrences)
        return word("notices.rate.hour", notice.language, count=f"{most:,}")
    minutes = (incident.last_seen - incident.first_seen) / MINUTE
    if minutes < 1 or incident.count < FAST * minutes:
        return ""
    return word("notices.rate.minute", notice.language, count=f"{round(incident.count / minutes):,}")
