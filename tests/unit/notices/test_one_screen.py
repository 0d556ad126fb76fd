"""What a person reads first in the terminal fits one screen, and keeps what the next step needs."""

import unicodedata

import pytest
from why403.notices.dialects.text import render_text
from why403.notices.notice import Notice
from why403.notices.words import Language

from tests.unit.notices.notice_case import LANGUAGES, NAMES, huge, notice_of

COLUMNS = 100
ROWS = 40


def rows(text: str) -> int:
    """Rows on a terminal of COLUMNS, which wraps what is longer; a wide character takes two columns."""
    widths = (
        sum(1 + (unicodedata.east_asian_width(one) in "WF") for one in line) for line in text.splitlines()
    )
    return sum(max(1, -(-width // COLUMNS)) for width in widths)


def one_screen(notice: Notice) -> str:
    return render_text(notice, width=COLUMNS, whole=False)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_a_diagnosis_fits_one_screen(name: str, language: Language) -> None:
    assert rows(one_screen(notice_of(name, language))) <= ROWS


def test_it_holds_the_verdict_the_near_miss_the_fix_its_command_and_the_way_to_the_rest() -> None:
    told = one_screen(notice_of("first_incident"))

    for wanted in (
        "AllowECSTaskAccess",
        "The smallest change: ",
        "aws iam put-role-policy",
        "Next: ",
        "--all",
    ):
        assert wanted in told


def test_what_could_not_be_read_is_named_on_it() -> None:
    assert "organizations:ListPoliciesForTarget" in one_screen(notice_of("first_incident"))


def test_a_huge_policy_does_not_push_the_verdict_away() -> None:
    told = one_screen(huge())

    assert told.count("+ z") <= 10 * 5


def test_the_whole_is_there_when_it_is_asked_for() -> None:
    notice = notice_of("first_incident")

    assert render_text(notice) == render_text(notice, whole=True)
    assert len(render_text(notice, whole=True)) > len(one_screen(notice))
