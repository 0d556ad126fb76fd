"""Notify, deployed: a turn is told through the function's own secrets, topics and bus."""

from collections.abc import Callable

from why403.aws.doors import open_doors
from why403.aws.incident_table import milliseconds, open_table
from why403.aws.secrets import open_secrets
from why403.delivery.outlets import Places
from why403.delivery.routing import parse_routes
from why403.environment import NotifyEnvironment
from why403.http import post
from why403.iam.place import place_of
from why403.incidents.transition import Turn
from why403.notices.consoles import dashboard_page
from why403.notices.load import NoticeMaker
from why403.notices.words import Language
from why403.notify import Notified, Telling, notify
from why403.page.links import PageLinks

CLIENTS = ("dynamodb", "secretsmanager", "sns")
NO_LINK = "page"
"""What `report` hears where no link to the fix page could be signed; else the outlet's name."""


def run(turn: Turn, own_arn: str, report: Callable[[str, Exception], None]) -> Notified:
    """`own_arn` is the function's; `report` hears what failed. DeliveryError where an outlet did not take it."""
    return notify(turn, telling_of(own_arn, report))


def telling_of(own_arn: str, report: Callable[[str, Exception], None]) -> Telling:
    """Everything that telling takes, of the function's own."""
    told = NotifyEnvironment.read()
    places = _places(told)
    return Telling(
        table=open_table(told.table_name),
        routes=parse_routes(told.routes),
        places=places,
        doors=open_doors(post),
        maker=_maker(told, own_arn, places.language, report),
        report=report,
        now=milliseconds(),
    )


def _places(told: NotifyEnvironment) -> Places:
    addresses = {
        "email": told.email_topic_arn,
        "chat": told.chat_topic_arn,
        "machines": told.machine_topic_arn,
        "events": told.event_bus_name,
    }
    return Places(language=Language(told.language), hosts=told.webhook_hosts, addresses=addresses)


def _maker(
    told: NotifyEnvironment, own_arn: str, language: Language, report: Callable[[str, Exception], None]
) -> NoticeMaker:
    place = place_of(own_arn)
    links = PageLinks(
        url=told.page_url,
        hours=told.link_hours,
        act_hours=told.act_hours,
        secret=lambda: open_secrets().read(told.link_secret_arn),
        now=milliseconds() // 1000,
        report=lambda error: report(NO_LINK, error),
    )
    dashboard = dashboard_page(place, told.console_dashboard)
    return NoticeMaker(
        table=open_table(told.table_name),
        page=(lambda _incident: dashboard) if dashboard else links.of,
        act=links.act_of,
        place=place,
        language=language,
        redact_emails=told.redact_emails,
        stack=told.stack_name,
        has_buttons=told.slack_app,
    )
