"""What a line says calls nobody, links nowhere and formats nothing, wherever it is shown."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from why403.message import Message
from why403.notices.chat import render_chat
from why403.notices.email import render_email
from why403.notices.notice import Notice
from why403.notices.page import render_page
from why403.notices.slack import render_slack
from why403.notices.text import render_text

from tests.unit.notices.notice_case import notice_of

HOSTILE: list[str] = json.loads(
    (Path(__file__).parents[2] / "cases" / "hostile" / "texts.json").read_text(encoding="utf-8")
)
UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]")


def _said(text: str) -> Notice:
    """A notice with the text wherever a line can put one."""
    notice = notice_of("first_incident")
    assert notice.incident is not None
    told = notice.diagnosis
    sample = replace(notice.incident.samples[0], message=text, log_stream=text)
    request = replace(told.request, resource=text) if told.request else None
    findings = (Message("notices.meant", {"what": text, "percent": "1", "evidence": text}),)
    workload = replace(told.workload, container=text)
    return replace(
        notice,
        diagnosis=replace(told, request=request, findings=findings, workload=workload),
        incident=replace(notice.incident, samples=(sample,), log_group=text),
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_slack_sees_no_mention_and_no_link(text: str) -> None:
    sent = json.dumps(render_slack(_said(text))["blocks"], ensure_ascii=False)

    assert re.search(r"<[!@#h]|<mailto", sent) is None
    assert UNSEEN.search(sent) is None


@pytest.mark.parametrize("text", HOSTILE)
def test_the_chat_sees_no_mention_and_no_link(text: str) -> None:
    content = render_chat(_said(text))["content"]
    prose = re.sub(r"```.*?```", "", content["title"] + content["description"], flags=re.DOTALL)

    assert re.search(r"<[!@#a-z]|\]\(|(?<!\w)@(?:here|channel|everyone)", prose) is None
    assert UNSEEN.search(json.dumps(content, ensure_ascii=False)) is None


@pytest.mark.parametrize("text", HOSTILE)
def test_a_terminal_and_a_mail_get_no_control_character(text: str) -> None:
    notice = _said(text)

    assert UNSEEN.search(render_text(notice)) is None
    assert UNSEEN.search(render_email(notice).subject + render_email(notice).body) is None


@pytest.mark.parametrize("text", HOSTILE)
def test_the_page_has_no_element_of_a_lines_making(text: str) -> None:
    page = render_page(_said(text))
    tags = set(re.findall(r"<([a-z0-9]+)", page.lower()))

    assert tags & {"img", "iframe", "object", "embed", "base", "link"} == set()
    assert page.count("<script") == 1
    assert re.search(r"(?:href|src|action)=[\"']?\s*(?:javascript|data|vbscript):", page.lower()) is None
    assert UNSEEN.search(page) is None


def test_a_line_of_a_megabyte_makes_a_notice_of_the_usual_size() -> None:
    notice = _said("<!channel> " * 100_000)

    assert len(json.dumps(render_slack(notice))) < 20_000
    assert len(json.dumps(render_chat(notice))) < 40_000
    assert len(render_email(notice).body) <= 60_000
