"""What does not fit is said, and another form taken where there is one."""

from typing import Any

from why403.remedies.draft import draft_remedies
from why403.remedies.remedy import Remedy

from tests.unit.remedies.incident_case import case_of

PRINCIPAL = "arn:aws:sts::123456789012:assumed-role/checkout/task-1"
QUEUE = "arn:aws:sqs:ap-northeast-1:123456789012:orders"
BOUNDARY = "arn:aws:iam::123456789012:policy/edge"


def policy(name: str, characters: int, arn: str = "") -> dict[str, Any]:
    """A policy of about so many characters that speaks of something else."""
    statement = {"Effect": "Allow", "Action": "logs:PutLogEvents", "Resource": "x" * characters}
    return {"name": name, "arn": arn, "document": {"Version": "2012-10-17", "Statement": [statement]}}


def first_draft(principal: str = PRINCIPAL, **policies: Any) -> Remedy:
    request = {"principal": principal, "action": "sqs:SendMessage", "resource": QUEUE}
    return draft_remedies(case_of({"request": request, "policies": policies}))[0]


def said(remedy: Remedy) -> dict[str, dict[str, str]]:
    return {message.id: dict(message.values) for message in remedy.why}


def test_a_role_with_room_gets_an_inline_policy() -> None:
    remedy = first_draft(identity=[policy("big", 9_800)])

    assert "put-role-policy" in remedy.commands.aws_cli
    assert "remedies.quota.size" not in said(remedy)


def test_a_role_whose_inline_policies_are_full_gets_a_managed_one() -> None:
    remedy = first_draft(identity=[policy("big", 5_000), policy("bigger", 5_000)])

    assert "create-policy" in remedy.commands.aws_cli
    assert "attach-role-policy" in remedy.commands.aws_cli
    assert said(remedy)["remedies.quota.size"]["limit"] == "10240"
    assert remedy.proven


def test_white_space_does_not_count_for_iam() -> None:
    spaced = {"name": "big", "document": '{"Statement": [' + " " * 20_000 + "]}"}

    assert "put-role-policy" in first_draft(identity=[spaced]).commands.aws_cli


def test_attached_policies_do_not_count_as_inline_ones() -> None:
    attached = policy("big", 10_200, "arn:aws:iam::123456789012:policy/big")

    assert "put-role-policy" in first_draft(identity=[attached]).commands.aws_cli


def test_a_user_has_less_room_than_a_role() -> None:
    remedy = first_draft("arn:aws:iam::123456789012:user/alice", identity=[policy("big", 2_000)])

    assert "attach-user-policy" in remedy.commands.aws_cli
    assert said(remedy)["remedies.quota.size"]["limit"] == "2048"


def test_ten_attached_policies_are_said_before_an_eleventh_is_tried() -> None:
    attached = [policy(f"p{n}", 1, f"arn:aws:iam::123456789012:policy/p{n}") for n in range(10)]
    remedy = first_draft(identity=[*attached, policy("big", 10_200)])

    assert said(remedy)["remedies.quota.attached"] == {"count": "10", "limit": "10"}


def test_a_boundary_that_would_grow_too_big_says_so() -> None:
    mine = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": QUEUE}
    allowed = {"name": "mine", "document": {"Version": "2012-10-17", "Statement": [mine]}}
    remedy = first_draft(identity=[allowed], boundary=[policy("edge", 6_100, BOUNDARY)])

    assert remedy.layer == "boundary"
    assert said(remedy)["remedies.quota.size"]["limit"] == "6144"
