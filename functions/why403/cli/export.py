"""`why403 export`: the calls that a stack's incidents know, as a file for the repository. It only reads."""

from collections.abc import Iterator, Mapping
from typing import Any

import click

from why403.cli.incidents import iso
from why403.cli.options import credentials
from why403.cli.stored import StoredIncidents, open_stored
from why403.cli.terminal import json_line
from why403.incidents.incident import Incident, State

EXPECTATIONS = {State.RESOLVED: "allow", State.EXPECTED: "deny"}
"""What was mended must stay allowed, what is meant must stay denied; what is open is neither yet."""
LIKE_PASSWORDS = {"aws:referer", "aws:useragent", "sts:externalid"}
NO_SAY = "no-say"
"""Of a call's resource policy: it was read, and neither allowed nor denied."""
MOST = 100_000
"""Incidents of a table that are exported."""
EXAMPLES = """\
\b
examples:
  why403 export why403 > incidents.jsonl
  why403 check --template template.yaml --requests incidents.jsonl
\b
exit status: 0 written, 2 usage or no such stack, 3 nothing could be read"""


@click.command("export", epilog=EXAMPLES)
@click.argument("stack")
@credentials
def command(stack: str, region: str) -> int:
    """Write the resolved and expected incidents of STACK as calls that `why403 check` replays, one a line."""
    for line in exported(open_stored(stack, region)):
        print(json_line(line))
    return 0


def exported(stored: StoredIncidents) -> Iterator[Mapping[str, Any]]:
    """Each incident that says how its call should be answered, by its id."""
    for incident in sorted(stored.table.every(MOST), key=lambda each: each.fingerprint):
        expectation = EXPECTATIONS.get(incident.state)
        diagnosis = stored.table.diagnosis(incident.fingerprint) if expectation else None
        request = _shareable((diagnosis or {}).get("request")) or _request(incident)
        if expectation and request:
            yield {
                "id": incident.fingerprint,
                "request": request,
                "expectation": expectation,
                **_resource_policy(diagnosis),
                "words": incident.expectation.reason if incident.expectation else "denied once, and mended",
                "when": iso(incident.resolved_at or incident.last_seen),
            }


def _resource_policy(diagnosis: Mapping[str, Any] | None) -> dict[str, str]:
    """What the resource's own policy had to say when it was read; nothing where it was not."""
    layers = ((diagnosis or {}).get("decision") or {}).get("layers") or []
    effects = {
        each.get("effect") for each in layers if isinstance(each, Mapping) and each.get("layer") == "resource"
    }
    had_no_say = bool(effects) and effects <= {"implicit-deny", "not-applicable"}
    return {"resource_policy": NO_SAY} if had_no_say else {}


def _shareable(request: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """The diagnosed call without values that stand in for passwords: a file of a repository is read by many."""
    if request is None:
        return None
    context = request.get("context") or {}
    kept = {key: value for key, value in context.items() if key.lower() not in LIKE_PASSWORDS}
    complete = bool(request.get("context_complete")) and len(kept) == len(context)
    return {**request, "context": kept, "context_complete": complete}


def _request(incident: Incident) -> dict[str, Any] | None:
    """The call as far as the line told it; None where that is too little."""
    denial = incident.denial
    if not (denial.principal and denial.action and denial.resource):
        return None
    told = {"principal": denial.principal, "action": denial.action, "resource": denial.resource}
    return {**told, "resource_account": denial.account or "", "context": {}, "context_complete": False}
