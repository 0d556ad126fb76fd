"""The incidents topic and the alarms topic → notify: each turn is told to whom it concerns. What fails is tried again, then parked.

A schedule → notify: {"task": "digest"} tells what came too fast to be told one by one, {"task": "silenced"} what is muted.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext
from why403.aws.incident_table import milliseconds
from why403.deployed import letters, notify
from why403.deployed.start import start
from why403.environment import metrics_namespace
from why403.incidents.metric_names import Metric
from why403.incidents.outbox import parse_turn

logger = Logger(service="notify")
metrics = Metrics(namespace=metrics_namespace(), service="notify")
start(notify.CLIENTS)


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> None:
    """The topics' subscriber, and the rules' target. What could not be told goes up: Lambda tries again, then parks it."""
    if "task" in event:
        _write(partial(letters.write_letters, event["task"], context.invoked_function_arn, _report))
        return
    for record in event["Records"]:
        told = record["Sns"]
        if letters.is_alarm(told):
            _write(partial(letters.tell_of_alarm, told, context.invoked_function_arn, _report))
        else:
            _tell(told, context)


def _write(write: Callable[[], tuple[str, ...]]) -> None:
    """A count of nothing is no metric: each costs by the hour in which it is sent, and a run comes every five minutes."""
    try:
        logger.info("letters", extra={"outlets": write()})
    finally:
        if metrics.metric_set:
            metrics.flush_metrics()


@metrics.log_metrics
def _tell(told: dict[str, Any], context: LambdaContext) -> None:
    metrics.add_metric(Metric.TURNS, MetricUnit.Count, 1)
    turn = parse_turn(told["Message"])
    notified = notify.run(turn, context.invoked_function_arn, _report)
    metrics.add_metric(Metric.TOLD, MetricUnit.Count, len(notified.told))
    if notified.told and turn.at:
        metrics.add_metric(Metric.TOLD_AFTER, MetricUnit.Milliseconds, milliseconds() - turn.at)


def _report(outlet: str, error: Exception) -> None:
    if outlet == notify.NO_LINK:
        logger.error("No link to the fix page could be signed", exc_info=error)
        return
    logger.error("An outlet did not take the notice", extra={"outlet": outlet}, exc_info=error)
    metrics.add_metric(Metric.DELIVERIES_FAILED, MetricUnit.Count, 1)
