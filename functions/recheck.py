"""The schedule → recheck: {"task": "recheck"} judges open incidents anew, {"task": "reconcile"} counts lines."""

from collections.abc import Mapping
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext
from why403.deployed import recheck
from why403.deployed.start import start
from why403.environment import metrics_namespace
from why403.incidents.incident import Incident
from why403.incidents.metric_names import Metric

ONE_MORE_MS = 120_000
"""The longest that one diagnosis takes, calls and waits included."""

logger = Logger(service="recheck")
metrics = Metrics(namespace=metrics_namespace(), service="recheck")
start(recheck.CLIENTS, recheck.READING)


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> None:
    """The rules' target. A run that fails goes up: it is tried again, and the next one comes anyway.

    A count of nothing is no metric: each costs by the hour in which it is sent, and a run comes every ten minutes.
    """
    task = {"recheck": _recheck, "reconcile": _reconcile}[event["task"]]
    try:
        counts = task(context)
    except Exception:
        _publish({Metric.RUNS_FAILED: 1})
        logger.exception("A scheduled run failed", extra={"task": event["task"]})
        raise
    _publish(counts)


def _publish(counts: Mapping[Metric, int]) -> None:
    told = {name: value for name, value in counts.items() if value}
    for name, value in told.items():
        metrics.add_metric(name, MetricUnit.Count, value)
    if told:
        metrics.flush_metrics()


def _recheck(context: LambdaContext) -> Mapping[Metric, int]:
    own_arn = context.invoked_function_arn
    checked = recheck.run(own_arn, lambda: context.get_remaining_time_in_millis() > ONE_MORE_MS, _report)
    logger.info("rechecked", extra={"moved": checked.moved})
    return checked.metrics


def _reconcile(context: LambdaContext) -> Mapping[Metric, int]:
    found = recheck.count(context.invoked_function_arn)
    logger.info("reconciled", extra={"unchecked": found.unchecked, "unreadable": found.unreadable})
    return found.metrics


def _report(incident: Incident, error: Exception) -> None:
    logger.error("An incident could not be judged", extra={"incident": incident.fingerprint}, exc_info=error)
