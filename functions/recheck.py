"""The schedule → recheck: {"task": "recheck"} judges open incidents anew, {"task": "reconcile"} counts lines."""

from collections.abc import Mapping
from time import thread_time
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext
from why403.aws.incident_table import milliseconds, open_table
from why403.aws.open_reader import open_reader
from why403.aws.session import client
from why403.aws.topic import publish
from why403.diagnose import diagnose_incident
from why403.diagnosis.diagnosis import Diagnosis
from why403.environment import RecheckEnvironment
from why403.iam.place import place_of
from why403.incidents.hours import HOUR
from why403.incidents.incident import Incident
from why403.incidents.log_groups import parse_log_groups
from why403.incidents.metric_names import NAMESPACE, Metric
from why403.incidents.reconcile import reconcile, report
from why403.recheck import recheck

ONE_MORE_MS = 120_000
"""The longest that one diagnosis takes, calls and waits included."""

logger = Logger(service="recheck")
metrics = Metrics(namespace=NAMESPACE, service="recheck")


@logger.inject_lambda_context
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> None:
    """The rules' target. A run that fails goes up: it is tried again, and the next one comes anyway."""
    task = {"recheck": _recheck, "reconcile": _reconcile}[event["task"]]
    try:
        counts = task(RecheckEnvironment.read(), context)
    except Exception:
        metrics.add_metric(Metric.RUNS_FAILED, MetricUnit.Count, 1)
        logger.exception("A scheduled run failed", extra={"task": event["task"]})
        raise
    for name, value in counts.items():
        metrics.add_metric(name, MetricUnit.Count, value)


def _recheck(told: RecheckEnvironment, context: LambdaContext) -> Mapping[Metric, int]:
    place = place_of(context.invoked_function_arn)
    reader = open_reader(place, told.target_read_roles, told.organization_read_role)

    def judge(incident: Incident) -> Diagnosis:
        return reader.run(
            diagnose_incident(incident, place, now=milliseconds(), clock=thread_time), fresh=True
        )

    checked = recheck(
        open_table(told.table_name, told.retention_days),
        judge,
        quiet_ms=told.quiet_hours_until_resolved * HOUR,
        now=milliseconds(),
        has_time=lambda: context.get_remaining_time_in_millis() > ONE_MORE_MS,
        report=_report,
    )
    logger.info("rechecked", extra={"moved": checked.moved})
    return checked.metrics


def _report(incident: Incident, error: Exception) -> None:
    logger.error("An incident could not be judged", extra={"incident": incident.fingerprint}, exc_info=error)


def _reconcile(told: RecheckEnvironment, context: LambdaContext) -> Mapping[Metric, int]:
    place = place_of(context.invoked_function_arn)
    found = reconcile(
        open_table(told.table_name, told.retention_days),
        open_reader(place, told.target_read_roles, told.organization_read_role).run,
        parse_log_groups(told.log_groups),
        now=milliseconds(),
    )
    if text := report(found):
        what = "were never counted" if found.uncounted else "could not be counted"
        publish(told.topic_arn, text, client=client("sns"), subject=f"why403: log lines {what}")
    logger.info("reconciled", extra={"unchecked": found.unchecked, "unreadable": found.unreadable})
    return found.metrics
