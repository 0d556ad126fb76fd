"""The fix page as a person meets it: on a desk and a phone, by keyboard, without JavaScript, on paper."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from why403.notices.inert import inert
from why403.notices.words import Language
from why403.page.render import render_page

from tests.browser.conftest import Pages
from tests.unit.notices.notice_case import LANGUAGES, NAMES, diagnosis_of, notice_of

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
DESK, PHONE, NARROW = (
    {"width": 1280, "height": 900},
    {"width": 390, "height": 844},
    {"width": 320, "height": 640},
)
PICTURES = Path(__file__).parents[2] / "out" / "pictures"
README_SIZE = {"width": 1100, "height": 980}
README_PICTURE = Path(__file__).parents[2] / "docs" / "fix-page.png"
WCAG = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    "rules": {"heading-order": {"enabled": True}, "page-has-heading-one": {"enabled": True}},
}
"""Beside AA, headings that go down by one: people jump by them."""
TARGETS = """Array.from(document.querySelectorAll("a:not(.skip, figcaption a), button, summary, .tabs > label, input"))
  .filter(one => one.checkVisibility() && one.type !== "radio")
  .map(one => [one.tagName, one.textContent.trim().slice(0, 30), one.getBoundingClientRect().height])
  .filter(([tag, text, height]) => height < 44)"""
"""What a finger has to hit and is lower than 44 pixels."""
PAGE_OF_PDF = re.compile(rb"/Type\s*/Page\b")
TOO_WIDE = "document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth"
FOCUSED = "document.activeElement.id || document.activeElement.className || document.activeElement.tagName"
OPEN_ALL = "document.querySelectorAll('details').forEach(one => { one.open = true; })"


@contextmanager
def opened(browser: Browser, url: str, viewport: dict[str, int] = DESK, **settings: Any) -> Iterator[Page]:
    """The page in a fresh profile; fails when the browser complains or asks anybody else for anything."""
    context = browser.new_context(viewport=viewport, **settings)  # type: ignore[arg-type]  # a size
    page = context.new_page()
    complaints: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(url)
    yield page
    context.close()

    assert complaints == []
    assert [one for one in asked if not one.startswith(url.rsplit("/", 2)[0])] == []


@pytest.mark.parametrize("name", NAMES)
def test_axe_finds_nothing_against_wcag_aa(browser: Browser, pages: Pages, name: str) -> None:
    with opened(browser, pages.url(name)) as page:
        page.evaluate(OPEN_ALL)
        found = Axe().run(page, options=WCAG)

    assert found.response["violations"] == []


@pytest.mark.parametrize("language", [Language.JAPANESE, Language.KOREAN])
def test_axe_finds_nothing_in_the_dark_on_a_phone(browser: Browser, pages: Pages, language: Language) -> None:
    with opened(browser, pages.url("first_incident", language), PHONE, color_scheme="dark") as page:
        page.evaluate(OPEN_ALL)
        found = Axe().run(page, options=WCAG)

    assert found.response["violations"] == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_the_next_step_is_on_the_first_screen_of_a_phone(
    browser: Browser, pages: Pages, name: str, language: Language
) -> None:
    with opened(browser, pages.url(name, language), PHONE) as page:
        box = page.locator(".next-step").first.bounding_box()
        too_wide = page.evaluate(TOO_WIDE)

    assert box is not None
    assert box["y"] + box["height"] < PHONE["height"]
    assert too_wide == 0


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_what_to_know_and_do_is_within_three_screens_of_a_phone(
    browser: Browser, pages: Pages, name: str, language: Language
) -> None:
    with opened(browser, pages.url(name, language), PHONE) as page:
        box = page.locator("#details").bounding_box()

    assert box is not None
    assert box["y"] < 3 * PHONE["height"]


@pytest.mark.parametrize("name", NAMES)
def test_what_a_finger_hits_is_as_large_as_one(browser: Browser, pages: Pages, name: str) -> None:
    others = (
        ("?incident=other", "s3:GetObject on bucket " + "b" * 90, "high"),
        ("?incident=next", "x", "low"),
    )
    pages.extra["/others"] = render_page(notice_of(name, others_open=others))
    with opened(browser, f"{pages.address}/others", PHONE) as page:
        page.evaluate(OPEN_ALL)

        assert page.evaluate(TARGETS) == []


@pytest.mark.parametrize("name", NAMES)
def test_the_line_stands_beside_the_verdict(browser: Browser, pages: Pages, name: str) -> None:
    notice = notice_of(name)
    with opened(browser, pages.url(name)) as page:
        shown = page.locator(".verdict .line").all_inner_texts()

    assert shown == [inert(sample.message) for sample in notice.samples[:1]]


def test_more_contrast_is_given_where_it_is_asked_for(browser: Browser, pages: Pages) -> None:
    ink = "getComputedStyle(document.querySelector('.quiet')).color"
    with opened(browser, pages.url("first_incident")) as page:
        usual = page.evaluate(ink)
        page.emulate_media(contrast="more")

        assert page.evaluate(ink) == page.evaluate("getComputedStyle(document.body).color") != usual


@pytest.mark.parametrize("name", NAMES)
def test_an_incident_is_printed_on_two_pages(browser: Browser, pages: Pages, name: str) -> None:
    with opened(browser, pages.url(name)) as page:
        printed = page.pdf(format="A4", margin={"top": "10mm", "bottom": "10mm"})

    assert len(PAGE_OF_PDF.findall(printed)) <= 2


@pytest.mark.parametrize("hours", [1, 2, 3])
def test_a_chart_is_drawn_from_three_hours_on_with_its_axes_and_what_happened(
    browser: Browser, pages: Pages, hours: int
) -> None:
    hour = 3_600_000
    start = 1_795_575_600_000
    counted = tuple((start + number * hour, 10 + number) for number in range(hours))
    pages.extra["/chart/en"] = render_page(notice_of("first_incident", occurrences=counted))
    with opened(browser, f"{pages.address}/chart/en") as page:
        charts = page.locator(".chart").all_inner_texts()

    assert len(charts) == (hours >= 3)
    for wanted in (
        ("12", "2026-11-25 03:00", "2026-11-25 05:00", "scout-admin-dev-jobs were written") if charts else ()
    ):
        assert wanted in charts[0]


def test_nothing_is_cut_off_on_the_narrowest_phone(browser: Browser, pages: Pages) -> None:
    with opened(browser, pages.url("first_incident"), NARROW) as page:
        page.evaluate(OPEN_ALL)

        assert page.evaluate(TOO_WIDE) == 0


def test_a_copy_button_copies_the_draft_that_it_stands_at(browser: Browser, pages: Pages) -> None:
    wanted = diagnosis_of("first_incident").remedies[0].commands.aws_cli
    allowed = ["clipboard-read", "clipboard-write"]
    with opened(browser, pages.url("first_incident"), permissions=allowed) as page:
        page.locator(".next button.copy").click()
        copied = page.evaluate("navigator.clipboard.readText()")

        assert page.locator(".next button.copy").inner_text() == "Copied"
    assert inert(wanted, len(wanted)) == copied


def test_the_drafts_can_be_changed_without_javascript(browser: Browser, pages: Pages) -> None:
    with opened(browser, pages.url("first_incident"), java_script_enabled=False) as page:
        assert not page.locator("#draft-1-terraform").is_visible()

        page.get_by_text("Terraform", exact=True).first.click()

        assert page.locator("#draft-1-terraform").is_visible()
        assert page.locator("button.copy:visible").count() == 0


def test_a_layer_opens_to_its_statements_without_javascript(browser: Browser, pages: Pages) -> None:
    with opened(browser, pages.url("first_incident"), java_script_enabled=False) as page:
        layer = page.locator(".layer.near-miss")
        layer.locator("summary").click()

        assert layer.locator(".statement").first.is_visible()
        assert "aws:SourceAccount" in layer.inner_text()


def test_the_page_is_worked_by_keyboard_alone(browser: Browser, pages: Pages) -> None:
    with opened(browser, pages.url("first_incident")) as page:
        page.keyboard.press("Tab")
        first = page.evaluate(FOCUSED)
        page.keyboard.press("Enter")
        after_skipping = page.evaluate(FOCUSED)
        page.locator("#form-1-aws_cli").focus()
        page.keyboard.press("ArrowRight")

        assert (first, after_skipping) == ("skip", "fix")
        assert page.locator("#draft-1-terraform").is_visible()


def test_what_has_the_focus_is_seen_to_have_it(browser: Browser, pages: Pages) -> None:
    outline = "getComputedStyle(document.activeElement).outlineStyle"
    with opened(browser, pages.url("first_incident")) as page:
        seen = []
        for _ in range(8):
            page.keyboard.press("Tab")
            seen.append(page.evaluate(outline))

    assert seen == ["solid"] * 8


def test_paper_shows_the_form_that_was_chosen_the_other_ways_by_name_and_no_buttons(
    browser: Browser, pages: Pages
) -> None:
    with opened(browser, pages.url("first_incident")) as page:
        page.locator("label[for=form-1-terraform]").click()
        page.emulate_media(media="print")

        assert page.locator("#draft-1-terraform").is_visible()
        assert not page.locator("#draft-1-aws_cli").is_visible()
        assert page.locator("#layers details pre").first.is_visible()
        assert page.locator(".other summary").first.is_visible()
        assert not page.locator("#draft-2-aws_cli").is_visible()
        assert page.locator("form:visible, button:visible").count() == 0


def test_a_mute_is_posted_with_its_day(browser: Browser, pages: Pages) -> None:
    with opened(browser, pages.url("first_incident")) as page:
        page.locator("#tell summary").first.click()
        page.locator("#mute-owner").fill("ana")
        page.locator("#mute-until").fill("2026-12-01")
        page.get_by_role("button", name="Mute").click()
        page.wait_for_load_state()

    assert pages.posted == ["owner=ana&until=2026-12-01"]


def test_what_a_line_says_is_shown_and_never_run(browser: Browser, pages: Pages) -> None:
    hostile = '<img src=x onerror="hacked=1"><script>hacked=1</script><a href="javascript:hacked=1">x</a>\x1b[31m\u202e'
    sample = replace(notice_of("first_incident").samples[0], message=hostile)
    pages.extra["/hostile/en"] = render_page(notice_of("first_incident", incident=None, sample=sample))
    with opened(browser, f"{pages.address}/hostile/en") as page:
        shown = page.locator("#samples-title ~ pre").first.inner_text()

        assert page.evaluate("typeof hacked") == "undefined"
    assert inert(hostile) == shown


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("place", ["desk", "phone"])
def test_pictures_are_taken_for_people_to_look_at(
    browser: Browser, pages: Pages, place: str, scheme: Any, request: pytest.FixtureRequest
) -> None:
    viewport = DESK if place == "desk" else PHONE
    PICTURES.mkdir(parents=True, exist_ok=True)
    with opened(browser, pages.url("first_incident"), viewport, color_scheme=scheme) as page:
        picture = page.screenshot(path=PICTURES / f"{place}-{scheme}.png", full_page=True)
    if (place, scheme) == ("desk", "light") and request.config.getoption("renew"):
        pages.extra["/look/en"] = render_page(notice_of("first_incident"))
        with opened(browser, f"{pages.address}/look/en", README_SIZE) as page:
            page.screenshot(path=README_PICTURE)

    assert len(picture) > 50_000
