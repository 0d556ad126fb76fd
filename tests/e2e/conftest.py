"""The first incident, staged once for all end-to-end tests of a process."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from demo.application import Application
from demo.emulator import Emulator, emulator
from demo.incident import Incident, create_incident
from tests.e2e.distributions import distributions, from_sdist, installed, with_mcp

__all__ = ["distributions", "from_sdist", "installed", "with_mcp"]

ROOT = Path(__file__).parents[2]
Explain = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def incident_account() -> Iterator[Emulator]:
    """An embedded account of its own: these tests rely on what stands in it."""
    with emulator() as running:
        yield running


@pytest.fixture(scope="session")
def incident(incident_account: Emulator) -> Incident:
    """The user's first incident, staged."""
    return create_incident(incident_account)


@pytest.fixture(scope="session")
def denied_line(incident_account: Emulator, incident: Incident) -> str:
    """The line that the application wrote because its call was really denied."""
    line = Application(incident_account, incident).send_job()

    assert line is not None
    return line


@pytest.fixture(scope="session")
def explain(incident_account: Emulator) -> Explain:
    """Run `why403 explain` as a person would, against the embedded account."""

    def run(*arguments: str, line: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "why403", "explain", *arguments],
            cwd=ROOT / "functions",
            env={"PATH": os.environ["PATH"], **incident_account.environment, **environment},
            input=line,
            capture_output=True,
            text=True,
            check=False,
        )

    return run


@pytest.fixture(scope="session")
def diagnosis(explain: Explain, denied_line: str) -> dict[str, Any]:
    """What `why403 explain --json` says of the incident."""
    ran = explain("--log-group", "scout-admin-dev", "--log-stream", "laravel-server", "--json", denied_line)

    assert (ran.returncode, ran.stderr) == (0, "")
    told: dict[str, Any] = json.loads(ran.stdout)
    return told
