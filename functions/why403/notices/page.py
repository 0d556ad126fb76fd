"""The fix page: one HTML document that asks nobody for anything else."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

from why403.notices.chart import chart_of
from why403.notices.inert import inert
from why403.notices.notice import Notice
from why403.notices.page_around import around_parts
from why403.notices.page_parts import layer_parts, offer_parts
from why403.notices.page_policy import TEMPLATES, content_policy, own_text
from why403.notices.verdict import headline, title
from why403.notices.words import Language, word

LONGEST = 200_000
"""Characters of one text on the page."""


@dataclass(frozen=True, slots=True)
class Field:
    """An input of a form. `least` is the first day that a date may be."""

    name: str
    label: str
    type: str = "text"
    value: str = ""
    least: str = ""
    required: bool = True


@dataclass(frozen=True, slots=True)
class Form:
    """A form of the page; `action` carries the signature that binds it to its purpose and incident."""

    purpose: str
    action: str
    button: str
    fields: tuple[Field, ...] = ()


def render_page(notice: Notice, *, forms: Sequence[Form] = (), said: str = "") -> str:
    """The whole document. `said` is told on top: what a form has done."""
    told = notice.diagnosis
    language = notice.language
    return _render(
        "page.html",
        language,
        title=title(notice),
        headline=headline(notice),
        notice=notice,
        diagnosis=told,
        incident=notice.incident,
        rows=layer_parts(notice),
        offers=offer_parts(notice),
        chart=chart_of(notice),
        unreadable=told.unreadable,
        forms=forms,
        said=said,
        script=own_text("page.js"),
        **around_parts(notice),
    )


def render_plain_page(told: str, then: str, language: Language, *, back: str = "") -> str:
    """A page of two sentences: what happened and what to do next. `back` leads to the incident."""
    return _render("plain.html", language, told=told, next=then, back=back)


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_inert,
    )


def _inert(value: Any) -> Any:  # noqa: ANN401  # whatever a template puts out
    return inert(value, LONGEST) if isinstance(value, str) and not isinstance(value, Markup) else value


def _render(template: str, language: Language, **shown: Any) -> str:  # noqa: ANN401  # a template's values
    speak = partial(_say, language)
    common = {"t": speak, "language": language.value, "policy": content_policy(), "css": own_text("page.css")}
    return _templates().get_template(template).render(**common, **shown)


def _say(language: Language, identifier: str, **values: str) -> str:
    return word(identifier, language, **values)
