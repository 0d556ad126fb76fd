"""What stands on top, in words: who cannot do what, or what is at fault, and where."""

from dataclasses import replace
from typing import Any

import pytest
from why403.denials.denial import Denial, Kind, Verdict
from why403.diagnosis.build import build_undiagnosed
from why403.iam.layer import Layer
from why403.iam.reference import access_level
from why403.message import Message
from why403.notices.dialects.email import SUBJECT, render_email
from why403.notices.dialects.slack import render_slack
from why403.notices.dialects.text import render_text
from why403.notices.notice import Links, Notice
from why403.notices.verdict import headline, title, verb_of
from why403.notices.words import Language
from why403.page.render import render_page
from why403.remedies.remedy import Remedy, RemedyKind, Risk

from tests.unit.notices.notice_case import LANGUAGES, notice_of

ROLE = "arn:aws:sts::123456789012:assumed-role/checkout/1"


def told_of(**denial: Any) -> Notice:
    given = {"verdict": Verdict.MISSING_PERMISSION, "principal": ROLE, **denial}
    return Notice(diagnosis=build_undiagnosed(Denial(**given)))


@pytest.mark.parametrize(
    ("action", "resource", "said"),
    [
        ("sqs:SendMessage", "arn:aws:sqs:us-east-1:123456789012:jobs", "can't send to queue jobs"),
        ("sqs:ReceiveMessage", "arn:aws:sqs:us-east-1:123456789012:jobs", "can't receive from queue jobs"),
        ("sqs:DeleteMessage", "arn:aws:sqs:us-east-1:123456789012:jobs", "can't delete from queue jobs"),
        ("s3:GetObject", "arn:aws:s3:::shop/a.txt", "can't read object shop/a.txt"),
        ("s3:PutObject", "arn:aws:s3:::shop/a.txt", "can't write to object shop/a.txt"),
        ("s3:ListBucket", "arn:aws:s3:::shop", "can't list bucket shop"),
        ("dynamodb:Query", "arn:aws:dynamodb:us-east-1:123456789012:table/users", "can't read table users"),
        ("kms:Decrypt", "arn:aws:kms:us-east-1:123456789012:key/k1", "can't decrypt with KMS key k1"),
        ("kms:GenerateDataKey", "arn:aws:kms:us-east-1:123456789012:key/k1", "can't encrypt with KMS key k1"),
        ("sts:AssumeRole", "arn:aws:iam::111122223333:role/deploy", "can't assume role deploy"),
        ("iam:PassRole", "arn:aws:iam::123456789012:role/task", "can't pass role task"),
        ("lambda:InvokeFunction", "arn:aws:lambda:us-east-1:123456789012:function:f", "can't invoke function f"),
        ("ecr:BatchGetImage", "arn:aws:ecr:us-east-1:123456789012:repository/web", "can't pull from repository web"),
        ("states:StartExecution", "arn:aws:states:us-east-1:123456789012:stateMachine:m", "can't start state machine m"),
        ("logs:PutLogEvents", "arn:aws:logs:us-east-1:123456789012:log-group:/web:*", "can't write to log group /web"),
        ("logs:PutLogEvents", "arn:aws:logs:us-east-1:123456789012:log-group:/web:log-stream:", "can't write to log group /web"),
        ("logs:PutLogEvents", "arn:aws:logs:us-east-1:123456789012:log-group:/web:log-stream:i-1", "can't write to log stream i-1 (/web)"),
    ],
)  # fmt: skip
def test_a_title_says_in_words_what_cannot_be_done(action: str, resource: str, said: str) -> None:
    assert title(told_of(action=action, resource=resource)) == f"Role checkout {said} ({action})"


def test_an_action_without_a_resource_or_a_verb_is_called() -> None:
    assert title(told_of(action="ec2:DescribeInstances", resource="*")) == (
        "Role checkout can't call ec2:DescribeInstances"
    )
    assert title(told_of(action="sqs:SendMessage")) == "Role checkout can't call sqs:SendMessage"


@pytest.mark.parametrize(
    ("action", "level"),
    [
        ("sqs:SendMessage", "Write"),
        ("s3:GetObject", "Read"),
        ("s3:ListBucket", "List"),
        ("dynamodb:PutItem", "Write"),
        ("secretsmanager:GetSecretValue", "Read"),
        ("ssm:GetParametersByPath", "Read"),
    ],
)
def test_a_verb_does_not_contradict_the_service_authorization_reference(action: str, level: str) -> None:
    reading = {"read", "list", "receive", "pull"}

    assert access_level(action) == level
    assert (verb_of(action) in reading) == (level in {"Read", "List"})


@pytest.mark.parametrize("language", LANGUAGES)
def test_where_only_the_service_is_known_a_sentence_says_so(language: Language) -> None:
    notice = replace(told_of(service="s3"), language=language)
    prefix = " s3"

    assert "S3" in title(notice)
    assert "S3" in headline(notice)
    assert prefix not in title(notice) + headline(notice)


URL = "https://shop.example.com/reports/june"
FAULTS = [Kind.WAF, Kind.CLOUDFRONT_OTHER, Kind.CLOUDFRONT_GEO, Kind.API_ROUTE_MISSING]


@pytest.mark.parametrize("kind", FAULTS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_no_policy_explains_names_its_url_without_the_query_and_no_role(
    kind: Kind, language: Language
) -> None:
    line = f"GET {URL}?token=made-up 403 The request could not be satisfied"
    denial = Denial(verdict=Verdict.AWS_403_NOT_IAM, kind=kind, excerpt=line)
    links = Links(caller="https://console.aws.amazon.com/iam/home#/roles/details/web")
    notice = Notice(diagnosis=build_undiagnosed(denial), language=language, links=links)

    assert title(notice).endswith(URL)
    assert "roles/details" not in render_page(notice)
    assert URL in render_page(notice)
    assert "roles/details" not in str(render_slack(notice))


@pytest.mark.parametrize("language", LANGUAGES)
def test_expired_credentials_are_told_as_such_and_not_as_a_denied_call(language: Language) -> None:
    notice = notice_of("expired_credentials", language)

    assert "s3:PutObject" not in title(notice)
    assert "report" in title(notice)


def test_the_owner_by_tag_is_told() -> None:
    notice = notice_of("first_incident")
    workload = replace(notice.diagnosis.workload, tags={"team": "checkout-team"})
    owned = replace(notice, diagnosis=replace(notice.diagnosis, workload=workload))

    assert "owner: checkout-team" in str(render_slack(owned))
    assert "owner: checkout-team" in render_text(owned)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("queue", ["注文キュー", "주문-대기열", "orders"])
def test_a_subject_is_ascii_whatever_things_are_called(queue: str, language: Language) -> None:
    notice = replace(
        told_of(action="sqs:SendMessage", resource=f"arn:aws:sqs:us-east-1:123456789012:{queue}"),
        language=language,
    )
    subject = render_email(notice).subject

    assert subject.isascii()
    assert len(subject) <= SUBJECT
    assert "sqs:SendMessage" in subject


OTHER = "arn:aws:iam::111122223333:role/deploy"
STATEMENT = {"Sid": "AllowSTSAssumeRole", "Effect": "Allow", "Action": "sts:AssumeRole"}


def assumes_abroad(language: Language, **links: str) -> Notice:
    notice = notice_of("first_incident", language, links=Links(**links))
    remedy = Remedy(
        set=1,
        layer=Layer.TRUST,
        target=OTHER,
        kind=RemedyKind.GRANT,
        title=Message("remedies.trust.grant", {"role": OTHER}),
        policy_name="trust policy",
        policy_document={"Version": "2012-10-17", "Statement": [STATEMENT]},
        why=(
            Message("remedies.risk.foreign", {"account": "1", "owner": "2"}),
            Message("remedies.trust.not-root"),
        ),
        risk=Risk.HIGH,
    )
    return replace(notice, diagnosis=replace(notice.diagnosis, remedies=(remedy,)))


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_another_account_has_to_change_is_a_text_to_send_to_its_owner(language: Language) -> None:
    told = render_text(assumes_abroad(language))

    for wanted in ("111122223333", OTHER, '"Sid": "AllowSTSAssumeRole"', "scout-admin-dev-task"):
        assert wanted in told
    assert "arn:aws:iam::ACCOUNT:root" not in told


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_chat_says_whom_to_ask_and_warns_of_nothing_else(language: Language) -> None:
    told = str(render_slack(assumes_abroad(language, page="https://page.example")))

    assert "111122223333" in told
    assert "AllowSTSAssumeRole" in told
    assert "arn:aws:iam::ACCOUNT:root" not in told


def test_what_is_ours_to_change_is_no_letter() -> None:
    assert "our account" not in render_text(notice_of("first_incident"))


@pytest.mark.parametrize(
    ("language", "told"),
    [
        (Language.ENGLISH, "the key of queue invoices"),
        (Language.JAPANESE, "キュー invoices のキー"),
        (Language.KOREAN, "대기열 invoices의 키"),
    ],
)
def test_a_title_tells_a_key_by_what_it_encrypts(language: Language, told: str) -> None:
    used = Message(
        "diagnosis.key-of-call",
        {"call": "sqs:SendMessage", "target": "arn:aws:sqs:ap-northeast-1:123456789012:invoices"},
    )
    notice = notice_of("key_policy", language)
    notice = replace(notice, diagnosis=replace(notice.diagnosis, findings=(used,)))

    assert told in title(notice)
    assert "b1e6deae" not in title(notice)
    assert "b1e6deae" in headline(notice)
