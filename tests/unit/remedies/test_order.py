"""The smallest first, then a mended statement, then wider choices, what is risky last; next denials drafted together."""

import json
from pathlib import Path
from typing import Any

import pytest
from why403.remedies.draft import draft_remedies
from why403.remedies.remedy import Remedy, RemedyKind, Risk

from tests.unit.remedies.incident_case import case_of

CASES = [
    pytest.param(case, id=f"{path.stem}: {case['name']}")
    for path in sorted((Path(__file__).parents[2] / "cases" / "remedies").glob("*.json"))
    for case in json.loads(path.read_text("utf-8"))
]
PRINCIPAL = "arn:aws:sts::123456789012:assumed-role/checkout/task-1"
QUEUE = "arn:aws:sqs:ap-northeast-1:123456789012:orders"
KEY = "arn:aws:kms:ap-northeast-1:123456789012:key/11111111-2222-3333-4444-555555555555"


def sets(remedies: tuple[Remedy, ...]) -> list[list[Remedy]]:
    numbers = sorted({each.set for each in remedies})
    return [[each for each in remedies if each.set == number] for number in numbers]


@pytest.mark.parametrize("case", CASES)
def test_sets_are_numbered_in_the_order_to_consider_them(case: Any) -> None:
    numbers = [each.set for each in draft_remedies(case_of(case))]

    assert numbers == sorted(numbers)
    assert set(numbers) == set(range(1, max(numbers) + 1))


@pytest.mark.parametrize("case", CASES)
def test_the_first_is_never_wider_and_what_is_wider_never_low(case: Any) -> None:
    remedies = draft_remedies(case_of(case))

    assert not remedies[0].wider
    assert [each for each in remedies if each.wider and each.risk is Risk.LOW] == []


@pytest.mark.parametrize("case", CASES)
def test_behind_the_first_what_is_risky_comes_last_and_what_is_wider_after_what_is_not(case: Any) -> None:
    others = sets(draft_remedies(case_of(case)))[1:]
    order = [
        (any(each.risk is Risk.HIGH for each in one), any(each.wider for each in one))
        for one in others
        if one[0].kind is not RemedyKind.PLAYBOOK
    ]

    assert order == sorted(order)


@pytest.mark.parametrize("case", CASES)
def test_a_set_is_proven_together_or_not_at_all(case: Any) -> None:
    mixed = [one for one in sets(draft_remedies(case_of(case))) if len({each.proven for each in one}) > 1]

    assert mixed == []


def queue_with_key(identity: list[Any], key: list[Any]) -> tuple[Remedy, ...]:
    """A queue's producer; the queue's key has a policy of its own."""
    held = [{"name": "mine", "document": {"Version": "2012-10-17", "Statement": identity}}]
    policy = {"name": "key policy", "document": {"Version": "2012-10-17", "Statement": key}}
    besides = [
        {
            "request": {"principal": PRINCIPAL, "action": action, "resource": KEY},
            "policies": {"identity": held, "resource": policy},
        }
        for action in ("kms:GenerateDataKey", "kms:Decrypt")
    ]
    request = {"principal": PRINCIPAL, "action": "sqs:SendMessage", "resource": QUEUE}
    return draft_remedies(case_of({"request": request, "policies": {"identity": held}, "besides": besides}))


DELEGATION = {
    "Effect": "Allow",
    "Principal": {"AWS": "arn:aws:iam::123456789012:root"},
    "Action": "kms:*",
    "Resource": "*",
}


def test_what_the_call_needs_next_is_drafted_with_it() -> None:
    first = [each for each in queue_with_key([], [DELEGATION]) if each.set == 1]
    added = {action for each in first for action in each.adds}

    assert added == {"sqs:SendMessage", "kms:GenerateDataKey", "kms:Decrypt"}
    assert all(each.proven for each in first)


def test_what_is_allowed_already_is_not_drafted_again() -> None:
    use = {"Effect": "Allow", "Action": ["kms:GenerateDataKey", "kms:Decrypt"], "Resource": KEY}
    first = [each for each in queue_with_key([use], [DELEGATION]) if each.set == 1]

    assert [each.adds for each in first] == [("sqs:SendMessage",)]


def test_a_key_that_denies_explicitly_stops_the_draft_of_the_queue() -> None:
    deny = {"Sid": "No", "Effect": "Deny", "Principal": "*", "Action": "kms:*", "Resource": "*"}
    remedies = queue_with_key([], [DELEGATION, deny])

    assert {each.kind for each in remedies} == {RemedyKind.PLAYBOOK}
    assert remedies[0].target == KEY
