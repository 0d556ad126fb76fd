"""The console as CloudWatch calls it: what it shows, what its forms do once, and what hostile payloads get."""

import html
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from why403.console import Consoles, act, look
from why403.iam.place import Place
from why403.incidents.incident import Incident, State
from why403.notices.consoles import dashboard_page
from why403.notices.load import NoticeMaker
from why403.notices.words import Language, word
from why403.page.forms import day_after
from why403.page.widget import LONGEST_WIDGET, Frame, render_incident

from tests.fakes.incident_table import InMemoryIncidentTable
from tests.fakes.incidents import NOW, opened_incident

LOOK = "arn:aws:lambda:us-east-1:123456789012:function:why403-console"
ACT = f"{LOOK}-act"
INCIDENT = opened_incident()
SOON = day_after(NOW, 7)
ACTION = re.compile(
    r'<cwdb-action action="call" display="widget" endpoint="([^"]*)">(.*?)</cwdb-action>', re.DOTALL
)
CONTEXT = {
    "dashboardName": "why403-incidents-us-east-1",
    "widgetId": "widget-1",
    "accountId": "123456789012",
    "locale": "en",
    "theme": "light",
    "forms": {"all": {}},
    "params": {},
}
"""As the documentation shows it, shortened: nothing in it says who is looking."""


def consoles_of(*incidents: Incident, acting: bool = True, language: Language = Language.ENGLISH) -> Consoles:
    table = InMemoryIncidentTable()
    for incident in incidents or (INCIDENT,):
        table.open(incident)
    maker = NoticeMaker(table=table, place=Place("123456789012", "us-east-1"), language=language)
    frame = Frame(LOOK, ACT if acting else "")
    return Consoles(table=table, maker=maker, language=language, frame=frame, now=NOW)


def event(given: Mapping[str, Any] | None = None, **fields: str) -> dict[str, Any]:
    """The widget's event, with what stands in its inputs."""
    return {**(given or {}), "widgetContext": {**CONTEXT, "forms": {"all": fields}}}


def shown(consoles: Consoles, given: Mapping[str, Any] | None = None, **fields: str) -> str:
    answer = look(event(given, **fields), consoles)
    assert isinstance(answer, str)
    return answer


def actions(page: str) -> list[tuple[str, dict[str, Any]]]:
    """(Endpoint, its event) of each action of a page."""
    return [(html.unescape(arn), json.loads(html.unescape(told))) for arn, told in ACTION.findall(page)]


def form(consoles: Consoles, purpose: str = "mute") -> dict[str, Any]:
    page = shown(consoles, {"incident": INCIDENT.fingerprint})
    return next(told for arn, told in actions(page) if arn == ACT and told["purpose"] == purpose)


def state(consoles: Consoles) -> State:
    found = consoles.table.get(INCIDENT.fingerprint)
    assert found
    return found.state


def muted(consoles: Consoles, given: Mapping[str, Any], **fields: str) -> str:
    return act(event(given, **({"mute-owner": "Mara", "mute-until": SOON} | fields)), consoles)


def test_it_describes_itself_when_asked() -> None:
    answer = look({"describe": True}, consoles_of())

    assert isinstance(answer, dict)
    assert "why403" in answer["markdown"]


def test_the_list_leads_to_each_incident_and_changes_nothing() -> None:
    page = shown(consoles_of())

    assert "sqs:SendMessage" in page
    assert {LOOK} == {arn for arn, _ in actions(page)}
    assert {"incident": INCIDENT.fingerprint} in [told for _, told in actions(page)]


def test_those_seen_last_stand_on_top() -> None:
    older = replace(INCIDENT, fingerprint="older-incident", last_seen=INCIDENT.last_seen - 1)
    newer = replace(INCIDENT, fingerprint="newer-incident", last_seen=INCIDENT.last_seen + 1)
    asked = [told.get("incident") for _, told in actions(shown(consoles_of(older, INCIDENT, newer)))]

    assert asked[:3] == ["newer-incident", INCIDENT.fingerprint, "older-incident"]


def test_no_incident_is_a_sentence() -> None:
    consoles = consoles_of()
    consoles = replace(consoles, table=InMemoryIncidentTable())

    assert word("notices.page.console-none", Language.ENGLISH) in shown(consoles)


@pytest.mark.parametrize("language", list(Language))
def test_an_incident_is_shown_with_its_forms_in_each_language(language: Language) -> None:
    page = shown(consoles_of(language=language), {"incident": INCIDENT.fingerprint})

    assert "sqs:SendMessage" in page
    assert [arn for arn, _ in actions(page) if arn == ACT] == [ACT, ACT]
    assert word("notices.page.console-who", language) in html.unescape(page)


def test_an_incident_can_be_opened_by_its_id_from_the_list() -> None:
    page = shown(consoles_of(), {"open": True}, **{"open-incident": f" {INCIDENT.fingerprint} "})

    assert word("notices.page.console-who", Language.ENGLISH) in html.unescape(page)


def test_the_begin_of_an_open_incidents_id_is_enough_where_no_other_begins_so() -> None:
    other = replace(INCIDENT, fingerprint=f"{INCIDENT.fingerprint[:8]}0000")
    one, two = consoles_of(), consoles_of(INCIDENT, other)
    who, none = (word(f"notices.page.{told}", Language.ENGLISH) for told in ("console-who", "not-found"))

    assert who in html.unescape(shown(one, {"open": True}, **{"open-incident": INCIDENT.fingerprint[:8]}))
    assert none in html.unescape(shown(one, {"open": True}, **{"open-incident": INCIDENT.fingerprint[:3]}))
    assert none in html.unescape(shown(two, {"open": True}, **{"open-incident": INCIDENT.fingerprint[:8]}))
    assert who in html.unescape(shown(two, {"open": True}, **{"open-incident": INCIDENT.fingerprint[:9]}))


def test_an_incident_leads_to_the_other_open_ones_of_its_role() -> None:
    other = replace(INCIDENT, fingerprint="other-incident")
    page = shown(consoles_of(INCIDENT, other), {"incident": INCIDENT.fingerprint})
    alone = shown(consoles_of(INCIDENT), {"incident": INCIDENT.fingerprint})
    acted = muted(consoles_of(INCIDENT, other), form(consoles_of(INCIDENT, other)))

    assert (LOOK, {"incident": "other-incident"}) in actions(page)
    assert word("notices.section.others-open", Language.ENGLISH) not in alone
    assert "other-incident" not in acted


@pytest.mark.parametrize("wanted", ["gone", "<script>", "I#x", {"S": "x"}, ["x"], "x" * 10_000, 403, True])
def test_whatever_else_is_asked_for_is_the_list_with_a_sentence(wanted: object) -> None:
    page = shown(consoles_of(), {"incident": wanted})

    assert word("notices.page.not-found", Language.ENGLISH) in html.unescape(page)
    assert "<script" not in page


@pytest.mark.parametrize(
    "context", [None, [], "x", {"forms": None}, {"forms": {"all": []}}, {"theme": ["dark"]}]
)
def test_a_context_that_is_none_is_no_error(context: object) -> None:
    answer = look({"widgetContext": context}, consoles_of())

    assert isinstance(answer, str)
    assert "sqs:SendMessage" in answer


def test_the_function_that_looks_never_acts_whatever_it_is_sent() -> None:
    consoles = consoles_of()
    sent = form(consoles)
    look(event(sent, **{"mute-owner": "Mara", "mute-until": SOON}), consoles)

    assert state(consoles) is State.OPEN


def test_a_form_mutes_under_the_name_that_was_written() -> None:
    consoles = consoles_of()
    page = muted(consoles, form(consoles))
    found = consoles.table.get(INCIDENT.fingerprint)

    assert found
    assert (found.state, found.muted_by, found.muted_until) == (State.MUTED, "Mara", SOON)
    assert word("notices.page.saved", Language.ENGLISH) in page
    assert [told["purpose"] for arn, told in actions(page) if arn == ACT] == ["unmute"]


def test_a_form_expects_with_a_reason() -> None:
    consoles = consoles_of()
    fields = {"expect-owner": "Mara", "expect-until": SOON, "expect-reason": "a probe"}
    act(event(form(consoles, "expect"), **fields), consoles)

    assert state(consoles) is State.EXPECTED


def test_a_form_that_is_sent_again_acts_once() -> None:
    consoles = consoles_of()
    sent = form(consoles)
    muted(consoles, sent)
    page = muted(consoles, sent, **{"mute-owner": "Eve"})
    found = consoles.table.get(INCIDENT.fingerprint)

    assert found
    assert found.muted_by == "Mara"
    assert word("notices.page.console-used", Language.ENGLISH) in page


def test_a_form_of_a_state_that_is_over_changes_nothing() -> None:
    consoles = consoles_of()
    stale, fresh = form(consoles), form(consoles)
    muted(consoles, fresh)
    page = muted(consoles, stale, **{"mute-owner": "Eve"})
    found = consoles.table.get(INCIDENT.fingerprint)

    assert found
    assert found.muted_by == "Mara"
    assert word("notices.page.console-moved-on", Language.ENGLISH) in page


@pytest.mark.parametrize(
    "fields",
    [{"mute-owner": ""}, {"mute-until": "2999-01-01"}, {"mute-until": "<b>"}],
)
def test_a_form_that_is_not_filled_in_can_be_sent_again(fields: dict[str, str]) -> None:
    consoles = consoles_of()
    page = muted(consoles, form(consoles), **fields)

    assert state(consoles) is State.OPEN
    assert 'class="said"' in page


@pytest.mark.parametrize(
    "changed",
    [
        {"purpose": "view"},
        {"purpose": None},
        {"incident": "gone"},
        {"incident": "../x"},
        {"form": "short"},
        {"form": None},
        {"state": None},
        {"state": "9.9"},
    ],
)
def test_a_payload_that_is_no_form_of_ours_changes_nothing(changed: dict[str, object]) -> None:
    consoles = consoles_of()
    page = muted(consoles, form(consoles) | changed)

    assert state(consoles) is State.OPEN
    assert 'class="said"' in page


def test_where_acting_is_off_no_form_is_shown() -> None:
    page = shown(consoles_of(acting=False), {"incident": INCIDENT.fingerprint})

    assert {LOOK} == {arn for arn, _ in actions(page)}
    assert word("notices.page.acting-off", Language.ENGLISH) in page


HOSTILE = '"></code><script>alert(1)</script><iframe src=x></iframe><cwdb-action endpoint="arn:evil">{}</cwdb-action>'


def test_hostile_values_are_text_in_list_and_incident() -> None:
    denial = replace(INCIDENT.denial, resource=HOSTILE, resource_name=HOSTILE, principal=HOSTILE)
    hostile = replace(
        INCIDENT,
        denial=denial,
        log_group=HOSTILE,
        samples=tuple(replace(sample, message=HOSTILE) for sample in INCIDENT.samples),
    )
    consoles = consoles_of(hostile)
    pages = [shown(consoles), shown(consoles, {"incident": hostile.fingerprint})]

    assert [re.findall(r"<script|<iframe|arn:evil\"", page) for page in pages] == [[], []]
    assert {LOOK, ACT} >= {arn for page in pages for arn, _ in actions(page)}


def test_no_anchor_of_ours_takes_the_consoles_address_and_no_script_or_handler_is_needed() -> None:
    page = shown(consoles_of(), {"incident": INCIDENT.fingerprint})

    assert re.findall(r'href="#|<script|<use|<iframe|\son[a-z]+=|<link|@import|url\(', page) == []


def test_an_incident_that_is_too_large_is_cut_with_words() -> None:
    samples = tuple(
        replace(INCIDENT.samples[0], event_id=str(number), message="あ" * 4_000) for number in range(300)
    )
    huge = replace(INCIDENT, samples=samples)
    consoles = consoles_of(huge)
    notice = consoles.maker.notice_of(huge)
    page = render_incident(replace(notice, incident=huge), consoles.frame, (), {})

    assert len(page) <= LONGEST_WIDGET
    assert f"why403 open {huge.fingerprint}" in page


@pytest.mark.parametrize(
    ("place", "begins"),
    [
        (Place("123456789012", "us-east-1"), "https://us-east-1.console.aws.amazon.com/"),
        (Place("123456789012", "ca-west-1"), "https://ca-west-1.console.aws.amazon.com/"),
        (Place("123456789012", "cn-north-1", "aws-cn"), "https://cn-north-1.console.amazonaws.cn/"),
        (
            Place("123456789012", "us-gov-west-1", "aws-us-gov"),
            "https://us-gov-west-1.console.amazonaws-us-gov.com/",
        ),
    ],
)
def test_a_messages_link_leads_to_the_dashboard_in_each_partitions_console(place: Place, begins: str) -> None:
    name = f"why403-incidents-{place.region}"
    link = dashboard_page(place, name)

    assert link == f"{begins}cloudwatch/home?region={place.region}#dashboards/dashboard/{name}"
    assert dashboard_page(place, "") == ""
