"""`why403 classify`: JSON Lines of log events in, JSON Lines of what each denies out, in the same order."""

import json
import sys
from typing import Any

from why403.denials.classify import classify
from why403.denials.denial import Denial
from why403.log_events.log_event import LogEvent

USAGE_STATUS = 2


def run(arguments: list[str]) -> int:
    """Classify standard input; 2 where arguments are given."""
    if arguments:
        print("usage: why403 classify < events.jsonl > denials.jsonl", file=sys.stderr)
        return USAGE_STATUS
    for line in sys.stdin.buffer:
        if line.strip():
            print(json.dumps(answer(line)))
    return 0


def answer(line: bytes) -> dict[str, Any]:
    """The contract's object for one input line, with `error` where the line is not an event."""
    try:
        given = json.loads(line)
    except ValueError as error:
        return {"id": None, "error": f"not JSON: {error}"}
    if not isinstance(given, dict) or not isinstance(given.get("message"), str):
        found = given.get("id") if isinstance(given, dict) else None
        return {"id": found, "error": 'expected an object with "id" and "message", a string'}
    event = LogEvent(given["message"], str(given.get("log_group") or ""), str(given.get("log_stream") or ""))
    denials = classify(event)
    return {"id": given.get("id"), **to_contract(denials[0])}


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
