"""CloudWatch Logs → triage. What fails goes up: Lambda tries twice more, then parks the delivery."""

from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext
from why403.aws.incident_table import milliseconds, open_table
from why403.denials.classify import classify
from why403.environment import TriageEnvironment
from why403.errors import PayloadError
from why403.incidents.metric_names import NAMESPACE, Metric
from why403.incidents.watch import parse_watch
from why403.triage import triage

logger = Logger(service="triage")
metrics = Metrics(namespace=NAMESPACE, service="triage")


@logger.inject_lambda_context
@metrics.log_metrics
def handler(event: dict[str, Any], _context: LambdaContext) -> None:
    """The subscription's target; the event is the payload as CloudWatch Logs sends it. Safe to repeat."""
    try:
        told = TriageEnvironment.read()
        table = open_table(told.table_name, told.retention_days)
        watch = parse_watch(told.log_groups, told.expected, redact_emails=told.redact_emails)
        triaged = triage(event, watch=watch, table=table, classify=classify, now=milliseconds())
    except Exception as error:
        unreadable = isinstance(error, PayloadError)
        metrics.add_metric(
            Metric.PAYLOADS_UNREADABLE if unreadable else Metric.TRIAGE_FAILED, MetricUnit.Count, 1
        )
        logger.exception("A delivery was not triaged; Lambda tries it again, then parks it")
        raise
    for name, value in triaged.metrics.items():
        metrics.add_metric(name, MetricUnit.Count, value)
