"""Denied, the draft's own command applied, allowed, and a neighbour still denied: in an account that enforces it."""

import json
import shlex
from typing import Any

import pytest
from botocore.exceptions import ClientError
from why403.remedies.draft import draft_remedies

from demo.emulator import ACCOUNT, Emulator
from tests.unit.remedies.incident_case import case_of

TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
            "Action": "sts:AssumeRole",
        }
    ],
}
EDGE = f"arn:aws:iam::{ACCOUNT}:policy/edge"


def allowing(action: str) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": action, "Resource": "*"}
    return {"Version": "2012-10-17", "Statement": [statement]}


def apply(account: Emulator, command: str) -> None:
    """Run the `aws` commands of a draft through the same API."""
    for line in command.splitlines():
        _, service, verb, *rest = shlex.split(line)
        flags = [each for each in rest if each == "--set-as-default"]
        words = [each for each in rest if each not in flags]
        given: dict[str, object] = {
            "".join(part.capitalize() for part in name.strip("-").split("-")): value
            for name, value in zip(words[::2], words[1::2], strict=True)
        }
        given |= {"SetAsDefault": True} if flags else {}
        session: Any = account.session()
        client = session.client(service, endpoint_url=account.endpoint)
        getattr(client, verb.replace("-", "_"))(**given)


def outcome(client: Any, url: str) -> str:
    try:
        client.send_message(QueueUrl=url, MessageBody="order")
    except ClientError as error:
        return "denied" if "AccessDenied" in error.response["Error"]["Code"] else str(error)
    return "allowed"


@pytest.mark.parametrize("layer", ["identity", "boundary"])
def test_the_draft_mends_the_call_and_nothing_beside_it(empty_account: Emulator, layer: str) -> None:
    root = empty_account.session()
    iam = root.client("iam", endpoint_url=empty_account.endpoint)
    sqs = root.client("sqs", endpoint_url=empty_account.endpoint)
    urls = [sqs.create_queue(QueueName=name)["QueueUrl"] for name in ("orders", "refunds")]
    boundary = allowing("logs:*") if layer == "boundary" else allowing("*")
    mine = allowing("sqs:SendMessage") if layer == "boundary" else allowing("logs:*")
    iam.create_policy(PolicyName="edge", PolicyDocument=json.dumps(boundary))
    iam.create_role(RoleName="checkout", AssumeRolePolicyDocument=json.dumps(TRUST), PermissionsBoundary=EDGE)
    iam.put_role_policy(RoleName="checkout", PolicyName="mine", PolicyDocument=json.dumps(mine))
    role = f"arn:aws:iam::{ACCOUNT}:role/checkout"
    made = root.client("sts", endpoint_url=empty_account.endpoint).assume_role(
        RoleArn=role, RoleSessionName="task"
    )
    keys = made["Credentials"]
    session = empty_account.session(
        key=keys["AccessKeyId"], secret=keys["SecretAccessKey"], token=keys["SessionToken"]
    )
    client = session.client("sqs", endpoint_url=empty_account.endpoint)
    request = {
        "principal": made["AssumedRoleUser"]["Arn"],
        "action": "sqs:SendMessage",
        "resource": f"arn:aws:sqs:{empty_account.region}:{ACCOUNT}:orders",
    }
    policies = {
        "identity": [{"name": "mine", "document": mine}],
        "boundary": [{"name": "edge", "document": boundary, "arn": EDGE}],
    }
    draft = draft_remedies(case_of({"request": request, "policies": policies}))[0]
    before = outcome(client, urls[0])
    apply(empty_account, draft.commands.aws_cli)

    assert (draft.layer, draft.proven, before) == (layer, True, "denied")
    assert [outcome(client, url) for url in urls] == ["allowed", "denied"]
