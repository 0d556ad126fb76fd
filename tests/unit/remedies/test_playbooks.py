"""Every kind of 403 that no missing permission explains has a playbook, filled with the incident's names."""

import re

import pytest
from why403.denials.denial import Denial, Kind, Verdict
from why403.iam.place import Place
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

    assert remedy.verify == (expected,)


def test_a_blocked_request_names_the_web_acl_and_its_rule() -> None:
    said = say(playbook_for(Kind.WAF, web_acl="edge-acl", rule="SizeRestrictions").steps[0], Language.ENGLISH)

    assert "edge-acl" in said
    assert "SizeRestrictions" in said
