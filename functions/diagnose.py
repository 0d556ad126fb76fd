"""The incident table's stream → diagnose. A record that fails is tried again, at last parked; the others go on."""

from time import thread_time
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext
from why403.aws.incident_table import milliseconds, open_table
from why403.aws.open_reader import open_reader
from why403.aws.session import client
from why403.aws.topic import publish
from why403.diagnose import diagnose_turn
from why403.environment import DiagnoseEnvironment
from why403.iam.place import place_of
from why403.incidents.metric_names import NAMESPACE, Metric
from why403.incidents.outbox import parse_stream_record, turn_message
from why403.incidents.transition import Turn

logger = Logger(service="diagnose")
metrics = Metrics(namespace=NAMESPACE, service="diagnose")


@logger.inject_lambda_context
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """The stream's target. Answers with the first record that failed: Lambda goes on from there."""
    for record in event["Records"]:
        try:
            turn = parse_stream_record(record)
            if turn is not None:
                _diagnose(turn, context.invoked_function_arn)
        except Exception:
            logger.exception("A turn was not diagnosed; Lambda tries it again, then parks it")
            metrics.add_metric(Metric.TURNS_FAILED, MetricUnit.Count, 1)
            return {"batchItemFailures": [{"itemIdentifier": record["dynamodb"]["SequenceNumber"]}]}
    return {"batchItemFailures": []}


def _diagnose(turn: Turn, own_arn: str) -> None:
    told = DiagnoseEnvironment.read()
    place = place_of(own_arn)
    diagnose_turn(
        turn,
        table=open_table(told.table_name),
        ask=open_reader(place, told.target_read_roles, told.organization_read_role).run,
        tell=lambda said: _publish(told.topic_arn, said),
        report=_report,
        place=place,
        now=milliseconds(),
        clock=thread_time,
    )


def _publish(topic_arn: str, turn: Turn) -> None:
    publish(
        topic_arn, turn_message(turn), client=client("sns"), attributes={"transition": turn.transition.value}
    )
    metrics.add_metric(Metric.TURNS, MetricUnit.Count, 1)


def _report(error: Exception) -> None:
    logger.error("The diagnosis failed; the alert goes out with what the line tells", exc_info=error)
    metrics.add_metric(Metric.DIAGNOSES_FAILED, MetricUnit.Count, 1)
