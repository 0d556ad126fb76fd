"""The function URL → the fix page. A page is always answered; what went wrong is logged and counted."""

from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext
from why403.deployed import fix_page
from why403.deployed.start import start
from why403.environment import metrics_namespace
from why403.errors import Why403Error
from why403.incidents.metric_names import Metric

logger = Logger(service="fix_page")
metrics = Metrics(namespace=metrics_namespace(), service="fix_page")
start(fix_page.CLIENTS)


@logger.inject_lambda_context
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """A function URL's event and answer, payload format 2.0."""
    metrics.add_metric(Metric.PAGES, MetricUnit.Count, 1)
    try:
        response = fix_page.run(event, context.invoked_function_arn)
    except Why403Error:
        metrics.add_metric(Metric.PAGES_FAILED, MetricUnit.Count, 1)
        logger.exception("The fix page could not be shown")
        response = fix_page.unavailable()
    return response.for_url()
