"""`why403 check`: known calls against templates, assemblies and plans, at the command itself."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft4Validator
from why403.cli.app import run
from why403.cli.check import read_calls
from why403.errors import SettingsError
from why403.sources.replay import HAS_POLICY

SOURCES = Path(__file__).parents[2] / "cases" / "sources"
CASES = json.loads((SOURCES / "check.json").read_text("utf-8"))
ROLE = "arn:aws:iam::123456789012:role/shop-WorkerRole1A2B-AbCdEfGhIjKl"
QUEUE = "arn:aws:sqs:eu-west-1:123456789012:orders"
TEMPLATE = """
Parameters: {Stage: {Type: String, Default: dev}}
Conditions: {IsDev: !Equals [!Ref Stage, dev]}
Resources:
  Orders: {Type: AWS::SQS::Queue, Properties: {QueueName: orders}}
  WorkerRole1A2B:
    Type: AWS::IAM::Role
    Properties:
      ManagedPolicyArns:
        - !Sub arn:${AWS::Partition}:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole
  Grant:
    Type: AWS::IAM::Policy
    Properties:
      Roles: [!Ref WorkerRole1A2B]
      PolicyDocument:
        Version: 2012-10-17
        Statement:
          - {Sid: Send, Effect: Allow, Action: sqs:SendMessage, Resource: RESOURCE}
"""
GRANTED = TEMPLATE.replace("RESOURCE", "!GetAtt Orders.Arn")


def call(expectation: str = "allow", **more: Any) -> dict[str, Any]:
    request = {
        "principal": ROLE,
        "action": "sqs:SendMessage",
        "resource": QUEUE,
        "resource_account": "123456789012",
    }
    return {"id": "f3a1", "request": {**request, **more}, "expectation": expectation, "words": "checkout"}


def checked(
    capsys: pytest.CaptureFixture[str],
    folder: Path,
    kind: str,
    source: str | bytes,
    *calls: Any,
    more: tuple[str, ...] = (),
) -> tuple[int, list[dict[str, Any]]]:
    """The exit status, and what is said of each call."""
    path = folder / "source"
    path.write_bytes(source if isinstance(source, bytes) else source.encode())
    requests = folder / "incidents.jsonl"
    requests.write_text("".join(json.dumps(each) + "\n" for each in calls))
    status = run(["check", kind, str(path), "--requests", str(requests), "--json", *more])
    return status, [json.loads(line) for line in capsys.readouterr().out.splitlines()]


@pytest.mark.parametrize(
    ("template", "expectation", "status", "verdict"),
    [
        pytest.param(GRANTED, "allow", 0, "passed", id="the grant stands"),
        pytest.param(GRANTED.replace("sqs:SendMessage", "sqs:Rec*"), "allow", 1, "failed", id="the grant is gone"),
        pytest.param(GRANTED.replace("sqs:SendMessage", "sqs:Rec*"), "deny", 0, "passed", id="denied as is meant"),
        pytest.param(GRANTED, "deny", 1, "failed", id="what is denied on purpose is allowed"),
        pytest.param(TEMPLATE.replace("RESOURCE", "!ImportValue Q"), "allow", 1, "unknown", id="an import decides"),
        pytest.param(GRANTED.replace("Effect: Allow", "Effect: !Ref E"), "allow", 1, "unknown", id="no effect known"),
        pytest.param(TEMPLATE.replace("RESOURCE", '!If [IsDev, "*", "arn:x"]'), "allow", 0, "passed", id="a condition"),
        pytest.param(
            TEMPLATE.replace("RESOURCE", "!Sub 'arn:aws:sqs:${AWS::Region}:${AWS::AccountId}:${Orders.QueueName}'"),
            "allow", 0, "passed", id="Fn::Sub",
        ),
        pytest.param(
            TEMPLATE.replace("RESOURCE", "!Join [':', ['arn:aws:sqs:eu-west-1', !Select [1, ['1', '123456789012']], orders]]"),
            "allow", 0, "passed", id="Fn::Join and Fn::Select",
        ),
        pytest.param("Transform: [Own]\n" + GRANTED, "allow", 1, "unknown", id="a macro may deny"),
        pytest.param("\ufeff" + GRANTED.replace("\n", "\r\n"), "allow", 0, "passed", id="BOM and CRLF"),
    ],
)  # fmt: skip
def test_a_template_is_judged_as_it_would_be_deployed(  # noqa: PLR0913, PLR0917  # the parts of a case
    template: str,
    expectation: str,
    status: int,
    verdict: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    found = checked(capsys, tmp_path, "--template", template, call(expectation))

    assert (found[0], [each["verdict"] for each in found[1]]) == (status, [verdict])


def test_a_failure_names_the_file_and_the_logical_id(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, (told,) = checked(capsys, tmp_path, "--template", GRANTED.replace("SendMessage", "Rec*"), call())

    assert told["address"] == f"{tmp_path / 'source'}: WorkerRole1A2B"
    assert told["reason"] == "the change denies what was mended: implicit-deny"


def test_one_known_call_hides_no_unknown_one_under_strict(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stranger = call(principal="arn:aws:iam::123456789012:role/other", resource=QUEUE + "-x")

    assert checked(capsys, tmp_path, "--template", GRANTED, call(), stranger)[0] == 0
    assert checked(capsys, tmp_path, "--template", GRANTED, call(), stranger, more=("--strict",))[0] == 1


def plan(policy: object, *, unknown: bool = False) -> dict[str, Any]:
    """A plan of a role, a policy and its attachment, as `terraform show -json` prints it."""
    role = {"name": ROLE.rpartition("/")[2], "arn": ROLE}
    document = {"Version": "2012-10-17", "Statement": [policy]}
    resources = [
        ("aws_iam_role", "worker", role),
        ("aws_iam_policy", "send", {"name": "send", "policy": None if unknown else json.dumps(document)}),
        ("aws_iam_role_policy_attachment", "send", {"role": role["name"]}),
    ]
    listed = [
        {"address": f"{kind}.{name}", "mode": "managed", "type": kind, "values": values}
        for kind, name, values in resources
    ]
    attached = {"policy_arn": {"references": ["aws_iam_policy.send.arn", "aws_iam_policy.send"]}}
    changes = (
        [{"address": "aws_iam_policy.send", "change": {"after_unknown": {"policy": True}}}] if unknown else []
    )
    changes.append(
        {"address": "aws_iam_role_policy_attachment.send", "change": {"after_unknown": {"policy_arn": True}}}
    )
    written = [{"address": "aws_iam_role_policy_attachment.send", "expressions": attached}]
    return {
        "format_version": "1.2",
        "planned_values": {"root_module": {"resources": listed}},
        "resource_changes": changes,
        "configuration": {"root_module": {"resources": written}},
    }


REFERS_TO_ITSELF = b"Resources: {A: {Type: AWS::IAM::Role, Properties: {RoleName: !GetAtt A.Arn}}}"
ALLOW = {"Sid": "Send", "Effect": "Allow", "Action": "sqs:SendMessage", "Resource": QUEUE}


@pytest.mark.parametrize(
    ("made", "status", "verdict"),
    [
        pytest.param(plan(ALLOW, unknown=True), 1, "unknown", id="known after apply"),
        pytest.param(plan({**ALLOW, "Action": "sqs:ReceiveMessage"}), 1, "unknown", id="another action"),
        pytest.param(plan(ALLOW), 0, "passed", id="the grant stands"),
    ],
)
def test_a_plan_is_judged_as_it_would_be_applied(
    made: Any, status: int, verdict: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = checked(capsys, tmp_path, "--plan", json.dumps(made), call())

    assert (found[0], [each["verdict"] for each in found[1]]) == (status, [verdict])


READ = {"resource_policy": "no-say"}
OTHER = {**ALLOW, "Action": "sqs:ReceiveMessage"}
DENY = {**ALLOW, "Effect": "Deny"}


@pytest.mark.parametrize(
    ("made", "asked", "verdict", "why"),
    [
        pytest.param(plan(OTHER), call(), "unknown", "stands in no source and may allow it", id="nobody read it"),
        pytest.param(plan(OTHER), call("deny"), "unknown", "stands in no source", id="nor for what is denied on purpose"),
        pytest.param(plan(OTHER), call() | READ, "failed", "denies what was mended", id="it was read, and had no say"),
        pytest.param(plan(DENY), call(), "failed", "explicit-deny", id="a denial is one whatever stands elsewhere"),
        pytest.param(plan(ALLOW), call(), "passed", "allowed", id="an allow of the role's own is enough"),
        pytest.param(plan({**OTHER, "Action": "states:x"}), call(action="states:StartExecution",
            resource="arn:aws:states:eu-west-1:123456789012:stateMachine:a"), "failed", "denies", id="what has no policy"),
    ],
)  # fmt: skip
def test_a_resource_s_own_policy_that_stands_in_no_source_is_not_known(  # noqa: PLR0913, PLR0917  # the parts of a case
    made: Any, asked: Any, verdict: str, why: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, (told,) = checked(capsys, tmp_path, "--plan", json.dumps(made), asked)

    assert (told["verdict"], why in told["reason"]) == (verdict, True)


def changed(before: object, after: object) -> str:
    """A plan that changes the role's policy."""
    made = plan(after)
    return json.dumps({**made, "prior_state": {"values": plan(before)["planned_values"]}})


@pytest.mark.parametrize(
    ("before", "after", "widened"),
    [
        pytest.param(ALLOW, ALLOW, [], id="nothing changes"),
        pytest.param(OTHER, ALLOW, [], id="the draft itself"),
        pytest.param(
            OTHER, {**ALLOW, "Resource": "*"}, [f"sqs:SendMessage on {QUEUE}-beside"], id="any queue"
        ),
        pytest.param({**ALLOW, "Action": "sqs:*"}, ALLOW, [], id="narrower"),
        pytest.param(
            OTHER,
            {**ALLOW, "Action": ["sqs:SendMessage", "sqs:PurgeQueue", "sqs:GetQueueUrl"]},
            [f"sqs:PurgeQueue on {QUEUE}"],
            id="another action that writes",
        ),
        pytest.param(OTHER, {**ALLOW, "Resource": [QUEUE, f"{QUEUE}2"]}, [], id="a queue that is named"),
    ],
)
def test_what_the_change_allows_beside_a_known_call_is_said_and_fails_nothing(
    before: object, after: object, widened: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sarif = tmp_path / "why403.sarif"
    source = changed(before, after)

    status, (told,) = checked(capsys, tmp_path, "--plan", source, call() | READ, more=("--sarif", str(sarif)))

    results = json.loads(sarif.read_text())["runs"][0]["results"]
    assert (status, told["widened"]) == (0, widened)
    assert [each["level"] for each in results] == ["warning"] * len(widened)


def test_what_a_change_takes_from_a_role_fails_though_a_policy_elsewhere_may_allow_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, (told,) = checked(capsys, tmp_path, "--plan", changed(ALLOW, OTHER), call())

    assert (status, told["verdict"]) == (1, "failed")
    assert told["address"].endswith("aws_iam_role.worker")


def test_a_policy_elsewhere_is_thought_of_where_the_service_s_resources_have_policies() -> None:
    expected = {
        "acm-pca", "backup", "codeartifact", "dynamodb", "ecr", "elasticfilesystem", "es", "events", "execute-api", "glacier", "glue",
        "kafka", "kinesis", "kms", "lambda", "logs", "s3", "s3tables", "secretsmanager", "ses", "sns", "sqs", "ssm",
    }  # fmt: skip

    assert expected == HAS_POLICY


def with_queue(*, written: bool) -> Any:
    """The plan with the queue itself, whose policy is not known before it is applied: computed, or written."""
    made = plan(ALLOW)
    address = "aws_sqs_queue.orders"
    queue = {"address": address, "mode": "managed", "type": "aws_sqs_queue"}
    made["planned_values"]["root_module"]["resources"].append({**queue, "values": {"name": "orders"}})
    made["resource_changes"].append({"address": address, "change": {"after_unknown": {"policy": True}}})
    expressions = {"policy": {"references": ["data.aws_iam_policy_document.orders.json"]}} if written else {}
    made["configuration"]["root_module"]["resources"].append({"address": address, "expressions": expressions})
    return made


@pytest.mark.parametrize(("written", "verdict"), [(True, "unknown"), (False, "passed")])
def test_a_queue_s_policy_that_somebody_wrote_may_deny_and_one_that_nobody_wrote_does_not(
    *, written: bool, verdict: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = json.dumps(with_queue(written=written))

    assert [each["verdict"] for each in checked(capsys, tmp_path, "--plan", source, call())[1]] == [verdict]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_what_else_has_a_say_is_read_or_makes_the_call_unknown(
    case: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = case["source"] if isinstance(case["source"], str) else json.dumps(case["source"])

    _, told = checked(capsys, tmp_path, case["kind"], source, *case["calls"])

    assert [each["verdict"] for each in told] == case["verdicts"]


def test_what_has_a_say_and_is_not_read_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, requests = tmp_path / "template.yaml", tmp_path / "incidents.jsonl"
    path.write_text(GRANTED + "  Callers:\n    Type: AWS::IAM::Group\n")
    requests.write_text(json.dumps(call()))

    run(["check", "--template", str(path), "--requests", str(requests)])

    assert "Callers is not read" in capsys.readouterr().out


def test_a_role_that_the_plan_takes_away_denies_what_it_was_used_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = plan(ALLOW)
    made["prior_state"] = {"values": made["planned_values"]}
    made["planned_values"] = {"root_module": {}}

    status, (told,) = checked(capsys, tmp_path, "--plan", json.dumps(made), call())

    assert (status, told["verdict"]) == (1, "failed")


def test_a_cloud_assembly_is_read_with_all_its_stacks(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stack = {"type": "aws:cloudformation:stack", "environment": "aws://123456789012/eu-west-1"}
    artifacts = {"shop": {**stack, "properties": {"templateFile": "shop.template.json"}}}
    out = tmp_path / "cdk.out"
    out.mkdir()
    (out / "manifest.json").write_text(json.dumps({"version": "1", "artifacts": artifacts}))
    (out / "shop.template.json").write_text(GRANTED)
    requests = tmp_path / "incidents.jsonl"
    requests.write_text(json.dumps(call()))

    assert run(["check", "--cdk-out", str(out), "--requests", str(requests)]) == 0
    assert capsys.readouterr().out == "1 call: 1 passed, 0 failed, 0 unknown\n"


def test_the_reports_say_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = (tmp_path / "junit.xml", tmp_path / "why403.sarif")
    more = ("--junit", str(files[0]), "--sarif", str(files[1]))

    checked(capsys, tmp_path, "--template", GRANTED, call("deny"), call(), more=more)

    run_ = json.loads(files[1].read_text())["runs"][0]
    assert 'tests="2" failures="1" errors="0" skipped="0"' in files[0].read_text()
    assert [(each["ruleId"], each["level"]) for each in run_["results"]] == [("widened", "error")]
    assert "statement Send of Grant" in run_["results"][0]["message"]["text"]


@pytest.mark.parametrize(
    ("kind", "source", "told"),
    [
        ("--plan", b"PK\x03\x04rest", "binary form"),
        ("--plan", b"", "is empty"),
        ("--plan", b'{"format_version": "0.1", "planned_values": {}}', "format version 0.1"),
        ("--plan", b'{"a": 1}', "is no plan"),
        ("--template", b"a: [", "neither JSON nor YAML"),
        ("--template", b"a: 1", "has no Resources"),
        ("--template", b"\xff\x00\xff", "no UTF-8"),
        ("--template", REFERS_TO_ITSELF, "no template as CloudFormation takes it"),
        ("--template", b"Resources: {A: {Type: AWS::IAM::Role, Properties: [1]}}", "no template as Cloud"),
        (
            "--plan",
            b'{"format_version": "1.2", "planned_values": {"root_module": {"resources": [5]}}}',
            "no plan as",
        ),
    ],
)
def test_what_cannot_be_read_is_told_in_a_sentence(
    kind: str, source: bytes, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SettingsError, match=told):
        checked(capsys, tmp_path, kind, source, call())


def test_an_account_that_nothing_was_resolved_in_yet_fails_no_pipeline(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, requests = tmp_path / "template.yaml", tmp_path / "incidents.jsonl"
    path.write_text(GRANTED)
    requests.write_text("")

    assert run(["check", "--template", str(path), "--requests", str(requests)]) == 0
    assert "0 calls: no incident was resolved or expected yet" in capsys.readouterr().out


def test_a_separator_of_unicode_ends_no_line_of_requests() -> None:
    line = json.dumps({**call(), "words": "a\u2028b"}, ensure_ascii=False)

    assert [each.words for each in read_calls(f"{line}\n{line}\n", "x")] == ["a\u2028b"] * 2


def test_a_broken_line_of_requests_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SettingsError, match=r"incidents\.jsonl, line 2 is no call"):
        checked(capsys, tmp_path, "--template", GRANTED, call(), {"id": "x"})


def test_a_bucket_s_policy_may_be_that_of_a_bucket_whose_name_is_not_known(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bucket = "arn:aws:s3:::found-later"
    statement = "[{Effect: Deny, Principal: '*', Action: '*', Resource: '*'}]"
    policy = f"{{Bucket: !Ref B, PolicyDocument: {{Statement: {statement}}}}}"
    more = f"  B: {{Type: AWS::S3::Bucket}}\n  P: {{Type: AWS::S3::BucketPolicy, Properties: {policy}}}\n"
    template = TEMPLATE.replace("sqs:SendMessage", "s3:ListBucket").replace("RESOURCE", bucket) + more

    _, (told,) = checked(
        capsys, tmp_path, "--template", template, call(action="s3:ListBucket", resource=bucket)
    )

    assert told["verdict"] == "unknown"


def test_a_role_of_that_name_in_another_account_is_another_role(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    moved = {"principal": ROLE, "resource": QUEUE, "resource_account": "123456789012"}
    other = call(**{name: value.replace("123456789012", "111122223333") for name, value in moved.items()})

    _, told = checked(
        capsys, tmp_path, "--template", GRANTED, call(), other, more=("--account", "123456789012")
    )

    assert [each["verdict"] for each in told] == ["passed", "unknown"]


def test_calls_of_two_accounts_ask_for_the_account(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    source, requests = tmp_path / "source", tmp_path / "incidents.jsonl"
    source.write_text(GRANTED)
    other = call(principal=ROLE.replace("123456789012", "111122223333"))
    requests.write_text("".join(json.dumps(each) + "\n" for each in (call(), other)))

    run(["check", "--template", str(source), "--requests", str(requests)])

    assert "calls of several accounts: give --account" in capsys.readouterr().out


@pytest.mark.parametrize(
    "source",
    [GRANTED, TEMPLATE.replace("RESOURCE", "!GetAtt Other.Arn"), "Resources: {}\n"],
    ids=["all pass", "one fails", "all unknown"],
)
def test_the_sarif_is_as_its_schema_says(
    source: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    sarif = tmp_path / "why403.sarif"
    calls = (call(), call("deny"), call(resource="arn:aws:sqs:eu-west-1:123456789012:a b\u202e'\"<"))

    checked(capsys, tmp_path, "--template", source, *calls, more=("--sarif", str(sarif)))

    schema = json.loads((SOURCES / "sarif-2.1.0-rtm.5.json").read_text("utf-8"))
    told = json.loads(sarif.read_text("utf-8"))
    checker = Draft4Validator(schema, format_checker=Draft4Validator.FORMAT_CHECKER)
    assert [error.message for error in checker.iter_errors(told)] == []
    assert {each["ruleId"] for each in told["runs"][0]["results"]} <= {
        rule["id"] for rule in told["runs"][0]["tool"]["driver"]["rules"]
    }


def test_the_file_of_a_result_is_an_address(tmp_path: Path) -> None:
    source, requests, sarif = tmp_path / "my 100%.yaml", tmp_path / "calls", tmp_path / "why403.sarif"
    source.write_text(GRANTED)
    requests.write_text(json.dumps(call("deny")))

    assert run(["check", "--template", str(source), "--requests", str(requests), "--sarif", str(sarif)]) == 1
    (result,) = json.loads(sarif.read_text("utf-8"))["runs"][0]["results"]
    uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri.endswith("/my%20100%25.yaml")
