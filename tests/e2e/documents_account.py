"""An account in which everything happens that the user's documents tell of.

Beside the first incident's service stand a function, two buckets, keys, queues and roles, each broken in one way.
"""

import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any

from demo.emulator import ACCOUNT, Emulator
from demo.incident import TASK_ROLE, create_incident

Statement = dict[str, Any]


def build_documents_account(account: Emulator) -> Mapping[str, str]:
    """Make everything; what a line needs to name and only AWS knows: the keys' ARNs, by a word for each."""
    create_incident(account)
    _make_function(account)
    _make_buckets(account)
    keys = {"plain-key": _make_key(account), "ruled-key": _make_key(account, _only_for_uploads())}
    _make_queues(account, keys["plain-key"])
    _make_users_and_roles(account)
    _make_service_with_static_keys(account)
    for group in ("/app/web", "/app/worker"):
        _client(account, "logs").create_log_group(logGroupName=group)
    return keys


def allow(action: str | list[str], resource: str, **more: object) -> Statement:
    """An Allow statement."""
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def document(*statements: Statement) -> str:
    """A policy document, as text."""
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def trust(principal: Mapping[str, str]) -> str:
    """A trust policy for one principal."""
    return document({"Effect": "Allow", "Principal": dict(principal), "Action": "sts:AssumeRole"})


def _client(account: Emulator, service: str) -> Any:
    session: Any = account.session()
    return session.client(service, endpoint_url=account.endpoint)


def _make_function(account: Emulator) -> None:
    iam = _client(account, "iam")
    iam.create_role(
        RoleName="thumbnails-role", AssumeRolePolicyDocument=trust({"Service": "lambda.amazonaws.com"})
    )
    logging = allow(["logs:CreateLogStream", "logs:PutLogEvents"], "*")
    iam.put_role_policy(RoleName="thumbnails-role", PolicyName="logs", PolicyDocument=document(logging))
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("thumbnails.py", "def handler(event, context): return event")
    _client(account, "lambda").create_function(
        FunctionName="thumbnails",
        Runtime="python3.12",
        Role=f"arn:aws:iam::{ACCOUNT}:role/thumbnails-role",
        Handler="thumbnails.handler",
        Code={"ZipFile": code.getvalue()},
        Environment={"Variables": {"MEDIA_BUCKET": "orders-media"}},
    )
    _client(account, "logs").create_log_group(logGroupName="/aws/lambda/thumbnails")


def _make_buckets(account: Emulator) -> None:
    s3 = _client(account, "s3")
    for bucket in ("orders-media", "payroll"):
        s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": account.region})
    only_the_endpoint = {
        "Sid": "OnlyTheEndpoint",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:PutObject",
        "Resource": "arn:aws:s3:::payroll/*",
        "Condition": {"StringNotEquals": {"aws:SourceVpce": "vpce-0a1b2c3d4e5f60718"}},
    }
    s3.put_bucket_policy(Bucket="payroll", Policy=document(only_the_endpoint))


def _only_for_uploads() -> Statement:
    return {
        "Sid": "OnlyUploads",
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:role/{TASK_ROLE}"},
        "Action": "kms:Decrypt",
        "Resource": "*",
        "Condition": {"StringEquals": {"kms:EncryptionContext:purpose": "uploads"}},
    }


def _make_key(account: Emulator, *statements: Statement) -> str:
    root = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
    delegation = {"Sid": "Delegate", "Effect": "Allow", "Principal": root, "Action": "kms:*", "Resource": "*"}
    made = _client(account, "kms").create_key(Policy=document(*(statements or (delegation,))))
    return str(made["KeyMetadata"]["Arn"])


def _make_queues(account: Emulator, key: str) -> None:
    sqs = _client(account, "sqs")
    own = f"arn:aws:sqs:{account.region}:{ACCOUNT}"
    sqs.create_queue(QueueName="encrypted", Attributes={"KmsMasterKeyId": key})
    office_only = {
        "Sid": "OfficeOnly",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "sqs:SendMessage",
        "Resource": f"{own}:office",
        "Condition": {"NotIpAddress": {"aws:SourceIp": "198.51.100.0/24"}},
    }
    sqs.create_queue(QueueName="office", Attributes={"Policy": document(office_only)})
    _client(account, "iam").put_role_policy(
        RoleName=TASK_ROLE,
        PolicyName="queues",
        PolicyDocument=document(
            allow(["sqs:SendMessage", "sqs:ReceiveMessage"], f"{own}:encrypted"),
            allow("sqs:SendMessage", f"{own}:office"),
        ),
    )


def _make_users_and_roles(account: Emulator) -> None:
    iam = _client(account, "iam")
    for user in ("alice", "deployer"):
        iam.create_user(UserName=user)
    iam.put_user_policy(
        UserName="alice",
        PolicyName="payroll",
        PolicyDocument=document(allow("s3:PutObject", "arn:aws:s3:::payroll/*")),
    )
    somebody_else = trust({"AWS": f"arn:aws:iam::{ACCOUNT}:role/{TASK_ROLE}-of-old"})
    iam.create_role(
        RoleName=f"{TASK_ROLE}-of-old", AssumeRolePolicyDocument=trust({"Service": "ec2.amazonaws.com"})
    )
    iam.create_role(RoleName="exporter", AssumeRolePolicyDocument=somebody_else)


def _make_service_with_static_keys(account: Emulator) -> None:
    """Its task role may send, and it calls with a user's keys all the same."""
    iam = _client(account, "iam")
    iam.create_role(
        RoleName="worker-task", AssumeRolePolicyDocument=trust({"Service": "ecs-tasks.amazonaws.com"})
    )
    iam.put_role_policy(
        RoleName="worker-task",
        PolicyName="send",
        PolicyDocument=document(
            allow("sqs:SendMessage", f"arn:aws:sqs:{account.region}:{ACCOUNT}:billing-export")
        ),
    )
    options = {
        "awslogs-group": "/app/worker",
        "awslogs-region": account.region,
        "awslogs-stream-prefix": "worker",
    }
    _client(account, "ecs").register_task_definition(
        family="worker",
        taskRoleArn=f"arn:aws:iam::{ACCOUNT}:role/worker-task",
        containerDefinitions=[
            {
                "name": "worker",
                "image": "worker:1",
                "memory": 128,
                "environment": [
                    {"name": "AWS_ACCESS_KEY_ID", "value": "AKIAIOSFODNN7EXAMPLE"},
                    {"name": "QUEUE", "value": "billing-export"},
                ],
                "logConfiguration": {"logDriver": "awslogs", "options": options},
            }
        ],
    )
