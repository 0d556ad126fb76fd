"""What AWS's own words settle: nothing denies explicitly, and whose policies cannot be what is missing."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from why403.decisions.call import Call, request_of
from why403.decisions.decision import Match, Outcome, Part, Request
from why403.decisions.evaluate import decide
from why403.decisions.reconcile import cleared_by_words, needs_no_resource_policy, reconcile
from why403.denials.denial import Denial, DenyKind, Verdict
from why403.iam.layer import Layer, Policy
from why403.iam.place import Place
from why403.policies.policy_set import PolicySet
from why403.services.reading import BucketSettings, TargetReading

OWN, OTHER = "123456789012", "111122223333"
APP = f"arn:aws:sts::{OWN}:assumed-role/app/s1"
QUEUE = Request(
    principal=APP,
    action="sqs:SendMessage",
    resource=f"arn:aws:sqs:us-east-1:{OWN}:orders",
    resource_account=OWN,
    context_complete=False,
)
KEY = replace(QUEUE, action="kms:Decrypt", resource=f"arn:aws:kms:us-east-1:{OWN}:key/1")
ROLE = replace(QUEUE, action="sts:AssumeRole", resource=f"arn:aws:iam::{OWN}:role/ops")
THEIRS = replace(QUEUE, resource=f"arn:aws:sqs:us-east-1:{OTHER}:orders", resource_account=OTHER)
ALLOW = {"Effect": "Allow", "Action": "*", "Resource": "*"}
IN_DOUBT = {
    "Effect": "Deny",
    "Action": "*",
    "Resource": "*",
    "Condition": {"StringEquals": {"aws:SourceVpce": "vpce-1"}},
}
UNSAID = DenyKind.UNKNOWN


def outcome(request: Request, kind: DenyKind, *statements: Mapping[str, object], unread: Layer) -> Outcome:
    """What the call would be answered once identity-based policies hold `statements`, by AWS's words about it."""
    held = PolicySet(identity=(Policy("own", {"Statement": list(statements)}),), unread=frozenset({unread}))
    denial = Denial(verdict=Verdict.MISSING_PERMISSION, deny_kind=kind)
    cleared = cleared_by_words(held, denial, own_account=needs_no_resource_policy(request))
    return decide(request, cleared).outcome


@pytest.mark.parametrize(
    ("request_", "kind", "unread"),
    [
        (QUEUE, UNSAID, Layer.RESOURCE),
        (QUEUE, DenyKind.EXPLICIT_IDENTITY, Layer.RESOURCE),
        (QUEUE, DenyKind.IMPLICIT_RESOURCE, Layer.BOUNDARY),
        (QUEUE, DenyKind.IMPLICIT_IDENTITY, Layer.BOUNDARY),
        (QUEUE, DenyKind.IMPLICIT_IDENTITY, Layer.SESSION),
        (QUEUE, DenyKind.IMPLICIT_IDENTITY, Layer.SCP),
        (KEY, DenyKind.IMPLICIT_IDENTITY, Layer.RESOURCE),
        (ROLE, DenyKind.IMPLICIT_IDENTITY, Layer.TRUST),
        (THEIRS, DenyKind.IMPLICIT_IDENTITY, Layer.RESOURCE),
    ],
)
def test_what_the_words_do_not_settle_stays_in_doubt(
    request_: Request, kind: DenyKind, unread: Layer
) -> None:
    assert outcome(request_, kind, ALLOW, unread=unread) is Outcome.UNKNOWN


@pytest.mark.parametrize("unread", [Layer.RESOURCE, Layer.RCP, Layer.VPC_ENDPOINT])
def test_no_identity_based_policy_allows_means_that_nothing_else_is_in_the_way(unread: Layer) -> None:
    assert outcome(QUEUE, DenyKind.IMPLICIT_IDENTITY, ALLOW, unread=unread) is Outcome.ALLOWED


def test_a_deny_in_doubt_did_not_apply_where_aws_names_what_is_missing() -> None:
    named = outcome(QUEUE, DenyKind.IMPLICIT_IDENTITY, ALLOW, IN_DOUBT, unread=Layer.RCP)

    assert (named, outcome(QUEUE, UNSAID, ALLOW, IN_DOUBT, unread=Layer.RCP)) == (
        Outcome.ALLOWED,
        Outcome.UNKNOWN,
    )


def test_a_deny_that_surely_applies_still_denies() -> None:
    sure = {**IN_DOUBT, "Condition": {}}

    assert outcome(QUEUE, DenyKind.IMPLICIT_IDENTITY, ALLOW, sure, unread=Layer.RCP) is Outcome.EXPLICIT_DENY


@pytest.mark.parametrize(("resource", "owner"), [("*", OTHER), (f"arn:aws:sqs:us-east-1:{OWN}:orders", OWN)])
def test_an_action_without_resources_belongs_to_the_callers_account(resource: str, owner: str) -> None:
    caller = f"arn:aws:sts::{OTHER}:assumed-role/app/s1"
    call = Call(principal=caller, action="sqs:ListQueues", resource=resource)

    assert owner == request_of(call, Place(OWN, "us-east-1")).resource_account


def test_that_the_policies_allow_it_now_is_said_of_no_call_that_a_policy_refused_which_nobody_saw() -> None:
    held = PolicySet(identity=(Policy("own", {"Statement": [ALLOW]}),))
    kinds = (DenyKind.IMPLICIT_SESSION, DenyKind.EXPLICIT_SCP, DenyKind.IMPLICIT_IDENTITY)
    denials = [Denial(verdict=Verdict.MISSING_PERMISSION, deny_kind=kind) for kind in kinds]
    told = [reconcile(decide(QUEUE, held), denial, None) for denial in denials]

    assert [(each.allowed_now, len(each.findings)) for each in told] == [(False, 0), (False, 0), (True, 1)]


BUCKET = "arn:aws:s3:::their-lake"
READ_OBJECT = Call(principal=APP, action="s3:GetObject", resource=f"{BUCKET}/a.csv")


def test_a_bucket_that_was_read_and_whose_owner_nothing_tells_is_not_taken_for_our_accounts() -> None:
    target = TargetReading(arn=BUCKET, service="s3", bucket=BucketSettings())
    request = request_of(READ_OBJECT, Place(OWN, "us-east-1"), target=target)

    assert request.resource_account == ""
    assert "aws:ResourceAccount" not in request.context


@pytest.mark.parametrize("kind", [UNSAID, DenyKind.IMPLICIT_IDENTITY])
def test_a_grant_to_the_caller_alone_is_not_said_to_open_a_bucket_whose_owner_nothing_tells(
    kind: DenyKind,
) -> None:
    target = TargetReading(arn=BUCKET, service="s3", bucket=BucketSettings())
    request = request_of(READ_OBJECT, Place(OWN, "us-east-1"), target=target)

    assert Outcome.UNKNOWN is outcome(request, kind, ALLOW, unread=Layer.RESOURCE)


def guarded(*conditions: str) -> Policy:
    """A policy that allows the call where each of the keys holds `yes`."""
    block = {"StringEquals": dict.fromkeys(conditions, "yes")}
    return Policy("own", {"Statement": [{"Sid": "Guarded", **ALLOW, "Condition": block}]})


def test_the_condition_that_awss_words_say_is_not_met_is_told_as_the_near_miss() -> None:
    held = PolicySet(identity=(guarded("aws:PrincipalTag/team"),))
    denial = Denial(verdict=Verdict.MISSING_PERMISSION, deny_kind=DenyKind.IMPLICIT_IDENTITY)
    (told,) = reconcile(decide(QUEUE, held), denial, None).decision.layers
    near = told.near_miss

    assert near is not None
    assert (near.statement, near.misses, near.match) == ("Guarded", (Part.CONDITION,), Match.NO)


def test_of_two_conditions_of_unknown_value_none_is_said_to_be_the_one() -> None:
    held = PolicySet(identity=(guarded("aws:PrincipalTag/team", "aws:PrincipalTag/stage"),))
    denial = Denial(verdict=Verdict.MISSING_PERMISSION, deny_kind=DenyKind.IMPLICIT_IDENTITY)
    (told,) = reconcile(decide(QUEUE, held), denial, None).decision.layers
    near = told.near_miss

    assert near is not None
    assert (near.misses, {one.match for one in near.conditions}) == ((), {Match.UNKNOWN})


def request_for(call: Call) -> Mapping[str, object]:
    return request_of(call, Place(OWN, "us-east-1")).context


def test_whom_a_role_is_passed_to_is_known_by_the_operation_that_passes_it() -> None:
    passing = Call(principal=APP, action="iam:PassRole", resource=ROLE.resource, operation="RunTask")

    assert request_for(passing)["iam:PassedToService"] == "ecs-tasks.amazonaws.com"
    assert "iam:PassedToService" not in request_for(replace(passing, operation="CreateSchedule"))
    assert "iam:PassedToService" not in request_for(replace(passing, action="ecs:RunTask"))


def test_a_service_calls_for_its_source_and_not_through_another_service() -> None:
    topic = f"arn:aws:sns:us-east-1:{OWN}:news"
    told = request_for(
        Call(
            principal="sns.amazonaws.com",
            action=QUEUE.action,
            resource=QUEUE.resource,
            via_service="sqs",
            source=topic,
        )
    )

    assert told["aws:SourceArn"] == topic
    assert {"kms:ViaService", "aws:CalledVia"} & set(told) == set()
