"""Attribute-based access control that nearly lets a call in: the tag may be what is wrong, and nobody but a person knows."""

import shlex
from typing import Any

import pytest
from why403.notices.words import Language, say
from why403.remedies.draft import draft_remedies
from why403.remedies.remedy import Remedy

from tests.unit.remedies.incident_case import case_of

QUEUE = "arn:aws:sqs:ap-northeast-1:123456789012:orders"
CALLERS = "${aws:PrincipalTag/team}"
TITLE = "remedies.tags.title"


def remedies_of(
    conditions: dict[str, Any],
    *,
    effect: str = "Allow",
    tags: dict[str, str] | None = None,
    complete: bool = True,
) -> tuple[Remedy, ...]:
    statement = {"Effect": effect, "Action": "sqs:SendMessage", "Resource": "*", "Condition": conditions}
    document = {"Version": "2012-10-17", "Statement": [statement]}
    context = {
        f"aws:{'PrincipalTag' if name == 'caller' else 'ResourceTag'}/team": tag
        for name, tag in (tags or {}).items()
    }
    request = {
        "principal": "arn:aws:sts::123456789012:assumed-role/web/task-1",
        "action": "sqs:SendMessage",
        "resource": QUEUE,
        "context": context,
        "context_complete": complete,
    }
    identity = [{"name": "by-team", "document": document}]
    return draft_remedies(case_of({"request": request, "policies": {"identity": identity}}))


def titles(remedies: tuple[Remedy, ...]) -> list[str]:
    return [each.title.id for each in remedies]


@pytest.mark.parametrize(
    ("conditions", "tags"),
    [
        pytest.param({"StringEquals": {"aws:ResourceTag/team": "shop-*"}}, {"queue": "x"}, id="a wildcard"),
        pytest.param(
            {"StringEquals": {"aws:ResourceTag/team": ["a", "b"]}}, {"queue": "x"}, id="several values"
        ),
        pytest.param({"StringEquals": {"aws:ResourceTag/team": CALLERS}}, {"queue": "x"}, id="no own tag"),
        pytest.param(
            {"StringNotEquals": {"aws:ResourceTag/team": CALLERS}},
            {"queue": "shop", "caller": "shop"},
            id="another operator",
        ),
        pytest.param(
            {
                "StringEquals": {"aws:ResourceTag/team": CALLERS},
                "Bool": {"aws:MultiFactorAuthPresent": "true"},
            },
            {"queue": "x", "caller": "shop"},
            id="another condition that is not met",
        ),
    ],
)
def test_no_tag_is_blamed_where_it_alone_would_not_let_the_call_in(
    conditions: dict[str, Any], tags: dict[str, str]
) -> None:
    assert TITLE not in titles(remedies_of(conditions, tags=tags))


def test_no_tag_is_blamed_that_nobody_read() -> None:
    equals = {"StringEquals": {"aws:ResourceTag/team": "shop"}}

    assert TITLE not in titles(remedies_of(equals, complete=False))


def test_no_tag_is_offered_against_an_explicit_deny() -> None:
    equals = {"StringEquals": {"aws:ResourceTag/team": "shop"}}

    assert TITLE not in titles(remedies_of(equals, effect="Deny", tags={"queue": "shop"}))


def test_the_tag_stands_beside_the_grant_with_both_values_and_never_as_proven() -> None:
    remedies = remedies_of(
        {"StringEquals": {"aws:ResourceTag/team": CALLERS}}, tags={"queue": "webs", "caller": "web's team"}
    )
    second = remedies[1]
    expected = ["aws", "resourcegroupstaggingapi", "tag-resources", "--resource-arn-list", QUEUE, "--tags"]

    assert [second.title.id, second.proven, second.set] == [TITLE, False, 2]
    assert [step.id for step in second.steps] == [
        "remedies.tags.resource",
        "remedies.tags.owner",
        "remedies.tags.principal",
    ]
    values = second.steps[0].values
    assert (values["given"], values["wanted"]) == ("webs", "web's team")
    assert [*expected, '{"team":"web\'s team"}'] == shlex.split(values["command"])


@pytest.mark.parametrize(
    ("tag", "is_first"), [("Shop", True), (" shop", True), ("shops", False), ("", False)]
)
def test_a_tag_that_differs_in_letter_case_alone_is_corrected_first(tag: str, *, is_first: bool) -> None:
    first = remedies_of({"StringEquals": {"aws:ResourceTag/team": "shop"}}, tags={"queue": tag})[0]

    assert (first.title.id == "remedies.tags.slip") is is_first


def test_a_tag_that_is_not_there_is_told_so() -> None:
    remedies = remedies_of({"StringEquals": {"aws:ResourceTag/team": "shop"}})

    assert [step.id for step in remedies[1].steps] == ["remedies.tags.resource-absent", "remedies.tags.owner"]


@pytest.mark.parametrize("language", list(Language))
def test_each_sentence_of_it_can_be_said_without_a_hole(language: Language) -> None:
    remedies = remedies_of(
        {"StringEquals": {"aws:ResourceTag/team": CALLERS}}, tags={"queue": "webs", "caller": "web"}
    )
    said = [say(message, language) for message in (remedies[1].title, *remedies[1].steps)]

    assert [text for text in said if "{team" not in text and "{" in text.replace('{"team"', "")] == []
