"""How sure a notice is, and why; and the line's own words where there is little else to tell."""

import json
from dataclasses import replace

import pytest
from why403.denials.denial import Denial, Kind, Verdict
from why403.diagnosis.build import build_undiagnosed
from why403.notices.dialects.slack import render_slack
from why403.notices.dialects.text import render_text
from why403.notices.notice import Notice
from why403.notices.words import Language
from why403.page.render import render_page
from why403.remedies.remedy import RemedyKind, Risk

from tests.unit.notices.notice_case import LANGUAGES, NAMES, notice_of


def forms(notice: Notice) -> dict[str, str]:
    return {
        "slack": json.dumps(render_slack(notice), ensure_ascii=False),
        "text": render_text(notice),
        "page": render_page(notice),
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_where_a_target_is_inferred_each_form_says_from_what(language: Language) -> None:
    told = forms(notice_of("first_incident", language))

    assert [form for form in told if "SQS_QUEUE" not in told[form]] == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_no_form_tells_chances_that_do_not_add_up(name: str, language: Language) -> None:
    told = forms(notice_of(name, language))

    assert [
        form for form in told if " %" in told[form].partition("</style>")[2 if form == "page" else 0]
    ] == []


@pytest.mark.parametrize("kind", [Kind.NONE, Kind.OTHER_AWS, Kind.SERVICE_NOT_ENABLED])
def test_where_we_know_little_the_line_speaks_for_itself(kind: Kind) -> None:
    line = "An error occurred (AccessDeniedException) when calling the ListMembers operation: Macie is not enabled"
    denial = Denial(verdict=Verdict.MISSING_PERMISSION, kind=kind, excerpt=line)
    told = forms(Notice(diagnosis=build_undiagnosed(denial)))

    assert [form for form in told if "Macie is not enabled" not in told[form]] == []


def test_what_is_judged_is_told_in_our_words_alone() -> None:
    notice = notice_of("key_policy")

    assert "The line says" not in forms(replace(notice, sample=None))["slack"]


@pytest.mark.parametrize(("kind", "is_said"), [(RemedyKind.GRANT, True), (RemedyKind.PLAYBOOK, False)])
def test_a_risk_is_told_of_what_can_be_applied_alone(kind: RemedyKind, *, is_said: bool) -> None:
    notice = notice_of("first_incident")
    risky = replace(notice.diagnosis.remedies[0], kind=kind, risk=Risk.HIGH)
    told = replace(notice, diagnosis=replace(notice.diagnosis, remedies=(risky,)))

    assert dict.fromkeys(forms(told), is_said) == {
        form: "high risk" in text for form, text in forms(told).items()
    }
