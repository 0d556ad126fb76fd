"""What is stored of a diagnosis stays small and holds no secret."""

import gzip
import hashlib
import json
from dataclasses import replace
from typing import Any

import pytest
from why403.diagnosis.bounded import STATEMENTS
from why403.diagnosis.diagnosis_json import from_json, to_json
from why403.message import Message
from why403.page.render import render_page

from tests.unit.notices.notice_case import diagnosis_of, notice_of


def test_of_hundreds_of_statements_those_that_come_closest_are_kept() -> None:
    told = diagnosis_of("first_incident")
    assert told.decision is not None
    identity = told.decision.layers[0]
    resource = told.decision.layers[1]
    many = identity._replace(evidence=(*(tuple(identity.evidence) * 300), *resource.evidence))
    huge = replace(told, decision=replace(told.decision, layers=(many,)))

    kept = to_json(huge)["decision"]["layers"][0]["evidence"]

    assert len(kept) == STATEMENTS
    assert kept[0]["statement"] == "AllowECSTaskAccess"


def _policy(characters: int) -> dict[str, Any]:
    """A policy of about that many characters that compresses badly."""
    names = (hashlib.sha256(str(number).encode()).hexdigest() for number in range(characters // 70))
    statements = [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": name} for name in names]
    return {"Version": "2012-10-17", "Statement": statements}


@pytest.mark.parametrize("characters", [30_000, 300_000, 3_000_000])
def test_a_policy_of_any_size_makes_a_diagnosis_that_the_table_holds(characters: int) -> None:
    policy = _policy(characters)
    notice = notice_of("first_incident")
    told = notice.diagnosis
    wanted = tuple(statement["Resource"] for statement in policy["Statement"])
    remedies = tuple(
        replace(remedy, before=policy, after=policy, diff=json.dumps(policy, indent=1))
        for remedy in told.remedies
    )
    assert told.decision is not None
    layers = tuple(
        layer._replace(evidence=tuple(replace(one, wanted=wanted) for one in layer.evidence) * 40)
        for layer in told.decision.layers
    )
    huge = replace(told, remedies=remedies, decision=replace(told.decision, layers=layers))

    stored = to_json(huge)
    again = from_json(stored)

    assert len(gzip.compress(json.dumps(stored).encode())) < 400_000
    assert len(render_page(replace(notice, diagnosis=again))) < 3_000_000
    assert to_json(again) == stored


def test_what_is_left_out_of_a_huge_policy_is_told_and_no_half_command_is_offered() -> None:
    policy = _policy(700_000)
    told = diagnosis_of("first_incident")
    remedies = tuple(replace(remedy, before=policy, after=policy) for remedy in told.remedies)

    stored = to_json(replace(told, remedies=remedies))["remedies"][0]

    assert (stored["before"], stored["after"], stored["policy_document"]) == (None, None, None)
    assert set(stored["commands"].values()) == {""}
    assert stored["why"][-1]["id"] == "diagnosis.too-large"


def test_an_environment_value_that_the_line_repeats_is_not_stored() -> None:
    told = diagnosis_of("first_incident")
    given = {"GREETING": "correct horse battery", "AWS_REGION": "us-east-1"}
    workload = replace(told.workload, environment=given)
    denial = replace(told.denial, excerpt="denied, said correct horse battery to us-east-1")

    stored = to_json(replace(told, workload=workload, denial=denial))

    assert stored["denial"]["excerpt"] == "denied, said [redacted:environment] to us-east-1"
    assert "environment" not in stored["workload"]


SHARED = {
    "sts:ExternalId": "partner-7f3a9c",
    "aws:Referer": "https://shop.example/only-we-know",
    "aws:UserAgent": 'CloudFront-"4711"-secret',
}


@pytest.mark.parametrize("key", SHARED)
def test_a_shared_secret_of_a_policy_leaves_in_no_form(key: str) -> None:
    secret = SHARED[key]
    condition = {"StringEquals": {key: [secret]}}
    statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": condition}
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    told = diagnosis_of("first_incident")
    first, *others = told.remedies
    written = json.dumps(policy)
    drafted = replace(
        first,
        before=policy,
        after=policy,
        diff=json.dumps(policy, indent=2),
        commands=replace(first.commands, aws_cli=f"aws put --policy '{written}'", terraform="# adds only"),
    )

    stored = to_json(replace(told, remedies=(drafted, *others)))
    left = json.dumps(stored, ensure_ascii=False)

    assert [form for form in (secret, json.dumps(secret)[1:-1]) if form in left] == []
    assert stored["remedies"][0]["commands"]["aws_cli"] == ""
    assert stored["remedies"][0]["commands"]["terraform"] == "# adds only"
    assert stored["remedies"][0]["why"][-1]["id"] == "remedies.no-command.masked"
    assert to_json(from_json(stored)) == stored


def test_a_shared_secret_that_a_condition_compares_is_masked_on_both_sides() -> None:
    told = diagnosis_of("first_incident")
    assert told.decision is not None
    layer = told.decision.layers[0]
    values = {
        "key": "sts:ExternalId",
        "operator": "StringEquals",
        "wanted": "partner-7f3a9c",
        "given": "guess-0815",
    }
    decision = replace(told.decision, layers=(layer._replace(values=values),))

    left = json.dumps(to_json(replace(told, decision=decision)))

    assert [secret for secret in ("partner-7f3a9c", "guess-0815") if secret in left] == []


def test_a_name_that_aws_told_is_never_taken_for_a_secret() -> None:
    role = "arn:aws:iam::123456789012:role/Xk92mPq0vL4zQ8w7Er5Ty6"
    told = diagnosis_of("first_incident")
    message = Message("remedies.verify", {"role": role.rpartition("/")[2], "other": "Zk92mPq0vL4zQ8w7Er5Ty6"})
    first = replace(told.remedies[0], target=role, why=(message,))

    values = to_json(replace(told, remedies=(first,)))["remedies"][0]["why"][0]["values"]

    assert values == {"role": "Xk92mPq0vL4zQ8w7Er5Ty6", "other": "[redacted:random]"}
