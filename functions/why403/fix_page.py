"""The story of the fix page: a signed link → the incident's page; a form on it → a change of our own record.

Nothing is read before the link's signature holds, and nothing but the incident table is ever written.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from http import HTTPStatus

from why403.errors import LinkError, SettingsError
from why403.incidents.incident import Incident
from why403.incidents.life_cycle import next_state
from why403.incidents.table import IncidentTable
from why403.notices.load import NoticeMaker
from why403.notices.words import Language, word
from why403.page.forms import read_word, tomorrow_of
from why403.page.links import Link, LinkKeys, Purpose, sign, verify
from why403.page.render import render_page, render_plain_page
from why403.page.request import PageRequest, PageResponse

FORMS = (Purpose.MUTE, Purpose.UNMUTE, Purpose.EXPECT, Purpose.UNEXPECT)
SHOWN = frozenset({Purpose.VIEW, Purpose.SAVED})
READING, WRITING = frozenset({"GET", "HEAD"}), "POST"
TRIES = 3
"""How often a form is applied anew where somebody else changed the incident at the same moment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FixPages:
    """Everything that a page takes; `keys` fetches the links' keys, `now` in milliseconds since the epoch."""

    table: IncidentTable
    maker: NoticeMaker
    keys: Callable[[], LinkKeys]
    language: Language
    now: int


def fix_page(request: PageRequest, pages: FixPages) -> PageResponse:
    """Answer a browser. StoreError and DeliveryError where table or keys cannot be read."""
    if request.path != "/" or request.method not in READING | {WRITING}:
        return _refused(pages)
    try:
        keys = pages.keys()
        link = verify(request.query, keys, pages.now // 1000)
    except LinkError:
        return _refused(pages)
    if (link.purpose in SHOWN) != (request.method in READING):
        return _refused(pages)
    incident = pages.table.get(link.incident)
    if incident is None:
        return _plain(pages, HTTPStatus.NOT_FOUND, "not-found")
    if link.purpose in SHOWN:
        return _shown(incident, link, keys, pages, body=request.method != "HEAD")
    return _changed(incident, link, keys, request, pages)


def _shown(incident: Incident, link: Link, keys: LinkKeys, pages: FixPages, *, body: bool) -> PageResponse:
    notice = pages.maker.notice_of(incident)
    said = word("notices.page.saved", pages.language) if link.purpose is Purpose.SAVED else ""
    links = {purpose: _there(link, purpose, keys) for purpose in FORMS}
    page = render_page(notice, links=links, tomorrow=tomorrow_of(pages.now), said=said)
    return PageResponse(HTTPStatus.OK, page if body else "")


def _changed(
    incident: Incident, link: Link, keys: LinkKeys, request: PageRequest, pages: FixPages
) -> PageResponse:
    back = _there(link, Purpose.VIEW, keys)
    try:
        event = read_word(link.purpose, request.form or {}, pages.now, pages.language)
    except SettingsError as error:
        problem = word("notices.page.bad-form", pages.language, problem=str(error))
        return _unchanged(HTTPStatus.BAD_REQUEST, problem, back, pages.language)
    current: Incident | None = incident
    for _ in range(TRIES):
        if current is None:
            return _plain(pages, HTTPStatus.NOT_FOUND, "not-found")
        step = next_state(current, event, pages.now)
        if step.incident == current or pages.table.save(step.incident, expected=current):
            return PageResponse(HTTPStatus.SEE_OTHER, "", {"Location": _there(link, Purpose.SAVED, keys)})
        current = pages.table.get(link.incident)
    return _unchanged(
        HTTPStatus.CONFLICT, word("notices.page.not-saved", pages.language), back, pages.language
    )


def _unchanged(status: HTTPStatus, why: str, back: str, language: Language) -> PageResponse:
    """Nothing was written: why, and the way back to the incident."""
    return PageResponse(
        status, render_plain_page(why, word("notices.page.tell-us", language), language, back=back)
    )


def _there(link: Link, purpose: Purpose, keys: LinkKeys) -> str:
    """A link of another purpose for the same incident, valid no longer than the one that led here."""
    return f"?{sign(replace(link, purpose=purpose), keys)}"


def _refused(pages: FixPages) -> PageResponse:
    return _plain(pages, HTTPStatus.FORBIDDEN, "refused")


def _plain(pages: FixPages, status: HTTPStatus, told: str) -> PageResponse:
    """A page that says the same to everybody: it tells nobody whether an incident exists."""
    first = word(f"notices.page.{told}", pages.language)
    then = word("notices.page.refused-next", pages.language)
    return PageResponse(status, render_plain_page(first, then, pages.language))


def unavailable_page(language: Language) -> PageResponse:
    """What is answered where table or keys could not be read."""
    first, then = word("notices.page.unavailable", language), word("notices.page.unavailable-next", language)
    return PageResponse(HTTPStatus.SERVICE_UNAVAILABLE, render_plain_page(first, then, language))
