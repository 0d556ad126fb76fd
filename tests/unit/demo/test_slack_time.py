"""The preview of the demo shows a moment as Slack does: in the reader's time zone, never in Slack's own code."""

import time

import pytest

from demo.preview import rendered
from demo.slack_time import in_local_time

MOMENT = "since <!date^1795578718^{date_short_pretty} {time}|2026-11-25 03:51 UTC> · high"


@pytest.mark.parametrize(
    ("zone", "expected"),
    [("UTC", "since Nov 25, 2026 03:51 · high"), ("Asia/Tokyo", "since Nov 25, 2026 12:51 · high")],
)
def test_a_moment_is_shown_in_the_readers_zone(
    monkeypatch: pytest.MonkeyPatch, zone: str, expected: str
) -> None:
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    shown = in_local_time(MOMENT)
    monkeypatch.undo()
    time.tzset()

    assert shown == expected


def test_the_page_shows_no_code_of_slacks() -> None:
    page = rendered({"blocks": [{"type": "context", "elements": [{"type": "mrkdwn", "text": MOMENT}]}]})

    assert "date^" not in page
    assert "2026" in page
