"""A link to look, and how to make it act: each an attack on the fix page."""

import html
import json
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from http import HTTPStatus

import pytest
from why403.fix_page import FixPages, fix_page
from why403.incidents.incident import State
from why403.notices.words import Language, word
from why403.page.forms import Acting
from why403.page.links import PageLinks, Purpose, verify
from why403.page.request import PageRequest

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
    post,
    state,
)
from tests.fakes.incidents import NOW


@pytest.fixture
def pages() -> FixPages:
    return opened_pages()


def mute(pages: FixPages, query: str) -> int:
    """Post a mute that is fine in itself."""
    return fix_page(PageRequest("POST", "/", query, {"until": SOON, "owner": "Mallory"}), pages).status


def test_a_link_to_look_leads_to_none_that_acts(pages: FixPages) -> None:
    seen, frontier = set(), [link()]
    while frontier:
        query = frontier.pop()
        seen.add(query.split("&until")[0])
        answered = get(pages, query)
        frontier += [
            found
            for found in re.findall(r'(?:action|href)="\?([^"]+)"', html.unescape(answered.body))
            if found.split("&until")[0] not in seen
        ]

    assert {query.partition("purpose=")[2] for query in seen} == {"view"}


@pytest.mark.parametrize("purpose", ["mute", "unmute", "expect", "unexpect"])
def test_a_form_of_an_earlier_version_is_answered_and_changes_nothing(pages: FixPages, purpose: str) -> None:
    answered = fix_page(
        PageRequest("POST", "/", link(Purpose(purpose)), {"until": SOON, "owner": "M", "reason": "r"}), pages
    )

    assert (answered.status, state(pages)) == (HTTPStatus.CONFLICT, State.OPEN)
    assert word("notices.page.moved-on", Language.ENGLISH) in html.unescape(answered.body)


def test_a_message_of_an_earlier_version_still_opens_its_page(pages: FixPages) -> None:
    earlier = "incident={}&purpose=view&until={}&key=1&signature={}".format(
        INCIDENT.fingerprint, LATER, link().rpartition("=")[2]
    )

    assert get(pages, earlier).status == HTTPStatus.OK


def test_a_form_that_acted_acts_no_second_time(pages: FixPages) -> None:
    first = form_of(get(pages, act()), Purpose.MUTE)
    statuses = [mute(pages, first), mute(pages, first)]
    post(pages, Purpose.UNMUTE)
    statuses.append(mute(pages, first))

    assert statuses == [HTTPStatus.SEE_OTHER, HTTPStatus.CONFLICT, HTTPStatus.CONFLICT]
    assert state(pages) is State.OPEN


def test_a_link_to_act_is_spent_with_the_first_of_its_forms(pages: FixPages) -> None:
    before = [form_of(get(pages, act()), Purpose.MUTE) for _ in range(2)]
    mute(pages, before[0])
    post(pages, Purpose.UNMUTE)
    again = get(pages, act())

    assert "<form" not in again.body
    assert word("notices.page.used", Language.ENGLISH) in html.unescape(again.body)
    assert (mute(pages, before[1]), state(pages)) == (HTTPStatus.CONFLICT, State.OPEN)


def test_a_form_that_was_wrong_first_is_spent_with_its_link_all_the_same(pages: FixPages) -> None:
    wrong = fix_page(PageRequest("POST", "/", form_of(get(pages, act()), Purpose.MUTE), {}), pages)
    back = re.findall(r'href="\?([^"]+)"', html.unescape(wrong.body))[0]
    mute(pages, form_of(get(pages, back), Purpose.MUTE))
    post(pages, Purpose.UNMUTE)

    assert ["<form" in get(pages, query).body for query in (act(), back)] == [False, False]
    assert state(pages) is State.OPEN


def test_a_form_is_bound_to_the_state_that_it_was_shown_in(pages: FixPages) -> None:
    stale = form_of(get(pages, act("first")), Purpose.MUTE)
    post(pages, Purpose.EXPECT, reason="a probe", owner="Kim", until=SOON)

    assert (mute(pages, stale), state(pages)) == (HTTPStatus.CONFLICT, State.EXPECTED)


def test_a_link_to_act_is_bound_to_its_life_of_the_incident(pages: FixPages) -> None:
    shown = get(pages, link(Purpose.ACT, bound=str(INCIDENT.generation + 1)))

    assert "<form" not in shown.body
    assert word("notices.page.moved-on", Language.ENGLISH) in html.unescape(shown.body)


def test_a_form_that_stood_open_for_hours_is_told_to_have_expired(pages: FixPages) -> None:
    stale = form_of(get(pages, act()), Purpose.MUTE)
    later = replace(pages, now=NOW + 3_600_000)
    answered = fix_page(PageRequest("POST", "/", stale, {"until": SOON, "owner": "M"}), later)

    assert (answered.status, state(pages)) == (HTTPStatus.FORBIDDEN, State.OPEN)
    assert word("notices.page.expired", Language.ENGLISH) in answered.body


def test_two_who_send_the_same_form_at_once_act_once(pages: FixPages) -> None:
    form = form_of(get(pages, act()), Purpose.MUTE)
    with ThreadPoolExecutor(8) as pool:
        statuses = sorted(pool.map(lambda _: mute(pages, form), range(8)))

    assert statuses == [HTTPStatus.SEE_OTHER, *[HTTPStatus.CONFLICT] * 7]


def test_no_link_acts_where_acting_is_off() -> None:
    pages = opened_pages(Acting.OFF)
    form = form_of(get(replace(pages, acting=Acting.LINKS), act()), Purpose.MUTE)

    assert "<form" not in get(pages, act()).body
    assert (mute(pages, form), state(pages)) == (HTTPStatus.FORBIDDEN, State.OPEN)


def test_a_message_carries_a_link_to_look_and_one_to_act_that_is_shorter() -> None:
    links = PageLinks(
        url="https://page.example",
        hours=72,
        act_hours=8,
        secret=lambda: json.dumps({"current": "1", "1": "k" * 64}),
        now=NOW // 1000,
        report=lambda _error: None,
    )
    view, acts = (
        verify(url.partition("?")[2], KEYS, NOW // 1000)
        for url in (links.of(INCIDENT), links.act_of(INCIDENT))
    )

    assert (view.purpose, acts.purpose) == (Purpose.VIEW, Purpose.ACT)
    assert (view.until - acts.until, acts.bound) == (64 * 3_600, str(INCIDENT.generation))
