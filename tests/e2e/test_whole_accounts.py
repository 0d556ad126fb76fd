"""Accounts whole, in moto's server: what is told of a line, from the group's name to the first remedy."""

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

ROOT = Path(__file__).parents[2]
REGION, HOME = "us-east-1", "123456789012"
SERVICE_TRUST = {
    "Effect": "Allow",
    "Principal": {"Service": "ecs-tasks.amazonaws.com"},
    "Action": "sts:AssumeRole",
}
KEYS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(action: str, resource: str = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


class Account:
    """What the lines of this file are about, made once."""

    def __init__(self, emulator: Emulator) -> None:
        self.emulator = emulator
        kms, secrets = (
            emulator.session().client("kms", endpoint_url=emulator.endpoint),
            emulator.session().client("secretsmanager", endpoint_url=emulator.endpoint),
        )
        self.key = kms.create_key()["KeyMetadata"]["Arn"]
        self.secret = secrets.create_secret(Name="prod/api", SecretString="x", KmsKeyId=self.key)["ARN"]
        tagged = [{"Key": "team", "Value": "Pay"}]
        self.tagged = secrets.create_secret(Name="pay/db", SecretString="x", Tags=tagged)["ARN"]
        self.topic = (
            emulator.session()
            .client("sns", endpoint_url=emulator.endpoint)
            .create_topic(Name="news")["TopicArn"]
        )
        emulator.session().client("ecs", endpoint_url=emulator.endpoint).create_cluster(clusterName="prod")
        self.workload("reader", allow("secretsmanager:GetSecretValue", self.secret), SECRET_ARN=self.secret)
        of_team = {"StringEquals": {"secretsmanager:ResourceTag/team": "${aws:PrincipalTag/team}"}}
        self.workload("pay", allow("secretsmanager:GetSecretValue", Condition=of_team), tag="pay")
        self.workload("worker", allow("s3:*"), trust="ec2.amazonaws.com")
        user = emulator.session().client("iam", endpoint_url=emulator.endpoint)
        user.create_user(UserName="forgotten")
        key = user.create_access_key(UserName="forgotten")["AccessKey"]["AccessKeyId"]
        self.workload("old", allow("sns:Publish"), **dict.fromkeys(KEYS, key))

    def workload(
        self, name: str, may: dict[str, Any], *, tag: str = "", trust: str = "", **variables: str
    ) -> None:
        """A service of ECS with a role of its own that may do one thing."""
        iam, ecs = (
            self.emulator.session().client("iam", endpoint_url=self.emulator.endpoint),
            self.emulator.session().client("ecs", endpoint_url=self.emulator.endpoint),
        )
        trusted = {**SERVICE_TRUST, "Principal": {"Service": trust}} if trust else SERVICE_TRUST
        tags = [{"Key": "team", "Value": tag}] if tag else []
        iam.create_role(RoleName=f"{name}-task", AssumeRolePolicyDocument=document(trusted), Tags=tags)
        iam.put_role_policy(RoleName=f"{name}-task", PolicyName="own", PolicyDocument=document(may))
        options = {"awslogs-group": f"/ecs/{name}", "awslogs-region": REGION, "awslogs-stream-prefix": "ecs"}
        container = {
            "name": name,
            "image": "x",
            "memory": 512,
            "environment": [{"name": each, "value": value} for each, value in variables.items()],
            "logConfiguration": {"logDriver": "awslogs", "options": options},
        }
        role = f"arn:aws:iam::{HOME}:role/{name}-task"
        ecs.register_task_definition(family=name, taskRoleArn=role, containerDefinitions=[container])
        ecs.create_service(cluster="prod", serviceName=name, taskDefinition=name, desiredCount=0)

    def explain(self, name: str, line: str) -> dict[str, Any]:
        """The diagnosis of a line of this workload."""
        ran = subprocess.run(
            [sys.executable, "-m", "why403", "explain", "--json", "--log-group", f"/ecs/{name}", line],
            cwd=ROOT / "functions",
            env={"PATH": os.environ["PATH"], **self.emulator.environment},
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == 0, ran.stderr
        told: dict[str, Any] = json.loads(ran.stdout)
        return told


@pytest.fixture(scope="module")
def account() -> Iterator[Account]:
    server = ThreadedMotoServer("127.0.0.1", 0)
    server.start()
    host, port = server.get_host_and_port()
    yield Account(Emulator(f"http://{host}:{port}", REGION, Path(os.devnull)))
    server.stop()


def first(told: dict[str, Any]) -> list[dict[str, Any]]:
    return [each for each in told["remedies"] if each["set"] == 1]


def test_the_key_that_is_not_named_is_the_secrets_and_no_draft_grants_it_on_the_secret(
    account: Account,
) -> None:
    line = "An error occurred (AccessDeniedException) when calling the GetSecretValue operation: Access to KMS is not allowed"
    (remedy,) = first(account.explain("reader", line))
    (statement,) = remedy["policy_document"]["Statement"]

    assert (statement["Action"], statement["Resource"]) == ("kms:Decrypt", account.key)
    assert remedy["verify"][0] == "why403 explain --log-group /ecs/reader -"


def test_a_tag_under_the_services_own_key_is_held_against_the_callers(account: Account) -> None:
    caller = f"arn:aws:sts::{HOME}:assumed-role/pay-task/0123456789abcdef0"
    told = account.explain(
        "pay",
        f"An error occurred (AccessDeniedException) when calling the GetSecretValue operation: User: {caller} is not authorized "
        f"to perform: secretsmanager:GetSecretValue on resource: {account.tagged} because no identity-based policy allows the "
        "secretsmanager:GetSecretValue action",
    )
    (identity,) = (each for each in told["decision"]["layers"] if each["layer"] == "identity")

    assert (identity["values"]["key"], identity["values"]["given"]) == (
        "secretsmanager:ResourceTag/team",
        "Pay",
    )


def test_a_role_that_ecs_cannot_assume_is_mended_in_its_trust_policy(account: Account) -> None:
    role = f"arn:aws:iam::{HOME}:role/worker-task"
    told = account.explain(
        "worker",
        f"(service worker) was unable to place a task. Reason: ECS was unable to assume the role '{role}' that was provided for this task.",
    )
    (remedy,) = first(told)
    (statement,) = remedy["policy_document"]["Statement"]

    assert (remedy["layer"], remedy["target"]) == ("trust", role)
    assert statement["Principal"] == {"Service": "ecs-tasks.amazonaws.com"}


def test_where_the_workloads_role_may_call_its_users_keys_are_all_that_goes(account: Account) -> None:
    user = f"arn:aws:iam::{HOME}:user/forgotten"
    told = account.explain(
        "old",
        f"An error occurred (AuthorizationError) when calling the Publish operation: User: {user} is not authorized to perform: "
        f"SNS:Publish on resource: {account.topic} because no identity-based policy allows the SNS:Publish action",
    )

    assert [(each["kind"], each["layer"]) for each in first(told)] == [("playbook", "identity")]
