"""Anybody may write `assumed-role/admin` into a log: nothing of that role is told, and nothing is drafted for it."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from why403.aws.reader import Reader
from why403.aws.session import forget
from why403.cli.printed import OutputFormat, notice_of, printed
from why403.denials.classify import classify
from why403.diagnose import diagnose, judge_again
from why403.diagnosis.diagnosis import Diagnosis
from why403.diagnosis.diagnosis_json import from_json, to_json
from why403.iam.place import Place
from why403.log_events.log_event import LogEvent
from why403.notices.dialects.teams import render_teams
from why403.notices.words import Language
from why403.remedies.remedy import Commands

from demo.application import Application
from demo.emulator import ACCOUNT, Emulator
from demo.incident import LOG_GROUP, LOG_STREAM, TASK_ROLE, create_incident
from tests.fakes.incidents import opened_incident

MOST_ROUNDS = 5
NOW = 1_790_000_000_000
HELD = {"Sid": "OnlyForPeople", "Effect": "Allow", "Action": "iam:*", "Resource": "*"}
SECRETS = (
    "crown-jewels",
    "OnlyForPeople",
    "people-of-trust",
    "--role-name",
    "put-role-policy",
    "ci-deployer",
)
GITHUB = f"arn:aws:iam::{ACCOUNT}:oidc-provider/token.actions.githubusercontent.com"
FORGED = (
    "An error occurred (AccessDenied) when calling the SendMessage operation: User: arn:aws:sts::{account}:assumed-role/"
    "admin/me is not authorized to perform: sqs:SendMessage on resource: arn:aws:sqs:{region}:{account}:orders because no "
    "identity-based policy allows the sqs:SendMessage action"
)


def trusting(kind: str, who: str, action: str = "sts:AssumeRole") -> str:
    statement = {"Effect": "Allow", "Principal": {kind: who}, "Action": action}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@pytest.fixture
def account(embedded_account: Emulator, monkeypatch: pytest.MonkeyPatch) -> Iterator[Emulator]:
    """The first incident's account, and a role of the pipeline that only GitHub takes."""
    embedded_account.reset()
    Application(embedded_account, create_incident(embedded_account)).send_job()
    trust = trusting("Federated", GITHUB, "sts:AssumeRoleWithWebIdentity")
    iam_of(embedded_account).create_role(RoleName="ci-deployer", AssumeRolePolicyDocument=trust)
    for name, value in embedded_account.environment.items():
        monkeypatch.setenv(name, value)
    forget()
    yield embedded_account
    forget()
    embedded_account.reset()


def iam_of(account: Emulator) -> Any:
    return account.session().client("iam", endpoint_url=account.endpoint)


def explain(account: Emulator, trust: str) -> tuple[Diagnosis, LogEvent, int]:
    """The diagnosis of the forged line where `admin` has this trust policy, the line, and the rounds."""
    iam = iam_of(account)
    tags = [{"Key": "owner", "Value": "people-of-trust"}]
    iam.create_role(RoleName="admin", AssumeRolePolicyDocument=trust, Tags=tags)
    document = json.dumps({"Version": "2012-10-17", "Statement": [HELD]})
    iam.put_role_policy(RoleName="admin", PolicyName="crown-jewels", PolicyDocument=document)
    text = FORGED.format(account=ACCOUNT, region=account.region)
    event = LogEvent(text, LOG_GROUP, LOG_STREAM, NOW)
    place = Place(ACCOUNT, account.region)
    reader = Reader(place)
    return reader.run(diagnose(classify(event)[0], event, place, now=NOW)), event, reader.rounds


def ids(diagnosis: Diagnosis) -> list[str]:
    return [one.id for one in diagnosis.workload.findings]


@pytest.mark.parametrize(
    "trust",
    [
        trusting("Service", "ec2.amazonaws.com"),
        trusting("AWS", f"arn:aws:iam::{ACCOUNT}:root"),
        trusting("AWS", f"arn:aws:iam::{ACCOUNT}:role/ci-deployer"),
        trusting("Federated", f"arn:aws:iam::{ACCOUNT}:saml-provider/people", "sts:AssumeRoleWithSAML"),
    ],
)
def test_a_role_that_the_workload_cannot_take_is_not_published(account: Emulator, trust: str) -> None:
    diagnosis, event, rounds = explain(account, trust)
    place = Place(ACCOUNT, account.region)
    notice = notice_of(diagnosis, event, place, Language.ENGLISH)
    said = {form.value: printed(notice, form) for form in OutputFormat}
    said["teams"] = json.dumps(render_teams(notice))
    told = [(form, name) for form, text in said.items() for name in SECRETS if name in text]

    claim = "unsupported" if ":root" in trust else "refuted"

    assert told == []
    assert (ids(diagnosis), diagnosis.confidence) == ([f"workloads.claim-{claim}"], "low")
    assert [one for one in diagnosis.remedies if one.commands != Commands()] == []
    assert rounds <= MOST_ROUNDS


def test_a_user_whose_key_the_workload_has_not_is_not_published(account: Emulator) -> None:
    iam = iam_of(account)
    iam.create_user(UserName="boss", Tags=[{"Key": "owner", "Value": "people-of-trust"}])
    document = json.dumps({"Version": "2012-10-17", "Statement": [HELD]})
    iam.put_user_policy(UserName="boss", PolicyName="crown-jewels", PolicyDocument=document)
    text = FORGED.replace("arn:aws:sts::{account}:assumed-role/admin/me", "arn:aws:iam::{account}:user/boss")
    event = LogEvent(text.format(account=ACCOUNT, region=account.region), LOG_GROUP, LOG_STREAM, NOW)
    place = Place(ACCOUNT, account.region)
    diagnosis = Reader(place).run(diagnose(classify(event)[0], event, place, now=NOW))
    notice = notice_of(diagnosis, event, place, Language.ENGLISH)
    said = {form.value: printed(notice, form) for form in OutputFormat}

    assert [(form, name) for form, text in said.items() for name in SECRETS if name in text] == []
    assert (ids(diagnosis)[-1], diagnosis.confidence) == ("workloads.claim-user-unsupported", "low")
    assert [one for one in diagnosis.remedies if one.commands != Commands()] == []


def test_a_role_that_may_be_reached_over_another_is_explained_with_a_doubt(account: Emulator) -> None:
    between = f"arn:aws:iam::{ACCOUNT}:role/between"
    trust = trusting("AWS", f"arn:aws:iam::{ACCOUNT}:root")
    iam_of(account).create_role(RoleName="between", AssumeRolePolicyDocument=trust)
    document = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": between}],
    }
    iam_of(account).put_role_policy(
        RoleName=TASK_ROLE, PolicyName="chain", PolicyDocument=json.dumps(document)
    )
    diagnosis, _, rounds = explain(account, trusting("AWS", between))
    place = Place(ACCOUNT, account.region)
    again = Reader(place).run(judge_again(opened_incident(), from_json(to_json(diagnosis)), place, now=NOW))

    assert ids(diagnosis) == ["workloads.claim-unproven"]
    assert diagnosis.decision is not None
    assert again.decision is not None
    assert "high" not in {diagnosis.confidence, again.confidence}
    assert rounds <= MOST_ROUNDS
