"""`why403 fix` on small checkouts: the lines that it adds, and why it edits nothing."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from why403.cli.app import run
from why403.errors import SettingsError

from tests.oracle.cfn_lint import added_by_an_edit

SOURCES = Path(__file__).parents[2] / "cases" / "sources"
CASES = json.loads((SOURCES / "cloudformation.json").read_text("utf-8"))
TERRAFORM = json.loads((SOURCES / "terraform.json").read_text("utf-8"))
ROLE = "arn:aws:iam::123456789012:role/orders-web"
STATEMENT = {
    "Sid": "Why403",
    "Effect": "Allow",
    "Action": "sqs:SendMessage",
    "Resource": "arn:aws:sqs:us-east-1:123456789012:orders",
}
REMEDY = {
    "set": 1,
    "layer": "identity",
    "kind": "grant",
    "proven": True,
    "policy_name": "why403-sqs",
    "policy_document": {"Version": "2012-10-17", "Statement": [STATEMENT]},
}


def diagnosis(role: str = ROLE, **changed: Any) -> str:
    remedy = {**REMEDY, "target": role, **changed}
    request = {"principal": role, "action": STATEMENT["Action"], "resource": STATEMENT["Resource"]}
    return json.dumps({"request": request, "decision": {"decision": "implicit-deny"}, "remedies": [remedy]})


def fix(tmp_path: Path, *options: str, told: str = "") -> int:
    (tmp_path / "diagnosis").write_text(told or diagnosis())
    return run(["fix", "--in", str(tmp_path / "repo"), *options, str(tmp_path / "diagnosis")])


def checkout(tmp_path: Path, **files: str) -> Path:
    repo = tmp_path / "repo"
    repo.mkdir()
    for name, text in files.items():
        (repo / name.replace("_", ".")).write_bytes(text.encode())
    return repo


YAML = CASES["edited"][0]["template"]


@pytest.mark.parametrize("case", CASES["edited"], ids=lambda case: case["name"])
def test_the_edit_adds_the_policy_s_lines_and_changes_no_other_byte(
    case: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    repo = checkout(tmp_path, **{case.get("file", "t_yaml"): case["template"]})
    role = f"arn:aws:iam::123456789012:role/{case.get('role', 'orders-web')}"

    status = fix(tmp_path, "--write", told=diagnosis(role))

    written = capsys.readouterr()
    assert status == 0, written.err
    after = next(repo.iterdir()).read_bytes().decode()
    head, _, tail = case["template"].partition(case["behind"])
    assert after == head + case["behind"] + case["added"] + tail
    assert case["proof"] in written.err
    assert added_by_an_edit(case["template"], after) == []


def test_unless_told_to_write_it_only_shows_a_diff(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    repo = checkout(tmp_path, t_yaml=YAML)

    assert fix(tmp_path) == 0
    assert (repo / "t.yaml").read_text() == YAML
    shown = capsys.readouterr().out.splitlines()
    assert shown[:2] == ["--- a/t.yaml", "+++ b/t.yaml"]
    assert not [line for line in shown[2:] if line.startswith("-")]


@pytest.mark.parametrize("case", CASES["refused"], ids=lambda case: case["name"])
def test_where_it_is_not_safe_nothing_is_edited_and_it_says_why(
    case: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    repo = checkout(tmp_path, **case["files"])
    before = {path.name: path.read_bytes() for path in repo.iterdir()}

    assert fix(tmp_path, "--write", told=diagnosis(**case.get("remedy", {}))) == 1
    assert {path.name: path.read_bytes() for path in repo.iterdir()} == before
    assert case["why"] in capsys.readouterr().err


def test_a_link_that_leads_out_of_the_directory_is_neither_read_nor_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    repo = checkout(tmp_path)
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "t.yaml").write_text(YAML)
    (repo / "linked.yaml").symlink_to(outside / "t.yaml")
    (repo / "below").symlink_to(outside)

    assert fix(tmp_path, "--write") == 1
    assert (outside / "t.yaml").read_text() == YAML
    assert "makes orders-web" in capsys.readouterr().err


def test_of_two_resources_that_may_make_the_role_its_tags_tell_which(tmp_path: Path) -> None:
    other = YAML.replace("WebRole", "OtherRole")
    repo = checkout(tmp_path, a_yaml=YAML, b_yaml=other)

    assert fix(tmp_path, "--write", told=diagnosis(owner="cloudformation: shop / OtherRole")) == 0
    assert (repo / "a.yaml").read_text() == YAML
    assert "why403-sqs" in (repo / "b.yaml").read_text()


@pytest.mark.parametrize("told", ["no json", "[1]", '{"a": 1}\n{"b": 2}'])
def test_what_is_no_diagnosis_is_said(told: str, tmp_path: Path) -> None:
    checkout(tmp_path, t_yaml=YAML)

    with pytest.raises(SettingsError, match="why403 explain --json"):
        fix(tmp_path, told=told)


def modules(tmp_path: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = tmp_path / "repo" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    return tmp_path / "repo"


@pytest.mark.parametrize("case", TERRAFORM["edited"], ids=lambda case: case["name"])
def test_terraform_is_edited_where_the_role_s_statements_stand_and_as_they_are_written(
    case: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    repo = modules(tmp_path, case["files"])

    status = fix(tmp_path)

    shown = capsys.readouterr()
    assert status == 0, shown.err
    assert shown.out.split("\n")[:-1] == case["diff"]
    assert shown.err.splitlines() == case["said"]
    assert {name: (repo / name).read_bytes().decode() for name in case["files"]} == case["files"]


@pytest.mark.parametrize("case", TERRAFORM["edited"], ids=lambda case: case["name"])
def test_what_is_written_is_what_git_makes_of_the_diff_and_terraform_s_own_form_stays(
    case: dict[str, Any], tmp_path: Path
) -> None:
    repo, other = modules(tmp_path, case["files"]), modules(tmp_path / "other", case["files"])
    (tmp_path / "diff").write_bytes("".join(f"{line}\n" for line in case["diff"]).encode())
    subprocess.run(["git", "init", "-q"], cwd=other, check=True)
    subprocess.run(["git", "apply", "--whitespace=nowarn", str(tmp_path / "diff")], cwd=other, check=True)

    assert fix(tmp_path, "--write") == 0
    for name, text in case["files"].items():
        written = (repo / name).read_bytes()
        assert written == (other / name).read_bytes()
        if shutil.which("terraform") and formatted(text.encode()) == text.encode():
            assert formatted(written) == written


def formatted(text: bytes) -> bytes:
    return subprocess.run(["terraform", "fmt", "-"], input=text, capture_output=True, check=False).stdout


@pytest.mark.parametrize("case", TERRAFORM["refused"], ids=lambda case: case["name"])
def test_terraform_that_makes_several_roles_or_hides_one_is_not_edited(
    case: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    repo = modules(tmp_path, case["files"])

    assert fix(tmp_path, "--write", told=diagnosis(**case.get("remedy", {}))) == 1
    assert {name: (repo / name).read_bytes().decode() for name in case["files"]} == case["files"]
    assert case["why"] in capsys.readouterr().err


CONDITION = {
    "StringEquals": {"aws:PrincipalTag/team": "${aws:ResourceTag/team}"},
    "ArnLike": {"aws:SourceArn": ["arn:aws:sns:us-east-1:123456789012:%{a}", 'b"']},
}


@pytest.mark.parametrize(
    "name", ["an object behind", "heredoc JSON", "a data source gets", "colons and quoted"]
)
def test_what_looks_like_a_template_in_a_draft_is_written_as_text(name: str, tmp_path: Path) -> None:
    case = next(one for one in TERRAFORM["edited"] if name in one["name"])
    modules(tmp_path, case["files"])
    statement = {**STATEMENT, "Action": ["sqs:SendMessage", "sqs:GetQueueUrl"], "Condition": CONDITION}
    document = {"Version": "2012-10-17", "Statement": [statement, {**STATEMENT, "Sid": "More"}]}

    assert fix(tmp_path, "--write", told=diagnosis(policy_document=document)) == 0
    text = (tmp_path / "repo" / "main.tf").read_text()
    assert ("&{aws:ResourceTag/team}" if "data source" in name else "$${aws:ResourceTag/team}") in text
    if shutil.which("terraform"):
        assert formatted(text.encode()).decode() == text


def test_a_link_among_terraform_files_that_leads_out_is_not_followed(tmp_path: Path) -> None:
    repo = modules(tmp_path, {"readme": ""})
    outside = tmp_path / "main.tf"
    outside.write_text(TERRAFORM["edited"][0]["files"]["main.tf"])
    (repo / "main.tf").symlink_to(outside)

    assert fix(tmp_path, "--write") == 1
    assert outside.read_text() == TERRAFORM["edited"][0]["files"]["main.tf"]


def git(repo: Path, *arguments: str) -> str:
    told = subprocess.run(["git", "-C", str(repo), *arguments], capture_output=True, text=True, check=True)
    return told.stdout.strip()


@pytest.fixture
def history(tmp_path: Path) -> Path:
    """A checkout with a template, committed."""
    repo = checkout(tmp_path, t_yaml=YAML)
    git(repo, "init", "-q", "-b", "main")
    for key, value in (("user.name", "Alice"), ("user.email", "alice@example.com")):
        git(repo, "config", key, value)
    git(repo, "add", "-A")
    git(repo, "commit", "-q", "-m", "first")
    return repo


def test_a_branch_holds_the_edit_with_its_words_and_its_proposal_is_printed(
    history: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (history / "notes").write_text("not of git's history, and left alone")

    assert fix(tmp_path, "--branch") == 0
    assert git(history, "branch", "--show-current") == "why403/orders-web-why403-sqs"
    assert (
        git(history, "show", "--stat", "--format=%s")
        .splitlines()[0]
        .startswith("Let orders-web call sqs:SendMessage on")
    )
    assert "implicit-deny before, allowed after" in git(history, "log", "-1", "--format=%b")
    assert git(history, "diff", "main", "--name-only") == "t.yaml"
    assert "gh pr create --head why403/orders-web-why403-sqs --title" in capsys.readouterr().out


def test_what_is_not_committed_is_not_mixed_into_a_branch(
    history: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (history / "t.yaml").write_text(f"{YAML}# mine\n")

    assert fix(tmp_path, "--branch") == 1
    assert "1 files are not committed" in capsys.readouterr().err
    assert (git(history, "branch", "--show-current"), (history / "t.yaml").read_text()) == (
        "main",
        f"{YAML}# mine\n",
    )


def test_a_branch_that_is_there_is_not_taken_and_nothing_is_changed(
    history: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    git(history, "branch", "why403/orders-web-why403-sqs")

    assert fix(tmp_path, "--branch") == 1
    assert "was not made" in capsys.readouterr().err
    assert (git(history, "branch", "--show-current"), (history / "t.yaml").read_text()) == ("main", YAML)


def test_where_git_cannot_commit_all_is_as_it_was(
    history: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    git(history, "config", "user.name", "")

    assert fix(tmp_path, "--branch") == 1
    assert "Nothing was committed" in capsys.readouterr().err
    assert (git(history, "branch"), (history / "t.yaml").read_text()) == ("* main", YAML)


def test_what_the_repository_would_start_is_not_started(history: Path, tmp_path: Path) -> None:
    hook = history / ".git" / "hooks" / "post-checkout"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\ntouch {tmp_path}/started\n")
    hook.chmod(0o755)
    git(history, "config", "core.fsmonitor", str(hook))
    (tmp_path / "started").unlink(missing_ok=True)

    assert fix(tmp_path, "--branch") == 0
    assert not (tmp_path / "started").exists()


def test_without_git_s_history_there_is_no_branch(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    checkout(tmp_path, t_yaml=YAML)

    assert fix(tmp_path, "--branch") == 1
    assert "no git checkout" in capsys.readouterr().err


RESOURCES = json.loads((SOURCES / "resource_policies.json").read_text("utf-8"))


def of_resource(case: dict[str, Any]) -> str:
    """The diagnosis of a call that a resource's own policy, or a role's trust policy, does not let in."""
    statement = {
        "Sid": "Why403",
        "Effect": "Allow",
        "Principal": {"AWS": case["principal"]},
        "Action": case["action"],
    }
    if case["layer"] == "resource":
        statement["Resource"] = case["resource"]
    remedy = {
        **REMEDY,
        "layer": case["layer"],
        "target": case["target"],
        "owner": case.get("owner", ""),
        "policy_document": {"Version": "2012-10-17", "Statement": [statement]},
    }
    account = case["target"].split(":")[4] or "123456789012"
    request = {
        "principal": case["principal"],
        "action": case["action"],
        "resource": case["resource"],
        "resource_account": account,
    }
    return json.dumps({"request": request, "decision": {"decision": "implicit-deny"}, "remedies": [remedy]})


@pytest.mark.parametrize("case", RESOURCES["edited"], ids=lambda case: case["name"])
def test_a_policy_of_the_resource_s_own_is_edited_where_it_stands(
    case: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    repo = modules(tmp_path, case["files"])

    status = fix(tmp_path, told=of_resource(case))

    shown = capsys.readouterr()
    assert status == 0, shown.err
    assert shown.out.split("\n")[:-1] == case["diff"]
    assert shown.err.splitlines() == case["said"]
    for name in [name for name in case["files"] if name.endswith((".yaml", ".json"))]:
        assert fix(tmp_path, "--write", told=of_resource(case)) == 0
        assert added_by_an_edit(case["files"][name], (repo / name).read_bytes().decode()) == []


@pytest.mark.parametrize("case", RESOURCES["refused"], ids=lambda case: case["name"])
def test_a_policy_that_is_not_there_to_be_edited_is_said(
    case: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    repo = modules(tmp_path, case["files"])

    assert fix(tmp_path, "--write", told=of_resource(case)) == 1
    assert {name: (repo / name).read_bytes().decode() for name in case["files"]} == case["files"]
    assert case["why"] in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("big.tf", b"#" * 5_000_000, "big.tf: it has more than 1,048,576 bytes"),
        ("latin.tf", b"# caf\xe9\n", "latin.tf: it cannot be read as UTF-8"),
    ],
    ids=["large", "no UTF-8"],
)
def test_a_module_of_which_a_file_is_not_read_is_not_edited(
    name: str, content: bytes, why: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    repo = modules(tmp_path, TERRAFORM["edited"][0]["files"])
    (repo / name).write_bytes(content)

    assert fix(tmp_path, "--write") == 1
    assert why in capsys.readouterr().err


def test_a_module_with_a_linked_file_is_not_edited(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    repo = modules(tmp_path, TERRAFORM["edited"][0]["files"])
    (tmp_path / "common.tf").write_text("")
    (repo / "common.tf").symlink_to(tmp_path / "common.tf")

    assert fix(tmp_path, "--write") == 1
    assert "common.tf: it is a link" in capsys.readouterr().err


@pytest.mark.parametrize(
    "text",
    [
        "Resources: &a [*a, 'AWS::']\n",
        "a: &a [x, x, x]\nb: &b [*a, *a, *a]\nResources: {AWS::: *b}\n",
        "Resources:\n" + "".join(f"{' ' * (depth + 1)}a:\n" for depth in range(900)) + "AWS::\n",
        '{"Resources": {"a": ' + "[" * 5_000 + "AWS::",
        "\ufeffResources: {a: AWS::, a: AWS::}\n",
        "Resources: !!python/object/apply:os.system ['touch AWS::']\n",
        "Resources:\n  A: {Type: AWS::IAM::Role, Properties: [1]}\n  B: 7\n  C: {Type: [AWS::IAM::Role]}\n",
        "Resources:\n  A: {Type: AWS::IAM::Role, Properties: {RoleName: {a: [b]}}}\n  ? [x]\n  : AWS::\n",
    ],
    ids=range(8),
)
def test_a_hostile_template_costs_an_answer_and_nothing_else(
    text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    repo = checkout(tmp_path, t_yaml=text)

    assert fix(tmp_path, "--write") == 1
    assert capsys.readouterr().err.startswith("No CloudFormation")
    assert [path.name for path in repo.iterdir()] == ["t.yaml"]


@pytest.mark.parametrize(
    "text",
    [
        'resource "aws_iam_role" "a" {\n  name = ' + "[" * 3_000 + "]" * 3_000 + "\n}\n",
        'resource "aws_iam_role" "a" {\n  name = "' + "${" * 500 + '"x"' + "}" * 500 + '"\n}\n',
        'resource "aws_iam_role" {\n}\nresource "aws_iam_role" "a" "b" "c" {\n}\nmodule {\n}\n',
        'module "a" {\n  source = "./../../.."\n}\nmodule "b" {\n  source = "."\n}\n',
        'resource "aws_iam_role" "a" {\n  name = local.a\n}\nlocals {\n  a = "${local.b}${local.b}"\n  b = "${local.a}"\n}\n',
    ],
)
def test_hostile_terraform_costs_an_answer_and_nothing_else(
    text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    modules(tmp_path, {"main.tf": text})

    assert fix(tmp_path, "--write") == 1
    assert capsys.readouterr().err.startswith("No CloudFormation")
