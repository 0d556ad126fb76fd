"""A function URL of Slack's own → the incident that a button was pressed for. Only what Slack signed is looked at."""

from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext
from why403.deployed import slack_app
from why403.deployed.start import start
from why403.environment import metrics_namespace
from why403.errors import SettingsError, Why403Error
from why403.incidents.metric_names import Metric

logger = Logger(service="slack_app")
metrics = Metrics(namespace=metrics_namespace(), service="fix_page")  # one alarm for all that shows incidents
start(slack_app.CLIENTS)


@logger.inject_lambda_context
@metrics.log_metrics
def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """A function URL's event and answer, payload format 2.0."""
    metrics.add_metric(Metric.PAGES, MetricUnit.Count, 1)
    try:
        return slack_app.run(event)
    except SettingsError:
        logger.warning("The Slack app is not set up", exc_info=True)
        return slack_app.not_set_up()
    except Why403Error:
        metrics.add_metric(Metric.PAGES_FAILED, MetricUnit.Count, 1)
        logger.exception("Slack could not be answered")
        return slack_app.unavailable()
