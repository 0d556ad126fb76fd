"""Triage, deployed: a delivery is written to the function's own table."""

from collections.abc import Mapping
from typing import Any

from why403.aws.incident_table import milliseconds, open_table
from why403.aws.workload_index import open_index
from why403.denials.classify import classify
from why403.environment import TriageEnvironment
from why403.incidents.watch import parse_watch
from why403.triage import Triaged, triage

CLIENTS = ("dynamodb",)


def run(event: Mapping[str, Any]) -> Triaged:
    """`event` as CloudWatch Logs sends it; PayloadError where it is none, else the table's errors."""
    told = TriageEnvironment.read()
    watch = parse_watch(told.log_groups, told.expected, redact_emails=told.redact_emails)
    table = open_table(told.table_name, told.retention_days)
    roles = open_index(told.table_name).roles
    return triage(event, watch=watch, table=table, classify=classify, now=milliseconds(), roles=roles)
