"""The incident table's stream → diagnose. A record that fails is tried again, at last parked; the others go on."""

from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext
from why403.deployed import diagnose
from why403.deployed.start import start
from why403.environment import metrics_namespace
from why403.incidents.metric_names import Metric
from why403.incidents.outbox import parse_stream_record

logger = Logger(service="diagnose")
metrics = Metrics(namespace=metrics_namespace(), service="diagnose")
start(diagnose.CLIENTS, diagnose.READING)


@logger.inject_lambda_context
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """The stream's target. Answers with the first record that failed: Lambda goes on from there."""
    for record in event["Records"]:
        try:
            if turn := parse_stream_record(record):
                diagnose.run(turn, context.invoked_function_arn, published=_count, report=_report)
        except Exception:
            logger.exception("A turn was not diagnosed; Lambda tries it again, then parks it")
            metrics.add_metric(Metric.TURNS_FAILED, MetricUnit.Count, 1)
            return {"batchItemFailures": [{"itemIdentifier": record["dynamodb"]["SequenceNumber"]}]}
    return {"batchItemFailures": []}


def _count() -> None:
    metrics.add_metric(Metric.TURNS, MetricUnit.Count, 1)


def _report(error: Exception) -> None:
    logger.error("The diagnosis failed; the alert goes out with what the line tells", exc_info=error)
    metrics.add_metric(Metric.DIAGNOSES_FAILED, MetricUnit.Count, 1)
