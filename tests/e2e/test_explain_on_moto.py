"""The first incident again, in an account of moto's own server, over HTTP: no SDK asks how a body is labelled."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from moto.server import ThreadedMotoServer

from demo.emulator import Emulator
from demo.incident import LOG_GROUP, create_incident

ROOT = Path(__file__).parents[2]
ROLE = "arn:aws:iam::123456789012:role/scout-admin-dev-task"
QUEUE = "arn:aws:sqs:ap-northeast-1:123456789012:scout-admin-dev-jobs"
LINE = (
    "An error occurred (AccessDenied) when calling the SendMessage operation: User: "
    "arn:aws:sts::123456789012:assumed-role/scout-admin-dev-task/0f3a9c1e2b7d4f58 is not authorized to perform: "
    "sqs:sendmessage because no identity-based policy allows the sqs:sendmessage action"
)


@pytest.fixture(scope="module")
def account() -> Iterator[Emulator]:
    """The incident's account on a server of moto's; it checks no credentials and enforces no policy."""
    server = ThreadedMotoServer("127.0.0.1", 0)
    server.start()
    host, port = server.get_host_and_port()
    account = Emulator(f"http://{host}:{port}", "ap-northeast-1", Path(os.devnull))
    create_incident(account)
    yield account
    server.stop()


@pytest.fixture(scope="module")
def diagnosis(account: Emulator) -> dict[str, Any]:
    ran = subprocess.run(
        [sys.executable, "-m", "why403", "explain", "--json", "--log-group", LOG_GROUP, LINE],
        cwd=ROOT / "functions",
        env={"PATH": os.environ["PATH"], **account.environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    told: dict[str, Any] = json.loads(ran.stdout)
    return told


def test_workload_and_target_are_found(diagnosis: dict[str, Any]) -> None:
    assert diagnosis["workload"]["task_role_arn"] == ROLE
    assert diagnosis["request"]["resource"] == QUEUE


def test_the_role_is_what_denies_and_its_draft_is_proven(diagnosis: dict[str, Any]) -> None:
    first = diagnosis["remedies"][0]

    assert diagnosis["decision"]["denied_by"] == ["identity"]
    assert (first["layer"], first["target"], first["proven"]) == ("identity", ROLE, True)


def test_no_answer_of_moto_is_taken_for_malformed(diagnosis: dict[str, Any]) -> None:
    malformed = {spot["call"] for spot in diagnosis["unreadable"] if spot["error"] == "MalformedAnswer"}

    assert malformed - {"iam:SimulatePrincipalPolicy"} == set()  # to which moto says 500, with a page
