"""The command line as people meet it: help, typing errors, completion, colours, and never a traceback."""

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from why403.__main__ import main
from why403.cli import COMMANDS, STREAMS, terminal

ROOT = Path(__file__).parents[3]
LIBRARIES = {"click", "rich", "argparse"}
OUR_FAULT = 70


def why403(home: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "why403", *arguments],
        cwd=ROOT / "functions",
        env={"PATH": os.environ["PATH"], "HOME": str(home), **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("name", STREAMS)
def test_a_stream_starts_without_the_command_line_s_libraries(name: str) -> None:
    code = f"""
import json, sys
sys.argv = ["why403", "{name}"]
from why403.__main__ import main
main()
print(json.dumps(sorted(sys.modules)))
"""
    ran = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT / "functions",
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
    )

    assert set(json.loads(ran.stdout)) & (LIBRARIES | {"boto3", "botocore"}) == set()


def test_the_help_loads_no_command(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "why403", "--help"],
        cwd=ROOT / "functions",
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )

    assert "why403.diagnose" not in ran.stderr


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_with_an_example(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["why403", name, "--help"])
    status, told = main(), capsys.readouterr()

    assert (status, told.err) == (0, "")
    assert f"why403 {name}" in told.out.partition("Options:")[2] + told.out.partition("Options:")[0]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        (("explian",), "'explain'"),
        (("explain", "--log-grup", "x", "line"), "'--log-group'"),
        (("scan", "--sicne", "1h"), "'--since'"),
    ],
)
def test_what_is_mistyped_is_told_with_what_was_meant(
    typed: tuple[str, ...], meant: str, tmp_path: Path
) -> None:
    ran = why403(tmp_path, *typed)

    assert (ran.returncode, ran.stdout) == (2, "")
    assert "Did you mean" in ran.stderr
    assert meant in ran.stderr


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_a_shell_s_completion_is_a_script(shell: str, tmp_path: Path) -> None:
    ran = why403(tmp_path, "completion", shell)

    assert (ran.returncode, ran.stderr) == (0, "")
    assert "_WHY403_COMPLETE" in ran.stdout


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("why403 ex", "explain"),
        ("why403 explain --prof", "--profile"),
        ("why403 explain --format s", "slack"),
    ],
)
def test_a_shell_that_asks_is_told_what_could_come_next(words: str, offered: str, tmp_path: Path) -> None:
    asked = {"COMP_WORDS": words, "COMP_CWORD": str(len(words.split()) - 1)}

    ran = why403(tmp_path, _WHY403_COMPLETE="bash_complete", **asked)

    assert f"plain,{offered}" in ran.stdout.splitlines()


def test_profiles_are_completed_from_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "config").write_text("[profile prod]\nregion = eu-west-1\n[profile web]\n")
    asked = {"COMP_WORDS": "why403 explain --profile pr", "COMP_CWORD": "3"}

    ran = why403(
        tmp_path, _WHY403_COMPLETE="bash_complete", AWS_CONFIG_FILE=str(tmp_path / "config"), **asked
    )

    assert ran.stdout.split() == ["plain,prod"]


def test_a_profile_is_taken_although_the_environment_holds_keys(tmp_path: Path) -> None:
    ran = why403(tmp_path, "scan", "--profile", "nowhere", "--log-group", "web", AWS_ACCESS_KEY_ID="AKIA")

    assert (ran.returncode, ran.stdout) == (2, "")
    assert "nowhere" in ran.stderr
    assert "Traceback" not in ran.stderr


@pytest.mark.parametrize(
    ("environment", "colours"),
    [({}, True), ({"NO_COLOR": "1"}, False), ({"NO_COLOR": ""}, True), ({"TERM": "dumb"}, False)],
)
def test_colours_are_for_terminals_that_want_them(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch, *, colours: bool
) -> None:
    for name in ("NO_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    master, slave = pty.openpty()
    with os.fdopen(slave, "w") as stream, os.fdopen(master, "w"):
        assert terminal.has_colours(stream) is colours


def ended_by(error: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """`why403 classify`, in which `error` is raised."""
    code = f"""
import sys
sys.argv = ["why403", "classify"]
import why403.cli.classify as command
def fails(_):
    raise {error}
command.run = fails
from why403.__main__ import main
sys.exit(main())
"""
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT / "functions",
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_ctrl_c_ends_with_130_and_says_nothing() -> None:
    ran = ended_by("KeyboardInterrupt")

    assert (ran.returncode, ran.stderr) == (130, "")


def test_a_fault_of_our_own_is_one_sentence_that_says_how_to_report_it() -> None:
    ran, traced = ended_by("KeyError('oh')"), ended_by("KeyError('oh')", WHY403_TRACEBACK="1")

    assert (ran.returncode, ran.stderr.count("\n"), "Traceback" in ran.stderr) == (OUR_FAULT, 1, False)
    assert "WHY403_TRACEBACK=1" in ran.stderr
    assert "Traceback" in traced.stderr
