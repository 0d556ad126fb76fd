"""The JSON message for machines: docs/message-schema.md, version 1.

It is what the SNS topic, EventBridge and PagerDuty's custom details carry.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from why403.diagnosis.diagnosis import Diagnosis
from why403.diagnosis.diagnosis_json import to_json
from why403.message import Message
from why403.notices.moments import iso
from why403.notices.naming import action, caller_arn, target_arn
from why403.notices.notice import Notice
from why403.notices.verdict import headline, title
from why403.notices.words import Language, say

SCHEMA = "why403.incident/1"
"""The name and major version: fields may be added within it, none is taken away or changes its meaning."""
HEAVY = ("held_back", "evidence", "before", "after", "commands", "diff", "policy_document", "near_miss")


def message_json(notice: Notice, longest: int) -> dict[str, Any]:
    """The message, at most `longest` bytes as JSON: what is heaviest is left out, and `left_out` names it."""
    message = _whole(notice)
    left_out: list[str] = []
    for name in (*HEAVY, "diagnosis"):
        if size(message) <= longest:
            break
        left_out.append(name)
        kept = _without(name)(message)
        message = {**kept, "left_out": left_out}
    return message


def size(message: Mapping[str, Any]) -> int:
    """Bytes of the message as it is sent."""
    return len(json.dumps(message, ensure_ascii=False).encode())


def attributes(notice: Notice) -> dict[str, str]:
    """What subscribers filter on: the values of `String` message attributes, none empty."""
    incident = notice.incident
    found = {
        "schema": SCHEMA,
        "transition": notice.transition.value,
        "severity": notice.severity.value,
        "state": incident.state.value if incident else "",
        "verdict": notice.diagnosis.denial.verdict.value,
        "service": notice.diagnosis.denial.service or action(notice).partition(":")[0],
        "action": action(notice),
        "log_group": notice.log_group,
        "account": notice.diagnosis.workload.account or notice.diagnosis.denial.account or "",
    }
    return {name: value for name, value in found.items() if value}


def _whole(notice: Notice) -> dict[str, Any]:
    incident = notice.incident
    return {
        "schema": SCHEMA,
        "transition": notice.transition.value,
        "fingerprint": notice.identity,
        "generation": incident.generation if incident else 1,
        "turn": incident.turn if incident else 0,
        "state": incident.state.value if incident else "open",
        "severity": notice.severity.value,
        "title": title(notice),
        "headline": headline(notice),
        "principal": caller_arn(notice),
        "action": action(notice),
        "resource": target_arn(notice),
        "account": notice.place.account if notice.place else "",
        "region": notice.place.region if notice.place else "",
        "log_group": notice.log_group,
        "log_streams": list(incident.streams) if incident else [],
        "held_back": [asdict(cause) for cause in incident.held_back] if incident else [],
        "count": incident.count if incident else 1,
        "first_seen": iso(incident.first_seen) if incident else "",
        "opened_at": iso(incident.began_at) if incident else "",
        "last_seen": iso(incident.last_seen) if incident else "",
        "links": {"page": notice.links.page, "logs": notice.links.logs, "caller": notice.links.caller},
        "diagnosis": diagnosis_json(notice.diagnosis),
        "left_out": [],
    }


def diagnosis_json(diagnosis: Diagnosis) -> dict[str, Any]:
    """The contract's object: beside each message's id its English text, for readers without our words."""
    told: dict[str, Any] = _with_english(to_json(diagnosis))
    return told


def _with_english(told: Any) -> Any:  # noqa: ANN401  # JSON
    if isinstance(told, dict) and set(told) == {"id", "values"}:
        return {**told, "text": say(Message(told["id"], told["values"]), Language.ENGLISH)}
    if isinstance(told, dict):
        return {name: _with_english(item) for name, item in told.items()}
    return [_with_english(item) for item in told] if isinstance(told, list) else told


def _without(name: str) -> Callable[[Any], Any]:
    def strip(told: Any) -> Any:  # noqa: ANN401  # JSON
        if isinstance(told, dict):
            return {key: strip(item) for key, item in told.items() if key != name}
        return [strip(item) for item in told] if isinstance(told, list) else told

    return strip
