"""A diagnosis as the contract's JSON object (`why403 explain --json`), and back.

The object is a superset of the contract: other programs read the documented fields, notices read the rest.
docs/message-schema.md. No environment value is in it, and what came from the log line is redacted.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from why403.diagnosis.bounded import bounded
from why403.diagnosis.diagnosis import Diagnosis
from why403.diagnosis.plain_json import plain, restored
from why403.diagnosis.shared_secrets import without_shared_secrets
from why403.iam.reference import regions_of
from why403.log_events.redaction import redact

SHORTEST_VALUE = 8
"""Characters from which an environment value is looked for in the line: shorter ones are words."""


def to_json(diagnosis: Diagnosis) -> dict[str, Any]:
    """The object that is stored. What is not known is null or empty, never left out.

    What is printed and sent has texts beside the ids of messages: notices/dialects/machines.py.
    """
    safe = _safe(diagnosis)
    told: dict[str, Any] = _redacted(without_shared_secrets(plain(safe)), _names(diagnosis))
    if told["decision"] is not None:
        told["decision"] = {"decision": told["decision"].pop("outcome"), **told["decision"]}
    workload = told["workload"]
    for name in [name for name in workload if name == "arn" or name.endswith("_arn")]:
        workload[name] = workload[name] or None
    del workload["environment"]
    return told


def from_json(told: Mapping[str, Any]) -> Diagnosis:
    """The diagnosis that `to_json` told; KeyError, TypeError or ValueError where it did not."""
    decision = told.get("decision")
    if decision is not None:
        decision = {**decision, "outcome": decision["decision"]}
    found: Diagnosis = restored(Diagnosis, {**told, "decision": decision})
    return found


def _safe(diagnosis: Diagnosis) -> Diagnosis:
    workload = diagnosis.workload
    excerpt = diagnosis.denial.excerpt
    for value in _to_hide(diagnosis):
        excerpt = excerpt.replace(value, "[redacted:environment]")
    denial = replace(diagnosis.denial, excerpt=redact(excerpt))
    command = tuple(redact(part) for part in workload.command)
    return replace(
        bounded(diagnosis), denial=denial, workload=replace(workload, command=command, environment={})
    )


def _to_hide(diagnosis: Diagnosis) -> list[str]:
    """Environment values, the longest first, but for those that name the target or the caller."""
    denial = diagnosis.denial
    known = [denial.resource or "", denial.principal or "", denial.resource_name or ""]
    known += [candidate.arn for candidate in diagnosis.target_candidates]
    values = {value for value in diagnosis.workload.environment.values() if len(value) >= SHORTEST_VALUE}
    named = {value for value in values if any(value in one or _last(value) in one for one in known if one)}
    public = regions_of(diagnosis.workload.partition)
    return sorted(values.difference(named, public), key=len, reverse=True)


def _last(value: str) -> str:
    return value.rstrip("/").rpartition("/")[2] or value


def _names(diagnosis: Diagnosis) -> frozenset[str]:
    """What AWS's answers called the things around: free text that repeats them hides nothing."""
    workload = diagnosis.workload
    roles = (
        workload.task_role_arn,
        workload.execution_role_arn,
        workload.instance_role_arn,
        workload.role_arn,
    )
    of_remedies = [name for one in diagnosis.remedies for name in (one.target, one.policy_name)]
    arns = [*roles, workload.arn, *of_remedies, *(found.arn for found in diagnosis.target_candidates)]
    names = {part for arn in arns for part in (arn, _last(arn), _last(arn).rpartition(":")[2])}
    return frozenset({name for name in (*names, workload.name) if len(name) >= SHORTEST_VALUE})


def _redacted(told: Any, names: frozenset[str]) -> Any:  # noqa: ANN401  # JSON
    """Each message's values without what is secret in them."""
    if isinstance(told, dict) and set(told) == {"id", "values"}:
        return {**told, "values": {name: redact(text, names=names) for name, text in told["values"].items()}}
    if isinstance(told, dict):
        return {name: _redacted(item, names) for name, item in told.items()}
    return [_redacted(item, names) for item in told] if isinstance(told, list) else told
