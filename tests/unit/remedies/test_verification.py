"""Beside each draft the commands that show whether it worked: read back, who calls, the call itself, the log."""

from typing import Any

import pytest
from why403.remedies.draft import draft_remedies
from why403.remedies.remedy import Remedy

from tests.unit.remedies.incident_case import case_of

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
QUEUE = "arn:aws:sqs:ap-northeast-1:123456789012:orders"
INSIDE = "aws ecs execute-command --cluster shop --task 0a1b2c --interactive --container web --command "


def draft(action: str = "sqs:SendMessage", resource: str = QUEUE, **given: Any) -> Remedy:
    request = {
        "principal": "arn:aws:sts::123456789012:assumed-role/checkout/task-1",
        "action": action,
        "resource": resource,
    }
    return draft_remedies(case_of({"request": request, "policies": {"identity": []}, **given}))[0]


def test_a_task_is_asked_from_inside_who_it_is_and_to_try_again() -> None:
    read_back, who, attempt, deployments = draft(workload=TASK).verify

    assert read_back == "aws iam get-role-policy --role-name checkout --policy-name SQSAccessPolicy"
    assert who == f"{INSIDE}'aws sts get-caller-identity' --region ap-northeast-1"
    assert attempt.startswith(f"{INSIDE}'aws sqs send-message --queue-url ")
    assert "/123456789012/orders" in attempt
    assert deployments.startswith("aws ecs describe-services --cluster shop --services checkout")


def test_the_log_is_asked_about_the_last_five_minutes() -> None:
    names = {"log_group": "/ecs/web", "log_stream": "web/1"}
    command = draft(workload=TASK, names=names).verify[-1]

    assert command.startswith("aws logs filter-log-events --log-group-name /ecs/web")
    assert "date +%s" in command
    assert "- 300" in command


def test_without_a_task_the_call_is_tried_where_one_stands() -> None:
    assert draft().verify[1].startswith("aws sqs send-message ")


@pytest.mark.parametrize("action", ["sqs:PurgeQueue", "sqs:DeleteQueue", "s3:DeleteObject"])
def test_a_call_that_destroys_is_never_tried(action: str) -> None:
    resource = QUEUE if action.startswith("sqs:") else "arn:aws:s3:::shop/a.txt"
    name = action.partition(":")[2]

    assert [each for each in draft(action, resource, workload=TASK).verify if name.lower()[:5] in each] == []


def test_a_secret_is_asked_for_without_its_content() -> None:
    secret = "arn:aws:secretsmanager:ap-northeast-1:123456789012:secret:db-AbCdEf"
    attempt = draft("secretsmanager:GetSecretValue", secret).verify[1]

    assert attempt.endswith("--query ARN --region ap-northeast-1")


def test_all_objects_are_tried_with_a_key_to_fill_in() -> None:
    remedy = draft("s3:GetObject", "arn:aws:s3:::shop/*", denial={"resource": None})

    assert "--key KEY" in remedy.verify[1]


def test_a_task_role_needs_no_restart_and_a_task_without_one_does() -> None:
    with_role = [message.id for message in draft(workload=TASK).steps]
    without = [message.id for message in draft(workload={**TASK, "task_role_arn": ""}).steps]

    assert "remedies.after.no-restart" in with_role
    assert "remedies.after.restart" in without
