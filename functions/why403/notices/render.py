"""What would be sent, in the format that `why403 explain --format` names."""

import json
from dataclasses import replace
from importlib import import_module

from why403.incidents.incident import Sample
from why403.log_events.log_event import LogEvent
from why403.log_events.redaction import redact
from why403.notices.chat import render_chat
from why403.notices.consoles import links_of
from why403.notices.diagnosis import Diagnosis
from why403.notices.diagnosis_json import from_json, to_json
from why403.notices.notice import Notice
from why403.notices.slack import render_slack
from why403.notices.text import render_text
from why403.notices.words import Language

FORMATS = ("text", "json", "slack", "chat", "html")


def render(diagnosis: Diagnosis, form: str, language: str, *, event: LogEvent, colours: bool = False) -> str:
    """One diagnosis of one event in one of FORMATS; ValueError for another. `colours` counts for text only."""
    told = to_json(diagnosis)
    if form == "json":
        return json.dumps(told, ensure_ascii=False)
    notice = _notice(from_json(told), Language(language), event)
    match form:
        case "text":
            return render_text(notice, colours=colours)
        case "slack":
            return json.dumps(render_slack(notice), ensure_ascii=False, indent=2)
        case "chat":
            return json.dumps(render_chat(notice), ensure_ascii=False, indent=2)
        case "html":
            page: str = import_module("why403.notices.page").render_page(notice)
            return page
        case _:
            raise ValueError(f"There is no format {form!r}; there are {', '.join(FORMATS)}.")


def _notice(diagnosis: Diagnosis, language: Language, event: LogEvent) -> Notice:
    sample = Sample(
        message=redact(event.message),
        log_group=event.log_group,
        log_stream=event.log_stream,
        timestamp=event.timestamp,
    )
    notice = Notice(diagnosis=diagnosis, language=language, sample=sample)
    return replace(notice, links=links_of(notice))
