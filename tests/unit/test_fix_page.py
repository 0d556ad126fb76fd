"""The fix page as a browser meets it: what opens it, what its forms do, and what is refused."""

import html
import random
import re
from dataclasses import replace
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

import pytest
from why403.errors import LinkError, StoreError
from why403.fix_page import FixPages, fix_page
from why403.incidents.incident import Incident, Severity, State
from why403.notices.words import Language, word
from why403.page.forms import day_after
from why403.page.links import Link, LinkKeys, Purpose, verify
from why403.page.request import PageRequest, parse_request

from tests.fakes.fix_pages import (
    INCIDENT,
    KEYS,
    LATER,
    SOON,
    act,
    form_of,
    get,
    link,
    opened_pages,
    pages_of,
    post,
    state,
)
from tests.fakes.incident_table import InMemoryIncidentTable
from tests.fakes.incidents import NOW

ROTATED = LinkKeys("2", {"2": b"n" * 64, "1": b"k" * 64})
AFTER_30_DAYS = day_after(NOW, 31)
ALPHABET = "ABCDEFabcdef0123456789-_=&%+#/?. \x00é"


@pytest.fixture
def pages() -> FixPages:
    return opened_pages()


def test_a_signed_link_opens_the_page(pages: FixPages) -> None:
    shown = get(pages, link())

    assert shown.status == HTTPStatus.OK
    assert "sqs:SendMessage" in shown.body
    assert "<form" not in shown.body
    assert word("notices.page.view-only", Language.ENGLISH) in html.unescape(shown.body)


ROLE = "arn:aws:iam::123456789012:role/path/orders-task"


def _denied(fingerprint: str, principal: str | None = ROLE, **fields: Any) -> Incident:
    denial = replace(
        INCIDENT.denial, principal=principal, resource=f"arn:aws:sqs:us-east-1:123456789012:{fingerprint}"
    )
    return replace(INCIDENT, fingerprint=fingerprint, denial=denial, **fields)


def _led_to(body: str) -> list[str]:
    """The incidents that a page's links open."""
    queries = re.findall(r'<a href="\?([^"]+)"', html.unescape(body))
    return [verify(query, KEYS, NOW // 1000).incident for query in queries]


def test_a_page_leads_to_the_other_open_incidents_of_its_role_the_loudest_first(pages: FixPages) -> None:
    others = (
        _denied("of-this-role", log_group="/elsewhere"),
        _denied("loud", severity=Severity.HIGH),
        _denied("nameless-here", principal=None, last_seen=NOW - 1),
        _denied("nameless-elsewhere", principal=None, log_group="/elsewhere"),
        _denied("of-another-role", principal="arn:aws:iam::123456789012:role/deploy"),
        _denied("resolved", state=State.RESOLVED),
    )
    for other in others:
        pages.table.open(other)
    query = re.findall(r'<a href="\?([^"]+)"', html.unescape(get(pages, link()).body))[0]

    assert _led_to(get(pages, link()).body) == ["loud", "of-this-role", "nameless-here"]
    assert verify(query, KEYS, NOW // 1000) == Link("loud", Purpose.VIEW, LATER)
    assert get(pages, query).status == HTTPStatus.OK


def test_a_page_without_others_and_one_that_cannot_list_them_says_nothing_of_them(pages: FixPages) -> None:
    class Throttled(InMemoryIncidentTable):
        def unresolved_heads(self, limit: int) -> tuple[Incident, ...]:
            raise StoreError(str(limit))

    throttled = Throttled()
    throttled.open(INCIDENT)
    heading = word("notices.section.others-open", Language.ENGLISH)

    assert heading not in get(pages, link()).body
    assert get(pages_of(throttled), link()).status == HTTPStatus.OK


def test_what_a_hostile_line_names_is_text_in_the_list_of_others(pages: FixPages) -> None:
    hostile = _denied("hostile")
    denial = replace(hostile.denial, resource='"><script>alert(1)</script>\u202e', action="sqs:<b>")
    pages.table.open(replace(hostile, denial=denial))
    body = get(pages, link()).body

    assert "<script>alert" not in body
    assert "<b>" not in body.partition('class="others-open"')[2].partition("</ul>")[0]
    assert "\u202e" not in body


def test_every_page_forbids_scripts_frames_caches_and_referrers(pages: FixPages) -> None:
    answers = [get(pages, link()), get(pages, "no=link"), get(pages, act())]
    headers = [answer.for_url()["headers"] for answer in answers]

    assert [h["Referrer-Policy"] for h in headers] == ["no-referrer"] * 3
    assert [h["Cache-Control"] for h in headers] == ["no-store"] * 3
    assert ["unsafe" in h["Content-Security-Policy"] for h in headers] == [False] * 3
    assert [h["Content-Security-Policy"].startswith("default-src 'none'") for h in headers] == [True] * 3


def test_head_is_answered_without_a_body(pages: FixPages) -> None:
    answered = get(pages, link(), method="HEAD")

    assert (answered.status, answered.body) == (HTTPStatus.OK, "")


@pytest.mark.parametrize("path", ["/incidents", "/favicon.ico", "//", "/../"])
def test_no_other_path_shows_anything(pages: FixPages, path: str) -> None:
    assert get(pages, link(), path=path).status == HTTPStatus.FORBIDDEN


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "POST"])
def test_a_link_to_look_changes_nothing(pages: FixPages, method: str) -> None:
    assert get(pages, link(), method=method).status == HTTPStatus.FORBIDDEN
    assert state(pages) is State.OPEN


def test_a_link_that_has_expired_is_refused(pages: FixPages) -> None:
    refused = get(pages, link(until=NOW // 1000))

    assert refused.status == HTTPStatus.FORBIDDEN
    assert word("notices.page.refused-next", Language.ENGLISH) in refused.body


def test_an_incident_that_is_gone_is_told_as_gone(pages: FixPages) -> None:
    gone = get(pages, link(incident="gone"))

    assert gone.status == HTTPStatus.NOT_FOUND
    assert word("notices.page.not-found", Language.ENGLISH) in gone.body


@pytest.mark.parametrize("language", list(Language))
def test_a_refusal_speaks_the_language_of_the_settings(language: Language) -> None:
    refused = get(pages_of(InMemoryIncidentTable(), language=language), "")

    assert f'<html lang="{language}">' in refused.body
    assert word("notices.page.refused", language) in refused.body


def test_a_link_outlives_the_rotation_of_its_key() -> None:
    with pytest.raises(LinkError):
        verify(link(), LinkKeys("2", {"2": b"n" * 64}), NOW // 1000)

    assert Link(INCIDENT.fingerprint, Purpose.VIEW, LATER) == verify(link(), ROTATED, NOW // 1000)


def _mutated(query: str, chance: random.Random) -> str:
    place = chance.randrange(len(query))
    letter = chance.choice(ALPHABET)
    other = chance.randrange(len(query))
    first, second = sorted((place, other))
    return chance.choice(
        (
            query[:place] + letter + query[place + 1 :],
            query[:place] + letter + query[place:],
            query[:place] + query[place + 1 :],
            query[:place],
            query[:first] + query[second] + query[first + 1 : second] + query[first] + query[second + 1 :],
            query + "&" + query,
            query.replace("purpose=view", "purpose=mute") + letter * chance.randint(0, 1),
            query[:place] + query[place:].swapcase(),
        )
    )


def test_ten_thousand_mutations_of_a_good_link_are_all_refused() -> None:
    chance = random.Random(403)  # noqa: S311  # the same mutations each time
    good = link()
    opened = []
    tried = 0
    while tried < 10_000:
        mutated = _mutated(good, chance)
        if mutated == good:
            continue
        tried += 1
        try:
            opened.append(verify(mutated, KEYS, NOW // 1000))
        except LinkError:
            continue

    assert opened == []


def test_a_link_for_one_form_sends_no_other(pages: FixPages) -> None:
    forged = link(Purpose.UNMUTE, bound="1.1.name").replace("purpose=unmute", "purpose=mute")
    answered = fix_page(PageRequest("POST", "/", forged, {"until": "2027-01-01"}), pages)

    assert (answered.status, state(pages)) == (HTTPStatus.FORBIDDEN, State.OPEN)


def test_muting_lasts_until_the_date_and_leads_back_to_the_page(pages: FixPages) -> None:
    saved = post(pages, Purpose.MUTE, until=SOON, owner="Kim")
    muted = pages.table.get(INCIDENT.fingerprint)

    assert saved.status == HTTPStatus.SEE_OTHER
    assert muted is not None
    assert (muted.state, muted.muted_until, muted.muted_by) == (State.MUTED, SOON, "Kim")
    assert get(pages, saved.headers["Location"].removeprefix("?")).status == HTTPStatus.OK


def test_a_mute_can_be_lifted(pages: FixPages) -> None:
    post(pages, Purpose.MUTE, until=SOON, owner="Kim")
    post(pages, Purpose.UNMUTE)

    assert state(pages) is State.OPEN


def test_an_expected_denial_keeps_reason_owner_and_end(pages: FixPages) -> None:
    post(pages, Purpose.EXPECT, reason="a probe", owner="Kim", until=SOON)
    found = pages.table.get(INCIDENT.fingerprint)

    assert found is not None
    assert found.expectation is not None
    assert (found.state, found.expectation.reason, found.expectation.owner, found.expectation.until) == (
        State.EXPECTED,
        "a probe",
        "Kim",
        SOON,
    )


@pytest.mark.parametrize(
    ("purpose", "fields"),
    [
        (Purpose.MUTE, {}),
        (Purpose.MUTE, {"owner": "Kim", "until": "yesterday"}),
        (Purpose.MUTE, {"owner": "Kim", "until": "2001-01-01"}),
        (Purpose.MUTE, {"owner": "Kim", "until": "2027-13-45"}),
        (Purpose.MUTE, {"owner": "Kim", "until": "9999-12-31"}),
        (Purpose.MUTE, {"owner": "Kim", "until": AFTER_30_DAYS}),
        (Purpose.MUTE, {"until": SOON}),
        (Purpose.EXPECT, {"reason": "a probe", "until": SOON}),
        (Purpose.EXPECT, {"reason": "a probe", "owner": "Kim"}),
        (Purpose.EXPECT, {"reason": "a probe", "owner": "Kim", "until": "9999-12-31"}),
        (Purpose.EXPECT, {"reason": " ", "owner": "\t", "until": SOON}),
    ],
)
def test_a_form_that_cannot_be_used_changes_nothing_and_leads_back(
    pages: FixPages, purpose: Purpose, fields: dict[str, str]
) -> None:
    answered = post(pages, purpose, **fields)

    assert (answered.status, state(pages)) == (HTTPStatus.BAD_REQUEST, State.OPEN)
    assert "purpose=act" in answered.body


def test_what_a_person_writes_stays_text(pages: FixPages) -> None:
    post(pages, Purpose.EXPECT, reason="<script>alert(1)</script>", owner="<img src=x>", until=SOON)
    shown = get(pages, link()).body

    assert "<script>alert" not in shown
    assert "<img" not in shown


@pytest.mark.parametrize(
    ("body", "encoded"),
    [
        ("until=" + "9" * 1_000_000, False),
        ("%%%", True),
        ("AAAA" * 300_000, True),
        ("&".join(f"f{n}=1" for n in range(100)), False),
        ("until=%ff%fe", False),
        ("until=\ud800", False),
        ("é", True),
    ],
    ids=["1 MB", "no base64", "1 MB of base64", "many fields", "no UTF-8", "half a surrogate", "no ASCII"],
)
def test_a_hostile_body_changes_nothing(pages: FixPages, body: str, *, encoded: bool) -> None:
    event = {
        "rawPath": "/",
        "rawQueryString": form_of(get(pages, act()), Purpose.MUTE),
        "headers": {"Content-Type": "application/x-www-form-urlencoded"},
        "requestContext": {"http": {"method": "POST"}},
        "body": body,
        "isBase64Encoded": encoded,
    }

    assert fix_page(parse_request(event), pages).status == HTTPStatus.BAD_REQUEST
    assert state(pages) is State.OPEN


def test_a_form_is_read_as_browsers_send_it_through_a_function_url() -> None:
    form = {"reason": "検証用", "owner": "Kim & Lee"}
    event = {
        "headers": {"content-type": "application/x-www-form-urlencoded; charset=utf-8"},
        "requestContext": {"http": {"method": "post"}},
        "body": urlencode(form),
    }

    assert parse_request(event).form == form
