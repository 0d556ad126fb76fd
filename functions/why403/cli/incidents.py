"""`why403 incidents`: what a stack of ours keeps of its incidents. It only reads."""

import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import click

from why403.aws.incident_table import milliseconds
from why403.cli.options import credentials, of_stack
from why403.cli.stored import StoredIncidents, open_stored
from why403.cli.terminal import json_line
from why403.incidents.hours import DAY, HOUR, MINUTE
from why403.incidents.incident import Incident
from why403.notices.inert import one_line

LISTED = 0
"""Exit status: an empty list is listed too."""
MOST = 200
"""Rows: three screens and more; each is an item of the table to read."""
ID_SHOWN = 8
"""Characters of an incident's id that people type; commands take any part that begins only one."""
EXAMPLES = """\
\b
examples:
  why403 incidents                           what is open, in the stack why403
  why403 incidents --stack security --all    muted, expected and resolved ones too
  why403 incidents --json | jq .action
\b
exit status: 0 listed, 2 usage or no such stack, 3 nothing could be read"""


@click.command("incidents", epilog=EXAMPLES)
@of_stack
@credentials
@click.option("--all", "whole", is_flag=True, help="Muted, expected and resolved incidents too.")
@click.option("--json", "as_json", is_flag=True, help="One object an incident, as JSON Lines.")
def command(stack: str, region: str, *, whole: bool, as_json: bool) -> int:
    """List the incidents of a deployed why403, those seen last first."""
    found = listed(open_stored(stack, region), whole=whole)
    if as_json:
        for incident in found:
            print(json_line(as_object(incident)))
        return LISTED
    print(_table(found) if found else "No incident is open." if not whole else "There are no incidents.")
    if found and sys.stdout.isatty():
        print("\nwhy403 open ID shows one; why403 mute ID --for 7d and why403 expect ID … answer it.")
    return LISTED


def listed(stored: StoredIncidents, *, whole: bool) -> list[Incident]:
    """Those that are open, or all, those seen last first; at most MOST."""
    found = stored.table.every(MOST) if whole else stored.table.unresolved(MOST)
    return sorted(found, key=lambda incident: -incident.last_seen)


def as_object(incident: Incident) -> dict[str, Any]:
    """An incident for machines; times are ISO 8601, what is not known is null."""
    denial = incident.denial
    return {
        "id": incident.fingerprint,
        "state": incident.state.value,
        "severity": incident.severity.value,
        "count": incident.count,
        "first_seen": iso(incident.first_seen),
        "last_seen": iso(incident.last_seen),
        "verdict": denial.verdict.value,
        "action": denial.action,
        "resource": denial.resource or denial.resource_name,
        "principal": denial.principal,
        "log_group": incident.log_group,
        "account": incident.account or None,
        "acknowledged_by": incident.acknowledged_by or None,
        "muted_until": incident.muted_until or None,
        "muted_by": incident.muted_by or None,
        "expected_by": incident.expectation.owner if incident.expectation else None,
        "expected_until": (incident.expectation.until or None) if incident.expectation else None,
    }


def _table(incidents: Iterable[Incident]) -> str:
    rows = [_row(incident) for incident in incidents]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]) - 1)]
    return "\n".join(
        "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[-1]])
        for row in rows
    )


def _row(incident: Incident) -> tuple[str, ...]:
    denial = incident.denial
    what = denial.action or denial.operation or denial.kind.value or denial.verdict.value
    target = denial.resource or denial.resource_name
    on = f" on {target}" if target else ""
    ends = incident.muted_until or (incident.expectation.until if incident.expectation else "")
    state = f"{incident.state.value} until {ends[:10]}" if ends else incident.state.value
    return (
        incident.fingerprint[:ID_SHOWN],
        state,
        incident.severity.value,
        f"{incident.count}×",
        ago(incident.last_seen),
        one_line(f"{what}{on} ({incident.log_group})", 200),
    )


def ago(moment: int) -> str:
    """How long ago that was, in milliseconds since the epoch: `3 h ago`."""
    past = milliseconds() - moment
    for unit, name in ((DAY, "d"), (HOUR, "h"), (MINUTE, "min")):
        if past >= unit:
            return f"{past // unit} {name} ago"
    return "now"


def iso(moment: int) -> str:
    """ISO 8601, in UTC."""
    return datetime.fromtimestamp(moment / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
