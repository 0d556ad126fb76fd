"""Names of others' making, from a log line through `explain` into every form of a draft: nothing in them comes alive."""

import json
import re
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import pytest
from why403.aws.reader import Reader
from why403.aws.session import forget
from why403.cli.printed import OutputFormat, notice_of, printed
from why403.denials.classify import classify
from why403.diagnose import diagnose
from why403.diagnosis.diagnosis import Diagnosis
from why403.iam.place import Place
from why403.log_events.log_event import LogEvent
from why403.notices.dialects.teams import render_teams
from why403.notices.words import Language

from demo.application import Application
from demo.emulator import ACCOUNT, Emulator, emulator
from demo.incident import LOG_GROUP, LOG_STREAM, TASK_ROLE, create_incident

pytestmark = [pytest.mark.emulator, pytest.mark.xdist_group("hostile-names")]
NOW = 1_790_000_000_000
DENIED = (
    "An error occurred (AccessDenied) when calling the GetObject operation: User: arn:aws:sts::{account}:assumed-role/"
    "{role}/me is not authorized to perform: s3:GetObject on resource: {resource} because no identity-based policy "
    "allows the s3:GetObject action"
)
HARMLESS = "arn:aws:s3:::photos/2026/holiday.jpg"
ALIVE = {
    "a wildcard": "arn:aws:s3:::photos/*",
    "any letter": "arn:aws:s3:::photos/????????-????-????-????-????????????",
    "letters beyond Latin-1": "arn:aws:s3:::photos/" + "ж" * 36,
    "a letter of another alphabet": "arn:aws:s3:::photos/аdmin.key",
    "AWS's own mark for a letter": "arn:aws:s3:::photos/?dmin.key",
    "an unseen letter": "arn:aws:s3:::photos/ad\u200bmin.key",
    "a turned text": "arn:aws:s3:::photos/\u202egpj.exe",
    "a soft hyphen": "arn:aws:s3:::photos/ad\u00admin.key",
    "an escape": "arn:aws:s3:::photos/ad\x1b[2Kmin.key",
    "a control character": "arn:aws:s3:::photos/ad\x9bmin.key",
    "a dynamic reference": "arn:aws:s3:::photos/{{resolve:secretsmanager:prod:SecretString}}",
    "a reference to a parameter": "arn:aws:s3:::photos/{{resolve:ssm-secure:db:1}}",
    "a policy variable": "arn:aws:s3:::photos/${aws:username}/x.key",
    "a pseudo parameter": "arn:aws:s3:::photos/${AWS::AccountId}/x.key",
    "a terraform expression": 'arn:aws:s3:::photos/${file("/etc/passwd")}',
    "a terraform directive": "arn:aws:s3:::photos/%{for a in b}x%{endfor}",
    "a javascript template": "arn:aws:s3:::photos/${process.env.AWS_SECRET_ACCESS_KEY}",
    "a shell's": "arn:aws:s3:::photos/$(id)`id`'; rm -rf ~; '",
    "a quote": 'arn:aws:s3:::photos/a"+open("/etc/passwd").read()+"b',
    "a python's end": "arn:aws:s3:::photos/a\\\\",
}
UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]")


@pytest.fixture(scope="module")
def account() -> Iterator[Emulator]:
    with emulator() as account, pytest.MonkeyPatch.context() as patch:
        Application(account, create_incident(account)).send_job()
        for name, value in account.environment.items():
            patch.setenv(name, value)
        s3: Any = account.session().client("s3", endpoint_url=account.endpoint)
        s3.create_bucket(Bucket="photos", CreateBucketConfiguration={"LocationConstraint": account.region})
        forget()
        yield account
    forget()


def explained(account: Emulator, resource: str) -> tuple[Diagnosis, dict[str, str]]:
    """The diagnosis, and all that is told of it by the form it is told in."""
    event = LogEvent(
        DENIED.format(account=ACCOUNT, role=TASK_ROLE, resource=resource), LOG_GROUP, LOG_STREAM, NOW
    )
    place = Place(ACCOUNT, account.region)
    found = Reader(place).run(diagnose(classify(event)[0], event, place, now=NOW))
    notice = notice_of(found, event, place, Language.ENGLISH)
    said = {form.value: printed(notice, form) for form in OutputFormat}
    return found, {**said, "teams": json.dumps(render_teams(notice), ensure_ascii=False)}


def drafts(found: Diagnosis) -> dict[str, str]:
    """Every form of every draft."""
    return {
        f"{number} {form}": text
        for number, remedy in enumerate(found.remedies)
        for form, text in {
            **asdict(remedy.commands),
            "iam_json": json.dumps(remedy.policy_document, ensure_ascii=False)
            if remedy.policy_document
            else "",
        }.items()
        if text
    }


def test_a_harmless_name_is_drafted_in_all_six_forms(account: Emulator) -> None:
    found, _ = explained(account, HARMLESS)
    forms = {name.split()[1] for name in drafts(found)}

    assert forms == {"aws_cli", "terraform", "cdk_python", "cdk_typescript", "cloudformation", "iam_json"}


ALTERED = frozenset(
    {
        "letters beyond Latin-1", "a letter of another alphabet", "an unseen letter", "a turned text", "a soft hyphen",
        "an escape", "a control character",
    }
)  # fmt: skip
"""No policy can name them, or nobody sees them: a draft would grant another name."""
REFERENCES = frozenset({"a dynamic reference", "a reference to a parameter"})
"""A draft would hold what they refer to, or name another object."""
EXACT = {
    "a wildcard": "${*}",
    "any letter": "-".join("${?}" * count for count in (8, 4, 4, 4, 12)),
    "AWS's own mark for a letter": "${?}dmin.key",
    "a policy variable": "${$}{aws:username}/x.key",
    "a pseudo parameter": "${$}{AWS::AccountId}/x.key",
    "a terraform expression": '${$}{file("/etc/passwd")}',
    "a javascript template": "${$}{process.env.AWS_SECRET_ACCESS_KEY}",
}
"""What a key may hold, spelled so that each character means itself."""
TERRAFORM = re.compile(r"(?<!\$)\$\{|(?<!%)%\{")
"""An expression or a directive that Terraform would carry out."""


@pytest.mark.parametrize("kind", sorted(ALIVE))
def test_a_name_that_may_come_alive_comes_alive_in_no_draft(account: Emulator, kind: str) -> None:
    found, _ = explained(account, ALIVE[kind])
    told = drafts(found)
    granted = [
        str(statement["Resource"]).removeprefix("arn:aws:s3:::photos/")
        for remedy in found.remedies
        for statement in (remedy.policy_document or {}).get("Statement", ())
    ]
    references = [name for name, text in told.items() if "{{resolve:" in text]
    expressions = [name for name, text in told.items() if "terraform" in name and TERRAFORM.search(text)]

    assert (references, expressions) == ([], [])
    assert (granted == []) is (kind in ALTERED | REFERENCES)
    assert kind not in EXACT or granted[:1] == [EXACT[kind]]


@pytest.mark.parametrize("kind", sorted(ALTERED))
def test_nothing_unseen_is_told_of_such_a_name(account: Emulator, kind: str) -> None:
    _, said = explained(account, ALIVE[kind])

    assert [form for form, text in said.items() if UNSEEN.search(text)] == []
