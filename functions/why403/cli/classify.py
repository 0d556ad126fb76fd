"""`why403 classify`: JSON Lines of log events in, JSON Lines of what each denies out, in the same order."""

import json
from typing import Any

from why403.cli.line_by_line import answer_lines, as_json
from why403.denials.classify import classify
from why403.denials.denial import Denial
from why403.log_events.log_event import LogEvent

TOLD = """Read {"id", "message", "log_group"?, "log_stream"?} a line, and write what each was denied: one object a line, in
the same order, with "error" where a line is no event."""
EXAMPLES = "why403 classify < events.jsonl > denials.jsonl"


def run(_options: list[str]) -> int:
    """Classify standard input."""
    answer_lines(as_json(answer))
    return 0


def answer(line: bytes) -> dict[str, Any]:
    """The contract's object for one input line, with `error` where the line is not an event."""
    given = read_event(line)
    if "error" in given:
        return given
    event = LogEvent(given["message"], str(given.get("log_group") or ""), str(given.get("log_stream") or ""))
    return {"id": given["id"], **to_contract(classify(event)[0])}


def read_event(line: bytes) -> dict[str, Any]:
    """One input line's {"id", "message", "log_group"?, "log_stream"?}, or {"id", "error"} where it is no event."""
    try:
        given = json.loads(line)
    except (ValueError, RecursionError) as error:
        return {"id": None, "error": f"not JSON: {error}"}
    if not isinstance(given, dict) or not isinstance(given.get("message"), str):
        found = given.get("id") if isinstance(given, dict) else None
        return {"id": found, "error": 'expected an object with "id" and "message", a string'}
    return {
        "id": given.get("id"),
        **{key: given[key] for key in ("message", "log_group", "log_stream") if key in given},
    }


def to_contract(denial: Denial) -> dict[str, Any]:
    """A denial as `classify` writes it."""
    return {
        "verdict": denial.verdict,
        "service": denial.service,
        "operation": denial.operation,
        "action": denial.action,
        "actions": list(denial.actions),
        "resource": denial.resource,
        "principal": denial.principal,
        "deny_kind": denial.deny_kind,
        "policy_arn": denial.policy_arn,
        "authorization_id": denial.authorization_id,
        "kind": denial.kind or None,
    }
