"""What happened to an incident, told in a channel of ten others: which one it is, and what is now."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from why403.incidents.incident import Expectation, HeldBack, State
from why403.incidents.transition import Transition
from why403.notices.dialects.chat import render_chat
from why403.notices.dialects.email import SUBJECT, render_email
from why403.notices.dialects.slack import render_slack
from why403.notices.dialects.teams import render_teams
from why403.notices.notice import Links, Notice
from why403.notices.words import Language, word

from tests.unit.notices.notice_case import LANGUAGES, NAMES, notice_of

FORMS: dict[str, Callable[[Notice], str]] = {
    "slack": lambda notice: json.dumps(render_slack(notice), ensure_ascii=False),
    "chat": lambda notice: str(render_chat(notice)["content"]["title"]),
    "subject": lambda notice: render_email(notice).subject,
    "e-mail": lambda notice: render_email(notice).body,
}
STATES = {
    Transition.FIX_SEEN: State.FIX_SEEN,
    Transition.RESOLVED: State.RESOLVED,
    Transition.MUTED: State.MUTED,
    Transition.EXPECTED: State.EXPECTED,
}


def _after(transition: Transition, language: Language, *, in_full: bool = False) -> Notice:
    notice = notice_of("first_incident", language, transition=transition, in_full=in_full)
    assert notice.incident is not None
    state = STATES.get(transition, State.OPEN)
    incident = replace(notice.incident, state=state, muted_until="2026-12-24")
    return replace(notice, incident=incident)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("transition", Transition)
def test_each_transition_names_workload_action_and_target(
    transition: Transition, language: Language, form: str
) -> None:
    told = FORMS[form](_after(transition, language))

    assert [
        name for name in ("laravel-server", "sqs:SendMessage", "scout-admin-dev-jobs") if name not in told
    ] == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("transition", STATES)
def test_what_is_settled_leads_to_the_incident_and_not_to_a_fix(
    transition: Transition, language: Language
) -> None:
    told = render_slack(_after(transition, language, in_full=True))["blocks"][-1]["elements"][0]
    fix = render_slack(notice_of("first_incident", language))["blocks"][-1]["elements"][0]

    assert told["url"] == fix["url"]
    assert told["text"] != fix["text"]


@pytest.mark.parametrize("transition", [each for each in Transition if each is not Transition.OPENED])
def test_a_thread_that_begins_later_says_what_happened(transition: Transition) -> None:
    full = render_slack(_after(transition, Language.ENGLISH, in_full=True))
    line = render_slack(_after(transition, Language.ENGLISH))["text"]

    assert full["blocks"][0]["text"]["text"] == line


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_expected_is_told_with_its_reason_and_its_end(language: Language) -> None:
    notice = _after(Transition.EXPECTED, language)
    assert notice.incident is not None
    expectation = Expectation(reason="the scanner probes", owner="ana", until="2027-01-01")
    told = render_slack(replace(notice, incident=replace(notice.incident, expectation=expectation)))["text"]

    assert [part for part in ("the scanner probes", "2027-01-01") if part not in told] == []


@pytest.mark.parametrize("transition", [Transition.FIX_SEEN, Transition.RESOLVED])
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_over_is_not_told_as_if_it_were_still_denied(
    transition: Transition, language: Language
) -> None:
    over = word("notices.was", language)

    assert over in FORMS["slack"](_after(transition, language, in_full=True))
    assert over not in FORMS["slack"](_after(Transition.REGRESSED, language, in_full=True))


def test_who_acknowledged_is_named_once() -> None:
    notice = _after(Transition.ACKNOWLEDGED, Language.ENGLISH)
    assert notice.incident is not None
    acknowledged = replace(notice, incident=replace(notice.incident, acknowledged_by="alice"), by="alice")

    assert FORMS["slack"](acknowledged).count("alice") - acknowledged.links.page.count("alice") == 2


DASHBOARD = "https://us-east-1.console.aws.amazon.com/cloudwatch/home?region=us-east-1#dashboards/dashboard/x"


@pytest.mark.parametrize("form", [*FORMS, "teams"])
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", ["", DASHBOARD])
def test_a_message_without_a_link_to_the_incident_names_the_terminals_commands(
    page: str, language: Language, form: str
) -> None:
    others: dict[str, Callable[[Notice], str]] = {
        "teams": lambda notice: json.dumps(render_teams(notice), ensure_ascii=False),
        "chat": lambda notice: str(render_chat(notice)["content"]["description"]),
    }
    wants = (FORMS | others)[form]
    here = {"stack": "why403", "stack_region": "eu-west-1"}
    notice = notice_of("first_incident", language, links=Links(page=page), **here)
    linked = notice_of("first_incident", language, **here)
    commands = (
        "why403 open f3a1c0de5b7d9e21 --region eu-west-1 · "
        "why403 mute f3a1c0de5b7d9e21 --for 4h --region eu-west-1"
    )

    if form != "subject":
        assert commands in wants(notice)
    assert "why403 open" not in wants(linked)
    assert "why403 open" not in wants(replace(notice, stack=""))


@pytest.mark.parametrize(
    ("state", "muted_until", "answer"),
    [
        (State.REGRESSED, "", "mute f3a1c0de5b7d9e21 --for 4h --stack security"),
        (State.OPEN, "2026-12-24", "mute f3a1c0de5b7d9e21 --end --stack security"),
        (State.MUTED, "2026-12-24", "mute f3a1c0de5b7d9e21 --end --stack security"),
        (State.EXPECTED, "", "expect f3a1c0de5b7d9e21 --end --stack security"),
        (State.RESOLVED, "", ""),
    ],
)
def test_the_commands_fit_how_the_incident_stands(state: State, muted_until: str, answer: str) -> None:
    notice = notice_of("first_incident", links=Links(), stack="security", in_full=False)
    assert notice.incident is not None
    stood = replace(notice, incident=replace(notice.incident, state=state, muted_until=muted_until))
    told = render_slack(stood)["blocks"][-1]["elements"][0]["text"].splitlines()[-1]
    commands = ["open f3a1c0de5b7d9e21 --stack security", *filter(None, [answer])]

    assert told == "In a terminal: " + " · ".join(f"why403 {command}" for command in commands)


HOURS = 3_600_000
LATER = 1_795_700_000_000


def _told(transition: Transition, language: Language, **stood: Any) -> str:
    notice = _after(transition, language)
    assert notice.incident is not None
    incident = replace(notice.incident, transition=transition, **stood)
    return str(render_slack(replace(notice, incident=incident))["blocks"][0]["text"]["text"])


@pytest.mark.parametrize(
    ("language", "told"),
    [
        (Language.ENGLISH, "✅ Resolved after 2 h 14 min: "),
        (Language.JAPANESE, "✅ 2 時間 14 分で解決: "),
        (Language.KOREAN, "✅ 2시간 14분 만에 해결됨: "),
    ],
)
def test_what_is_over_says_how_long_it_lasted(language: Language, told: str) -> None:
    lasted = {"fix_seen_at": LATER + 2 * HOURS + 14 * 60_000 + 59_000, "resolved_at": LATER + 9 * HOURS}
    text = _told(Transition.RESOLVED, language, opened_at=LATER, count=1_204, **lasted)

    assert text.startswith(told)
    assert "1,204" in text


def test_how_long_it_lasted_is_of_this_life_alone() -> None:
    unknown = _told(Transition.RESOLVED, Language.ENGLISH, generation=2)
    again = _told(
        Transition.RESOLVED, Language.ENGLISH, generation=2, opened_at=LATER, fix_seen_at=LATER + 27 * HOURS
    )
    at_once = _told(Transition.RESOLVED, Language.ENGLISH, opened_at=LATER, last_seen=LATER, count=1)

    assert unknown.startswith("✅ Resolved: laravel-server")
    assert again.startswith("✅ Resolved after 1 d 3 h: laravel-server")
    assert at_once.endswith("1 line in all.")


def test_what_is_back_says_for_how_long_it_was_away() -> None:
    back = {"generation": 2, "resolved_at": LATER - 50 * HOURS, "opened_at": LATER}

    assert "Back again, 2 d 2 h after it was resolved: laravel" in _told(
        Transition.REGRESSED, Language.ENGLISH, **back
    )
    assert "Back again: laravel" in _told(Transition.REGRESSED, Language.ENGLISH, generation=2)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_a_subject_is_what_sns_takes_and_names_severity_and_account(name: str, language: Language) -> None:
    subject = render_email(notice_of(name, language)).subject

    assert subject.isascii()
    assert len(subject) <= SUBJECT
    assert "123456789012" in subject
    assert notice_of(name).severity.value in subject


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("transition", [Transition.ACKNOWLEDGED, Transition.MUTED, Transition.UNMUTED])
def test_who_did_it_is_told(transition: Transition, language: Language, form: str) -> None:
    by_somebody = replace(_after(transition, language), reason="person", by="alice (Slack U012AB3CD)")

    assert "alice (Slack U012AB3CD)" in FORMS[form](by_somebody) or form == "subject"


def test_the_end_of_a_mute_is_told_in_the_readers_own_time() -> None:
    after = _after(Transition.MUTED, Language.ENGLISH)
    assert after.incident is not None
    incident = replace(after.incident, muted_until="2026-11-30T09:05:10+00:00")
    told = render_slack(replace(after, incident=incident))["blocks"][0]["text"]["text"]

    assert "<!date^1796029510^{date_short_pretty} {time}|2026-11-30 09:05 UTC>" in told


def test_the_first_message_says_who_looks_after_it_whatever_happens_next() -> None:
    after = _after(Transition.GREW, Language.ENGLISH, in_full=True)
    assert after.incident is not None
    told = render_slack(replace(after, incident=replace(after.incident, acknowledged_by="alice <!here>")))

    assert "acknowledged by alice &lt;!here&gt;" in json.dumps(told, ensure_ascii=False)


@pytest.mark.parametrize("in_full", [True, False], ids=["opened", "grew"])
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("form", sorted({*FORMS} - {"subject", "chat"}))
def test_a_flood_tells_what_it_folded_likeliest_first_in_the_notice_and_in_its_updates(
    form: str, language: Language, *, in_full: bool
) -> None:
    queue = "arn:aws:sqs:us-east-1:123456789012:q"
    own = HeldBack(caller="orders-task", action="sqs:DeleteMessage", resource=f"{queue}-own", is_known=True)
    others = [HeldBack(caller=f"made-up-{n}", action="s3:GetObject", resource=f"b/{n}") for n in range(40)]
    opened = notice_of("first_incident", language, in_full=in_full, transition=Transition.GREW)
    assert opened.incident is not None
    flood = replace(
        opened,
        diagnosis=replace(opened.diagnosis, remedies=(), changes=(), findings=()),
        incident=replace(opened.incident, held_back=(own, *others)),
    )
    told = FORMS[form](flood)

    assert [
        name for name in ("orders-task", "sqs:DeleteMessage", "q-own", "made-up-3") if name not in told
    ] == []
    assert told.index("orders-task") < told.index("made-up-0")
