"""The incidents topic → notify: each turn is told to whom it concerns. What fails is tried again, then parked."""

from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext
from why403.aws.doors import open_doors
from why403.aws.incident_table import milliseconds, open_table
from why403.aws.secrets import open_secrets
from why403.delivery.outlets import Places
from why403.delivery.routing import parse_routes
from why403.environment import NotifyEnvironment
from why403.http import post
from why403.iam.place import place_of
from why403.incidents.metric_names import NAMESPACE, Metric
from why403.incidents.outbox import parse_turn
from why403.notices.load import NoticeMaker
from why403.notices.words import Language
from why403.notify import Telling, notify
from why403.page.links import PageLinks

logger = Logger(service="notify")
metrics = Metrics(namespace=NAMESPACE, service="notify")


@logger.inject_lambda_context
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> None:
    """The topic's subscriber. What could not be told goes up: Lambda tries the turn again, then parks it."""
    for record in event["Records"]:
        metrics.add_metric(Metric.TURNS, MetricUnit.Count, 1)
        turn = parse_turn(record["Sns"]["Message"])
        notified = notify(turn, _telling(NotifyEnvironment.read(), context.invoked_function_arn))
        metrics.add_metric(Metric.TOLD, MetricUnit.Count, len(notified.told))
        if notified.told and turn.at:
            metrics.add_metric(Metric.TOLD_AFTER, MetricUnit.Milliseconds, milliseconds() - turn.at)


def _telling(told: NotifyEnvironment, own_arn: str) -> Telling:
    places = Places(
        language=Language(told.language),
        hosts=told.webhook_hosts,
        addresses={
            "email": told.email_topic_arn,
            "chat": told.chat_topic_arn,
            "machines": told.machine_topic_arn,
            "events": told.event_bus_name,
        },
    )
    return Telling(
        table=open_table(told.table_name),
        routes=parse_routes(told.routes),
        places=places,
        doors=open_doors(post),
        maker=_maker(told, own_arn, places),
        report=_report,
        now=milliseconds(),
    )


def _maker(told: NotifyEnvironment, own_arn: str, places: Places) -> NoticeMaker:
    place = place_of(own_arn)
    links = PageLinks(
        url=told.page_url,
        hours=told.link_hours,
        secret=lambda: open_secrets().read(told.link_secret_arn),
        now=milliseconds() // 1000,
        report=lambda error: logger.error("No link to the fix page could be signed", exc_info=error),
    )
    return NoticeMaker(
        table=open_table(told.table_name),
        page=links.of,
        region=place.region,
        partition=place.partition,
        language=places.language,
        redact_emails=told.redact_emails,
    )


def _report(outlet: str, error: Exception) -> None:
    logger.error("An outlet did not take the notice", extra={"outlet": outlet}, exc_info=error)
    metrics.add_metric(Metric.DELIVERIES_FAILED, MetricUnit.Count, 1)
