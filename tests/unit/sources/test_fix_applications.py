"""`why403 fix` on small CDK apps and Serverless services: the statement that it adds, and why it edits nothing.

The logical ids are what `cdk synth` of aws-cdk-lib 2.275 made of such constructs.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from why403.cli import fix_owner
from why403.cli.app import run
from why403.errors import SettingsError
from why403.sources.assembly import logical_id

SOURCES = Path(__file__).parents[2] / "cases" / "sources"
CASES, SERVERLESS = (
    json.loads((SOURCES / f"{name}.json").read_text("utf-8")) for name in ("cdk", "serverless")
)
EDITED, REFUSED = ([*CASES[key], *SERVERLESS[key]] for key in ("edited", "refused"))
QUEUE = "arn:aws:sqs:us-east-1:123456789012:orders"
OTHER = "arn:aws:iam::111122223333:role/web"
RESOURCES = {
    "s3": ("s3:GetObject", "arn:aws:s3:::orders/a.png", "arn:aws:s3:::orders"),
    "kms": (
        "kms:Decrypt",
        "*",
        "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
    ),
}
"""Of a service: what is denied, on what, and whose policy is edited."""


def told(case: dict[str, Any]) -> str:
    """The diagnosis that a case is about: a role's policy, or that of a queue or bucket for another account's role."""
    logical = case.get("logical_id")
    name = case.get("role") or f"Shop-{logical}-AbCdEfGhIjKl"
    principal = target = f"arn:aws:iam::123456789012:role/{name}"
    action, resource = "sqs:SendMessage", QUEUE
    if case.get("layer") == "resource":
        principal = OTHER
        action, resource, target = RESOURCES.get(case.get("service", ""), (action, QUEUE, QUEUE))
    elif case.get("layer") == "trust":
        principal, action, resource = OTHER, "sts:AssumeRole", target
    who = {"Principal": {"AWS": OTHER}} if principal == OTHER else {}
    on = {} if case.get("layer") == "trust" else {"Resource": resource}
    statement = {"Sid": "Why403", "Effect": "Allow", **who, "Action": action, **on}
    remedy = {
        "set": 1,
        "layer": case.get("layer", "identity"),
        "target": target,
        "owner": case.get("owner", f"cdk: Shop / {logical}" if logical else ""),
        "kind": "grant",
        "proven": True,
        "policy_name": "why403-sqs",
        "policy_document": {"Version": "2012-10-17", "Statement": [statement]},
        **case.get("remedy", {}),
    }
    request = {
        "principal": principal,
        "action": action,
        "resource": resource,
        "resource_account": "123456789012",
    }
    return json.dumps({"request": request, "decision": {"decision": "implicit-deny"}, "remedies": [remedy]})


def fix(tmp_path: Path, case: dict[str, Any], *options: str) -> int:
    for name, text in case["files"].items():
        path = tmp_path / "repo" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    (tmp_path / "diagnosis").write_text(told(case))
    return run(["fix", "--in", str(tmp_path / "repo"), *options, str(tmp_path / "diagnosis")])


def files(tmp_path: Path, case: dict[str, Any]) -> dict[str, str]:
    return {name: (tmp_path / "repo" / name).read_bytes().decode() for name in case["files"]}


@pytest.mark.parametrize("case", EDITED, ids=lambda case: case["name"])
def test_a_source_gets_a_statement_beside_its_own_and_as_they_are_written(
    case: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert fix(tmp_path, case) == 0
    shown = capsys.readouterr()
    assert shown.out.split("\n")[:-1] == case["diff"]
    assert shown.err.splitlines() == case["said"]
    assert files(tmp_path, case) == case["files"]


def test_what_is_written_is_what_git_makes_of_the_diffs_and_ruff_s_form_stays(tmp_path: Path) -> None:
    other, forms, diff = tmp_path / "other", tmp_path / "forms", []
    for number, case in enumerate(EDITED):
        assert fix(tmp_path / str(number), case, "--write") == 0
        _checkout(other / str(number), case)
        heads = {f"--- a/{name}": f"--- a/{number}/repo/{name}" for name in case["files"]}
        heads |= {
            head.replace("--- a", "+++ b"): name.replace("--- a", "+++ b") for head, name in heads.items()
        }
        diff += [heads.get(line, line) for line in case["diff"]]
    (tmp_path / "diff").write_bytes("".join(f"{line}\n" for line in diff).encode())
    subprocess.run(["git", "init", "-q"], cwd=other, check=True)
    subprocess.run(["git", "apply", "--whitespace=nowarn", str(tmp_path / "diff")], cwd=other, check=True)

    kept = []
    for number, case in enumerate(EDITED):
        written = files(tmp_path / str(number), case)
        assert written == files(other / str(number), case)
        for name in [
            name for name in case["files"] if name.endswith(".py") and written[name] != case["files"][name]
        ]:
            path = forms / f"{number}"
            path.mkdir(parents=True)
            (path / "before.py").write_text(case["files"][name])
            (path / "after.py").write_text(written[name])
    for width in (88, 120):
        kept += formatted(forms, tmp_path / f"at {width}", width)
    assert len(kept) > 10
    assert [each for each in kept if not each[1]] == []


def formatted(forms: Path, to: Path, width: int) -> list[tuple[str, bool]]:
    """Of sources that stand as ruff lays them out: (which, whether the edited one does too)."""
    shutil.copytree(forms, to)
    command = [sys.executable, "-m", "ruff", "format", "-q", "--isolated", f"--line-length={width}", str(to)]
    subprocess.run(command, check=True)

    def stays(number: str, name: str) -> bool:
        return (forms / number / name).read_bytes() == (to / number / name).read_bytes()

    numbers = sorted(path.name for path in forms.iterdir())
    return [(number, stays(number, "after.py")) for number in numbers if stays(number, "before.py")]


def _checkout(tmp_path: Path, case: dict[str, Any]) -> Path:
    for name, text in case["files"].items():
        path = tmp_path / "repo" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    return tmp_path / "repo"


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case["name"])
def test_what_is_not_proven_to_be_the_one_or_makes_several_is_not_edited(
    case: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert fix(tmp_path, case, "--write") == 1
    assert files(tmp_path, case) == case["files"]
    assert case["why"] in capsys.readouterr().err


@pytest.mark.parametrize(
    ("path", "made"),
    [
        ("my-inner/Role/Resource", "myinnerRole9627634B"),
        ("my-inner/Inner/Resource", "myinnerInner18404113"),
        ("my-inner/Default/Resource", "myinnerF6977456"),
        ("R/Resource", "RC21A1702"),
        ("Role/Resource", "Role1ABCC5F0"),
        ("Qp/QueueProcessingTaskDef/TaskRole/Resource", "QpQueueProcessingTaskDefTaskRole3F239CF2"),
        ("Sched/ScheduledTaskDef/ExecutionRole/Resource", "SchedScheduledTaskDefExecutionRole18DB2346"),
        ("Inst/InstanceRole/Resource", "InstInstanceRole5C66C0AF"),
        ("Proj/Role/Resource", "ProjRoleA26DD2F4"),
        ("S/Resource", "S509448A1"),
    ],
)
def test_a_logical_id_is_what_the_cdk_made_of_the_path(path: str, made: str) -> None:
    assert logical_id(path.split("/")) == made


IN_PART = {
    "name": "a construct in a function",
    "logical_id": "myinnerRole9627634B",
    "files": {
        "inner.py": (
            "from aws_cdk import aws_iam as iam\n\n\ndef add(scope, name):\n"
            '    role = iam.Role(Group(scope, name), "Role", assumed_by=None)\n    return role\n'
        )
    },
}


def cloud_assembly(
    tmp_path: Path, *statements: dict[str, Any], path: str = "Shop/my-inner/Role/Resource"
) -> Path:
    """What cdk synth writes of a stack with a role of that path and its default policy."""
    out = tmp_path / "cdk.out"
    out.mkdir()
    artifact = {
        "type": "aws:cloudformation:stack",
        "environment": "aws://unknown-account/unknown-region",
        "properties": {"templateFile": "Shop.template.json"},
    }
    role = {
        "Type": "AWS::IAM::Role",
        "Properties": {"AssumeRolePolicyDocument": {}},
        "Metadata": {"aws:cdk:path": path},
    }
    policy = {
        "Type": "AWS::IAM::Policy",
        "Properties": {
            "PolicyDocument": {"Statement": list(statements)},
            "Roles": [{"Ref": "myinnerRole9627634B"}],
        },
    }
    resources = {"myinnerRole9627634B": role, **({"Default": policy} if statements else {})}
    (out / "manifest.json").write_text(json.dumps({"artifacts": {"Shop": artifact}}))
    (out / "Shop.template.json").write_text(json.dumps({"Resources": resources}))
    return out


def test_the_demo_s_application_is_fixed_in_its_list_of_statements(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sample = (Path(__file__).parents[3] / "demo" / "shop" / "app.py").read_text("utf-8")
    case = {"files": {"app.py": sample}, "role": "scout-admin-dev-task", "owner": ""}

    assert fix(tmp_path, case, "--write") == 0
    assert "implicit-deny" not in capsys.readouterr().err
    assert (
        files(tmp_path, case)["app.py"].count("iam.PolicyStatement(")
        == sample.count("iam.PolicyStatement(") + 1
    )


def test_a_cdk_out_tells_the_path_and_what_else_the_role_may(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = cloud_assembly(tmp_path, {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"})

    assert fix(tmp_path, IN_PART, "--cdk-out", str(out), "--write") == 0
    said = capsys.readouterr().err
    assert "implicit-deny before, allowed after" in said
    assert "run `why403 check --cdk-out`" in said
    assert 'actions=["sqs:SendMessage"]' in files(tmp_path, IN_PART)["inner.py"]


@pytest.mark.parametrize(
    ("statement", "path", "why"),
    [
        (
            {"Effect": "Allow", "Action": "sqs:*", "Resource": "*"},
            "Shop/my-inner/Role/Resource",
            "it allows the denied",
        ),
        (
            {"Effect": "Deny", "Action": "sqs:*", "Resource": "*"},
            "Shop/my-inner/Role/Resource",
            "it would still deny",
        ),
        (
            {"Effect": "Deny", "Action": "*", "Resource": "*"},
            "Shop/my-inner/Other/Resource",
            "known in part needs",
        ),
    ],
)
def test_what_a_cdk_out_tells_against_the_edit_is_said(
    statement: dict[str, Any], path: str, why: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = cloud_assembly(tmp_path, statement, path=path)

    assert fix(tmp_path, IN_PART, "--cdk-out", str(out), "--write") == 1
    assert why in capsys.readouterr().err
    assert files(tmp_path, IN_PART) == IN_PART["files"]


ROLE = 'role = iam.Role(self, "R", role_name="orders-web")\n'
HOSTILE = {
    "values in each other": "import aws_cdk.aws_iam as iam\nx = " + "[" * 20_000 + "]" * 20_000 + f"\n{ROLE}",
    "calls in each other": "import aws_cdk.aws_iam as iam\n" + "iam.Role(" * 5_000 + ")" * 5_000 + "\n",
    "classes that extend each other": "import aws_cdk.aws_iam as iam\nclass A(B):\n  def a(self):\n    "
    + ROLE.replace("orders-web", "x")
    + 'class B(A):\n  def b(self):\n    A(self, "a")\n    B(self, "b")\n',
    "classes in a row, each with the next": "import aws_cdk.aws_iam as iam\n"
    + "".join(
        f'class A{at}(A{at + 1}):\n  def f(self):\n    iam.Role(self, "R")\n    A{at + 1}(self, "x")\n'
        for at in range(600)
    ),
    "classes that make three of the next": "import aws_cdk.aws_iam as iam\n"
    + "".join(f"class A{at}:\n  def f(self):\n" + f'    A{at + 1}(self, "x")\n' * 3 for at in range(40))
    + 'class A40:\n  def f(self):\n    iam.Role(self, "R")\n',
    "a construct in itself": 'import aws_cdk.aws_iam as iam\nrole = iam.Role(role, "R", role_name=f"{a}")\n',
    "constants that unfold": "import aws_cdk.aws_iam as iam\n"
    + "".join(f"A{each} = [A{each + 1}, A{each + 1}]\n" for each in range(60))
    + ROLE.replace('"orders-web"', "A0"),
    "no ends": "import aws_cdk\n" + '"' * 9_999 + "\n" + "(" * 9_999,
    "a text that is no text": 'import aws_cdk.aws_iam as iam\nrole = iam.Role(self, b"R", role_name="\\N{NO SUCH}")\n',
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_code_costs_an_answer_and_nothing_else(
    text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case = {"files": {"a.py": text}, "logical_id": "myinnerRole9627634B"}

    assert fix(tmp_path, case, "--write") == 1
    assert capsys.readouterr().err.startswith("No CloudFormation")
    assert files(tmp_path, case) == case["files"]


def test_links_pipes_and_what_is_no_text_are_named_and_not_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    outside = tmp_path / "outside.py"
    outside.write_text(CASES["edited"][0]["files"]["shop.py"])
    case = {"files": {"latin.py": ""}, "logical_id": "RC21A1702"}
    repo = _checkout(tmp_path, case)
    (repo / "linked.py").symlink_to(outside)
    os.mkfifo(repo / "pipe.ts")
    before = outside.read_text()

    assert fix(tmp_path, case, "--write") == 1
    said = capsys.readouterr().err
    assert [f"Passed over {name}: it is a link or no file" in said for name in ("linked.py", "pipe.ts")] == [
        True,
        True,
    ]
    assert outside.read_text() == before


@pytest.mark.parametrize("manifest", ["a pipe", "a link", "itself", "outside", "no JSON", "a list"])
def test_a_hostile_cdk_out_costs_an_answer(manifest: str, tmp_path: Path) -> None:
    out = tmp_path / "cdk.out"
    out.mkdir()
    path = out / "manifest.json"
    within = {"type": "cdk:cloud-assembly", "properties": {"directoryName": "."}}
    beyond = {"type": "aws:cloudformation:stack", "properties": {"templateFile": "../secret.json"}}
    texts = {
        "itself": json.dumps({"artifacts": {"a": within}}),
        "outside": json.dumps({"artifacts": {"a": beyond}}),
        "no JSON": "{",
        "a list": '{"artifacts": ["a"]}',
    }
    if manifest == "a pipe":
        os.mkfifo(path)
    elif manifest == "a link":
        path.symlink_to("/etc/hostname")
    else:
        path.write_text(texts[manifest])
    case = CASES["edited"][0]

    with pytest.raises(SettingsError, match=r"manifest\.json"):
        fix(tmp_path, case, "--cdk-out", str(out), "--write")
    assert files(tmp_path, case) == case["files"]


@pytest.mark.parametrize(
    "text",
    [
        "service: a\nprovider: {name: aws, iam: {role: {statements: " + "[" * 900 + "]" * 900 + "}}}\n",
        "service: ${${${${a}}}}\nprovider: {name: aws, stage: '" + "${" * 40_000 + "'}\n",
        "service: [a]\nprovider: {name: aws, iam: [1], iamRoleStatements: {a: b}}\nfunctions: [1]\nplugins: {a: b}\n",
        "service: a\nprovider: {name: aws}\nplugins: serverless-iam-roles-per-function\nfunctions: {1: {iamRoleStatements: x}}\n",
        "service: !!python/object/apply:os.system ['touch x']\nprovider: {name: aws}\n",
    ],
)
def test_a_hostile_service_costs_an_answer_and_nothing_else(
    text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case = {"files": {"serverless.yml": text}, "role": "orders-dev-us-east-1-lambdaRole"}

    assert fix(tmp_path, case, "--write") == 1
    assert capsys.readouterr().err.startswith("No CloudFormation")
    assert files(tmp_path, case) == case["files"]


def test_a_checkout_without_end_is_not_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fix_owner, "LARGEST", 100)

    assert fix(tmp_path, EDITED[0], "--write") == 1
    assert "more than 100 letters of sources" in capsys.readouterr().err
