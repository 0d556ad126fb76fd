"""A denying policy that nobody can edit is said to be one; one of the account's own is not."""

import pytest
from why403.decisions.decision import Request
from why403.decisions.evaluate import decide
from why403.decisions.unchangeable import unchangeable
from why403.iam.layer import Policy
from why403.policies.policy_set import PolicySet

APP = "arn:aws:sts::123456789012:assumed-role/app/s1"
LINKED = "arn:aws:sts::123456789012:assumed-role/AWSServiceRoleForECS/s1"
PERSON = "arn:aws:sts::123456789012:assumed-role/AWSReservedSSO_Developer_0123456789abcdef/ann"
ALLOW = {"Effect": "Allow", "Action": "*", "Resource": "*"}
DENY = {"Sid": "Frozen", "Effect": "Deny", "Action": "*", "Resource": "*"}
OF_AWS = "arn:aws:iam::aws:policy/AWSDenyAll"


def told(principal: str, *policies: Policy) -> list[str]:
    request = Request(
        principal=principal,
        action="sqs:SendMessage",
        resource="arn:aws:sqs:us-east-1:123456789012:orders",
        resource_account="123456789012",
    )
    held = PolicySet(identity=policies)
    return [each.id for each in unchangeable(decide(request, held), request, held)]


def policy(statement: dict[str, str], arn: str = "") -> Policy:
    return Policy(arn.rpartition("/")[2] or "own", {"Version": "2012-10-17", "Statement": [statement]}, arn)


@pytest.mark.parametrize(
    ("principal", "policies"),
    [
        (APP, ()),
        (APP, (policy(DENY),)),
        (APP, (policy(DENY, "arn:aws:iam::123456789012:policy/frozen"),)),
        (LINKED, (policy(ALLOW),)),
        (PERSON, (policy(ALLOW),)),
        (APP, (policy(ALLOW, "arn:aws:iam::aws:policy/AdministratorAccess"),)),
    ],
)
def test_what_can_be_changed_or_denies_nothing_is_not_remarked_on(
    principal: str, policies: tuple[Policy, ...]
) -> None:
    assert told(principal, *policies) == []


@pytest.mark.parametrize(
    ("principal", "policies", "expected"),
    [
        (LINKED, (), "decisions.unchangeable-service-linked"),
        (PERSON, (), "decisions.unchangeable-identity-center"),
        (APP, (policy(ALLOW), policy(DENY, OF_AWS)), "decisions.unchangeable-aws-managed"),
    ],
)
def test_what_nobody_can_change_is_told(principal: str, policies: tuple[Policy, ...], expected: str) -> None:
    assert [expected] == told(principal, *policies)
