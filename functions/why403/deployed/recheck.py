"""Recheck, deployed: open incidents are judged anew, and lines counted, with the function's own credentials."""

from collections.abc import Callable
from time import thread_time

from why403.aws.incident_table import milliseconds, open_table
from why403.aws.open_reader import open_reader
from why403.aws.session import client
from why403.aws.topic import publish
from why403.aws.workload_index import hints_in
from why403.deployed import diagnose
from why403.diagnose import judge_again
from why403.diagnosis.diagnosis import Diagnosis
from why403.environment import RecheckEnvironment
from why403.iam.place import place_of
from why403.incidents.hours import HOUR
from why403.incidents.incident import Incident
from why403.incidents.log_groups import parse_log_groups
from why403.incidents.reconcile import Reconciliation, reconcile, report
from why403.recheck import Recheck, recheck, stored_diagnosis

CLIENTS = ("dynamodb",)
READING = diagnose.READING


def run(own_arn: str, has_time: Callable[[], bool], hear: Callable[[Incident, Exception], None]) -> Recheck:
    """`has_time` says whether one more incident may be judged, `hear` is told of each that could not be."""
    told = RecheckEnvironment.read()
    place = place_of(own_arn)
    reader = open_reader(
        place, told.target_read_roles, told.organization_read_role, table_name=told.table_name
    )
    table = open_table(told.table_name, told.retention_days)

    def judge(incident: Incident) -> Diagnosis:
        known, now = stored_diagnosis(table, incident), milliseconds()
        hints = hints_in(
            told.table_name, incident.log_group, now=now, report=lambda error: hear(incident, error)
        )
        plan = judge_again(incident, known, place, now=now, clock=thread_time, hints=hints)
        return reader.run(plan, fresh=True)

    return recheck(
        table,
        judge,
        quiet_ms=told.quiet_hours_until_resolved * HOUR,
        now=milliseconds(),
        has_time=has_time,
        report=hear,
    )


def count(own_arn: str) -> Reconciliation:
    """Lines that match against lines that were counted; what is missing is told to the alarms topic."""
    told = RecheckEnvironment.read()
    found = reconcile(
        open_table(told.table_name, told.retention_days),
        open_reader(
            place_of(own_arn), told.target_read_roles, told.organization_read_role, table_name=told.table_name
        ).run,
        parse_log_groups(told.log_groups),
        told.tags,
        now=milliseconds(),
    )
    if text := report(found):
        what = "were never counted" if found.uncounted else "could not be counted"
        publish(told.topic_arn, text, client=client("sns"), subject=f"why403: log lines {what}")
    return found
