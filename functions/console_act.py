"""A form of the console → our own record of an incident: a right of its own, beside that to look."""

from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext
from why403.deployed import console
from why403.deployed.start import start
from why403.environment import metrics_namespace
from why403.errors import Why403Error
from why403.incidents.metric_names import Metric

logger = Logger(service="console_act")
metrics = Metrics(namespace=metrics_namespace(), service="fix_page")  # one alarm for all that shows incidents
start(console.CLIENTS)


@logger.inject_lambda_context
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> str:
    """The event of a form's action; HTML."""
    metrics.add_metric(Metric.PAGES, MetricUnit.Count, 1)
    try:
        return console.run_act(event, context.invoked_function_arn)
    except Why403Error:
        metrics.add_metric(Metric.PAGES_FAILED, MetricUnit.Count, 1)
        logger.exception("The console could not be shown")
        return console.unavailable(context.invoked_function_arn)
