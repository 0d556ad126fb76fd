"""What a notice tells, told once: a Diagnosis and its incident's state → a handful of blocks of meaning, in order.

A dialect (dialects/) knows only its escaping, its forms and its budget. The state chooses what is told, never the
dialect.
"""

import re
from collections.abc import Iterator
from typing import assert_never

from why403.decisions.decision import Outcome
from why403.denials.denial import Kind, Verdict
from why403.iam.principal import PrincipalKind, parse_principal
from why403.incidents.incident import HeldBack, State
from why403.notices.blocks import (
    Action,
    Actions,
    Block,
    Changed,
    Fix,
    Folded,
    Headline,
    Meant,
    Others,
    RecentChange,
    Steps,
    Unknown,
    Why,
)
from why403.notices.changes_told import change_told
from why403.notices.checklist import rows
from why403.notices.headline import headline_of, is_settled
from why403.notices.inert import one_line
from why403.notices.naming import caller_arn, caller_name, short, thing
from why403.notices.notice import Notice
from why403.notices.offers import other_ways, section_of, suggested
from why403.notices.words import say, word

SAY_LITTLE = frozenset(
    {Kind.NONE, Kind.OTHER_AWS, Kind.OTHER_CREDENTIALS, Kind.SERVICE_NOT_ENABLED, Kind.CLOUDFRONT_OTHER}
)
"""Kinds of which our own words tell less than the line's."""
HOLES = re.compile(r"(?P<open>\{)(?:\s?,)+\s?|(?:\s?,)+\s?(?P<close>\})|,(?:\s?,)+\s?")
"""Commas around the fields of metadata that a line is read without."""
QUOTE = 280
"""Characters of the line that are quoted."""


def outline(notice: Notice) -> tuple[Block, ...]:
    """The blocks that the incident's state asks for, in the order to tell them; none of them is empty."""
    everything = whole_outline(notice)
    if not notice.in_full:
        return tuple(block for block in everything if isinstance(block, Headline | Folded | Actions))
    if is_settled(notice):
        return tuple(block for block in everything if isinstance(block, Headline | Why | Changed | Actions))
    return everything


def whole_outline(notice: Notice) -> tuple[Block, ...]:
    """All that there is to tell, whatever the state."""
    told = (
        headline_of(notice),
        _why(notice),
        _folded(notice),
        _changed(notice),
        _fix(notice),
        _steps(notice),
        _others(notice),
        _unknown(notice),
        _actions(notice),
    )
    return tuple(block for block in told if block is not None)


def _why(notice: Notice) -> Why | None:
    told = notice.diagnosis
    findings = (say(message, notice.language) for message in (*told.workload.findings, *told.findings))
    named = bool(told.denial.resource)
    why = Why(
        rows=rows(notice),
        quote=_quote(notice),
        meant="" if named or _says_from_what(notice) else _likeliest(notice),
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
    return word("notices.quote", notice.language, quote=HOLES.sub(_closed, one_line(denial.excerpt, QUOTE)))


def _closed(hole: re.Match[str]) -> str:
    """What stands around fields that were left out: one bracket, or one comma."""
    return hole["open"] or hole["close"] or ", "


def _says_from_what(notice: Notice) -> bool:
    """Whether the confidence already says from what the resource is inferred."""
    reason = notice.diagnosis.confidence_reason
    return reason is not None and bool(reason.values.get("variable"))


def _likeliest(notice: Notice) -> str:
    """Which resource was taken, and why, where the line names none."""
    for likeliest in notice.diagnosis.target_candidates[:1]:
        if likeliest.evidence and likeliest.evidence[0].id == "targets.in-line":
            return say(likeliest.evidence[0], notice.language)
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


def _folded(notice: Notice) -> Folded | None:
    """Each cause in a few words: `laravel-server: sqs:SendMessage, queue orders`."""
    causes = notice.incident.held_back if notice.incident else ()
    if not causes:
        return None
    told = tuple(_cause(cause, notice) for cause in causes)
    return Folded(word("notices.section.held-back", notice.language), told)


def _cause(cause: HeldBack, notice: Notice) -> str:
    what = thing(cause.resource, notice) if cause.resource else ""
    comma = word("notices.list.comma", notice.language)
    called = comma.join(part for part in (cause.action, what) if part)
    told = ": ".join(part for part in (short(cause.caller), called) if part)
    return word("notices.held-back.known", notice.language, cause=told) if cause.is_known else told


def _changed(notice: Notice) -> Changed | None:
    unknown = word("notices.change.unknown-by", notice.language)
    changes = tuple(
        RecentChange(
            change_told(change.what, notice.language),
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
    is_iam = notice.diagnosis.denial.verdict is Verdict.MISSING_PERMISSION
    is_user = parse_principal(caller_arn(notice)).kind is PrincipalKind.USER
    links = (
        ("page", "page" if has_draft and not is_settled(notice) else "incident", notice.links.page),
        ("act", "act", notice.links.act),
        ("logs", "logs", notice.links.logs),
        ("caller", "caller-user" if is_user else "caller", notice.links.caller if is_iam else ""),
    )
    told = tuple(
        Action(name, word(f"notices.button.{called}", notice.language), url)
        for name, called, url in links
        if url
    )
    terminal = _terminal(notice)
    return Actions(told, terminal) if told or terminal or notice.has_buttons else None


def _terminal(notice: Notice) -> str:
    """The commands that show the incident and answer it; empty where a link leads to it, or no stack has it."""
    incident = notice.incident
    if incident is None or not notice.stack or incident.fingerprint in notice.links.page:
        return ""
    answer: tuple[str, ...]
    match incident.state:
        case State.OPEN | State.REGRESSED if not incident.muted_until:
            answer = ("mute {} --for 4h",)
        case State.OPEN | State.REGRESSED | State.MUTED:
            answer = ("mute {} --end",)
        case State.EXPECTED:
            answer = ("expect {} --end",)
        case State.FIX_SEEN | State.RESOLVED | State.UNKNOWN:
            answer = ()
        case _:
            assert_never(incident.state)
    return notice.in_terminal(*(one.format(incident.fingerprint) for one in ("open {}", *answer)))
