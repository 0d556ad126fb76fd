"""Beside each draft the commands that show whether it worked: read back, who calls, the call itself, the log."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from why403 import remedies
from why403.iam.reference import access_level
from why403.remedies.draft import draft_remedies
from why403.remedies.remedy import Remedy, RemedyKind
from why403.remedies.verify import TRIES

from tests.unit.remedies.incident_case import case_of

PLAYBOOKS = Path(remedies.__file__).parent / "playbooks"
TASK = {
    "kind": "ecs",
    "name": "web",
    "cluster": "shop",
    "service": "checkout",
    "container": "web",
    "task": "arn:aws:ecs:ap-northeast-1:123456789012:task/shop/0a1b2c",
    "region": "ap-northeast-1",
    "task_role_arn": "arn:aws:iam::123456789012:role/checkout",
}
ROLES = "arn:aws:iam::123456789012:role"
QUEUE = "arn:aws:sqs:ap-northeast-1:123456789012:orders"
INSIDE = "aws ecs execute-command --cluster shop --task 0a1b2c --interactive --container web --command "


def draft(action: str = "sqs:SendMessage", resource: str = QUEUE, **given: Any) -> Remedy:
    request = {
        "principal": "arn:aws:sts::123456789012:assumed-role/checkout/task-1",
        "action": action,
        "resource": resource,
    }
    return draft_remedies(case_of({"request": request, "policies": {"identity": []}, **given}))[0]


HARMLESS = {
    "kms:GenerateDataKey": "the key is thrown away",
    "lambda:InvokeFunction": "a dry run",
    "sts:AssumeRole": "a session that nobody uses",
    "ecr:GetAuthorizationToken": "a token that nobody uses",
}
"""Tried though the service authorization reference does not call them reading."""
READS = re.compile(
    r"aws [a-z0-9-]+ (get|describe|list|head|batch-get|filter|simulate|scan)-|aws ecs execute-command |why403 explain "
)
"""How commands begin that write nothing."""


def test_what_is_tried_only_reads() -> None:
    writing = [
        action for action in TRIES if access_level(action) not in {"Read", "List"} and action not in HARMLESS
    ]

    assert writing == []


@pytest.mark.parametrize("path", sorted(PLAYBOOKS.glob("*.json")), ids=lambda path: path.stem)
def test_what_a_playbook_checks_with_only_reads(path: Path) -> None:
    commands = [step["command"] for step in json.loads(path.read_text())["steps"] if "command" in step]

    assert [words for words in commands if not READS.match(f"aws {' '.join(words)} ")] == []


@pytest.mark.parametrize("action", ["sqs:SendMessage", "sqs:ReceiveMessage", "sns:Publish", "s3:PutObject"])
@pytest.mark.parametrize("workload", [TASK, {"kind": "lambda", "name": "report"}], ids=["task", "function"])
def test_no_check_of_a_draft_writes_anything(action: str, workload: dict[str, Any]) -> None:
    arn = (
        QUEUE.replace(":sqs:", f":{action.partition(':')[0]}:")
        if action[:2] != "s3"
        else "arn:aws:s3:::shop/a"
    )
    checks = draft(action, arn, workload=workload, log_group="/ecs/web").verify

    assert [command for command in checks if not READS.match(command)] == []
    assert [command for command in checks if "why403 test" in command] == []


def test_the_first_checks_are_the_line_again_and_awss_own_simulator() -> None:
    denial = {"excerpt": "AccessDenied when calling SendMessage"}
    again, simulated, *_ = draft(
        workload=TASK, log_group="/ecs/web", log_stream="web/1", denial=denial
    ).verify

    assert again == "why403 explain --log-group /ecs/web --log-stream web/1 -"
    assert simulated == (
        "aws iam simulate-principal-policy --policy-source-arn arn:aws:iam::123456789012:role/checkout "
        f"--action-names sqs:SendMessage --resource-arns {QUEUE} "
        "--query 'EvaluationResults[].[EvalActionName, EvalResourceName, EvalDecision]' --output text"
    )


def test_under_an_explicit_deny_the_call_is_not_tried() -> None:
    deny = {"Sid": "No", "Effect": "Deny", "Action": "*", "Resource": "*"}
    policies = {"identity": [{"name": "guard", "document": {"Version": "2012-10-17", "Statement": [deny]}}]}
    read = draft("s3:GetObject", "arn:aws:s3:::shop/a", workload=TASK, policies=policies)

    assert read.kind is RemedyKind.PLAYBOOK
    assert [command for command in read.verify if "head-object" in command] == []


def test_a_task_is_asked_from_inside_who_it_is_and_to_try_a_reading_call_again() -> None:
    simulated, read_back, who, attempt, deployments = draft(
        "s3:GetObject", "arn:aws:s3:::shop/a", workload=TASK
    ).verify

    assert simulated.startswith("aws iam simulate-principal-policy ")
    assert read_back == "aws iam get-role-policy --role-name checkout --policy-name S3AccessPolicy"
    assert who == f"{INSIDE}'aws sts get-caller-identity' --region ap-northeast-1"
    assert attempt.startswith(f"{INSIDE}'aws s3api head-object --bucket shop --key a")
    assert deployments.startswith("aws ecs describe-services --cluster shop --services checkout")


def test_the_log_is_asked_about_the_last_five_minutes() -> None:
    _, _, _, command, *_ = draft(workload=TASK, log_group="/ecs/web", log_stream="web/1").verify

    assert command.startswith("aws logs filter-log-events --log-group-name /ecs/web")
    assert "date +%s" in command
    assert "- 300" in command


@pytest.mark.parametrize("kind", ["lambda", "principal", "ec2", "codebuild"])
def test_a_call_is_never_tried_with_the_readers_own_credentials(kind: str) -> None:
    checks = draft("s3:GetObject", "arn:aws:s3:::shop/a", workload={"kind": kind, "name": "report"}).verify

    assert [command for command in checks if "s3api" in command or "sts" in command] == []


@pytest.mark.parametrize("action", ["sqs:PurgeQueue", "sqs:DeleteQueue", "s3:DeleteObject"])
def test_a_call_that_destroys_is_never_tried(action: str) -> None:
    resource = QUEUE if action.startswith("sqs:") else "arn:aws:s3:::shop/a.txt"
    name = action.partition(":")[2]

    assert [each for each in draft(action, resource, workload=TASK).verify if name.lower()[:5] in each] == []


def test_a_secret_is_asked_for_without_its_content() -> None:
    secret = "arn:aws:secretsmanager:ap-northeast-1:123456789012:secret:db-AbCdEf"
    attempt = draft("secretsmanager:GetSecretValue", secret, workload=TASK).verify[3]

    assert "--query ARN --region ap-northeast-1" in attempt


def test_all_objects_are_tried_with_a_key_to_fill_in() -> None:
    remedy = draft("s3:GetObject", "arn:aws:s3:::shop/*", denial={"resource": None}, workload=TASK)

    assert "--key KEY" in remedy.verify[3]


def test_a_task_role_needs_no_restart_and_a_task_without_one_does() -> None:
    with_role = [message.id for message in draft(workload=TASK).steps]
    without = [message.id for message in draft(workload={**TASK, "task_role_arn": ""}).steps]

    another = [message.id for message in draft(workload={**TASK, "task_role_arn": f"{ROLES}/other"}).steps]

    assert "remedies.after.no-restart" in with_role
    assert "remedies.after.no-restart" not in another
    assert "remedies.after.restart" in without
