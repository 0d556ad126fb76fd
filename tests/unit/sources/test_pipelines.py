"""The pipelines' templates and the worked example of docs/check.md."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from why403.cli.app import run

ROOT = Path(__file__).parents[3]
CI = ROOT / "ci"


def test_the_worked_example_prints_what_the_page_shows(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = (ROOT / "docs" / "check.md").read_text("utf-8")
    shown = re.search(r"    \$ why403 check ([^\n]+)\n((?:    [^\n]+\n)+)", page)
    monkeypatch.chdir(ROOT)

    assert shown is not None
    assert run(["check", *shown[1].split()]) == 1
    assert capsys.readouterr().out.splitlines() == [line[4:] for line in shown[2].splitlines()]


def test_the_action_hands_no_input_to_the_shell_as_text() -> None:
    action: Any = yaml.safe_load((CI / "github-action" / "action.yml").read_text("utf-8"))
    steps = action["runs"]["steps"]

    assert action["runs"]["using"] == "composite"
    assert [step["name"] for step in steps if "${{" in step["run"]] == []
    assert [step["name"] for step in steps if step["shell"] != "bash"] == []


def test_the_pipelines_install_what_is_locked_alone() -> None:
    gitlab: Any = yaml.safe_load((CI / "gitlab" / "why403-check.yml").read_text("utf-8"))
    action = (CI / "github-action" / "action.yml").read_text("utf-8")
    lines = [*gitlab["why403-check"]["script"], *action.splitlines()]

    assert all(isinstance(line, str) for line in lines)
    assert [
        line for line in lines if "pip" in line and "install" in line and "--require-hashes" not in line
    ] == []
    assert re.fullmatch(r"python:\d+\.\d+\.\d+-[a-z-]+", gitlab["why403-check"]["image"])


@pytest.mark.parametrize(
    ("kind", "source", "status"),
    [("template; touch x", "template.yaml", 2), ("template", "template.yaml", 1)],
)
def test_the_action_ends_as_the_check_does(kind: str, source: str, status: int, tmp_path: Path) -> None:
    action: Any = yaml.safe_load((CI / "github-action" / "action.yml").read_text("utf-8"))
    python = tmp_path / "why403" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.symlink_to(sys.executable)
    tool(tmp_path, "gh", 'while [ "$1" != --body-file ]; do shift; done; cp "$2" comment')
    given = {
        "KIND": kind,
        "SOURCE": str(CI / "example" / source),
        "REQUESTS": str(CI / "example" / "incidents.jsonl"),
        "STRICT": "false",
        "RUNNER_TEMP": str(tmp_path),
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md"),
        "PYTHONPATH": f"{ROOT / 'functions'}",
        "PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}",
        "GH_TOKEN": "token",
        "PULL_REQUEST": "7",
        "GITHUB_REPOSITORY": "alice/shop",
    }
    ran = subprocess.run(
        ["bash", "-eo", "pipefail", "-c", action["runs"]["steps"][1]["run"]],
        env=given,
        cwd=tmp_path,
        check=False,
    )

    assert ran.returncode == status
    assert not (tmp_path / "x").exists()
    if status == 1:
        assert "the change denies what was mended" in (tmp_path / "summary.md").read_text("utf-8")
        assert calls(tmp_path)[0].startswith("gh pr comment 7 --repo alice/shop --body-file ")
        assert (tmp_path / "comment").read_text("utf-8") == (tmp_path / "summary.md").read_text("utf-8")


def tool(folder: Path, name: str, does: str) -> None:
    """A program of that name that writes down how it was called."""
    made = folder / "bin" / name
    made.parent.mkdir(exist_ok=True)
    made.write_text(f'#!/bin/sh\necho "{name} $*" >> "{folder}/calls"\n{does}\n')
    made.chmod(0o755)


def calls(folder: Path) -> list[str]:
    return (folder / "calls").read_text("utf-8").splitlines()


def test_gitlab_s_job_fetches_the_commit_and_writes_a_note(tmp_path: Path) -> None:
    gitlab: Any = yaml.safe_load((CI / "gitlab" / "why403-check.yml").read_text("utf-8"))
    script = "\n".join(gitlab["why403-check"]["script"]).replace("/opt/why403", str(ROOT))
    for name in ("apt-get", "git", "pip", "curl"):
        tool(tmp_path, name, "")
    (tmp_path / "bin" / "python").symlink_to(sys.executable)
    given = {
        **{name: str(value) for name, value in gitlab["variables"].items()},
        "WHY403_KIND": "template",
        "WHY403_SOURCE": str(CI / "example" / "template.yaml"),
        "WHY403_REQUESTS": str(CI / "example" / "incidents.jsonl"),
        "WHY403_REPOSITORY": "https://git.example.com/why403.git",
        "WHY403_COMMIT": "0123456789abcdef" * 2 + "01234567",
        "WHY403_TOKEN": "token",
        "CI_API_V4_URL": "https://gitlab.example.com/api/v4",
        "CI_PROJECT_ID": "42",
        "CI_MERGE_REQUEST_IID": "3",
        "PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}",
    }
    ran = subprocess.run(
        ["sh", "-e", "-c", script], env=given, cwd=tmp_path, check=False, capture_output=True
    )

    assert ran.returncode == 1, ran.stderr
    assert "the change denies what was mended" in (tmp_path / "why403.md").read_text("utf-8")
    called = calls(tmp_path)
    assert f"fetch -q --depth 1 {given['WHY403_REPOSITORY']} {given['WHY403_COMMIT']}" in "\n".join(called)
    assert called[-1].endswith(
        "--data-urlencode body@why403.md https://gitlab.example.com/api/v4/projects/42/merge_requests/3/notes"
    )
