"""The console's widgets in a real browser, in a page that takes away what CloudWatch takes away."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser
from why403.notices.words import Language, word
from why403.page.forms import forms_of
from why403.page.links import Purpose
from why403.page.widget import Frame, render_incident, render_list

from tests.browser.conftest import NOW
from tests.fakes.incidents import opened_incident
from tests.unit.notices.notice_case import notice_of

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
FORMS = dict.fromkeys((Purpose.MUTE, Purpose.UNMUTE, Purpose.EXPECT, Purpose.UNEXPECT), "")
BOUND = {"incident": "f3a1c0de5b7d9e21", "state": "1.1", "form": "f" * 16}
REMOVED = re.compile(
    r"<(script|iframe|use|object|embed|link|meta|base)\b.*?(?:</\1>|>)|\s(?:on[a-z]+|srcdoc)=\"[^\"]*\"|javascript:",
    re.IGNORECASE | re.DOTALL,
)
"""The documentation names JavaScript, iframe and use; the others are what sanitizers of HTML take with them."""
DESK = 1500
"""Pixels of a widget of 24 columns on a desk's screen."""
AROUND = (
    "body {{ margin: 0; background: {}; }} a {{ color: red; }} table {{ width: 10px; }} h1 {{ width: 10px; }}"
)
"""A page around with rules of its own."""


def _frame(theme: str) -> Frame:
    arn = "arn:aws:lambda:us-east-1:123456789012:function:why403-console"
    return Frame(arn, f"{arn}-act", theme)


def _incident(name: str, language: Language, theme: str) -> str:
    notice = notice_of(name, language)
    return render_incident(
        notice, _frame(theme), forms_of(notice.incident, notice.language, FORMS, NOW), BOUND
    )


def _opened(browser: Browser, widget: str, theme: str = "light") -> Any:
    page = browser.new_page(viewport={"width": DESK, "height": 900})
    style = AROUND.format("#161d26" if theme == "dark" else "#fff")
    page.set_content(
        f"<!doctype html><style>{style}</style><div class='widget'>{REMOVED.sub('', widget)}</div>"
    )
    return page


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", ["first_incident", "explicit_deny", "key_policy", "resolved"])
def test_an_incident_needs_nothing_that_is_taken_away(
    browser: Browser, language: Language, theme: str, name: str
) -> None:
    widget = _incident(name, language, theme)
    page = _opened(browser, widget, theme)

    assert REMOVED.findall(widget) == []
    assert page.locator("section.verdict").first.is_visible()
    assert page.locator(".tell .go-on").first.is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= DESK
    assert page.locator("cwdb-action:visible").count() == 0
    page.close()


def test_the_browser_reads_each_form_s_event_as_json(browser: Browser) -> None:
    page = _opened(browser, _incident("first_incident", Language.ENGLISH, "light"))
    events = page.evaluate(
        "[...document.querySelectorAll('cwdb-action')].map(one => JSON.parse(one.textContent))"
    )
    before = page.evaluate(
        "[...document.querySelectorAll('cwdb-action')].map(one => one.previousElementSibling.className)"
    )
    names = page.evaluate("[...document.querySelectorAll('form input')].map(one => one.name)")

    assert events[1:] == [BOUND | {"purpose": "mute"}, BOUND | {"purpose": "expect"}]
    assert before == ["btn go-on"] * len(events)
    assert len(names) == len(set(names))
    page.close()


@pytest.mark.parametrize("language", list(Language))
def test_the_list_shows_each_incident_with_its_button(browser: Browser, language: Language) -> None:
    page = _opened(browser, render_list([opened_incident()], language, _frame("light")))

    assert page.locator("table.list tbody tr").count() == 1
    assert page.locator("table.list .go-on").inner_text() == word("notices.page.console-open", language)
    page.close()


def pictures(browser: Browser, folder: Path) -> None:
    """To look at: not a test."""
    for theme in ("light", "dark"):
        for language in Language:
            for name in ("first_incident", "explicit_deny", "resolved"):
                page = _opened(browser, _incident(name, language, theme), theme)
                page.screenshot(path=folder / f"{name}-{language}-{theme}.png", full_page=True)
                page.close()
            page = _opened(browser, render_list([opened_incident()] * 3, language, _frame(theme)), theme)
            page.screenshot(path=folder / f"list-{language}-{theme}.png")
            page.close()
