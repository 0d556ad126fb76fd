"""Wheel and sdist as a stranger gets them, installed into environments of their own."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import Distribution, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
UV = shutil.which("uv", path=str(Path(sys.executable).parent)) or "uv"


@pytest.fixture(scope="session")
def distributions(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Wheel and sdist, built from what Git would hand to a stranger: {".whl": path, ".gz": path}."""
    checkout, built = tmp_path_factory.mktemp("checkout"), tmp_path_factory.mktemp("dist")
    for name in listed("."):
        (checkout / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, checkout / name)
    _run(UV, "build", "--quiet", "--sdist", "--wheel", "--out-dir", str(built), str(checkout))
    return {path.suffix: path for path in built.glob("why403-*")}


@pytest.fixture(scope="session")
def installed(distributions: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bin/ of a fresh environment that holds the wheel and what its metadata asks for, nothing else."""
    return _environment(tmp_path_factory.mktemp("installed") / "venv", distributions[".whl"])


@pytest.fixture(scope="session")
def from_sdist(distributions: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same, of the sdist."""
    return _environment(tmp_path_factory.mktemp("from-sdist") / "venv", distributions[".gz"])


@pytest.fixture(scope="session")
def with_mcp(distributions: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same, of the wheel with its extra `mcp`."""
    return _environment(tmp_path_factory.mktemp("with-mcp") / "venv", distributions[".whl"], "mcp")


def _environment(made: Path, built: Path, extra: str = "") -> Path:
    """The bin/ of a fresh environment with the distribution and what its metadata asks for."""
    _run(sys.executable, "-m", "venv", "--without-pip", str(made))
    python = str(made / "bin" / "python")
    _run(UV, "pip", "install", "--quiet", "--no-deps", "--python", python, str(built))
    site = next(made.glob("lib/python*/site-packages"))
    metadata = Distribution.at(next(site.glob("why403-*.dist-info")))
    for needed in _needed(metadata, set(), extra):
        _link(needed, site)
    _run(UV, "pip", "check", "--quiet", "--python", python)
    return made / "bin"


def _needed(asking: Distribution, found: set[str], *extras: str) -> Iterator[Distribution]:
    """What a distribution requires, and what that requires, from the environment of this test."""
    for line in asking.requires or ():
        requirement = Requirement(line)
        told = requirement.marker
        wanted = told is None or any(told.evaluate({"extra": extra}) for extra in ("", *extras))
        name = canonicalize_name(requirement.name)
        if wanted and name not in found:
            found.add(name)
            needed = distribution(requirement.name)
            yield needed
            yield from _needed(needed, found, *requirement.extras)


def _link(needed: Distribution, site: Path) -> None:
    """Make a distribution of this environment one of another."""
    tops = {file.parts[0] for file in needed.files or () if file.parts[0] not in {"..", "__pycache__"}}
    for top in tops:
        there = Path(str(needed.locate_file(top)))
        if top.endswith(".dist-info"):
            shutil.copytree(there, site / top)  # installers do not follow a link here
        else:
            (site / top).symlink_to(there)


def listed(folder: str) -> list[str]:
    """Files that Git holds or would take."""
    asked = ("git", "ls-files", "--cached", "--others", "--exclude-standard", "--deduplicate", folder)
    return [name for name in _run(*asked).splitlines() if (ROOT / name).is_file()]


def _run(*command: str) -> str:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
