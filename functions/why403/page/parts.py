"""What the page's templates show: the facts, the layers, the remedies and what stands around them."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from why403.decisions.decision import StatementEvidence
from why403.iam.layer import Layer
from why403.notices.checklist import Row, given, listed, policy_name, rows
from why403.notices.findings import oddities
from why403.notices.inert import inert
from why403.notices.moments import moment
from why403.notices.naming import action, caller_arn, target_arn
from why403.notices.notice import Notice
from why403.notices.offers import Offer, other_ways, section_of, suggested
from why403.notices.updates import context_line
from why403.notices.words import Language, say, word

SAMPLE = 4_000
"""Characters of one log line."""


def around_parts(notice: Notice) -> dict[str, Any]:
    """The template's values, by their names in it."""
    return {
        "context": context_line(notice),
        "facts": _facts(notice),
        "findings": oddities(notice),
        "candidates": _candidates(notice),
        "next_denials": _next_denials(notice),
        "changes": _changes(notice),
        "samples": _samples(notice),
        "links": _links(notice),
    }


def _facts(notice: Notice) -> list[tuple[str, str]]:
    incident = notice.incident
    found = {
        "caller": caller_arn(notice),
        "action": action(notice),
        "target": target_arn(notice),
        "log-group": notice.log_group,
        "request-id": notice.diagnosis.denial.request_id or "",
    }
    if incident is not None:
        found |= {
            "count": str(incident.count),
            "first-seen": _utc(incident.first_seen, notice.language),
            "last-seen": _utc(incident.last_seen, notice.language),
        }
    return [(word(f"notices.label.{name}", notice.language), value) for name, value in found.items() if value]


def _utc(milliseconds: int, language: Language) -> str:
    told = moment(milliseconds)
    return word("notices.page.utc", language, time=told) if told else ""


def _candidates(notice: Notice) -> list[dict[str, Any]]:
    """The ranked targets, where the line did not name its own."""
    if notice.diagnosis.denial.resource:
        return []
    return [
        {
            "arn": candidate.arn,
            "score": word("notices.score", notice.language, percent=str(round(candidate.score * 100))),
            "evidence": [say(message, notice.language) for message in candidate.evidence],
        }
        for candidate in notice.diagnosis.target_candidates
    ]


def _next_denials(notice: Notice) -> list[str]:
    told = []
    for denial in notice.diagnosis.next_denials:
        layer = word(f"notices.layer.{denial.layer}", notice.language) if denial.layer else ""
        values = {"action": denial.action, "what": denial.resource, "layer": layer}
        told.append(word("notices.next-denial", notice.language, **values))
    return told


def _changes(notice: Notice) -> list[dict[str, str]]:
    unknown = word("notices.change.unknown-by", notice.language)
    return [
        {"what": change.what, "when": change.when, "by": change.by or unknown}
        for change in notice.diagnosis.changes
    ]


def _samples(notice: Notice) -> list[dict[str, str]]:
    return [
        {
            "told": " · ".join(
                part
                for part in (_utc(sample.timestamp, notice.language), sample.log_group, sample.log_stream)
                if part
            ),
            "message": inert(sample.message, SAMPLE),
        }
        for sample in notice.samples
    ]


def _links(notice: Notice) -> list[tuple[str, str]]:
    links = (("logs", notice.links.logs), ("caller", notice.links.caller))
    return [(word(f"notices.button.{name}", notice.language), url) for name, url in links if url]


Part = dict[str, Any]
ONE_POLICY = frozenset({Layer.RESOURCE, Layer.TRUST, Layer.BOUNDARY})
"""Layers in which a denied call meets one policy only."""
STATEMENTS = 12
"""Statements that a layer opens to; the near miss and those that fit best come first."""


def layer_parts(notice: Notice) -> list[Part]:
    """The checklist's rows."""
    return [_layer(row, notice) for row in rows(notice)]


def _layer(row: Row, notice: Notice) -> Part:
    evidence = sorted(row.finding.evidence, key=lambda one: len(one.misses))
    if row.finding.near_miss is not None and row.finding.near_miss not in evidence:
        evidence.insert(0, row.finding.near_miss)
    return {
        "mark": row.mark.value,
        "css": "forbids"
        if row.finding.effect == "explicit-deny"
        else row.mark.name.lower().replace("_", "-"),
        "layer": row.layer,
        "policy": "" if row.policy in row.reason else row.where,
        "word": row.word,
        "reason": row.reason,
        "near_miss": row.near_miss,
        "statements": [_statement(one, notice) for one in evidence[:STATEMENTS]],
    }


def _statement(one: StatementEvidence, notice: Notice) -> Part:
    return {
        "effect": one.effect,
        "statement": one.statement,
        "policy": policy_name(one.policy, notice),
        "parts": list(_fits(one, notice)),
        "wanted": listed(one.wanted, notice),
        "conditions": [
            {
                "key": condition.key,
                "operator": condition.operator,
                "wanted": listed(condition.wanted, notice),
                "given": given(condition, notice),
                "match": condition.match.value,
                "told": word(f"notices.match.{condition.match}", notice.language),
            }
            for condition in one.conditions
        ],
        "document": _document(one, notice),
    }


def _fits(one: StatementEvidence, notice: Notice) -> Iterator[tuple[str, str, str]]:
    for name, match in (("action", one.action), ("resource", one.resource), ("principal", one.principal)):
        label = word(f"notices.label.{name}-part", notice.language)
        yield label, match.value, word(f"notices.match.{match}", notice.language)


def _document(one: StatementEvidence, notice: Notice) -> str:
    """The statement as it stands, where a remedy holds the policy that it is in."""
    for remedy in notice.diagnosis.remedies:
        is_its_policy = one.layer in ONE_POLICY or remedy.policy_name == one.policy
        if remedy.layer is not one.layer or not is_its_policy or not isinstance(remedy.before, Mapping):
            continue
        statements = remedy.before.get("Statement", [])
        held = statements if isinstance(statements, list) else [statements]
        statement = held[one.index] if one.index < len(held) else None
        if isinstance(statement, Mapping) and statement.get("Sid", f"#{one.index + 1}") == one.statement:
            return json.dumps(statement, indent=2, ensure_ascii=False)
    return ""


LINES = {"+": "add", "-": "del", "@": "at"}
CONSOLE_LINK = re.compile(
    r"https://(?:[a-z0-9-]{1,30}\.)?console\.(?:aws\.amazon\.com|amazonaws\.cn|amazonaws-us-gov\.com)/[!-~]{1,4000}"
)
"""The only addresses in a text that become links: those of the AWS console."""


def offer_parts(notice: Notice) -> Part:
    """The remedies, in order: those to do now, all of them, and those to choose among instead."""
    first = suggested(notice)
    now = [_offer(offer, number) for number, offer in enumerate(first, 1)]
    others = [_offer(offer, number) for number, offer in enumerate(other_ways(notice), len(first) + 1)]
    return {"offers": now, "others": others, "offers_section": section_of(first)}


def _offer(offer: Offer, number: int) -> Part:
    return {
        "number": number,
        "title": offer.title,
        "target": offer.target,
        "adds": offer.adds,
        "proof": offer.proof,
        "proven": offer.remedy.proven,
        "risk": offer.risk,
        "wider": offer.wider,
        "why": offer.why,
        "owner": offer.owner,
        "missing": offer.missing,
        "diff": [(_kind(line), line) for line in offer.diff.splitlines()],
        "drafts": offer.drafts,
        "steps": [list(_pieces(step)) for step in offer.steps],
        "steps_first": not offer.drafts,
        "verify": offer.verify,
    }


def _kind(line: str) -> str:
    return "at" if line.startswith(("--- ", "+++ ")) else LINES.get(line[:1], "same")


def _pieces(step: str) -> Iterator[tuple[str, str]]:
    """A step as (text, link); the link is empty where the text is none of the console's addresses."""
    end = 0
    for found in CONSOLE_LINK.finditer(step):
        yield step[end : found.start()], ""
        yield found[0].partition("/home")[0].removeprefix("https://"), found[0]
        end = found.end()
    yield step[end:], ""
