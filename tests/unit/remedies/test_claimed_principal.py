"""A line is written by whoever makes the application log: a role that it names counts only where it can be taken."""

from typing import Any

import pytest
from why403.denials.denial import Denial, Verdict
from why403.iam.layer import Layer
from why403.iam.place import Place
from why403.iam.policy import Policy
from why403.incidents.history import History
from why403.log_events.log_event import LogEvent
from why403.message import Message
from why403.policies.reading import CallerReading
from why403.remedies.claimed_principal import Claim, judge_claim, with_claim
from why403.targets.scene import Scene
from why403.workloads.workload import Workload, WorkloadKind

OWN = "arn:aws:iam::123456789012:role/shop-task"
ADMIN = "arn:aws:iam::123456789012:role/admin"
SESSION = "arn:aws:sts::123456789012:assumed-role/admin/me"
ECS = Workload(
    kind=WorkloadKind.ECS,
    name="shop",
    task_role_arn=OWN,
    findings=(Message("workloads.principal-is-assumed-role", {"principal": SESSION}),),
)
TRUSTS_OWN: dict[str, Any] = {"Effect": "Allow", "Principal": {"AWS": OWN}, "Action": "sts:AssumeRole"}
TRUSTS_ACCOUNT = {**TRUSTS_OWN, "Principal": {"AWS": "arn:aws:iam::123456789012:root"}}
TRUSTS_EC2 = {**TRUSTS_OWN, "Principal": {"Service": "ec2.amazonaws.com"}}
WITH_EXTERNAL_ID = {**TRUSTS_OWN, "Condition": {"StringEquals": {"sts:ExternalId": "x"}}}
MAY_ASSUME: dict[str, Any] = {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}
MAY_NOT = {**MAY_ASSUME, "Effect": "Deny"}
MAY_READ = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}


def policy(statement: Any) -> Policy:
    return Policy(name="p", document={"Version": "2012-10-17", "Statement": [statement]})


def scene(principal: str = SESSION, workload: Workload = ECS) -> Scene:
    denial = Denial(verdict=Verdict.MISSING_PERMISSION, principal=principal, action="s3:GetObject")
    place = Place("123456789012", "eu-west-1")
    return Scene(
        denial=denial, event=LogEvent(""), place=place, workload=workload, candidates=(), history=History()
    )


def own(*statements: Any, unread: frozenset[Layer] = frozenset()) -> CallerReading:
    return CallerReading(arn=OWN, exists=True, identity=tuple(map(policy, statements)), unread=unread)


def admin(trust: Any) -> CallerReading:
    return CallerReading(arn=ADMIN, exists=True, trust=policy(trust) if trust else None)


@pytest.mark.parametrize(
    ("may", "trust", "claim"),
    [
        ((MAY_ASSUME,), TRUSTS_ACCOUNT, Claim.PROVEN),
        ((MAY_ASSUME,), TRUSTS_OWN, Claim.PROVEN),
        ((MAY_READ,), TRUSTS_OWN, Claim.PROVEN),
        ((MAY_READ,), TRUSTS_ACCOUNT, Claim.REFUTED),
        ((MAY_ASSUME,), TRUSTS_EC2, Claim.REFUTED),
        ((MAY_ASSUME, MAY_NOT), TRUSTS_OWN, Claim.REFUTED),
        ((), TRUSTS_EC2, Claim.REFUTED),
        ((MAY_ASSUME,), WITH_EXTERNAL_ID, Claim.UNPROVEN),
        ((MAY_ASSUME,), None, Claim.UNPROVEN),
    ],
)
def test_a_claimed_role_counts_where_both_sides_let_it_be_taken(
    may: tuple[Any, ...], trust: Any, claim: Claim
) -> None:
    assert claim is judge_claim(scene(), own(*may), admin(trust))


def test_what_could_not_be_read_refutes_nothing() -> None:
    unread = own(unread=frozenset({Layer.IDENTITY}))

    assert judge_claim(scene(), unread, admin(TRUSTS_ACCOUNT)) is Claim.UNPROVEN
    assert judge_claim(scene(), None, admin(TRUSTS_OWN)) is Claim.UNPROVEN


@pytest.mark.parametrize(
    "seen",
    [
        scene("arn:aws:sts::123456789012:assumed-role/shop-task/1"),
        scene(workload=Workload(kind=WorkloadKind.PRINCIPAL)),
        scene(workload=Workload(kind=WorkloadKind.LAMBDA, name="f", role_arn=ADMIN)),
        scene(""),
    ],
)
def test_a_role_of_its_own_is_no_claim(seen: Scene) -> None:
    assert judge_claim(seen, own(), admin(TRUSTS_EC2)) is Claim.OWN


@pytest.mark.parametrize("claim", [Claim.REFUTED, Claim.UNPROVEN])
def test_a_claim_that_is_not_proven_is_said_in_place_of_its_cause(claim: Claim) -> None:
    told = [finding.id for finding in with_claim(scene(), claim).workload.findings]

    assert told == [f"workloads.claim-{claim.value}"]


def test_a_proven_claim_keeps_its_cause() -> None:
    assert scene() == with_claim(scene(), Claim.PROVEN)
