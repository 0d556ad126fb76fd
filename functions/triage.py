"""CloudWatch Logs → triage. What fails goes up: Lambda tries twice more, then parks the delivery."""

from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext
from why403.deployed import triage
from why403.deployed.start import start
from why403.environment import metrics_namespace
from why403.errors import PayloadError
from why403.incidents.metric_names import Metric

logger = Logger(service="triage")
metrics = Metrics(namespace=metrics_namespace(), service="triage")
start(triage.CLIENTS)


@logger.inject_lambda_context
@metrics.log_metrics
def handler(event: dict[str, Any], _context: LambdaContext) -> None:
    """The subscription's target; the event is the payload as CloudWatch Logs sends it. Safe to repeat."""
    try:
        triaged = triage.run(event)
    except Exception as error:
        failed = Metric.PAYLOADS_UNREADABLE if isinstance(error, PayloadError) else Metric.TRIAGE_FAILED
        metrics.add_metric(failed, MetricUnit.Count, 1)
        logger.exception("A delivery was not triaged; Lambda tries it again, then parks it")
        raise
    for name, value in triaged.metrics.items():
        metrics.add_metric(name, MetricUnit.Count, value)
