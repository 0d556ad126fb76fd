"""The user's first document, told by `why403 explain`: more than the document says, and true."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from demo.emulator import Emulator
from demo.incident import LOG_GROUP, TASK_ROLE, Incident

GROUP = ("--log-group", LOG_GROUP, "--log-stream", "laravel-server")


def layer(diagnosis: dict[str, Any], name: str) -> dict[str, Any]:
    return next(found for found in diagnosis["decision"]["layers"] if found["layer"] == name)


def test_the_task_role_is_found_behind_the_log_group(diagnosis: dict[str, Any], incident: Incident) -> None:
    assert diagnosis["workload"]["kind"] == "ecs"
    assert diagnosis["workload"]["task_role_arn"] == incident.role_arn
    assert diagnosis["workload"]["execution_role_arn"] != incident.role_arn
    assert diagnosis["request"]["principal"] == incident.role_arn


def test_the_queue_that_the_line_does_not_name_is_found_with_its_evidence(
    diagnosis: dict[str, Any], incident: Incident
) -> None:
    first = diagnosis["target_candidates"][0]

    assert first["arn"] == incident.queue_arn
    assert first["evidence"] != []
    assert diagnosis["request"]["resource"] == incident.queue_arn
    assert diagnosis["request"]["action"] == "sqs:SendMessage"


def test_the_role_is_what_denies_and_the_queue_policy_is_never_ticked(diagnosis: dict[str, Any]) -> None:
    assert diagnosis["decision"]["decision"] == "implicit-deny"
    assert diagnosis["decision"]["denied_by"] == ["identity"]
    assert layer(diagnosis, "identity")["effect"] == "implicit-deny"
    assert layer(diagnosis, "resource")["effect"] == "implicit-deny"
    assert layer(diagnosis, "resource")["statement"] == "AllowECSTaskAccess"


def test_the_smallest_draft_comes_first_and_the_mended_condition_beside_it(
    diagnosis: dict[str, Any], incident: Incident
) -> None:
    first, *others = diagnosis["remedies"]
    (statement,) = first["policy_document"]["Statement"]
    queue_edits = [remedy for remedy in others if remedy["target"] == incident.queue_arn]

    assert (first["layer"], first["kind"], first["target"]) == ("identity", "grant", incident.role_arn)
    assert (statement["Action"], statement["Resource"]) == ("sqs:SendMessage", incident.queue_arn)
    assert first["proven"] is True
    assert "put-role-policy" in first["commands"]["aws_cli"]
    assert queue_edits[0]["kind"] == "edit"
    assert queue_edits[0]["set"] != first["set"]
    assert "aws:SourceAccount" not in json.dumps(queue_edits[0]["after"])
    assert any(remedy["layer"] == "identity" and remedy["wider"] for remedy in others)


def test_environment_values_never_leave(diagnosis: dict[str, Any]) -> None:
    assert "develop" not in json.dumps(diagnosis["workload"])
    assert "environment" not in diagnosis["workload"]


def test_the_first_draft_makes_the_same_call_go_through(
    diagnosis: dict[str, Any], incident_account: Emulator, incident: Incident
) -> None:
    from demo.application import Application  # noqa: PLC0415  # needs the incident first

    application = Application(incident_account, incident)
    iam = incident_account.session().client("iam", endpoint_url=incident_account.endpoint)
    draft = diagnosis["remedies"][0]
    before = application.send_job()
    iam.put_role_policy(
        RoleName=TASK_ROLE,
        PolicyName=draft["policy_name"],
        PolicyDocument=json.dumps(draft["policy_document"]),
    )
    after = application.send_job()
    iam.delete_role_policy(RoleName=TASK_ROLE, PolicyName=draft["policy_name"])

    assert before is not None
    assert after is None


def test_a_line_that_is_no_denial_ends_with_status_1(explain: Any) -> None:
    ran = explain(*GROUP, "--json", "GET /health took 403 ms")

    assert ran.returncode == 1
    assert json.loads(ran.stdout) == {"denial": {"verdict": "not-a-denial"}}


def test_an_empty_line_is_a_usage_error_that_says_what_to_do(explain: Any) -> None:
    ran = explain(*GROUP, "-", line="\n")

    assert ran.returncode == 2
    assert "empty" in ran.stderr


def test_a_log_group_that_does_not_exist_still_gets_an_answer(explain: Any, denied_line: str) -> None:
    ran = explain("--log-group", "no-such-group", "--json", denied_line)
    told = json.loads(ran.stdout)

    assert ran.returncode == 0
    assert told["denial"]["action"] == "sqs:SendMessage"
    assert told["confidence"] == "low"


def test_credentials_that_aws_refuses_are_told_as_such(explain: Any, denied_line: str) -> None:
    ran = explain(
        *GROUP, denied_line, AWS_ACCESS_KEY_ID="AKIAIOSFODNN7EXAMPLE", AWS_SECRET_ACCESS_KEY="wrong"
    )

    assert ran.returncode == 3
    assert "credentials" in ran.stderr


def test_an_aws_that_cannot_be_reached_is_told_as_such(explain: Any, denied_line: str) -> None:
    ran = explain(*GROUP, denied_line, AWS_ENDPOINT_URL="http://127.0.0.1:9")

    assert ran.returncode == 3
    assert "cannot be reached" in ran.stderr


def test_the_line_leads_to_the_edit_of_the_role_in_a_checkout(
    incident_account: Emulator, denied_line: str, tmp_path: Path
) -> None:
    source = tmp_path / "main.tf"
    source.write_text(f'resource "aws_iam_role" "task" {{\n  name = "{TASK_ROLE}"\n}}\n')

    ran = subprocess.run(
        [
            sys.executable,
            "-m",
            "why403",
            "fix",
            "--in",
            str(tmp_path),
            "--write",
            *GROUP,
            "--line",
            denied_line,
        ],
        cwd=Path(__file__).parents[2] / "functions",
        env={"PATH": os.environ["PATH"], **incident_account.environment},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (ran.returncode, "implicit-deny before, allowed after" in ran.stderr) == (0, True), ran.stderr
    assert '"sqs:SendMessage"' in source.read_text()
