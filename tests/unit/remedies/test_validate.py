"""AWS's linter as a second opinion: shown, and an error takes the proof away."""

import json
from dataclasses import replace
from typing import Any

from why403.iam.layer import Layer
from why403.iam.place import Place
from why403.reads import Answer, Failure, Read, Reply, Unreadable
from why403.remedies.draft import draft_remedies
from why403.remedies.remedy import Remedy
from why403.remedies.validate import MOST, validate_drafts

from tests.unit.remedies.incident_case import case_of

PLACE = Place("123456789012", "ap-northeast-1")
CASE = {
    "request": {
        "principal": "arn:aws:sts::123456789012:assumed-role/checkout/task-1",
        "action": "s3:GetObject",
        "resource": "arn:aws:s3:::shop/a.txt",
        "resource_account": "111122223333",
    },
    "policies": {"identity": []},
}


def drafts() -> tuple[Remedy, ...]:
    return draft_remedies(case_of(CASE))


def validated(remedies: tuple[Remedy, ...], reply: Any) -> tuple[tuple[Remedy, ...], tuple[Read, ...]]:
    plan = validate_drafts(remedies, PLACE)
    reads = next(plan)
    try:
        plan.send(tuple(reply(read) for read in reads))
    except StopIteration as end:
        return end.value, reads
    raise AssertionError


def finding(kind: str) -> Any:
    """Every read is answered with one finding of this kind."""

    def reply(read: Read) -> Reply:
        told = {"findingType": kind, "issueCode": "SOME_CODE", "findingDetails": "Because."}
        return Answer(read, {"findings": [told]})

    return reply


def test_a_refused_read_changes_nothing() -> None:
    remedies = drafts()
    after, _ = validated(remedies, lambda read: Unreadable(read, Failure.REFUSED, "AccessDeniedException"))

    assert after == remedies


def test_a_silent_linter_changes_nothing() -> None:
    remedies = drafts()
    after, _ = validated(remedies, lambda read: Answer(read, {"findings": []}))

    assert after == remedies


def test_a_warning_is_shown_and_the_proof_stands() -> None:
    after, _ = validated(drafts(), finding("SECURITY_WARNING"))

    assert after[0].proven
    assert after[0].why[-1].values == {
        "code": "SOME_CODE",
        "details": "Because.",
        "type": "SECURITY_WARNING",
    }


def test_an_error_takes_the_proof_away() -> None:
    after, _ = validated(drafts(), finding("ERROR"))

    assert not after[0].proven
    assert after[0].missing[-1].id == "remedies.validate.finding"


def test_each_document_is_asked_about_as_what_it_is() -> None:
    identity, bucket, *_ = drafts()
    trust = replace(bucket, layer=Layer.TRUST, target="arn:aws:iam::123456789012:role/exporter")
    _, reads = validated((identity, bucket, trust), finding("SUGGESTION"))
    asked = [
        (each.parameters["policyType"], each.parameters.get("validatePolicyResourceType")) for each in reads
    ]

    assert asked == [
        ("IDENTITY_POLICY", None),
        ("RESOURCE_POLICY", "AWS::S3::Bucket"),
        ("RESOURCE_POLICY", "AWS::IAM::AssumeRolePolicyDocument"),
    ]
    assert json.loads(str(reads[0].parameters["policyDocument"])) == identity.after


def test_only_the_first_drafts_are_sent() -> None:
    _, reads = validated((drafts()[0],) * (MOST + 3), finding("SUGGESTION"))

    assert len(reads) == MOST


def test_without_a_draft_nothing_is_asked() -> None:
    unread = tuple(replace(each, after=None) for each in drafts())

    assert list(validate_drafts(unread, PLACE)) == []
