"""A diagnosis on standard output, in the form that was asked for: what would be sent, as it would be sent."""

import sys
from collections.abc import Callable
from enum import StrEnum
from typing import assert_never

import click

from why403.cli.terminal import has_colours, json_line, width_of
from why403.diagnosis.diagnosis import Diagnosis
from why403.diagnosis.diagnosis_json import from_json, to_json
from why403.iam.place import Place
from why403.incidents.sample import make_sample
from why403.log_events.log_event import LogEvent
from why403.notices.consoles import log_page, page_of_caller
from why403.notices.dialects.chat import render_chat
from why403.notices.dialects.machines import diagnosis_json
from why403.notices.dialects.slack import render_slack
from why403.notices.dialects.text import render_text
from why403.notices.notice import Links, Notice
from why403.notices.words import Language
from why403.page.render import render_page

Command = Callable[..., int]
LANGUAGES = tuple(language.value for language in Language)


class OutputFormat(StrEnum):
    """What can be printed."""

    TEXT = "text"
    JSON = "json"
    SLACK = "slack"
    CHAT = "chat"
    HTML = "html"


def printing(command: Command) -> Command:
    """The options that say how a diagnosis is printed: --all, --format, --json and --language."""
    forms, read = click.Choice([form.value for form in OutputFormat]), click.Choice(LANGUAGES)
    told = "Everything, not the one screen that people read first."
    with_language = click.option(
        "--language", type=read, default="en", help="Of what people read (default: en)."
    )
    with_json = click.option("--json", "as_json", is_flag=True, help="Short for --format json.")
    with_form = click.option(
        "--format", "form", type=forms, default="text", help="What to print (default: text)."
    )
    with_all = click.option("--all", "whole", is_flag=True, help=told)
    return with_all(with_form(with_json(with_language(command))))


def notice_of(diagnosis: Diagnosis, event: LogEvent, place: Place, language: str) -> Notice:
    """The notice of a diagnosis that belongs to no incident; what is secret stays out of it, as in what is sent."""
    diagnosis = from_json(to_json(diagnosis))
    notice = Notice(
        diagnosis=diagnosis, language=Language(language), sample=make_sample(event, redact_emails=False)
    )
    logs = log_page(place.region, place.partition, event.log_group, event.log_stream, event.timestamp)
    return Notice(
        diagnosis=diagnosis,
        links=Links(logs=logs, caller=page_of_caller(notice)),
        language=Language(language),
        sample=notice.sample,
        place=place,
    )


def printed(notice: Notice, form: OutputFormat, *, whole: bool = False) -> str:
    """One diagnosis; JSON forms are one line each. Text is one screen of it, or the `whole`."""
    match form:
        case OutputFormat.TEXT:
            colours, width = has_colours(sys.stdout), width_of(sys.stdout)
            return render_text(notice, colours=colours, width=width, whole=whole)
        case OutputFormat.JSON:
            return json_line(diagnosis_json(notice.diagnosis))
        case OutputFormat.SLACK:
            return json_line(render_slack(notice))
        case OutputFormat.CHAT:
            return json_line(render_chat(notice))
        case OutputFormat.HTML:
            return render_page(notice)
    assert_never(form)
