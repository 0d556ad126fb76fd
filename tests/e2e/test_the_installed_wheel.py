"""What `pip install why403` and `pipx install why403` bring: the command, with everything that it reads."""

import json
import os
import subprocess
import tarfile
import zipfile
from importlib.metadata import Distribution
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from why403 import __version__
from why403.cli import COMMANDS

from demo.emulator import Emulator
from tests.e2e.distributions import ROOT, listed

LINE = (
    "An error occurred (AccessDenied) when calling the SendMessage operation: User: "
    "arn:aws:sts::123456789012:assumed-role/orders-task/i-1 is not authorized to perform: sqs:SendMessage on "
    "resource: arn:aws:sqs:eu-west-1:123456789012:orders because no identity-based policy allows the "
    "sqs:SendMessage action"
)
REQUEST = {
    "id": "1",
    "request": {
        "principal": "arn:aws:iam::123456789012:role/orders-task",
        "action": "sqs:SendMessage",
        "resource": "arn:aws:sqs:eu-west-1:123456789012:orders",
        "resource_account": "123456789012",
        "context": {},
        "context_complete": True,
    },
    "policies": {"identity": []},
}


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """A directory that has nothing to do with the project."""
    return tmp_path


@pytest.mark.parametrize("kind", [".whl", ".gz"])
def test_both_distributions_carry_every_file_of_the_package(
    distributions: dict[str, Path], kind: str
) -> None:
    carried = set(_names(distributions[kind]))
    wanted = {name.removeprefix("functions/") for name in listed("functions/why403")}

    assert sorted(wanted - carried) == []


def test_the_wheel_carries_the_package_and_its_licence_alone(distributions: dict[str, Path]) -> None:
    carried = set(_names(distributions[".whl"]))
    wanted = {name.removeprefix("functions/") for name in listed("functions/why403")}
    besides = {name for name in carried - wanted if ".dist-info/" not in name}

    assert besides == set()
    assert any(name.endswith("licenses/LICENSE") for name in carried)


def test_the_wheel_s_metadata_are_fit_for_a_public_index(installed: Path) -> None:
    site = next(installed.parent.glob("lib/python*/site-packages"))
    metadata = Distribution.at(next(site.glob("why403-*.dist-info"))).metadata

    assert metadata["License-Expression"] == "Apache-2.0"
    assert metadata["Requires-Python"] == ">=3.11"
    assert metadata["Description-Content-Type"] == "text/markdown"
    assert "Programming Language :: Python :: 3.13" in metadata.get_all("Classifier", [])


def test_the_wheel_asks_for_what_the_functions_ask_for_and_the_command_line_s_own(installed: Path) -> None:
    functions = (ROOT / "functions" / "requirements.in").read_text().splitlines()
    site = next(installed.parent.glob("lib/python*/site-packages"))
    every = Distribution.at(next(site.glob("why403-*.dist-info"))).requires or []
    asked = [line for line in every if "extra ==" not in line]

    wanted = {Requirement(line).name for line in functions} - {"aws-lambda-powertools"}
    assert wanted | {"click", "pyyaml", "rich"} == {Requirement(line).name for line in asked}
    assert [line for line in asked if "==" in line] == []


def test_the_installed_command_tells_its_version_and_what_it_can_do(installed: Path, elsewhere: Path) -> None:
    version = _why403(installed, elsewhere, "--version")
    told = _why403(installed, elsewhere, "--help")

    assert version.stdout == f"why403 {__version__}\n"
    assert told.returncode == 0
    assert "explain" in told.stdout


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_the_installed_command_tells_how_each_command_is_used(
    installed: Path, elsewhere: Path, command: str
) -> None:
    told = _why403(installed, elsewhere, command, "--help")

    assert (told.returncode, told.stderr) == (0, "")
    assert "usage" in told.stdout.lower()


def test_the_installed_command_classifies(installed: Path, elsewhere: Path) -> None:
    ran = _why403(installed, elsewhere, "classify", stdin=json.dumps({"id": "1", "message": LINE}))

    assert ran.stderr == ""
    assert json.loads(ran.stdout)["action"] == "sqs:SendMessage"


def test_what_the_sdist_installs_classifies_as_well(from_sdist: Path, elsewhere: Path) -> None:
    ran = _why403(from_sdist, elsewhere, "classify", stdin=json.dumps({"id": "1", "message": LINE}))

    assert ran.stderr == ""
    assert json.loads(ran.stdout)["action"] == "sqs:SendMessage"


def test_the_installed_command_evaluates(installed: Path, elsewhere: Path) -> None:
    ran = _why403(installed, elsewhere, "evaluate", stdin=json.dumps(REQUEST))

    assert ran.stderr == ""
    assert json.loads(ran.stdout)["decision"] == "implicit-deny"


@pytest.mark.emulator
@pytest.mark.parametrize(
    ("form", "language"),
    [("text", "en"), ("json", "en"), ("slack", "ja"), ("chat", "ko"), ("html", "ja")],
)
def test_the_installed_command_explains_a_line_of_no_log_group(
    installed: Path, elsewhere: Path, embedded_account: Emulator, form: str, language: str
) -> None:
    arguments = ("explain", "--format", form, "--language", language, LINE)
    ran = _why403(installed, elsewhere, *arguments, **embedded_account.environment)

    assert ran.returncode == 0
    assert ("--log-group" in ran.stderr) is (form == "text")
    assert "sqs:SendMessage" in ran.stdout


README = [
    line.strip().partition("  #")[0]
    for line in (ROOT / "README.md").read_text("utf-8").splitlines()
    if line.startswith("    why403 ")
]
ENDS = {"doctor": 2, "incidents": 2, "mcp": 2}
"""Status where no stack is deployed and the extra is not installed; the others end well."""


@pytest.mark.emulator
@pytest.mark.parametrize("line", README)
def test_each_command_of_the_readme_runs(
    line: str, installed: Path, elsewhere: Path, embedded_account: Emulator
) -> None:
    logs: Any = embedded_account.session().client("logs", endpoint_url=embedded_account.endpoint)
    if not logs.describe_log_groups(logGroupNamePrefix="scout-admin-dev")["logGroups"]:
        logs.create_log_group(logGroupName="scout-admin-dev")
    (elsewhere / "lines.jsonl").write_text(json.dumps({"id": "1", "message": LINE}) + "\n")
    (elsewhere / "requests.jsonl").write_text(json.dumps(REQUEST) + "\n")

    ran = subprocess.run(
        ["bash", "-c", line],
        cwd=elsewhere,
        env={
            "PATH": f"{installed}:{os.environ['PATH']}",
            "HOME": str(elsewhere),
            **embedded_account.environment,
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.returncode == ENDS.get(line.split()[1], 0), ran.stdout + ran.stderr
    assert "Traceback" not in ran.stderr
    assert ran.stdout + ran.stderr


def _why403(
    installed: Path, elsewhere: Path, *arguments: str, stdin: str = "", **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run the installed command where only what the wheel brings can be found."""
    return subprocess.run(
        [str(installed / "why403"), *arguments],
        cwd=elsewhere,
        env={"PATH": os.environ["PATH"], "HOME": str(elsewhere), **environment},
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
    )


def _names(built: Path) -> list[str]:
    """Files of a distribution as they would be installed."""
    if built.suffix == ".whl":
        return zipfile.ZipFile(built).namelist()
    with tarfile.open(built) as archive:
        return [name.partition("/functions/")[2] for name in archive.getnames()]
