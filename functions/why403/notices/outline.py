"""What a notice tells, told once: a Diagnosis and its incident's state → a handful of blocks of meaning, in order.

A dialect (dialects/) knows only its escaping, its forms and its budget. The state chooses what is told, never the
dialect.
"""

from collections.abc import Iterator

from why403.decisions.decision import Outcome
from why403.denials.denial import Kind
from why403.diagnosis.diagnosis import Confidence
from why403.iam.principal import PrincipalKind, parse_principal
from why403.incidents.incident import Incident, State
from why403.incidents.severity import why_so_loud
from why403.incidents.transition import Transition
from why403.message import Message
from why403.notices.blocks import (
    Action,
    Actions,
    Block,
    Changed,
    Fix,
    Headline,
    Meant,
    Others,
    RecentChange,
    Steps,
    Unknown,
    Why,
)
from why403.notices.checklist import rows
from why403.notices.inert import one_line
from why403.notices.moments import moment
from why403.notices.naming import caller_arn, caller_name, target_arn, thing
from why403.notices.notice import Notice
from why403.notices.offers import other_ways, section_of, suggested
from why403.notices.verdict import headline, title
from why403.notices.words import say, word, words

DENIED = "🚫"
MARKS = {State.FIX_SEEN: "🔧", State.RESOLVED: "✅", State.MUTED: "🔕", State.EXPECTED: "🔕"}
MINUTE_MS = 60_000
FAST = 2
"""Lines a minute from which the rate is told by the minute: of fewer, the count and the time tell enough."""
SAY_LITTLE = frozenset(
    {Kind.NONE, Kind.OTHER_AWS, Kind.OTHER_CREDENTIALS, Kind.SERVICE_NOT_ENABLED, Kind.CLOUDFRONT_OTHER}
)
"""Kinds of which our own words tell less than the line's."""
QUOTE = 280
"""Characters of the line that are quoted."""
SETTLED = frozenset(MARKS)
"""States in which nobody is told to do anything."""


def outline(notice: Notice) -> tuple[Block, ...]:
    """The blocks that the incident's state asks for, in the order to tell them; none of them is empty."""
    everything = whole_outline(notice)
    if not notice.in_full:
        return tuple(block for block in everything if isinstance(block, Headline | Actions))
    if is_settled(notice):
        return tuple(block for block in everything if isinstance(block, Headline | Why | Changed | Actions))
    return everything


def whole_outline(notice: Notice) -> tuple[Block, ...]:
    """All that there is to tell, whatever the state."""
    told = (
        _headline(notice),
        _why(notice),
        _changed(notice),
        _fix(notice),
        _steps(notice),
        _others(notice),
        _unknown(notice),
        _actions(notice),
    )
    return tuple(block for block in told if block is not None)


def is_settled(notice: Notice) -> bool:
    """Whether the incident asks nobody for anything; an expected one that left its usual range does."""
    incident = notice.incident
    return incident is not None and incident.state in SETTLED and notice.transition is not Transition.SURGED


def is_news(notice: Notice) -> bool:
    """Whether what happened to the incident is told, and not only that it is there."""
    opened = notice.incident is None or notice.transition is Transition.OPENED
    return not notice.in_full or is_settled(notice) or not opened


def _headline(notice: Notice) -> Headline:
    told = notice.diagnosis
    facts = (
        ("caller", caller_arn(notice)),
        ("target", target_arn(notice)),
        ("where", where(notice)),
        ("request-id", told.denial.request_id or ""),
        ("confidence", confidence(notice)),
    )
    return Headline(
        mark=_mark(notice),
        title=title(notice),
        now=_now(notice) if is_news(notice) else "",
        verdict=headline(notice),
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
    """`✅ Resolved: laravel-server: sqs:SendMessage denied on queue orders. 42 lines in all.`"""
    incident = notice.incident
    values = {
        "title": title(notice),
        "count": f"{incident.count if incident else 1:,}",
        "until": incident.muted_until if incident else "",
    }
    happened = word(f"notices.transition.{notice.transition}", notice.language, **values)
    reason = f"incidents.{notice.reason}"
    because = say(Message(reason), notice.language) if reason in words(notice.language) else ""
    return f"{_mark(notice)} {happened} {because}".strip()


def place_of(notice: Notice) -> str:
    """`account 123456789012, ap-northeast-1`: many accounts may share one channel. Empty where neither is known."""
    account, region = (notice.place.account, notice.place.region) if notice.place else ("", "")
    if not account or not region:
        return account or region
    return word("notices.place", notice.language, account=account, region=region)


def where(notice: Notice) -> str:
    """`account 123456789012, ap-northeast-1 · scout-admin-dev · 42 lines since 2025-06-12 09:01 UTC`."""
    return " · ".join(part for part in (place_of(notice), _counted(notice)) if part)


def _counted(notice: Notice) -> str:
    """The log group, with how often and since when where there is an incident."""
    incident = notice.incident
    if incident is None:
        return notice.log_group
    first = word("notices.page.utc", notice.language, time=moment(incident.first_seen))
    values = {"group": incident.log_group, "count": f"{incident.count:,}", "first": first}
    counted = word("notices.context", notice.language, **values)
    parts = filter(None, (counted, _rate(notice, incident)))
    return word("notices.list.comma", notice.language).join(parts)


def _rate(notice: Notice, incident: Incident) -> str:
    """How fast they come: the busiest hour, or by the minute within the first; empty where the count says it."""
    if len(notice.occurrences) > 1:
        most = max(lines for _, lines in notice.occurrences)
        return word("notices.rate.hour", notice.language, count=f"{most:,}")
    minutes = (incident.last_seen - incident.first_seen) / MINUTE_MS
    if minutes < 1 or incident.count < FAST * minutes:
        return ""
    return word("notices.rate.minute", notice.language, count=f"{round(incident.count / minutes):,}")


def _why(notice: Notice) -> Why | None:
    told = notice.diagnosis
    findings = (say(message, notice.language) for message in (*told.workload.findings, *told.findings))
    named = bool(told.denial.resource)
    why = Why(
        rows=rows(notice),
        quote=_quote(notice),
        meant="" if named else _likeliest(notice),
        findings=tuple(dict.fromkeys(findings)),
        candidates=() if named else tuple(_meant(notice)),
    )
    return why if why.rows or why.quote or why.meant or why.findings else None


def _quote(notice: Notice) -> str:
    """The line's own words, where we have few: `Macie is not enabled` says more than that a permission is missing."""
    denial, decision = notice.diagnosis.denial, notice.diagnosis.decision
    is_known = decision is not None and decision.outcome is not Outcome.UNKNOWN
    if is_known or denial.kind not in SAY_LITTLE or not denial.excerpt:
        return ""
    return word("notices.quote", notice.language, quote=one_line(denial.excerpt, QUOTE))


def _likeliest(notice: Notice) -> str:
    """Which resource was taken, and why, where the line names none."""
    for likeliest in notice.diagnosis.target_candidates[:1]:
        values = {
            "what": thing(likeliest.arn, notice),
            "evidence": say(likeliest.evidence[0], notice.language) if likeliest.evidence else "",
        }
        return word("notices.meant", notice.language, **values)
    return ""


def _meant(notice: Notice) -> Iterator[Meant]:
    """The first is the best match. No figure: they are no chances that add up."""
    for number, candidate in enumerate(notice.diagnosis.target_candidates):
        match = word("notices.match.possible" if number else "notices.match.best", notice.language)
        yield Meant(candidate.arn, match, tuple(say(one, notice.language) for one in candidate.evidence))


def _changed(notice: Notice) -> Changed | None:
    unknown = word("notices.change.unknown-by", notice.language)
    changes = tuple(
        RecentChange(
            change.what,
            change.when,
            change.by or unknown,
            caller_name(change.by, notice) if change.by else unknown,
        )
        for change in notice.diagnosis.changes
    )
    return Changed(word("notices.section.changes", notice.language), changes) if changes else None


def _fix(notice: Notice) -> Fix:
    offers = suggested(notice)
    remark = ""
    if len(offers) != 1:
        remark = word("notices.together" if offers else "notices.no-remedy", notice.language)
    return Fix(heading=word(section_of(offers), notice.language), remark=remark, offers=offers)


def _steps(notice: Notice) -> Steps | None:
    offers = suggested(notice)
    steps = tuple(dict.fromkeys(step for offer in offers if offer.drafts for step in offer.steps))
    verify = tuple(dict.fromkeys(command for offer in offers for command in offer.verify))
    if not steps and not verify:
        return None
    return Steps(
        heading=word("notices.section.steps", notice.language),
        steps=steps,
        verify_heading=word("notices.section.verify", notice.language),
        verify=verify,
    )


def _others(notice: Notice) -> Others | None:
    offers, denials = other_ways(notice), tuple(_next_denials(notice))
    heading = word("notices.section.alternatives", notice.language)
    return Others(heading=heading, offers=offers, next_denials=denials) if offers or denials else None


def _next_denials(notice: Notice) -> Iterator[str]:
    for denial in notice.diagnosis.next_denials:
        layer = word(f"notices.layer.{denial.layer}", notice.language) if denial.layer else ""
        values = {"action": denial.action, "what": denial.resource, "layer": layer}
        yield word("notices.next-denial", notice.language, **values)


def _unknown(notice: Notice) -> Unknown | None:
    spots = notice.diagnosis.unreadable
    return Unknown(word("notices.section.unreadable", notice.language), spots) if spots else None


def _actions(notice: Notice) -> Actions | None:
    has_draft = any(offer.drafts for offer in suggested(notice))
    is_user = parse_principal(caller_arn(notice)).kind is PrincipalKind.USER
    links = (
        ("page", "page" if has_draft and not is_settled(notice) else "incident", notice.links.page),
        ("logs", "logs", notice.links.logs),
        ("caller", "caller-user" if is_user else "caller", notice.links.caller),
    )
    told = tuple(
        Action(name, word(f"notices.button.{called}", notice.language), url)
        for name, called, url in links
        if url
    )
    return Actions(told) if told else None
