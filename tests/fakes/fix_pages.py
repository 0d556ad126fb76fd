"""The fix page in memory, and what a person does with it."""

import html
import re
import secrets

from why403.fix_page import FixPages, fix_page
from why403.iam.place import Place
from why403.incidents.incident import State
from why403.notices.load import NoticeMaker
from why403.notices.words import Language
from why403.page.forms import Acting, day_after
from why403.page.links import Link, LinkKeys, Purpose, sign
from why403.page.request import PageRequest, PageResponse

from tests.fakes.incident_table import InMemoryIncidentTable
from tests.fakes.incidents import NOW, opened_incident

KEYS = LinkKeys("1", {"1": b"k" * 64})
LATER = NOW // 1000 + 3600
INCIDENT = opened_incident()
SOON = day_after(NOW, 30)


def opened_pages(acting: Acting = Acting.LINKS) -> FixPages:
    """The pages of a table that holds INCIDENT."""
    table = InMemoryIncidentTable()
    table.open(INCIDENT)
    return pages_of(table, acting=acting)


def pages_of(
    table: InMemoryIncidentTable,
    keys: LinkKeys = KEYS,
    language: Language = Language.ENGLISH,
    acting: Acting = Acting.LINKS,
) -> FixPages:
    maker = NoticeMaker(table=table, place=Place("123456789012", "us-east-1"), language=language)
    return FixPages(table=table, maker=maker, keys=lambda: keys, language=language, acting=acting, now=NOW)


def link(
    purpose: Purpose = Purpose.VIEW, until: int = LATER, incident: str = INCIDENT.fingerprint, bound: str = ""
) -> str:
    return sign(Link(incident, purpose, until, bound), KEYS)


def act(name: str = "") -> str:
    """A message's link to act; each `name` is another message's."""
    return link(Purpose.ACT, bound=f"{INCIDENT.generation}{name and '.' + name}")


def get(pages: FixPages, query: str, path: str = "/", method: str = "GET") -> PageResponse:
    return fix_page(PageRequest(method, path, query), pages)


def form_of(shown: PageResponse, purpose: Purpose) -> str:
    """The link that a form of the page posts to."""
    actions = re.findall(r'action="\?([^"]+)"', html.unescape(shown.body))
    return next(str(action) for action in actions if f"purpose={purpose}&" in action)


def post(pages: FixPages, purpose: Purpose, **fields: str) -> PageResponse:
    """As a person does: a message's link to act is opened, a form of it filled in and sent."""
    shown = get(pages, act(secrets.token_hex(8)))
    return fix_page(PageRequest("POST", "/", form_of(shown, purpose), fields), pages)


def state(pages: FixPages) -> State | None:
    found = pages.table.get(INCIDENT.fingerprint)
    return found.state if found else None
