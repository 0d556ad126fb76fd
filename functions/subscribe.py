"""A schedule, EventBridge and the stack's own deletion → subscribe: log groups that fit the globs have our filter."""

from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext
from why403.deployed import subscribe
from why403.deployed.start import start
from why403.environment import metrics_namespace
from why403.incidents.metric_names import Metric

ONE_MORE_MS = 130_000
"""The longest that one page of groups takes: 50 filters read and put at three a second, waits included."""

logger = Logger(service="subscribe")
metrics = Metrics(namespace=metrics_namespace(), service="subscribe")
start(subscribe.CLIENTS)


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> None:
    """{"task": "subscribe"}, an event of AWS's, or CloudFormation's. What fails goes up: it is tried again, then parked."""

    def has_time() -> bool:
        return context.get_remaining_time_in_millis() > ONE_MORE_MS

    if "ResponseURL" in event:
        logger.info("answered", extra={"failed": subscribe.answer(event, has_time)})
    elif event.get("task") != "subscribe":
        logger.info("heard", extra={"found": subscribe.hear(event)})
    elif done := subscribe.run(has_time):
        logger.info("subscribed", extra={"found": done})
        if missing := len(done.without) + done.more:
            metrics.add_metric(Metric.GROUPS_UNSUBSCRIBED, MetricUnit.Count, missing)
            metrics.flush_metrics()
