"""What a line says calls nobody, links nowhere and formats nothing, wherever it is shown."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from why403.cli.terminal import json_line
from why403.decisions.decision import StatementEvidence
from why403.diagnosis.diagnosis import Diagnosis, NextDenial
from why403.message import Message
from why403.notices.dialects.chat import render_chat
from why403.notices.dialects.email import render_email
from why403.notices.dialects.pagerduty import render_pagerduty
from why403.notices.dialects.slack import render_slack
from why403.notices.dialects.teams import render_teams
from why403.notices.dialects.text import render_text
from why403.notices.inert import plain_words, unlinked
from why403.notices.notice import Links, Notice
from why403.page.render import render_page
from why403.remedies.remedy import Remedy

from tests.unit.notices.notice_case import notice_of

HOSTILE: list[str] = json.loads(
    (Path(__file__).parents[2] / "cases" / "hostile" / "texts.json").read_text(encoding="utf-8")
)
OUR_DATE = re.compile(r"<!date\^\d+\^\{date_short_pretty\} \{time\}\|[0-9: -]+ UTC>")
"""A moment as Slack tells it in the reader's time zone: without a link, and around nothing but a moment."""
UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]")


def said(text: str) -> Notice:
    """A notice with the text wherever a line, or a name that anybody may give, can put one."""
    notice = notice_of("first_incident")
    assert notice.incident is not None
    sample = replace(notice.incident.samples[0], message=text, log_stream=text)
    incident = replace(notice.incident, samples=(sample,), log_group=text, streams=(text,))
    return replace(notice, diagnosis=_named(notice.diagnosis, text), incident=incident)


def _named(told: Diagnosis, text: str) -> Diagnosis:
    assert told.request is not None
    assert told.decision is not None
    meant = Message("notices.meant", {"what": text, "percent": "1", "evidence": text})
    layers = tuple(
        layer._replace(
            policy=text,
            statement=text,
            values=dict.fromkeys(layer.values, text),
            near_miss=layer.near_miss and _statement(layer.near_miss, text),
            evidence=tuple(_statement(one, text) for one in layer.evidence),
        )
        for layer in told.decision.layers
    )
    return replace(
        told,
        denial=replace(told.denial, request_id=text),
        request=replace(told.request, principal=text, action=text, resource=text),
        decision=replace(told.decision, layers=layers),
        workload=replace(told.workload, container=text),
        findings=(meant,),
        remedies=tuple(_remedy(remedy, text) for remedy in told.remedies),
        target_candidates=tuple(replace(one, arn=text) for one in told.target_candidates),
        changes=tuple(replace(change, what=text, by=text) for change in told.changes),
        next_denials=(NextDenial(action=text, resource=text, layer=""),),
        unreadable=tuple(replace(spot, subject=text, error=text) for spot in told.unreadable),
    )


def _statement(one: StatementEvidence, text: str) -> StatementEvidence:
    conditions = tuple(replace(each, key=text, wanted=(text,)) for each in one.conditions)
    return replace(one, policy=text, statement=text, wanted=(text,), conditions=conditions)


def _remedy(remedy: Remedy, text: str) -> Remedy:
    title = Message(remedy.title.id, dict.fromkeys(remedy.title.values, text))
    return replace(
        remedy, title=title, target=text, policy_name=text, owner=text, adds=(text,), diff=f"+{text}"
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_slack_sees_no_mention_and_no_link(text: str) -> None:
    sent = OUR_DATE.sub("", json.dumps(render_slack(said(text))["blocks"], ensure_ascii=False))

    assert re.search(r"<[!@#h]|<mailto", sent) is None
    assert UNSEEN.search(sent) is None


@pytest.mark.parametrize("text", HOSTILE)
def test_the_chat_sees_no_mention_and_no_link(text: str) -> None:
    content = render_chat(said(text))["content"]
    prose = re.sub(r"```.*?```", "", content["title"] + content["description"], flags=re.DOTALL)

    assert re.search(r"<[!@#a-z]|\]\(|(?<!\w)@(?:here|channel|everyone)", prose) is None
    assert UNSEEN.search(json.dumps(content, ensure_ascii=False)) is None


@pytest.mark.parametrize("text", HOSTILE)
def test_a_terminal_and_a_mail_get_no_control_character(text: str) -> None:
    notice = said(text)

    assert UNSEEN.search(render_text(notice)) is None
    assert UNSEEN.search(render_email(notice).subject + render_email(notice).body) is None


@pytest.mark.parametrize("text", HOSTILE)
def test_the_page_has_no_element_of_a_lines_making(text: str) -> None:
    page = render_page(said(text))
    tags = set(re.findall(r"<([a-z0-9]+)", page.lower()))

    assert tags & {"img", "iframe", "object", "embed", "base", "link"} == set()
    assert page.count("<script") == 1
    assert re.search(r"(?:href|src|action)=[\"']?\s*(?:javascript|data|vbscript):", page.lower()) is None
    assert UNSEEN.search(page) is None


@pytest.mark.parametrize("address", ["https://evil.example/login", "HTTP://evil.example", "www.evil.example"])
def test_an_address_in_a_name_becomes_no_link_in_a_chat(address: str) -> None:
    notice = said(f"arn:aws:s3:::photos/{address}")
    content = render_chat(notice)["content"]
    prose = re.sub(r"```.*?```", "", content["title"] + content["description"], flags=re.DOTALL)
    texts = [block["text"] for block in render_slack(notice)["blocks"] if block["type"] == "section"]

    assert re.search(r"(?i)https?://evil|www\.evil", prose) is None
    assert [text for text in texts if text["type"] == "mrkdwn" and not text["verbatim"]] == []


ADDRESSES = (
    "https://evil.example/login", "HTTP://evil.example", "www.evil.example", "evil.example.com/login", "ftp://evil.example",
    "mailto:a@evil.example",
    "alice@evil.com", "tel:+4912345", "file://evil.example/x", "smb://evil.example/x", "javascript:alert(1)", "evil.s3.amazonaws.com/login",
    "s3.amazonaws.com/evil/login", "https://evil.s3.amazonaws.com/login", "abc.execute-api.us-east-1.amazonaws.com/login",
    "aws.amazon.com.evil.com/login", "https://aws.amazon.com@evil.com/",
)  # fmt: skip
LINKED = re.compile(
    r"(?i)(?:https?|ftp|file|smb)://(?!why403|docs\.aws|console\.aws|[a-z0-9-]+\.console\.aws|sqs\.ap-northeast-1\.amazonaws|page\.example)"
    r"|www\.|mailto:|tel:|javascript:"
    r"|(?:evil|evil\.example|execute-api\.us-east-1\.amazonaws|s3\.amazonaws)\.com"
)
"""What mail clients, Teams and PagerDuty make a link of."""


def _links_of(told: object) -> list[str]:
    """Texts but for our own links."""
    if isinstance(told, dict):
        return [
            one
            for name, item in told.items()
            if name not in {"url", "href", "links", "$schema", "codeSnippet"}
            for one in _links_of(item)
        ]
    if isinstance(told, list | tuple):
        return [one for item in told for one in _links_of(item)]
    return LINKED.findall(str(told))


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("form", ["e-mail", "teams", "pagerduty"])
def test_no_name_becomes_a_link_for_people(address: str, form: str) -> None:
    notice = replace(said(f"arn:aws:s3:::photos/{address}"), links=Links())
    forms: dict[str, object] = {
        "e-mail": [line for line in render_email(notice).body.splitlines() if not line.startswith("aws ")],
        "teams": render_teams(notice)["attachments"][0]["content"],
        "pagerduty": render_pagerduty(notice, ""),
    }

    assert _links_of(forms[form]) == []


def test_a_mail_leaves_out_a_command_that_it_would_make_a_link_of() -> None:
    notice = notice_of("first_incident")
    remedies = tuple(
        replace(one, commands=replace(one.commands, aws_cli="aws iam x https://evil.example/x"))
        for one in notice.diagnosis.remedies
    )
    told = render_email(replace(notice, diagnosis=replace(notice.diagnosis, remedies=remedies))).body

    assert "https://evil" not in told
    assert "a mail client would open" in told


@pytest.mark.parametrize(
    "name",
    [
        "orders", "arn:aws:s3:::photos/2026/holiday.jpg", "report.v2.json", "run.sh", "index.html", "ecs-tasks.amazonaws.com", "node.js",
        "arn:aws:iam::123456789012:role/service-role/app.prod", "https://docs.aws.amazon.com/x", "https://sqs.us-east-1.amazonaws.com/1/orders",
        "s3://photos/a.zip", "com.acme.Orders", "io.netty.handler", "sun.net.www", "v1.2.3", "10.0.0.1", "a.b.c",
    ],
)  # fmt: skip
def test_an_ordinary_name_reads_as_ever(name: str) -> None:
    assert plain_words(name) == name


def test_an_address_of_aws_stays_one() -> None:
    told = "See https://docs.aws.amazon.com/IAM/latest/UserGuide/x.html and https://console.aws.amazon.com/iam/home"

    assert unlinked(told) == told
    assert "://" not in unlinked("https://aws.amazon.com.evil.example/ https://evil.example/aws.amazon.com/")


def test_a_line_of_a_megabyte_makes_a_notice_of_the_usual_size() -> None:
    notice = said("<!channel> " * 100_000)

    assert len(json.dumps(render_slack(notice))) < 20_000
    assert len(json.dumps(render_chat(notice))) < 40_000
    assert len(render_email(notice).body) <= 60_000


def test_json_for_a_terminal_holds_no_unseen_character_and_reads_back_the_same() -> None:
    value = {"key": "ad\x9bmin\u202egpj \u200b\ud800\U000e0041 日本"}
    written = json_line(value)

    assert UNSEEN.search(written) is None
    assert "日本" in written
    assert json.loads(written) == value
