"""The story of the fix page: a signed link → the incident's page; a form on it → a change of our own record.

Nothing is read before the link's signature holds, and nothing but the incident table is ever written.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from http import HTTPStatus

from why403.errors import LinkError, LinkExpiredError, SettingsError
from why403.incidents.incident import Incident
from why403.incidents.table import IncidentTable
from why403.notices.load import NoticeMaker
from why403.notices.words import Language, word
from why403.page.beside import beside
from why403.page.forms import Acting, forms_of, read_word, save_word
from why403.page.links import Link, LinkKeys, Purpose, chain_of, life_of, sign, state_of, verify
from why403.page.render import render_page, render_plain_page
from why403.page.request import PageRequest, PageResponse

FORMS = (Purpose.MUTE, Purpose.UNMUTE, Purpose.EXPECT, Purpose.UNEXPECT)
SHOWN = frozenset({Purpose.VIEW, Purpose.SAVED, Purpose.ACT})
READING, WRITING = frozenset({"GET", "HEAD"}), "POST"
FORM_SECONDS = 3_600
"""How long a form may stand open: what it is bound to will have changed by then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FixPages:
    """Everything that a page takes; `keys` fetches the links' keys, `now` in milliseconds since the epoch."""

    table: IncidentTable
    maker: NoticeMaker
    keys: Callable[[], LinkKeys]
    language: Language
    acting: Acting
    now: int


@dataclass(frozen=True, slots=True)
class _Visit:
    """A request whose link is good."""

    request: PageRequest
    link: Link
    keys: LinkKeys
    pages: FixPages

    @property
    def chain(self) -> str:
        """What the link to act, and every form that came of it, is noted under: one of them acts, once."""
        return chain_of(self.link, self.request.query)

    @property
    def form_name(self) -> str:
        """What a form of a link is noted under: the link's own name."""
        return self.link.bound.rpartition(".")[2]

    def there(self, purpose: Purpose, bound: str = "") -> str:
        """A link of another purpose for the same incident, valid no longer than the one that led here."""
        until = self.link.until
        if purpose in FORMS:
            until = min(until, self.pages.now // 1000 + FORM_SECONDS)
        return f"?{sign(replace(self.link, purpose=purpose, bound=bound, until=until), self.keys)}"


def fix_page(request: PageRequest, pages: FixPages) -> PageResponse:
    """Answer a browser. StoreError and DeliveryError where table or keys cannot be read."""
    if request.path != "/" or request.method not in READING | {WRITING}:
        return _plain(pages, HTTPStatus.FORBIDDEN, "refused")
    try:
        keys = pages.keys()
        link = verify(request.query, keys, pages.now // 1000)
    except LinkExpiredError:
        return _plain(pages, HTTPStatus.FORBIDDEN, "expired")
    except LinkError:
        return _plain(pages, HTTPStatus.FORBIDDEN, "refused")
    if (link.purpose in SHOWN) != (request.method in READING):
        return _plain(pages, HTTPStatus.FORBIDDEN, "refused")
    incident = pages.table.get(link.incident)
    if incident is None:
        return _plain(pages, HTTPStatus.NOT_FOUND, "not-found")
    visit = _Visit(request, link, keys, pages)
    return _shown(incident, visit) if link.purpose in SHOWN else _changed(incident, visit)


def _shown(incident: Incident, visit: _Visit) -> PageResponse:
    pages = visit.pages
    notice = pages.maker.notice_of(incident)
    why_not = _why_not(incident, visit)
    name = visit.chain if visit.link.purpose is Purpose.ACT else secrets.token_urlsafe(12)
    bound = f"{state_of(incident)}.{name}"
    links = {} if why_not else {purpose: visit.there(purpose, bound) for purpose in FORMS}
    forms = forms_of(notice.incident, notice.language, links, pages.now)
    said = "saved" if visit.link.purpose is Purpose.SAVED else why_not
    words = word(f"notices.page.{said}", pages.language) if said else ""
    told = {"remark": words} if said in AS_ALWAYS else {"said": words}
    others = beside(notice, pages.table, lambda fingerprint: _seen(fingerprint, visit))
    page = render_page(replace(notice, others_open=others), forms=forms, **told)
    return PageResponse(HTTPStatus.OK, page if visit.request.method != "HEAD" else "")


def _seen(fingerprint: str, visit: _Visit) -> str:
    """A link to look at another incident, valid no longer than the one that led here."""
    return f"?{sign(Link(fingerprint, Purpose.VIEW, visit.link.until), visit.keys)}"


AS_ALWAYS = frozenset({"view-only", "acting-off"})
"""Nothing has happened: told below, not on top."""


def _why_not(incident: Incident, visit: _Visit) -> str:
    """Why this link leads to no form; empty where it does."""
    is_to_act = visit.link.purpose is Purpose.ACT
    match visit.pages.acting:
        case Acting.OFF:
            return "acting-off"
        case Acting.LINKS if not is_to_act:
            return "view-only"
    if life_of(incident) != visit.link.bound.partition(".")[0]:
        return "moved-on"
    return "used" if visit.pages.table.is_link_used(visit.chain) else ""


def _changed(incident: Incident, visit: _Visit) -> PageResponse:
    pages, link = visit.pages, visit.link
    if refused := _refusal(incident, visit):
        return _unchanged(*refused, visit)
    try:
        event = read_word(link.purpose, visit.request.form or {}, pages.now, pages.language)
    except SettingsError as error:
        return _unchanged(HTTPStatus.BAD_REQUEST, "bad-form", visit, problem=str(error))
    if not pages.table.use_link(visit.form_name, pages.now):
        return _unchanged(HTTPStatus.CONFLICT, "used", visit)
    if save_word(incident, event, pages.table, pages.now):
        return PageResponse(HTTPStatus.SEE_OTHER, "", {"Location": visit.there(Purpose.SAVED)})
    return _unchanged(HTTPStatus.CONFLICT, "not-saved", visit)


def _refusal(incident: Incident, visit: _Visit) -> tuple[HTTPStatus, str] | None:
    """Why the form is not even read, whatever is in it: who sends it, what it is bound to, that it was sent before."""
    pages = visit.pages
    if pages.acting is Acting.OFF:
        return HTTPStatus.FORBIDDEN, "acting-off"
    state = visit.link.bound.rpartition(".")[0]
    if state and pages.table.is_link_used(visit.form_name):
        return HTTPStatus.CONFLICT, "used"
    # A form of an earlier version is bound to nothing: it is as old as one of a state that is over.
    return None if state == state_of(incident) else (HTTPStatus.CONFLICT, "moved-on")


def _unchanged(status: HTTPStatus, why: str, visit: _Visit, **values: str) -> PageResponse:
    """Nothing was written: why, and the way back to the incident, with its forms where they can be filled in again."""
    language = visit.pages.language
    back = visit.there(Purpose.VIEW)
    if why == "bad-form" and visit.pages.acting is Acting.LINKS:
        back = visit.there(Purpose.ACT, f"{visit.link.bound.partition('.')[0]}.{visit.form_name}")
    told = word(f"notices.page.{why}", language, **values)
    return PageResponse(
        status, render_plain_page(told, word("notices.page.tell-us", language), language, back=back)
    )


def _plain(pages: FixPages, status: HTTPStatus, told: str) -> PageResponse:
    """A page that says the same to everybody: it tells nobody whether an incident exists."""
    first = word(f"notices.page.{told}", pages.language)
    then = word("notices.page.refused-next", pages.language)
    return PageResponse(status, render_plain_page(first, then, pages.language))


def unavailable_page(language: Language) -> PageResponse:
    """What is answered where table or keys could not be read."""
    first, then = word("notices.page.unavailable", language), word("notices.page.unavailable-next", language)
    return PageResponse(HTTPStatus.SERVICE_UNAVAILABLE, render_plain_page(first, then, language))
