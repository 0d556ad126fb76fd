"""What the page's template shows around the verdict: facts, hints, changes, samples, links."""

from typing import Any

from why403.notices.findings import oddities
from why403.notices.inert import inert
from why403.notices.moments import moment
from why403.notices.naming import action, caller_arn, target_arn
from why403.notices.notice import Notice
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
