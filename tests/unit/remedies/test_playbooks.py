"""Every kind of 403 that no missing permission explains has a playbook, filled with the incident's names."""

import re
from dataclasses import replace
from typing import Any

import pytest
from why403.denials.denial import Denial, DenyKind, Kind, Verdict
from why403.iam.layer import Layer
from why403.iam.place import Place
from why403.message import Message
from why403.notices.words import Language, say
from why403.remedies.case import Case
from why403.remedies.draft import draft_remedies
from why403.remedies.remedy import Remedy, RemedyKind
from why403.workloads.workload import Workload, WorkloadKind

PLACE = Place("123456789012", "ap-northeast-1")
TASK = Workload(
    kind=WorkloadKind.ECS,
    name="web",
    cluster="shop",
    service="checkout",
    region="ap-northeast-1",
    task_role_arn="arn:aws:iam::123456789012:role/checkout",
)
EVERY_KIND = [pytest.param(kind, id=kind.value or "none") for kind in Kind]


def playbook_for(kind: Kind, **names: str) -> Remedy:
    denial = Denial(
        verdict=Verdict.AWS_403_NOT_IAM, kind=kind, service="s3", resource="arn:aws:s3:::shop-files/a.txt"
    )
    (remedy,) = draft_remedies(Case(denial=denial, workload=TASK, place=PLACE, names=names))
    return remedy


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_every_kind_has_steps_and_no_draft(kind: Kind) -> None:
    remedy = playbook_for(kind)

    assert remedy.kind is RemedyKind.PLAYBOOK
    assert remedy.steps
    assert (remedy.policy_document, remedy.proven, remedy.commands.aws_cli) == (None, False, "")


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("kind", EVERY_KIND)
def test_every_step_can_be_said_without_a_hole(kind: Kind, language: Language) -> None:
    remedy = playbook_for(kind)
    said = [say(message, language) for message in (remedy.title, *remedy.steps)]

    assert [text for text in said if not text or re.search(r"\{[a-z_]+\}", text)] == []


def test_an_expired_token_of_a_task_is_renewed_by_a_new_deployment_of_its_service() -> None:
    remedy = playbook_for(Kind.EXPIRED_TOKEN)
    expected = "aws ecs update-service --cluster shop --service checkout --force-new-deployment --region ap-northeast-1"

    assert remedy.steps[-1].values["command"] == expected
    assert remedy.verify == ()


def test_a_blocked_request_names_the_web_acl_and_its_rule() -> None:
    said = say(playbook_for(Kind.WAF, web_acl="edge-acl", rule="SizeRestrictions").steps[0], Language.ENGLISH)

    assert "edge-acl" in said
    assert "SizeRestrictions" in said


def playbook_of_missing(**told: Any) -> Remedy:
    denial = Denial(verdict=Verdict.MISSING_PERMISSION, **told)
    (remedy,) = draft_remedies(Case(denial=denial, workload=Workload(kind=WorkloadKind.UNKNOWN), place=PLACE))
    return remedy


@pytest.mark.parametrize(
    "told", [{}, {"deny_kind": DenyKind.EXPLICIT_UNKNOWN}, {"kind": Kind.OTHER_CREDENTIALS}]
)
def test_a_task_that_never_started_is_not_asked_from_inside(told: dict[str, Any]) -> None:
    excerpt = "ResourceInitializationError: unable to pull secrets or registry auth: AccessDeniedException"

    remedy = playbook_of_missing(service="ecr", excerpt=excerpt, **told)

    said = [step.id for step in remedy.steps]
    assert "remedies.playbook.task-start.look" in said
    assert [step for step in said if step.endswith(".who")] == []
    assert [command for command in remedy.verify if "get-caller-identity" in command] == []


@pytest.mark.parametrize(
    "told", [{}, {"deny_kind": DenyKind.EXPLICIT_UNKNOWN}, {"kind": Kind.OTHER_CREDENTIALS}]
)
def test_an_application_that_runs_is_asked_who_it_is(told: dict[str, Any]) -> None:
    remedy = playbook_of_missing(service="ecr", excerpt="AccessDeniedException", **told)

    assert [step.id for step in remedy.steps if step.id.endswith(".who")] != []


def test_where_nobody_is_known_there_is_no_target_rather_than_the_account() -> None:
    assert playbook_of_missing(service="sqs", action="sqs:SendMessage").target == ""


@pytest.mark.parametrize("kind", ["explicit-unknown", "explicit-resource", "explicit-scp"])
def test_an_explicit_deny_of_an_unknown_call_is_never_told_as_a_missing_permission(kind: str) -> None:
    remedy = playbook_of_missing(service="s3", action="s3:PutObject", deny_kind=DenyKind(kind))
    said = say(remedy.title, Language.ENGLISH)

    assert "explicit deny" in said
    assert "missing" not in said


def test_an_explicit_deny_stands_at_the_layer_that_aws_names() -> None:
    named = DenyKind("explicit-vpce")

    assert playbook_of_missing(service="s3", action="s3:PutObject", deny_kind=named).layer == "vpc-endpoint"


def test_a_policy_that_aws_names_is_where_to_look() -> None:
    policy = "arn:aws:organizations::123456789012:policy/o-a/service_control_policy/p-1"
    remedy = playbook_of_missing(service="s3", deny_kind=DenyKind("explicit-scp"), policy_arn=policy)

    assert remedy.target == policy
    assert policy in say(remedy.steps[2], Language.ENGLISH)


def test_a_logging_failure_names_its_three_actions_the_group_and_the_region() -> None:
    denial = Denial(verdict=Verdict.MISSING_PERMISSION, service="logs")
    task = replace(TASK, caller_arn=TASK.task_role_arn)
    (remedy,) = draft_remedies(Case(denial=denial, workload=task, place=PLACE))
    said = " ".join(say(step, Language.ENGLISH) for step in remedy.steps)
    words = ("logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents", "exist", "ap-northeast-1")

    assert [word for word in words if word not in said] == []
    assert remedy.target == TASK.task_role_arn
    assert remedy.policy_document is None


def test_a_playbook_for_assuming_a_role_is_of_high_risk() -> None:
    assert playbook_of_missing(service="sts", action="sts:AssumeRole").risk == "high"


DENIED_WITHOUT_A_POLICY = [
    pytest.param(
        "sts:AssumeRoleWithWebIdentity",
        "Not authorized to perform sts:AssumeRoleWithWebIdentity",
        Layer.TRUST,
        "system:serviceaccount:billing:",
        id="irsa",
    ),
    pytest.param(
        "sts:AssumeRole",
        "Unauthorized Exception! EKS does not have permissions to assume the associated role., fault: client",
        Layer.TRUST,
        "sts:TagSession",
        id="pod identity",
    ),
]


@pytest.mark.parametrize(("action", "line", "layer", "said"), DENIED_WITHOUT_A_POLICY)
def test_a_refusal_that_no_policy_of_the_caller_explains_names_the_policy_that_does(
    action: str, line: str, layer: Layer, said: str
) -> None:
    pod = Workload(kind=WorkloadKind.EKS, name="exporter", cluster="prod", service="billing")
    denial = Denial(
        verdict=Verdict.MISSING_PERMISSION, service=action.partition(":")[0], action=action, excerpt=line
    )
    (remedy,) = draft_remedies(Case(denial=denial, workload=pod, place=PLACE))

    assert remedy.layer is layer
    assert said in say(remedy.steps[0], Language.ENGLISH)


@pytest.mark.parametrize("finding", ["claim-refuted", "claim-unsupported", "claim-user-unsupported"])
def test_of_a_caller_that_cannot_be_it_asks_where_the_line_comes_from(finding: str) -> None:
    claim = Message(f"workloads.{finding}", {"principal": "arn:aws:iam::123456789012:role/admin", "name": "web", "own": ""})  # fmt: skip
    denial = Denial(verdict=Verdict.MISSING_PERMISSION, service="s3", action="s3:DeleteBucket", principal="arn:aws:iam::123456789012:role/admin")  # fmt: skip
    (remedy,) = draft_remedies(Case(denial=denial, workload=replace(TASK, findings=(claim,)), place=PLACE))

    assert remedy.title.id == "remedies.playbook.claimed-caller.title"
    assert [step.id for step in remedy.steps if "other-denial" in step.id] == []


@pytest.mark.parametrize(
    ("operation", "services"),
    [
        ("PutRecord", "kinesis, firehose, sagemaker"),
        ("ListTagsForResource", "s3, sns, ssm, ecr, ecs, logs, …"),
    ],
)
def test_of_an_operation_that_several_services_have_it_names_them(operation: str, services: str) -> None:
    denial = Denial(verdict=Verdict.MISSING_PERMISSION, operation=operation)
    (remedy,) = draft_remedies(Case(denial=denial, workload=TASK, place=PLACE))
    told = {step.id: step.values for step in remedy.steps}

    assert told["remedies.playbook.other-denial.services"] == {"operation": operation, "services": services}
    assert remedy.policy_document is None
