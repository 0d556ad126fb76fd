"""`why403 fix` on small checkouts: the lines that it adds, and why it edits nothing."""

import json
from pathlib import Path
from typing import Any

import pytest
from why403.cli.fix import run
from why403.errors import SettingsError

CASES = json.loads(
    (Path(__file__).parents[2] / "cases" / "sources" / "cloudformation.json").read_text("utf-8")
)
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
    return run(["--in", str(tmp_path / "repo"), *options, str(tmp_path / "diagnosis")])


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
    assert "makes the role orders-web" in capsys.readouterr().err


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
