"""The fix in the source: the one command that edits it, and a brief for a coding agent.

The brief is self-contained and redacted as all that is sent. What others could have written, a log line and the names in it,
stands in fences that it cannot close, and is said to be data.
"""

import json
import re
from dataclasses import replace
from typing import Any

from why403.diagnosis.diagnosis_json import to_json
from why403.iam.layer import Layer
from why403.notices.inert import inert
from why403.notices.notice import Notice
from why403.notices.words import word
from why403.remedies.remedy import Remedy, RemedyKind

EDITED = frozenset({Layer.IDENTITY, Layer.RESOURCE, Layer.TRUST})
"""Layers whose documents stand in a source as a role's or a resource's own."""
TOOLS = ("", "cloudformation", "cdk", "terraform")
"""Who may own what `why403 fix` edits; the first: nobody is known to."""
ID = 8
"""Characters of an incident's id that tell it from others in practice; `why403 fix` asks where they do not."""
FENCE = re.compile("`+")
"""Backticks in a text: a fence around it needs one more. https://spec.commonmark.org/0.31.2/#fenced-code-blocks"""
LINE = 2_000
"""Characters of the log line in a brief."""
LARGEST = 8_000
"""Characters of a policy in a brief; a larger one is left to the reader of the source."""


def fix_command(remedy: Remedy, notice: Notice) -> str:
    """What edits the source, in a checkout of it; empty where `why403 fix` has nothing to edit."""
    incident, remedies = notice.incident, notice.diagnosis.remedies
    is_edited = remedy.owner.partition(":")[0] in TOOLS
    alone = [each for each in remedies if each.set == remedy.set] == [remedy] and remedies[0] is remedy
    if incident is None or not alone or not is_edited or not _is_for_sources(remedy):
        return ""
    return f"why403 fix {incident.fingerprint[:ID]} --in . --branch"


def agent_brief(remedy: Remedy, notice: Notice) -> str:
    """The text to give a coding agent that has the repository; empty where no proven draft belongs into a source."""
    if not _is_for_sources(remedy):
        return ""
    # Of the remedies only this one is told: theirs may be many documents of many pages.
    told, language = to_json(replace(notice.diagnosis, remedies=())), notice.language
    request = told["request"] or {}
    facts = {
        "principal": request.get("principal"),
        "action": request.get("action"),
        "resource": request.get("resource"),
        "denied_by": (told["decision"] or {}).get("denied_by"),
        "change": remedy.target,
        "policy": str(remedy.layer),
        "owner": remedy.owner or None,
    }
    command = fix_command(remedy, notice)
    parts = [
        word("notices.agent.task", language),
        word("notices.agent.facts", language),
        _fenced(json.dumps(facts, indent=1, ensure_ascii=False), "json"),
        word("notices.agent.draft", language),
        _fenced(json.dumps(remedy.policy_document, indent=1, ensure_ascii=False), "json"),
        word("notices.agent.rules", language),
        *([word("notices.agent.command", language, command=command)] if command else []),
        *_proof(remedy, request, language),
    ]
    for sample in notice.samples[:1]:
        parts += [word("notices.agent.line", language), _fenced(inert(sample.message, LINE), "text")]
    return "\n\n".join(parts)


def _is_for_sources(remedy: Remedy) -> bool:
    is_grant = remedy.kind is RemedyKind.GRANT and remedy.proven and remedy.policy_document is not None
    return is_grant and remedy.layer in EDITED


def _proof(remedy: Remedy, request: dict[str, Any], language: Any) -> list[str]:  # noqa: ANN401
    """The input of `why403 evaluate`, with the policy as it will stand."""
    policy = {"name": remedy.policy_name, "document": remedy.after}
    policies = {"identity": [policy]} if remedy.layer is Layer.IDENTITY else {"resource": policy}
    line = json.dumps({"id": "after", "request": request, "policies": policies}, ensure_ascii=False)
    if not request or remedy.after is None or remedy.layer is Layer.TRUST or len(line) > LARGEST:
        return []
    return [word("notices.agent.proof", language), _fenced(line, "json")]


def _fenced(text: str, kind: str) -> str:
    longest = max((len(found) for found in FENCE.findall(text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{kind}\n{text}\n{fence}"
