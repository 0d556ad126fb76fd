"""Every case of tests/cases/remedies: what stands first, and what is never drafted."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from why403.notices.words import Language, say
from why403.remedies.draft import draft_remedies
from why403.remedies.remedy import Remedy, RemedyKind
from why403.remedies.statements import listed

from tests.unit.remedies.incident_case import case_of

CASES = Path(__file__).parents[2] / "cases" / "remedies"
Case = dict[str, Any]


def all_cases() -> list[Any]:
    return [
        pytest.param(case, id=f"{path.stem}: {case['name']}")
        for path in sorted(CASES.glob("*.json"))
        for case in json.loads(path.read_text("utf-8"))
    ]


def told(remedy: Remedy) -> dict[str, Any]:
    """What a case says of a remedy."""
    document = remedy.policy_document
    return {
        "layer": remedy.layer.value,
        "kind": remedy.kind.value,
        "target": remedy.target,
        "policy_name": remedy.policy_name,
        "statements": document["Statement"] if document is not None else [],
        "proven": remedy.proven,
        "risk": remedy.risk.value,
        "why": [message.id for message in remedy.why],
        "steps": [message.id for message in remedy.steps],
        "preferred": remedy.preferred,
    }


def statements(document: Any) -> list[Any]:
    held = (document or {}).get("Statement", [])
    return held if isinstance(held, list) else [held]


@pytest.mark.parametrize("case", all_cases())
def test_the_first_set_is_the_smallest_change(case: Case) -> None:
    remedies = draft_remedies(case_of(case))

    assert case["first"] == [told(each) for each in remedies if each.set == 1]


@pytest.mark.parametrize("case", all_cases())
def test_everything_that_is_told_can_be_said_without_a_hole(case: Case) -> None:
    said = [
        say(message, language)
        for each in draft_remedies(case_of(case))
        for message in (each.title, *each.why, *each.steps, *each.missing)
        for language in Language
    ]

    assert [text for text in said if not text or re.search(r"\{[a-z_]+\}", text)] == []


@pytest.mark.parametrize("case", [each for each in all_cases() if "others" in each.values[0]])
def test_the_other_ways_stand_behind_it(case: Case) -> None:
    remedies = draft_remedies(case_of(case))
    others = [[each.set, each.layer.value, each.kind.value, each.wider] for each in remedies if each.set > 1]

    assert case["others"] == others


@pytest.mark.parametrize("case", [each for each in all_cases() if "wider" in each.values[0]])
def test_what_a_client_needs_besides_is_offered_as_wider(case: Case) -> None:
    offered = [
        sorted(action for one in statements(each.policy_document) for action in listed(one["Action"]))
        for each in draft_remedies(case_of(case))
        if each.wider
    ]

    assert case["wider"] == offered


@pytest.mark.parametrize("case", [each for each in all_cases() if "says" in each.values[0]])
def test_the_steps_name_what_the_case_is_about(case: Case) -> None:
    first = draft_remedies(case_of(case))[0]
    values = " ".join(str(value) for step in first.steps for value in step.values.values())
    unsaid = [word for word in case["says"] if word not in values]

    assert unsaid == []


@pytest.mark.parametrize("case", [each for each in all_cases() if str(each.id).startswith("explicit_deny:")])
def test_an_explicit_deny_is_never_answered_by_an_allow(case: Case) -> None:
    drafted = [
        each for each in draft_remedies(case_of(case)) if each.policy_document or each.commands.aws_cli
    ]

    assert drafted == []


@pytest.mark.parametrize("case", all_cases())
def test_a_grant_keeps_every_statement_that_stands(case: Case) -> None:
    grants = [each for each in draft_remedies(case_of(case)) if each.kind is RemedyKind.GRANT and each.before]
    lost = [one for each in grants for one in statements(each.before) if one not in statements(each.after)]

    assert lost == []


@pytest.mark.parametrize("case", [each for each in all_cases() if each.values[0].get("unread")])
def test_nothing_is_proven_of_a_policy_that_was_not_read(case: Case) -> None:
    unread = set(case["unread"])
    wrong = [
        each
        for each in draft_remedies(case_of(case))
        if each.layer.value in unread and (each.proven or each.before is not None)
    ]

    assert wrong == []
