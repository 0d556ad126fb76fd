"""The page as a custom widget of a CloudWatch dashboard: a piece of HTML in somebody else's page, without scripts.

Values are escaped here, as on the page: that CloudWatch cleans what it is answered is not our defence. There are no
anchors, as the console's own address is behind the `#`; a `cwdb-action` acts on the element just before it.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/add_custom_widget_dashboard_interactivity.html
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from markupsafe import Markup

from why403.incidents.incident import Incident
from why403.notices.moments import utc
from why403.notices.notice import Notice
from why403.notices.verdict import verdict
from why403.notices.words import Language
from why403.page.chart import chart_of
from why403.page.forms import LONGEST_TEXT, Form
from why403.page.parts import parts_of
from why403.page.render import marked, render
from why403.page.request import own_text

LONGEST_WIDGET = 500_000
"""Characters of an answer: Lambda answers 6 MB, and JSON writes a character of ours as up to 6 bytes, or 12 for a pair."""
CUT: tuple[Mapping[str, Any], ...] = (
    {},
    {
        "others": [],
        "samples": [],
        "candidates": (),
        "history": [],
        "others_open": (),
        "held_back": (),
        "changes": (),
        "report": "",
        "unreadable": (),
    },
    {"rows": [], "offers": [], "findings": (), "next_denials": (), "facts": []},
)
"""What is left out of an incident that is too large, step by step, on top of the steps before."""
SELECTOR = re.compile(r"(?P<before>^|[{};]|\*/)\s*(?P<selectors>[^{}@;/]+)\{")
"""The selectors of a rule in our own stylesheet."""
ROOTS = frozenset({":root", "body", "html"})
DARK = re.compile(r"@media \(prefers-color-scheme: dark\) \{\s*:root \{(?P<colors>[^}]*)\}\s*\}")
"""The dark colours: the dashboard says which theme it has, whatever the browser prefers."""
PRINT = "@media print"


@dataclass(frozen=True, slots=True)
class Frame:
    """What a widget stands in: ARNs of the functions that it invokes, and the dashboard's `theme`, light or dark."""

    look: str
    act: str = ""
    """Empty where nobody acts in the console."""
    theme: str = "light"


def render_list(incidents: Sequence[Incident], language: Language, frame: Frame, *, said: str = "") -> str:
    """The incidents as a table, each with a button that shows it."""
    rows = [
        {
            "id": incident.fingerprint,
            "state": incident.state.value,
            "severity": incident.severity.value,
            "count": f"{incident.count:,}",
            "seen": utc(incident.last_seen, language),
            "what": incident.denial.action or incident.denial.operation or incident.denial.verdict.value,
            "target": incident.denial.resource or incident.denial.resource_name or "",
            "log_group": incident.log_group,
        }
        for incident in incidents
    ]
    return _render("widget_list.html", language, frame, rows=rows, said=said)


def render_incident(
    notice: Notice, frame: Frame, forms: Sequence[Form], bound: Mapping[str, str], *, said: str = ""
) -> str:
    """An incident with its forms, which carry `bound` back; cut, with words, where it would be too large."""
    shown: dict[str, Any] = {"offers": [], "chart": chart_of(notice), **parts_of(notice)}
    page = ""
    for step, left_out in enumerate(CUT):
        shown |= left_out
        page = _render(
            "widget_incident.html",
            notice.language,
            frame,
            headline=marked(verdict(notice), notice.language),
            notice=notice,
            diagnosis=notice.diagnosis,
            incident=notice.incident,
            forms=forms,
            bound=bound,
            longest=LONGEST_TEXT,
            said=said,
            is_cut=step > 0,
            **shown,
        )
        if len(page) <= LONGEST_WIDGET:
            break
    return page


def render_said(told: str, language: Language, frame: Frame) -> str:
    """One sentence, and the way back to the list."""
    return _render("widget_said.html", language, frame, said=told)


def _render(template: str, language: Language, frame: Frame, **shown: Any) -> str:  # noqa: ANN401  # a template's values
    return render(template, language, css=widget_css(), frame=frame, in_widget=True, **shown)


@cache
def widget_css() -> Markup:
    """The page's stylesheet, bound to our own element: nothing of the console around it changes its looks."""
    text = str(own_text("page.css")).partition(PRINT)[0]
    dark = DARK.search(text)
    colors = dark["colors"] if dark else ""
    text = DARK.sub("", text)
    scoped = SELECTOR.sub(lambda found: f"{found['before']}\n{_scoped(found['selectors'])} {{", text)
    return Markup(f"{scoped}\n.why403.dark {{{colors}}}\n{own_text('widget.css')}")  # noqa: S704  # our own files


def _scoped(selectors: str) -> str:
    parts = (part.strip() for part in selectors.split(","))
    return ", ".join(".why403" if part in ROOTS else f".why403 {part}" for part in parts)
