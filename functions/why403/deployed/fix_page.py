"""The fix page, deployed: a browser is answered from the function's own table, its link checked with its own secret."""

from collections.abc import Mapping
from typing import Any

from why403.aws.incident_table import milliseconds, open_table
from why403.aws.secrets import open_secrets
from why403.environment import FixPageEnvironment
from why403.fix_page import FixPages, fix_page, unavailable_page
from why403.iam.place import place_of
from why403.notices.load import NoticeMaker
from why403.notices.words import Language
from why403.page.forms import Acting
from why403.page.links import parse_link_keys
from why403.page.request import PageResponse, parse_request

CLIENTS = ("dynamodb", "secretsmanager")


def run(event: Mapping[str, Any], own_arn: str) -> PageResponse:
    """`event` is a function URL's, payload format 2.0. Why403Error where table or secret cannot be read."""
    told = FixPageEnvironment.read()
    table, language = open_table(told.table_name), Language(told.language)
    maker = NoticeMaker(table=table, place=place_of(own_arn), language=language)
    pages = FixPages(
        table=table,
        maker=maker,
        keys=lambda: parse_link_keys(open_secrets().read(told.link_secret_arn)),
        language=language,
        acting=Acting(told.acting),
        now=milliseconds(),
    )
    return fix_page(parse_request(event), pages)


def unavailable() -> PageResponse:
    """The page where no other can be shown."""
    return unavailable_page(Language(FixPageEnvironment.read().language))
