"""The story of the console: a custom widget of a CloudWatch dashboard → the list, or an incident; a form → our own record.

CloudWatch invokes the function with the viewer's own credentials and tells it nothing of who that is: what may be seen
and done is decided by IAM alone, by which of the two functions somebody may invoke. `look` never writes.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/add_custom_widget_dashboard.html
"""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from why403.errors import SettingsError
from why403.incidents.incident import Incident
from why403.incidents.table import IncidentTable
from why403.notices.load import NoticeMaker
from why403.notices.words import Language, word
from why403.page.beside import beside
from why403.page.forms import Form, forms_of, read_word, save_word
from why403.page.links import Purpose, state_of
from why403.page.widget import Frame, render_incident, render_list, render_said

FORMS = {
    purpose.value: purpose for purpose in (Purpose.MUTE, Purpose.UNMUTE, Purpose.EXPECT, Purpose.UNEXPECT)
}
FINGERPRINT = re.compile(r"[A-Za-z0-9_-]{1,128}")
"""An incident's id: whatever else is asked for is no incident."""
FORM_NAME = re.compile(r"[A-Za-z0-9_-]{16,32}")
"""What a form is noted under once it acted: 16 characters are 12 random bytes."""
LEAST = 4
"""Characters of an id that are looked for, as in the terminal."""
LISTED = 200
"""Incidents looked at for the list, as `why403 incidents` does."""
DESCRIPTION = """\
## why403
Incidents of why403: what AWS denied to whom, which policy said no, and the smallest change that makes it yes.

### Parameters
`incident`: the id of the incident to show. Without it, the open incidents are listed, those seen last first.

### Who may what
Whoever may invoke this function sees incidents. Muting and expecting invoke a second function, a right of its own:
see docs/console.md.

### Example
```yaml
incident: ""
```
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Consoles:
    """Everything that the widget takes; `now` in milliseconds since the epoch."""

    table: IncidentTable
    maker: NoticeMaker
    language: Language
    frame: Frame
    now: int


def look(event: Mapping[str, Any], consoles: Consoles) -> str | dict[str, str]:
    """The widget's HTML, or its description as Markdown. StoreError where the table cannot be read.

    `event` holds the widget's parameters, the action's, and `widgetContext`; whatever is not as expected is not there.
    """
    if event.get("describe"):
        return {"markdown": DESCRIPTION}
    typed = _fields(event).get("open-incident", "").strip() if event.get("open") else ""
    wanted = typed or str(event.get("incident") or "")
    if not wanted:
        return _listed(event, consoles)
    incident = _found(wanted, consoles)
    if incident is None:
        return _listed(event, consoles, said="not-found")
    return _shown(incident, event, consoles)


def _found(wanted: str, consoles: Consoles) -> Incident | None:
    """The incident of that id; of an open one, how its id begins is enough where no other begins so."""
    if not FINGERPRINT.fullmatch(wanted):
        return None
    known = consoles.table.get(wanted)
    if known is not None or len(wanted) < LEAST:
        return known
    alike = [
        head.fingerprint
        for head in consoles.table.unresolved_heads(LISTED)
        if head.fingerprint.startswith(wanted)
    ]
    return consoles.table.get(alike[0]) if len(alike) == 1 else None


def act(event: Mapping[str, Any], consoles: Consoles) -> str:
    """Apply a form, once and to the state that it was shown with; the incident's page with what came of it."""
    language = consoles.language
    wanted, purpose = str(event.get("incident") or ""), FORMS.get(str(event.get("purpose")))
    incident = consoles.table.get(wanted) if FINGERPRINT.fullmatch(wanted) else None
    form = str(event.get("form") or "")
    if incident is None or purpose is None or not FORM_NAME.fullmatch(form):
        return render_said(word("notices.page.console-refused", language), language, _frame(event, consoles))
    said = _acted(incident, purpose, form, event, consoles)
    return _shown(consoles.table.get(wanted) or incident, event, consoles, said=said, lists=False)


def _acted(
    incident: Incident, purpose: Purpose, form: str, event: Mapping[str, Any], consoles: Consoles
) -> str:
    """What is told on top of the page: that it was saved, or why nothing was."""
    language = consoles.language
    if consoles.table.is_link_used(form):
        return word("notices.page.console-used", language)
    if str(event.get("state")) != state_of(incident):
        return word("notices.page.console-moved-on", language)
    begins = f"{purpose}-"
    fields = {
        name.removeprefix(begins): value for name, value in _fields(event).items() if name.startswith(begins)
    }
    try:
        told = read_word(purpose, fields, consoles.now, language)
    except SettingsError as error:
        return word("notices.page.bad-form", language, problem=str(error))
    if not consoles.table.use_link(form, consoles.now):
        return word("notices.page.console-used", language)
    is_saved = save_word(incident, told, consoles.table, consoles.now)
    return word(f"notices.page.{'saved' if is_saved else 'not-saved'}", language)


def _listed(event: Mapping[str, Any], consoles: Consoles, *, said: str = "") -> str:
    found = sorted(consoles.table.unresolved(LISTED), key=lambda incident: -incident.last_seen)
    told = word(f"notices.page.{said}", consoles.language) if said else ""
    return render_list(found, consoles.language, _frame(event, consoles), said=told)


def _shown(
    incident: Incident, event: Mapping[str, Any], consoles: Consoles, *, said: str = "", lists: bool = True
) -> str:
    """`lists`: whether others stand beside it, which only the function that looks may list."""
    notice = consoles.maker.notice_of(incident)
    forms: tuple[Form, ...] = ()
    if consoles.frame.act:
        forms = forms_of(notice.incident, notice.language, dict.fromkeys(FORMS.values(), ""), consoles.now)
    bound = {"incident": incident.fingerprint, "state": state_of(incident), "form": secrets.token_urlsafe(12)}
    if lists:
        notice = replace(notice, others_open=beside(notice, consoles.table, str))
    return render_incident(notice, _frame(event, consoles), forms, bound, said=said)


def _context(event: Mapping[str, Any]) -> Mapping[str, Any]:
    found = event.get("widgetContext")
    return found if isinstance(found, Mapping) else {}


def _frame(event: Mapping[str, Any], consoles: Consoles) -> Frame:
    """In the theme that the dashboard has."""
    return replace(consoles.frame, theme="dark" if _context(event).get("theme") == "dark" else "light")


def _fields(event: Mapping[str, Any]) -> dict[str, str]:
    """What stands in the widget's inputs, by their names; halves of surrogates could be stored nowhere."""
    forms = _context(event).get("forms")
    found = forms.get("all") if isinstance(forms, Mapping) else None
    if not isinstance(found, Mapping):
        return {}
    return {str(name): str(value).encode(errors="replace").decode() for name, value in found.items()}
