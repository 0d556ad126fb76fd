"""What nothing proves is no headline: a caller that cannot be, one workload of two, a resource that only might fit."""

from dataclasses import replace

import pytest
from why403.denials.denial import Denial, Verdict
from why403.diagnosis.build import build_undiagnosed
from why403.iam.place import Place
from why403.message import Message
from why403.notices.consoles import links_of
from why403.notices.dialects.text import render_text
from why403.notices.notice import Notice
from why403.notices.verdict import headline, title
from why403.notices.words import Language
from why403.targets.candidate import Candidate
from why403.workloads.workload import Workload, WorkloadKind

from tests.unit.notices.notice_case import LANGUAGES

ADMIN = "arn:aws:sts::123456789012:assumed-role/break-glass/root"
OWN = "arn:aws:iam::123456789012:role/basket-a-task"
BUCKET = "arn:aws:s3:::made-ledger"


def logged(finding: Message, *, principal: str | None, language: Language = Language.ENGLISH) -> Notice:
    workload = Workload(
        kind=WorkloadKind.ECS, name="basket-a", service="basket-a", task_role_arn=OWN, caller_arn=OWN, findings=(finding,)
    )  # fmt: skip
    denial = Denial(
        verdict=Verdict.MISSING_PERMISSION, action="s3:DeleteBucket", resource=BUCKET, principal=principal
    )
    told = replace(build_undiagnosed(denial), workload=workload)
    return Notice(diagnosis=told, language=language, place=Place("123456789012", "us-east-1"))


@pytest.mark.parametrize("claim", ["claim-refuted", "claim-unsupported", "claim-user-unsupported"])
def test_a_caller_that_the_workload_cannot_be_is_told_as_what_a_line_says(claim: str) -> None:
    finding = Message(f"workloads.{claim}", {"principal": ADMIN, "name": "basket-a", "own": OWN})
    notice = logged(finding, principal=ADMIN)

    assert title(notice) == "basket-a logged a denial of role break-glass (s3:DeleteBucket)"
    assert headline(notice) == (
        "A line of basket-a says that role break-glass was denied s3:DeleteBucket on bucket made-ledger. "
        "Nothing that was read lets basket-a act as role break-glass, so the line proves nothing."
    )


def test_a_caller_that_is_proven_is_told_as_ever() -> None:
    notice = logged(Message("workloads.claim-unproven", {"principal": ADMIN, "name": "basket-a", "own": OWN}), principal=ADMIN)  # fmt: skip

    assert title(notice) == "basket-a can't delete bucket made-ledger (s3:DeleteBucket)"


def test_no_link_leads_to_the_role_of_a_claim_that_nothing_supports() -> None:
    finding = Message("workloads.claim-refuted", {"principal": ADMIN, "name": "basket-a", "own": OWN})

    assert links_of(logged(finding, principal=ADMIN)).caller == ""


@pytest.mark.parametrize("language", LANGUAGES)
def test_of_two_workloads_that_nothing_tells_apart_none_is_named_as_the_one(language: Language) -> None:
    finding = Message("workloads.shared-log-group", {"name": "basket-a", "others": "basket-b, basket-c"})
    notice = logged(finding, principal=None, language=language)
    told = title(notice), headline(notice)

    assert [
        text for text in told if not ("basket-a" in text and "basket-b" in text and "basket-c" in text)
    ] == []
    assert "basket-a-task" not in "".join(told)
    assert links_of(notice).caller == ""
    assert OWN not in render_text(notice)


def test_one_of_two_reads_as_english() -> None:
    finding = Message("workloads.shared-log-group", {"name": "basket-a", "others": "basket-b"})

    assert title(logged(finding, principal=None)) == "One of basket-a, basket-b can't delete bucket made-ledger (s3:DeleteBucket)"  # fmt: skip


@pytest.mark.parametrize("finding", ["targets.one-unsure", "targets.several"])
def test_a_target_that_nothing_proves_is_in_no_title(finding: str) -> None:
    told = build_undiagnosed(Denial(verdict=Verdict.MISSING_PERMISSION, action="dynamodb:GetItem"))
    likely = Candidate(arn="arn:aws:dynamodb:us-east-1:123456789012:table/basket", evidence=(), score=0.2)
    unsure = replace(told, target_candidates=(likely,), findings=(Message(finding, {"count": "2"}),))

    assert "basket" not in title(Notice(diagnosis=unsure))
    assert "basket" in title(Notice(diagnosis=replace(unsure, findings=())))


@pytest.mark.parametrize("action", ["sts:TagSession", "sts:SetSourceIdentity"])
def test_what_stands_beside_an_assumed_role_is_told_as_assuming_it(action: str) -> None:
    denial = Denial(
        verdict=Verdict.MISSING_PERMISSION, action=action, resource="arn:aws:iam::123456789012:role/reader"
    )

    assert "can't assume role reader" in title(Notice(diagnosis=build_undiagnosed(denial)))
