"""What is fetched is pinned with its hash, runs no scripts of its own, finds no credentials, and is told of truly."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tools.sbom import PINNED, bill

ROOT = Path(__file__).parents[2]
LOCKS = ("requirements.txt", "requirements-dev.txt", "demo/requirements.txt", "functions/requirements.txt")
HASHED = re.compile(
    r"^[A-Za-z0-9._-]+(?:\[[a-z,]+\])?==[^\n]*\\\n(?:[^\n]*\\\n)*    --hash=sha256:", re.MULTILINE
)
"""A pinned package whose lines go on to a hash."""
SCRIPTS = sorted(path for path in (ROOT / "tools").glob("*.sh") if path.name != "no_credentials.sh")
DEVELOPMENT = ("playwright", "pytest", "moto", "hypothesis", "ministack", "mypy", "ruff", "cfn-lint")


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_is_locked_with_its_hash(lock: str) -> None:
    text = (ROOT / lock).read_text("utf-8")

    assert PINNED.findall(text)
    assert len(PINNED.findall(text)) == len(HASHED.findall(text))


@pytest.mark.parametrize("tool", ["cdk", "browser"])
def test_every_npm_package_is_locked_with_its_hash(tool: str) -> None:
    lock = json.loads((ROOT / "tools" / tool / "package-lock.json").read_text("utf-8"))
    wanted = json.loads((ROOT / "tools" / tool / "package.json").read_text("utf-8"))["dependencies"]
    packages = {place: told for place, told in lock["packages"].items() if place}

    assert lock["packages"][""]["dependencies"] == wanted
    assert [place for place, told in packages.items() if "integrity" not in told] == []
    assert {name: packages[f"node_modules/{name}"]["version"] for name in wanted} == wanted


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_no_script_installs_without_a_lock_or_runs_what_npm_brings(script: Path) -> None:
    text = re.sub(r"\\\n\s*", " ", script.read_text("utf-8"))
    commands = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    installing = [
        line
        for line in commands
        if re.search(r"\b(?:pip install|npm (?:ci|install|exec)|npx -|install -)", line)
    ]
    ours = ("--no-build-isolation -e .", "install() { ")

    assert "no_credentials.sh" in text
    assert [
        line
        for line in installing
        if not any(word in line for word in ("--require-hashes", "--ignore-scripts", *ours))
    ] == []


def test_nothing_runs_a_package_that_no_lock_names() -> None:
    told = "".join((ROOT / name).read_text("utf-8") for name in ("Makefile", "README.md", "tools/deploy.py"))

    assert "npx" not in told


def test_what_a_deployment_takes_holds_no_browser_and_no_development_tools() -> None:
    packages = {name for name, _ in PINNED.findall((ROOT / "requirements.txt").read_text("utf-8"))}

    assert packages.isdisjoint(DEVELOPMENT)
    assert len(packages) < 60


def test_what_fetches_and_builds_sees_no_aws_credentials() -> None:
    secret = dict.fromkeys(("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"), "made-up")
    more = {"AWS_PROFILE": "made-up", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/made-up"}
    seen = subprocess.run(
        ["bash", "-c", ". tools/no_credentials.sh; env"],
        cwd=ROOT,
        env={**os.environ, **secret, **more},
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    assert "made-up" not in seen


def test_the_bill_of_materials_holds_every_locked_package_with_its_hashes() -> None:
    components = bill()["components"]
    locked = {
        f"{name.lower()}@{version}"
        for lock in ("requirements.txt", "functions/requirements.txt")
        for name, version in PINNED.findall((ROOT / lock).read_text("utf-8"))
    }

    assert locked <= {one["bom-ref"].partition("/")[2] for one in components}
    assert [one["name"] for one in components if not one["hashes"]] == []
    assert bill() == bill()


def test_the_notices_name_every_package_that_is_shipped() -> None:
    notices = (ROOT / "THIRD_PARTY_NOTICES.md").read_text("utf-8")
    shipped = {name for name, _ in PINNED.findall((ROOT / "functions/requirements.txt").read_text("utf-8"))}
    told = {
        name
        for row in re.findall(r"^\| ([a-z0-9, -]+) \|", notices, re.MULTILINE)
        for name in row.split(", ")
    }

    assert told - {"package", "---"} == shipped


def test_the_bill_can_be_made_from_the_command_line() -> None:
    made = subprocess.run(
        [sys.executable, "-m", "tools.sbom"], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert json.loads(made.stdout)["specVersion"] == "1.6"
