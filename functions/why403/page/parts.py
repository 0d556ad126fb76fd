"""What the page's templates show: the facts, the layers, the remedies and what stands around them."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, assert_never

from why403.decisions.decision import StatementEvidence
from why403.iam.layer import Layer
from why403.iam.principal import parse_principal
from why403.notices.blocks import Actions, Block, Changed, Fix, Folded, Headline, Others, Steps, Unknown, Why
from why403.notices.checklist import Row, given, listed, policy_name
from why403.notices.consoles import caller_page, resource_page
from why403.notices.headline import confidence, loudness
from why403.notices.inert import inert
from why403.notices.moments import utc
from why403.notices.naming import action, caller_arn, failing_url, target_arn
from why403.notices.notice import Notice
from why403.notices.offers import NEW, Offer, brief_of, suggested
from why403.notices.outline import whole_outline
from why403.notices.words import word
from why403.page.history import history_of

Part = dict[str, Any]
SAMPLE = 4_000
"""Characters of one log line."""
SHOWN_REMEDIES = 10
"""Remedies that a report names."""
ACCOUNT = re.compile(r"(?<!\d)\d{12}(?!\d)")
"""An account's number."""


def parts_of(notice: Notice) -> Part:
    """The template's values, by their names in it: the page tells all, whatever the incident's state."""
    shown: Part = {
        "rows": [],
        "facts": _facts(notice),
        "samples": _samples(notice),
        "findings": (),
        "candidates": (),
        "next_denials": (),
        "held_back": (),
        "changes": (),
        "others": [],
        "unreadable": (),
        "links": (),
        "others_open": notice.others_open,
        "history": list(history_of(notice)),
        "report": report_of(notice),
    }
    for block in whole_outline(notice):
        shown |= _part(block, notice)
    return shown


def _part(block: Block, notice: Notice) -> Part:
    told: Part
    match block:
        case Headline():
            told = {"title": block.title, "context": block.where}
        case Why():
            rows = [_layer(row, notice) for row in block.rows]
            findings = tuple(filter(None, (block.quote, block.meant, *block.findings)))
            told = {"rows": rows, "findings": findings, "candidates": block.candidates}
        case Folded():
            told = {"held_back": block.causes}
        case Changed():
            told = {"changes": block.changes}
        case Fix():
            offers = [_offer(offer, number, notice) for number, offer in enumerate(block.offers, 1)]
            told = {"offers": offers, "offers_section": block.heading}
        case Others():
            first = len(suggested(notice)) + 1
            offers = [_offer(offer, number, notice) for number, offer in enumerate(block.offers, first)]
            told = {"others": offers, "next_denials": block.next_denials}
        case Unknown():
            told = {"unreadable": block.spots}
        case Actions():
            told = {
                "links": [(link.label, link.url) for link in block.links if link.name not in {"page", "act"}]
            }
        case Steps():  # each offer shows its own
            told = {}
        case _:
            assert_never(block)
    return told


def _facts(notice: Notice) -> list[tuple[str, str, str]]:
    """Label, value, and the console's page of it or an empty text."""
    incident, region = notice.incident, notice.place.region if notice.place else ""
    found = {
        "caller": (caller_arn(notice), notice.links.caller),
        "action": (action(notice), ""),
        "target": (target_arn(notice), resource_page(target_arn(notice), region)),
        "url": (failing_url(notice), ""),
        "log-group": (notice.log_group, notice.links.logs),
        "request-id": (notice.diagnosis.denial.request_id or "", ""),
        "confidence": (confidence(notice), ""),
    }
    if incident is not None:
        found |= {
            "severity": (loudness(notice), ""),
            "count": (f"{incident.count:,}", ""),
            "first-seen": (utc(incident.first_seen, notice.language), ""),
            "last-seen": (utc(incident.last_seen, notice.language), ""),
        }
    return [
        (word(f"notices.label.{name}", notice.language), value, link)
        for name, (value, link) in found.items()
        if value
    ]


def report_of(notice: Notice) -> str:
    """A text for those who keep this tool: what was told of which line, without accounts and names of people."""
    told = notice.diagnosis
    decision = told.decision
    layers = (
        [f"{found.layer}: {found.effect} ({found.reason})" for found in decision.layers] if decision else []
    )
    lines = (
        f"verdict: {told.denial.verdict} {told.denial.kind}".strip(),
        f"action: {action(notice)}",
        f"caller: {parse_principal(caller_arn(notice)).kind}",
        f"workload: {told.workload.kind}",
        f"deny kind: {told.denial.deny_kind or 'none'}",
        f"confidence: {told.confidence} ({told.confidence_reason.id if told.confidence_reason else ''})",
        *layers,
        *(
            f"remedy {remedy.set}: {remedy.layer} {remedy.title.id}"
            for remedy in told.remedies[:SHOWN_REMEDIES]
        ),
        "line:",
        *(sample.message for sample in notice.samples[:1]),
        "",
        word("notices.page.wrong-what", notice.language),
    )
    return ACCOUNT.sub("123456789012", inert("\n".join(lines), SAMPLE))


def _samples(notice: Notice) -> list[dict[str, str]]:
    return [
        {
            "told": " · ".join(
                part
                for part in (utc(sample.timestamp, notice.language), sample.log_group, sample.log_stream)
                if part
            ),
            "message": inert(sample.message, SAMPLE),
        }
        for sample in notice.samples
    ]


ONE_POLICY = frozenset({Layer.RESOURCE, Layer.TRUST, Layer.BOUNDARY})
"""Layers in which a denied call meets one policy only."""
STATEMENTS = 12
"""Statements that a layer opens to; the near miss and those that fit best come first."""


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


LINES = {"+": "add", "-": "del"}
NOISE = re.compile(r"--- |\+\+\+ |@@ ")
"""Lines of a diff that name files and places: the file's name stands above."""
CONSOLE_LINK = re.compile(
    r"https://(?:[a-z0-9-]{1,30}\.)?console\.(?:aws\.amazon\.com|amazonaws\.cn|amazonaws-us-gov\.com)/[!-~]{1,4000}"
)
"""The only addresses in a text that become links: those of the AWS console."""


def _offer(offer: Offer, number: int, notice: Notice) -> Part:
    region = notice.place.region if notice.place else ""
    is_new = offer.diff.startswith(NEW)
    return {
        "way": offer.way,
        "file": offer.remedy.policy_name,
        "changed": word("notices.page.file-new" if is_new else "notices.page.file-changed", notice.language),
        "target_url": caller_page(offer.target) or resource_page(offer.target, region),
        "number": number,
        "title": offer.title,
        "target": offer.target,
        "adds": offer.adds,
        "proof": offer.proof,
        "proven": offer.remedy.proven,
        "risk": offer.risk,
        "wider": offer.wider,
        "why": offer.why,
        "owner": offer.remedy.owner and word("notices.owner", notice.language, owner=offer.remedy.owner),
        "source": offer.source,
        "agent": brief_of(offer, notice),
        "letter": offer.letter,
        "missing": offer.missing,
        "diff": [(_kind(line), line) for line in offer.diff.splitlines() if not NOISE.match(line)],
        "drafts": offer.drafts,
        "steps": [list(_pieces(step)) for step in offer.steps],
        "steps_first": not offer.drafts,
        "verify": offer.verify,
    }


def _kind(line: str) -> str:
    return LINES.get(line[:1], "same")


def _pieces(step: str) -> Iterator[tuple[str, str]]:
    """A step as (text, link); the link is empty where the text is none of the console's addresses."""
    end = 0
    for found in CONSOLE_LINK.finditer(step):
        yield step[end : found.start()], ""
        yield found[0].partition("/home")[0].removeprefix("https://"), found[0]
        end = found.end()
    yield step[end:], ""
