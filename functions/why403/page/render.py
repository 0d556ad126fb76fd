"""The fix page: one HTML document that asks nobody for anything else."""

from functools import cache, partial
from typing import Any

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup, escape

from why403.message import Message
from why403.notices.grammar import MARK
from why403.notices.headline import was_denied
from why403.notices.inert import inert
from why403.notices.notice import Notice
from why403.notices.verdict import begun, verdict
from why403.notices.words import Language, say, word
from why403.page.chart import chart_of
from why403.page.forms import LONGEST_TEXT, Form
from why403.page.parts import parts_of
from why403.page.request import TEMPLATES, content_policy, own_text

LONGEST = 200_000
"""Characters of one text on the page."""


def render_page(notice: Notice, *, forms: tuple[Form, ...] = (), said: str = "", remark: str = "") -> str:
    """The whole document. `said` is told on top: what a form has done, or why it cannot. `remark` stands at the foot."""
    told = notice.diagnosis
    language = notice.language
    return render(
        "page.html",
        language,
        headline=marked(verdict(notice), language),
        was=was_denied(notice),
        notice=notice,
        diagnosis=told,
        incident=notice.incident,
        chart=chart_of(notice),
        forms=forms,
        longest=LONGEST_TEXT,
        said=said,
        remark=remark,
        script=own_text("page.js"),
        **parts_of(notice),
    )


def render_plain_page(told: str, then: str, language: Language, *, back: str = "") -> str:
    """A page of two sentences: what happened and what to do next. `back` leads to the incident."""
    return render("plain.html", language, told=told, next=then, back=back)


def marked(message: Message, language: Language) -> Markup:
    """The message with its values marked up, so that an eye finds them at once."""
    values = {name: f"{MARK}{inert(value, LONGEST)}{MARK}" for name, value in message.values.items() if value}
    parts = say(Message(message.id, values), language).split(MARK)
    begin = 0 if parts[0] else 1
    parts[begin : begin + 1] = map(begun, parts[begin : begin + 1])
    marked = (
        Markup("<b>{}</b>").format(part) if number % 2 else escape(part) for number, part in enumerate(parts)
    )
    return Markup().join(marked)


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


def render(template: str, language: Language, **shown: Any) -> str:  # noqa: ANN401  # a template's values
    """A template of ours with its values; every one is escaped."""
    speak = partial(_say, language)
    common = {"t": speak, "language": language.value, "policy": content_policy(), "css": own_text("page.css")}
    return _templates().get_template(template).render(**(common | shown))


def _say(language: Language, identifier: str, **values: str) -> str:
    return word(identifier, language, **values)
