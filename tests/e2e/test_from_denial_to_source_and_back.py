"""From a denied call to the template that makes the role, deployed, and kept: a revert fails `why403 check`."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from demo.deploy import wait_for
from demo.emulator import ACCOUNT, Emulator
from tests.e2e.conftest import Explain

GROUP, ROLE, QUEUE = "shop-web", "shop-web-task", "shop-orders"
TEMPLATE = f"""\
# The shop. Who may what stands here.
Resources:
  Orders:
    Type: AWS::SQS::Queue
    Properties:
      QueueName: {QUEUE}

  TaskRole:
    Type: AWS::IAM::Role
    Properties:
      RoleName: {ROLE}  # as the task definition calls it
      AssumeRolePolicyDocument:
        Version: '2012-10-17'
        Statement:
          - Effect: Allow
            Principal: {{Service: ecs-tasks.amazonaws.com}}
            Action: sts:AssumeRole
      Policies:
        - PolicyName: logs
          PolicyDocument:
            Version: '2012-10-17'
            Statement:
              - Effect: Allow
                Action: logs:PutLogEvents
                Resource: '*'
"""


class Shop:
    """A stack of this template in the embedded account, and an ECS task that has its role."""

    def __init__(self, account: Emulator) -> None:
        self._account = account
        self._clients: Any = account.session()
        self._url = f"https://sqs.{account.region}.amazonaws.com/{ACCOUNT}/{QUEUE}"
        cloudformation = self._client("cloudformation")
        cloudformation.create_stack(
            StackName="shop", TemplateBody=TEMPLATE, Capabilities=["CAPABILITY_NAMED_IAM"]
        )
        wait_for(cloudformation, "shop")
        self._client("logs").create_log_group(logGroupName=GROUP)
        self._client("logs").create_log_stream(logGroupName=GROUP, logStreamName="web/web/1")
        options = {"awslogs-group": GROUP, "awslogs-region": account.region, "awslogs-stream-prefix": "web"}
        web = {
            "name": "web",
            "image": "web",
            "environment": [{"name": "ORDERS_QUEUE_URL", "value": self._url}],
            "logConfiguration": {"logDriver": "awslogs", "options": options},
        }
        self._client("ecs").register_task_definition(
            family=GROUP, taskRoleArn=f"arn:aws:iam::{ACCOUNT}:role/{ROLE}", containerDefinitions=[web]
        )

    def _client(self, name: str) -> Any:
        return self._clients.client(name, endpoint_url=self._account.endpoint)

    def deploy(self, template: str) -> None:
        """Update the stack as people do."""
        cloudformation = self._client("cloudformation")
        cloudformation.update_stack(
            StackName="shop", TemplateBody=template, Capabilities=["CAPABILITY_NAMED_IAM"]
        )
        cloudformation.get_waiter("stack_update_complete").wait(
            StackName="shop", WaiterConfig={"Delay": 1, "MaxAttempts": 60}
        )

    def order(self) -> str:
        """Send an order with the task role's credentials: what the SDK says of its denial, or nothing."""
        role = self._client("sts").assume_role(
            RoleArn=f"arn:aws:iam::{ACCOUNT}:role/{ROLE}", RoleSessionName="web-1"
        )
        keys = role["Credentials"]
        own = self._account.session(
            key=keys["AccessKeyId"], secret=keys["SecretAccessKey"], token=keys["SessionToken"]
        )
        sqs = own.client("sqs", endpoint_url=self._account.endpoint)
        try:
            sqs.send_message(QueueUrl=f"{self._account.endpoint}/{ACCOUNT}/{QUEUE}", MessageBody="{}")
        except ClientError as error:
            return str(error)
        return ""


@pytest.fixture(scope="module")
def shop(incident_account: Emulator) -> Shop:
    return Shop(incident_account)


def why403(account: Emulator, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "why403", *arguments],
        cwd=Path(__file__).parents[2] / "functions",
        env={"PATH": os.environ["PATH"], **account.environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_denied_call_is_mended_in_its_template_and_the_revert_is_caught(
    shop: Shop, incident_account: Emulator, explain: Explain, tmp_path: Path
) -> None:
    source, found, calls = tmp_path / "shop.yaml", tmp_path / "diagnosis.json", tmp_path / "incidents.jsonl"
    source.write_text(TEMPLATE)
    denied = shop.order()
    told = explain("--json", "--log-group", GROUP, "--log-stream", "web/web/1", denied)
    assert told.returncode == 0, told.stderr
    found.write_text(told.stdout)

    fixed = why403(incident_account, "fix", str(found), "--in", str(tmp_path), "--write")
    assert fixed.returncode == 0, fixed.stderr
    assert "implicit-deny before, allowed after" in fixed.stderr
    shop.deploy(source.read_text())
    assert shop.order() == ""

    request = json.loads(told.stdout)["request"]
    calls.write_text(json.dumps({"id": "f3a1c0de", "request": request, "expectation": "allow"}) + "\n")
    kept = why403(incident_account, "check", "--template", str(source), "--requests", str(calls))
    assert kept.returncode == 0, kept.stdout
    source.write_text(TEMPLATE)
    reverted = why403(incident_account, "check", "--template", str(source), "--requests", str(calls))
    assert (reverted.returncode, "the change denies what was mended" in reverted.stdout) == (1, True)
