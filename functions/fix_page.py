"""The function URL → the fix page. A page is always answered; what went wrong is logged and counted."""

from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext
from why403.aws.incident_table import milliseconds, open_table
from why403.aws.secrets import open_secrets
from why403.environment import FixPageEnvironment
from why403.errors import Why403Error
from why403.fix_page import FixPages, fix_page, unavailable_page
from why403.iam.place import place_of
from why403.incidents.metric_names import NAMESPACE, Metric
from why403.notices.load import NoticeMaker
from why403.notices.words import Language
from why403.page.links import parse_link_keys
from why403.page.request import parse_request

logger = Logger(service="fix_page")
metrics = Metrics(namespace=NAMESPACE, service="fix_page")


@logger.inject_lambda_context
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """A function URL's event and answer, payload format 2.0."""
    metrics.add_metric(Metric.PAGES, MetricUnit.Count, 1)
    told = FixPageEnvironment.read()
    try:
        response = fix_page(parse_request(event), _pages(told, context.invoked_function_arn))
    except Why403Error:
        metrics.add_metric(Metric.PAGES_FAILED, MetricUnit.Count, 1)
        logger.exception("The fix page could not be shown")
        response = unavailable_page(Language(told.language))
    return response.for_url()


def _pages(told: FixPageEnvironment, own_arn: str) -> FixPages:
    place = place_of(own_arn)
    table = open_table(told.table_name)
    language = Language(told.language)
    maker = NoticeMaker(
        table=table,
        page=lambda _incident: "",
        region=place.region,
        partition=place.partition,
        language=language,
    )
    return FixPages(
        table=table,
        maker=maker,
        keys=lambda: parse_link_keys(open_secrets().read(told.link_secret_arn)),
        language=language,
        now=milliseconds(),
    )
