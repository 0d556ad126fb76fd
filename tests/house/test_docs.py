"""What the documents tell is there: every link, every make target, every command and its options."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#\s]+)")
COMMAND = re.compile(r"    (?:make|uvx|why403|pipx)(?: [^ ]+)*(?: {2,}|$)")
"""A command of its own line, and the blanks before what is said of it."""
TARGET = re.compile(r"(?:^ {4}|`)make ([a-z]+)", re.MULTILINE)
OPTION = re.compile(r"--[a-z][a-z-]+")


def test_every_link_leads_to_a_file() -> None:
    dead = [
        f"{page.relative_to(ROOT)}: {link}"
        for page in PAGES
        for link in LINK.findall(page.read_text("utf-8"))
        if not (page.parent / link).exists()
    ]

    assert dead == []


def test_every_make_target_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {target for page in PAGES for target in TARGET.findall(page.read_text("utf-8"))}

    assert named <= targets


def test_the_readme_s_commands_and_options_are_those_that_there_are() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    lines = [line.partition("#")[0] for line in text.splitlines() if line.startswith("    why403 ")]
    commands = {line.split()[1] for line in lines}
    there = {path.stem for path in (ROOT / "functions" / "why403" / "cli").glob("*.py")}

    shown = {"classify", "redact", "evaluate", "explain", "scan", "doctor", "incidents", "completion", "mcp"}
    assert commands == shown
    assert commands <= there
    for line in lines:
        told = help_of(line.split()[1])
        assert [option for option in OPTION.findall(line) if option not in told] == []


@pytest.mark.parametrize("name", ["README.md", "README.ja.md", "README.ko.md"])
def test_what_is_said_of_a_command_is_a_comment_of_the_shell(name: str) -> None:
    lines = (ROOT / name).read_text("utf-8").splitlines()
    said = [COMMAND.sub("", line) for line in lines if COMMAND.match(line)]

    assert [one for one in said if one and not one.startswith("#")] == []


def help_of(command: str) -> str:
    """What a command says of itself."""
    ran = subprocess.run(
        [sys.executable, "-m", "why403", command, "--help"],
        cwd=ROOT / "functions",
        capture_output=True,
        text=True,
        check=True,
    )
    return ran.stdout
