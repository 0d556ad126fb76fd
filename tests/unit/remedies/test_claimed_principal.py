"""A line is written by whoever makes the application log: a role that it names counts only where it can be taken."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from why403.changes.change import Change
from why403.denials.denial import Denial, Verdict
from why403.iam.layer import Layer, Policy
from why403.iam.place import Place
from why403.incidents.history import History
from why403.log_events.log_event import LogEvent
from why403.message import Message
from why403.policies.reading import CallerReading
from why403.remedies.claimed_principal import Claim, Taker, claim_told, judge_claim, with_claim
from why403.remedies.trusted import Trusts
from why403.targets.scene import Scene
from why403.workloads.workload import DEAD_LETTER, Workload, WorkloadKind

NOW = 1_790_000_000_000
OWN = "arn:aws:iam::123456789012:role/shop-task"
ADMIN = "arn:aws:iam::123456789012:role/admin"
BETWEEN = "arn:aws:iam::123456789012:role/between"
FURTHER = "arn:aws:iam::123456789012:role/further"
ABROAD = "arn:aws:iam::111122223333:role/abroad"
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


def scene(principal: str = SESSION, workload: Workload = ECS, timestamp: int = NOW) -> Scene:
    denial = Denial(verdict=Verdict.MISSING_PERMISSION, principal=principal, action="s3:GetObject")
    place = Place("123456789012", "eu-west-1")
    return Scene(
        denial=denial,
        event=LogEvent("", timestamp=timestamp),
        place=place,
        workload=workload,
        candidates=(),
        history=History(),
    )


def own(
    *statements: Any,
    unread: frozenset[Layer] = frozenset(),
    trusts: Trusts | None = None,
    changes: tuple[Change, ...] = (),
) -> Taker:
    role = CallerReading(arn=OWN, exists=True, identity=tuple(map(policy, statements)), unread=unread)
    return Taker(role=role, trusts=trusts or {}, changes=changes)


def admin(trust: Any) -> CallerReading:
    return CallerReading(arn=ADMIN, exists=True, trust=policy(trust) if trust else None)


@pytest.mark.parametrize(
    ("may", "trust", "claim"),
    [
        ((MAY_ASSUME,), TRUSTS_ACCOUNT, Claim.PROVEN),
        ((MAY_ASSUME,), TRUSTS_OWN, Claim.PROVEN),
        ((MAY_READ,), TRUSTS_OWN, Claim.PROVEN),
        ((MAY_READ,), TRUSTS_ACCOUNT, Claim.UNSUPPORTED),
        ((MAY_READ, MAY_NOT), TRUSTS_ACCOUNT, Claim.REFUTED),
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
    ("may", "claim"),
    [((MAY_ASSUME,), Claim.UNPROVEN), ((MAY_READ,), Claim.UNSUPPORTED), ((), Claim.UNSUPPORTED)],
)
def test_a_role_of_another_account_needs_the_workloads_own_policies_whatever_its_trust(
    may: tuple[Any, ...], claim: Claim
) -> None:
    abroad = CallerReading(arn=ABROAD, exists=False)

    assert claim is judge_claim(scene("arn:aws:sts::111122223333:assumed-role/abroad/1"), own(*may), abroad)


@pytest.mark.parametrize(
    "seen",
    [
        scene("arn:aws:sts::123456789012:assumed-role/shop-task/1"),
        scene(workload=Workload(kind=WorkloadKind.LAMBDA, name="f", role_arn=ADMIN)),
        scene(""),
    ],
)
def test_a_role_of_its_own_is_no_claim(seen: Scene) -> None:
    assert judge_claim(seen, own(), admin(TRUSTS_EC2)) is Claim.OWN


@pytest.mark.parametrize("claim", [Claim.REFUTED, Claim.UNSUPPORTED, Claim.UNPROVEN])
def test_a_claim_that_is_not_proven_is_said_in_place_of_its_cause(claim: Claim) -> None:
    told = [finding.id for finding in with_claim(scene(), claim).workload.findings]

    assert told == [f"workloads.claim-{claim.value}"]


def test_a_proven_claim_keeps_its_cause() -> None:
    assert scene() == with_claim(scene(), Claim.PROVEN)


def trusting(*principals: Any, kind: str = "AWS", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Principal": {kind: list(principals)}, "Action": "sts:AssumeRole", **more}


def may_take(*roles: str) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": list(roles)}


def by_token(provider: str) -> dict[str, Any]:
    return trusting(provider, kind="Federated", Action="sts:AssumeRoleWith*")


GITHUB = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"
USERS = "arn:aws:iam::123456789012:oidc-provider/login.example.com"
TRUSTS_BETWEEN = trusting(BETWEEN)
OIDC = "arn:aws:iam::123456789012:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/ABC"
NEVER = {"Effect": "Deny", "Action": "sts:*", "Resource": "*"}
BY_ARN = {"Condition": {"ArnEquals": {"aws:PrincipalArn": BETWEEN}}}


@pytest.mark.parametrize(
    ("may", "trust", "between", "claim"),
    [
        ((may_take(BETWEEN),), TRUSTS_BETWEEN, {BETWEEN: trusting(OWN)}, Claim.UNPROVEN),
        ((may_take(BETWEEN),), TRUSTS_BETWEEN, {}, Claim.UNPROVEN),
        ((MAY_READ,), TRUSTS_BETWEEN, {BETWEEN: trusting(OWN)}, Claim.UNPROVEN),
        ((MAY_READ,), TRUSTS_BETWEEN, {}, Claim.UNPROVEN),
        ((MAY_READ,), TRUSTS_BETWEEN, {BETWEEN: TRUSTS_EC2}, Claim.REFUTED),
        ((MAY_READ,), TRUSTS_BETWEEN, {BETWEEN: trusting(FURTHER)}, Claim.UNPROVEN),
        ((MAY_READ,), TRUSTS_BETWEEN, {BETWEEN: by_token("cognito-identity.amazonaws.com")}, Claim.UNPROVEN),
        ((MAY_READ,), TRUSTS_BETWEEN, {BETWEEN: by_token(GITHUB)}, Claim.REFUTED),
        ((MAY_READ,), by_token("cognito-identity.amazonaws.com"), {}, Claim.UNPROVEN),
        ((MAY_READ, NEVER), by_token(USERS), {}, Claim.UNPROVEN),
        ((MAY_READ,), by_token(GITHUB), {}, Claim.REFUTED),
        ((MAY_READ,), by_token("arn:aws:iam::123456789012:saml-provider/people"), {}, Claim.REFUTED),
        ((MAY_READ,), TRUSTS_BETWEEN, {BETWEEN: TRUSTS_ACCOUNT}, Claim.UNSUPPORTED),
        ((may_take(FURTHER),), TRUSTS_BETWEEN, {BETWEEN: TRUSTS_ACCOUNT}, Claim.UNPROVEN),
        ((MAY_ASSUME, NEVER), TRUSTS_BETWEEN, {BETWEEN: trusting(OWN)}, Claim.REFUTED),
        ((may_take(BETWEEN),), TRUSTS_ACCOUNT, {}, Claim.UNPROVEN),
        ((may_take(ADMIN),), trusting(ABROAD), {}, Claim.UNPROVEN),
        ((may_take(BETWEEN),), {**trusting("*"), **BY_ARN}, {}, Claim.UNPROVEN),
        ((MAY_READ,), trusting("arn:aws:sts::123456789012:assumed-role/shop-task/1"), {}, Claim.UNPROVEN),
        ((MAY_READ,), trusting("arn:aws:iam::123456789012:role/*"), {}, Claim.UNPROVEN),
        ((MAY_READ,), trusting("arn:aws:iam::123456789012:role/path/shop-task"), {}, Claim.UNPROVEN),
        ((MAY_READ,), trusting("arn:aws:iam::123456789012:user/ben"), {}, Claim.REFUTED),
        (
            (MAY_READ,),
            {"Effect": "Allow", "NotPrincipal": {"AWS": OWN}, "Action": "*"},
            {},
            Claim.UNPROVEN,
        ),
    ],
)
def test_a_role_that_may_be_reached_over_another_is_not_refuted(
    may: tuple[Any, ...], trust: Any, between: dict[str, Any], claim: Claim
) -> None:
    trusts = {arn: policy(statement) for arn, statement in between.items()}

    assert claim is judge_claim(scene(), own(*may, trusts=trusts), admin(trust))


@pytest.mark.parametrize(
    ("unread", "trust", "claim"),
    [
        (Layer.SCP, TRUSTS_EC2, Claim.REFUTED),
        (Layer.BOUNDARY, TRUSTS_EC2, Claim.REFUTED),
        (Layer.IDENTITY, TRUSTS_EC2, Claim.REFUTED),
        (Layer.IDENTITY, TRUSTS_ACCOUNT, Claim.UNPROVEN),
        (Layer.SCP, TRUSTS_OWN, Claim.UNPROVEN),
        (Layer.TRUST, None, Claim.UNPROVEN),
    ],
)
def test_what_is_certain_stays_certain_whatever_else_was_not_read(
    unread: Layer, trust: Any, claim: Claim
) -> None:
    assert claim is judge_claim(scene(), own(MAY_READ, unread=frozenset({unread})), admin(trust))


NAMED = Workload(kind=WorkloadKind.LAMBDA, name="shop", role_arn=OWN)
ON_EC2 = replace(ECS, launch="EC2")
NODE = "arn:aws:iam::123456789012:role/node"
KEYS = {"AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": "x"}
INSTANCE = "arn:aws:sts::123456789012:assumed-role/admin/i-0abc1234"
BUILD = Workload(kind=WorkloadKind.CODEBUILD, name="shop", role_arn=OWN)
HOST = Workload(kind=WorkloadKind.EC2, name="i-0abc1234", role_arn=OWN)
POD = Workload(kind=WorkloadKind.EKS, name="shop", role_arn=OWN)
USER = "arn:aws:iam::123456789012:user/anna"
NOBODY = Workload(kind=WorkloadKind.PRINCIPAL, name="admin", role_arn=ADMIN)
JUST_NOW, LONG_AGO = "2026-09-21T14:13:30+00:00", "2026-09-01T00:00:00+00:00"


@pytest.mark.parametrize(
    ("workload", "principal", "trust", "claim"),
    [
        (replace(ECS, environment=KEYS), SESSION, TRUSTS_EC2, Claim.UNPROVEN),
        (replace(ECS, secret_names=tuple(KEYS)), SESSION, TRUSTS_EC2, Claim.UNPROVEN),
        (replace(ECS, environment={"AWS_PROFILE": "ops"}), SESSION, TRUSTS_EC2, Claim.UNPROVEN),
        (replace(ECS, execution_role_arn=ADMIN), SESSION, TRUSTS_EC2, Claim.OWN),
        (replace(ECS, instance_role_arn=ADMIN), SESSION, TRUSTS_EC2, Claim.OWN),
        (replace(POD, instance_role_arn=ADMIN), SESSION, TRUSTS_EC2, Claim.OWN),
        (replace(POD, environment={"AWS_ROLE_ARN": ADMIN}), SESSION, TRUSTS_EC2, Claim.OWN),
        (replace(ON_EC2, instance_role_arn=NODE), SESSION, trusting(NODE), Claim.UNPROVEN),
        (replace(ON_EC2, instance_role_arn=NODE), SESSION, TRUSTS_EC2, Claim.REFUTED),
        (ON_EC2, INSTANCE, TRUSTS_EC2, Claim.UNPROVEN),
        (ON_EC2, SESSION, TRUSTS_EC2, Claim.REFUTED),
        (ON_EC2, SESSION, TRUSTS_ACCOUNT, Claim.UNPROVEN),
        (replace(ECS, launch="FARGATE"), INSTANCE, TRUSTS_EC2, Claim.REFUTED),
        (POD, SESSION, trusting("pods.eks.amazonaws.com", kind="Service"), Claim.UNPROVEN),
        (
            POD,
            SESSION,
            trusting(OIDC, kind="Federated", Action="sts:AssumeRoleWithWebIdentity"),
            Claim.UNPROVEN,
        ),
        (
            ECS,
            SESSION,
            trusting(OIDC, kind="Federated", Action="sts:AssumeRoleWithWebIdentity"),
            Claim.REFUTED,
        ),
        (NAMED, SESSION, trusting("lambda.amazonaws.com", kind="Service"), Claim.REFUTED),
        (ECS, SESSION, trusting("ecs-tasks.amazonaws.com", kind="Service"), Claim.UNPROVEN),
        (
            replace(ECS, started=LONG_AGO),
            SESSION,
            trusting("ecs-tasks.amazonaws.com", kind="Service"),
            Claim.REFUTED,
        ),
        (BUILD, SESSION, trusting("codebuild.amazonaws.com", kind="Service"), Claim.UNPROVEN),
        (BUILD, SESSION, TRUSTS_EC2, Claim.REFUTED),
        (POD, SESSION, trusting("eks-fargate-pods.amazonaws.com", kind="Service"), Claim.UNPROVEN),
        (HOST, INSTANCE, TRUSTS_EC2, Claim.UNPROVEN),
        (HOST, SESSION, TRUSTS_EC2, Claim.REFUTED),
        (
            replace(NAMED, started=JUST_NOW),
            SESSION,
            trusting("lambda.amazonaws.com", kind="Service"),
            Claim.UNPROVEN,
        ),
        (
            replace(NAMED, started=LONG_AGO),
            SESSION,
            trusting("lambda.amazonaws.com", kind="Service"),
            Claim.REFUTED,
        ),
        (replace(NAMED, kind=WorkloadKind.STATES), SESSION, TRUSTS_EC2, Claim.UNPROVEN),
        (replace(NAMED, kind=WorkloadKind.API_GATEWAY), SESSION, TRUSTS_EC2, Claim.UNPROVEN),
        (ECS, "sns.amazonaws.com", TRUSTS_EC2, Claim.OWN),
        (ECS, USER, TRUSTS_EC2, Claim.UNSUPPORTED),
        (NAMED, USER, TRUSTS_EC2, Claim.UNSUPPORTED),
        (BUILD, USER, TRUSTS_EC2, Claim.UNSUPPORTED),
        (POD, USER, TRUSTS_EC2, Claim.UNPROVEN),
        (HOST, USER, TRUSTS_EC2, Claim.UNPROVEN),
        (replace(ECS, environment={"AWS_PROFILE": "ops"}), USER, TRUSTS_EC2, Claim.UNPROVEN),
        (replace(NAMED, kind=WorkloadKind.API_GATEWAY), USER, TRUSTS_EC2, Claim.UNPROVEN),
        (replace(ECS, environment=KEYS), USER, TRUSTS_EC2, Claim.OWN),
        (replace(ECS, secret_names=tuple(KEYS)), USER, TRUSTS_EC2, Claim.OWN),
        (NOBODY, SESSION, TRUSTS_EC2, Claim.UNPROVEN),
        (NOBODY, USER, TRUSTS_EC2, Claim.UNPROVEN),
        (NOBODY, "sns.amazonaws.com", TRUSTS_EC2, Claim.OWN),
        (Workload(kind=WorkloadKind.UNKNOWN), SESSION, TRUSTS_EC2, Claim.UNPROVEN),
        (ECS, "arn:aws:iam::123456789012:root", TRUSTS_EC2, Claim.OWN),
        (ECS, "arn:aws:sts::123456789012:federated-user/anna", TRUSTS_EC2, Claim.OWN),
    ],
)
def test_whom_the_workload_may_be_by_other_ways_is_not_refuted(
    workload: Workload, principal: str, trust: Any, claim: Claim
) -> None:
    assert claim is judge_claim(scene(principal, workload), own(MAY_READ), admin(trust))


@pytest.mark.parametrize(
    ("operation", "seconds_before", "claim"),
    [
        ("UpdateAssumeRolePolicy", -60, Claim.UNPROVEN),
        ("DetachRolePolicy", 3600, Claim.UNPROVEN),
        ("UpdateAssumeRolePolicy", 13 * 3600, Claim.REFUTED),
        ("TagRole", -60, Claim.REFUTED),
    ],
)
def test_a_role_that_was_changed_around_the_line_is_not_refuted(
    operation: str, seconds_before: int, claim: Claim
) -> None:
    changes = (Change(what="", when="", operation=operation, seconds_before=seconds_before),)

    assert claim is judge_claim(scene(), own(MAY_READ, changes=changes), admin(TRUSTS_EC2))


@pytest.mark.parametrize(
    ("age_hours", "operation", "hours_before_now", "claim"),
    [
        (5, "UpdateAssumeRolePolicy", 2, Claim.UNPROVEN),
        (5, "UpdateAssumeRolePolicy", 16, Claim.UNPROVEN),
        (5, "UpdateAssumeRolePolicy", 18, Claim.REFUTED),
        (5, "TagRole", 2, Claim.REFUTED),
        (7 * 24, "TagRole", 2, Claim.UNPROVEN),
    ],
)
def test_a_role_that_was_changed_long_after_an_old_line_is_not_refuted(
    age_hours: int, operation: str, hours_before_now: int, claim: Claim
) -> None:
    changes = (Change(what="", when="", operation=operation, seconds_before=hours_before_now * 3600),)
    taker = replace(own(MAY_READ, changes=changes), age=timedelta(hours=age_hours))

    assert claim is judge_claim(scene(), taker, admin(TRUSTS_EC2))


@pytest.mark.parametrize(
    "doubt", ["shared-log-group", "guessed-by-name", "guessed-by-line", "another-revision-runs", "node-role"]
)
def test_a_workload_that_is_not_certain_refutes_nothing(doubt: str) -> None:
    workload = replace(ECS, findings=(Message(f"workloads.{doubt}", {}),))

    assert judge_claim(scene(workload=workload), own(MAY_READ), admin(TRUSTS_EC2)) is Claim.UNPROVEN


@pytest.mark.parametrize(
    ("workload", "principal", "ids"),
    [
        (NOBODY, SESSION, ["workloads.claim-unknown-workload"]),
        (Workload(kind=WorkloadKind.UNKNOWN), SESSION, ["workloads.claim-unknown-workload"]),
        (
            replace(ECS, findings=(Message("workloads.principal-is-user", {}),)),
            USER,
            ["workloads.principal-is-user", "workloads.claim-user-unproven"],
        ),
    ],
)
def test_why_a_claim_is_unproven_is_said(workload: Workload, principal: str, ids: list[str]) -> None:
    told = with_claim(scene(principal, workload), Claim.UNPROVEN)

    assert ids == [finding.id for finding in told.workload.findings]
    assert claim_told(told.workload) is Claim.UNPROVEN


def test_a_workload_without_such_a_finding_claims_nothing() -> None:
    assert claim_told(ECS) is Claim.OWN


@pytest.mark.parametrize(
    ("findings", "claim"),
    [((), Claim.OWN), ((Message(DEAD_LETTER, {"schedule": "s", "role": ADMIN}),), Claim.UNPROVEN)],
)
def test_a_schedule_that_only_a_line_quotes_is_no_proof_that_it_called(
    findings: tuple[Message, ...], claim: Claim
) -> None:
    schedule = Workload(
        kind=WorkloadKind.PRINCIPAL,
        arn="arn:aws:scheduler:eu-west-1:123456789012:schedule/default/nightly",
        name="nightly",
        role_arn=ADMIN,
        caller_arn=ADMIN,
        findings=findings,
    )

    assert judge_claim(scene(workload=schedule), None, admin(None)) == claim
