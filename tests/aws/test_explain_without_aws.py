"""`why403 explain` where nothing can be read: what the line alone tells is told, and no traceback ever."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.fakes import command

ROOT = Path(__file__).parents[2]
CALLER = "arn:aws:sts::123456789012:assumed-role/orders-task/i-1"
LINE = (
    "An error occurred (AccessDenied) when calling the SendMessage operation: User: "
    "arn:aws:sts::123456789012:assumed-role/orders-task/i-1 is not authorized to perform: sqs:SendMessage on "
    "resource: arn:aws:sqs:eu-west-1:123456789012:orders because no identity-based policy allows the "
    "sqs:SendMessage action"
)
UNREACHABLE = {
    "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
    "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "made-up",
}
NO_CREDENTIALS = {"AWS_EC2_METADATA_DISABLED": "true"}


def why403(home: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    status, out, err = command.why403(*arguments, environment={"HOME": str(home), **environment})
    return subprocess.CompletedProcess(arguments, status, out, err)


@pytest.mark.parametrize(
    ("environment", "says"), [(UNREACHABLE, "cannot be reached"), (NO_CREDENTIALS, "NoCredentialsError")]
)
def test_what_the_line_alone_tells_is_told(environment: dict[str, str], says: str, tmp_path: Path) -> None:
    ran = why403(tmp_path, "explain", "--json", LINE, **environment)

    told: dict[str, Any] = json.loads(ran.stdout)
    assert ran.returncode == 3
    assert says in ran.stderr
    assert told["denial"]["action"] == "sqs:SendMessage"
    assert told["request"]["principal"] == CALLER
    assert told["decision"]["denied_by"] == ["identity"]
    assert told["confidence"] == "low"
    assert [remedy for remedy in told["remedies"] if remedy["proven"]] == []
    assert {spot["error"] for spot in told["unreadable"]} == {"NoAccess"}
    assert "refused to us" not in ran.stdout


@pytest.mark.parametrize("form", ["text", "slack", "chat", "html"])
def test_it_is_told_in_every_form(form: str, tmp_path: Path) -> None:
    ran = why403(tmp_path, "explain", "--format", form, LINE, **NO_CREDENTIALS)

    assert (ran.returncode, "Traceback" in ran.stderr) == (3, False)
    assert "sqs:SendMessage" in ran.stdout


@pytest.mark.parametrize("typed", [("explain", LINE), ("doctor",), ("scan", "--log-group", "web")])
def test_a_profile_that_is_not_there_is_a_matter_of_usage(typed: tuple[str, ...], tmp_path: Path) -> None:
    ran = why403(tmp_path, *typed, AWS_PROFILE="not-there")

    assert (ran.returncode, ran.stdout) == (2, "")
    assert "not-there" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_a_configuration_that_cannot_be_read_is_a_matter_of_usage(tmp_path: Path) -> None:
    (tmp_path / "config").write_text("[profile web\nregion")

    ran = why403(tmp_path, "explain", LINE, AWS_CONFIG_FILE=str(tmp_path / "config"))

    assert ran.returncode == 2
    assert "Traceback" not in ran.stderr


@pytest.mark.parametrize("region", ["nowhere", "../eu", "eu west 1"])
def test_a_region_that_is_none_is_told_without_a_traceback(region: str, tmp_path: Path) -> None:
    ran = why403(tmp_path, "explain", "--region", region, LINE, **NO_CREDENTIALS)

    assert ran.returncode in {2, 3}
    assert "Traceback" not in ran.stderr


def test_a_line_that_is_no_denial_is_one_sentence_for_people_and_json_for_programs(tmp_path: Path) -> None:
    for_people = why403(tmp_path, "explain", "GET / 200")
    for_programs = why403(tmp_path, "explain", "--json", "GET / 200")

    assert (for_people.returncode, for_programs.returncode) == (1, 1)
    assert for_people.stdout.count("\n") == 1
    assert not for_people.stdout.startswith("{")
    assert json.loads(for_programs.stdout) == {"denial": {"verdict": "not-a-denial"}}


def test_a_reader_that_goes_away_is_no_error(tmp_path: Path) -> None:
    lines = "".join(json.dumps({"id": str(n), "message": LINE}) + "\n" for n in range(2_000))
    with subprocess.Popen(
        [sys.executable, "-m", "why403", "classify"],
        cwd=ROOT / "functions",
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as running:
        assert running.stdin
        assert running.stdout
        assert running.stderr
        running.stdout.close()
        try:
            running.stdin.write(lines)
            running.stdin.close()
        except BrokenPipeError:
            pass
        said = running.stderr.read()

    assert "Traceback" not in said
    assert "BrokenPipe" not in said
