"""What the fix page tells beside the notice: how the incident stood, where the console shows it, and a report."""

from dataclasses import replace
from typing import Any

import pytest
from why403.incidents.incident import Expectation, Incident, State
from why403.incidents.transition import PastTurn, Transition
from why403.notices.consoles import resource_page
from why403.page.parts import parts_of, report_of

from tests.unit.notices.notice_case import NAMES, notice_of

HOUR = 3_600_000


def history_of(**stood: Any) -> list[tuple[str, str]]:
    notice = notice_of("first_incident")
    assert isinstance(notice.incident, Incident)
    start = notice.incident.first_seen
    given = {name: start + value * HOUR if name.endswith("_at") else value for name, value in stood.items()}
    told: list[tuple[str, str]] = parts_of(replace(notice, incident=replace(notice.incident, **given)))[
        "history"
    ]
    return told


def test_a_resolved_incident_tells_when_it_began_when_a_fix_was_seen_and_when_it_ended() -> None:
    told = history_of(state=State.RESOLVED, fix_seen_at=1, resolved_at=2, reason="quiet")

    assert told == [
        ("2026-11-25 03:51 UTC", "denied for the first time"),
        ("2026-11-25 04:51 UTC", "fix seen"),
        ("2026-11-25 05:51 UTC", "resolved (The fix was seen, and no line has come since)"),
    ]


def test_an_expected_incident_tells_who_expects_it_why_and_until_when() -> None:
    expectation = Expectation(reason="it probes", owner="search", until="2027-01-31")
    told = history_of(
        state=State.EXPECTED, expectation=expectation, transition=Transition.EXPECTED, transition_at=1
    )

    assert told[-1] == ("2026-11-25 04:51 UTC", "marked as expected (search · it probes · 2027-01-31)")


def test_each_turn_that_was_kept_is_told_with_its_time_and_who_made_it() -> None:
    start = 1_795_578_718_000
    past = (
        PastTurn(start + HOUR, Transition.MUTED, "Kim <b>"),
        PastTurn(start + 2 * HOUR, Transition.UNMUTED),
        PastTurn(start + 3 * HOUR, Transition.FIX_SEEN),
    )
    told = history_of(state=State.FIX_SEEN, past=past, transition=Transition.FIX_SEEN, reason="policy-allows")

    assert told == [
        ("2026-11-25 03:51 UTC", "denied for the first time"),
        ("2026-11-25 04:51 UTC", "muted (Kim <b>)"),
        ("2026-11-25 05:51 UTC", "no longer muted"),
        ("2026-11-25 06:51 UTC", "fix seen (The policies, as they stand now, allow the call)"),
    ]


def test_a_diagnosis_without_an_incident_has_no_history() -> None:
    assert parts_of(notice_of("first_incident", incident=None))["history"] == []


@pytest.mark.parametrize("name", NAMES)
def test_a_report_holds_what_was_made_of_the_line_and_no_account_of_ours(name: str) -> None:
    notice = notice_of(name)
    sample = replace(notice.samples[0], message="denied in 999988887777") if notice.samples else None
    incident = replace(notice.incident, samples=(sample,)) if sample and notice.incident else notice.incident
    told = report_of(replace(notice, incident=incident))

    assert f"confidence: {notice.diagnosis.confidence}" in told
    assert "999988887777" not in told


QUEUE = "https://us-east-1.console.aws.amazon.com/sqs/v3/home?region=us-east-1#/queues/https%3A%2F%2Fsqs.us-east-1.amazonaws.com%2F123456789012%2Fjobs"


@pytest.mark.parametrize(
    ("arn", "page"),
    [
        ("arn:aws:sqs:us-east-1:123456789012:jobs", QUEUE),
        ("arn:aws:s3:::shop/a.txt", "https://console.aws.amazon.com/s3/buckets/shop?tab=permissions"),
        (
            "arn:aws-cn:kms:cn-north-1:123456789012:key/k1",
            "https://cn-north-1.console.amazonaws.cn/kms/home?region=cn-north-1#/kms/keys/k1",
        ),
        (
            "arn:aws:iam::123456789012:role/path/web",
            "https://console.aws.amazon.com/iam/home#/roles/details/web",
        ),
        ("arn:aws:kms:us-east-1:123456789012:alias/x", ""),
        ("arn:aws:sqs:us-east-1:123456789012:jobs?x=javascript:1", ""),
        ("arn:aws:unheard-of:us-east-1:123456789012:x", ""),
        ("*", ""),
        ("", ""),
    ],
)
def test_a_resource_leads_to_its_page_in_the_console(arn: str, page: str) -> None:
    assert resource_page(arn, "us-east-1") == page
