"""Two further denials beside the first incident: a bucket that denies explicitly, and a key behind a queue.

Each is a real call with a role's own credentials; its log line is worded as AWS words it, which the emulator does not.
"""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from demo.emulator import ACCOUNT, Emulator

SESSION = "0f3a9c1e2b7d4f58"
PAYROLL, INVOICES = "payroll-export", "invoices"
GROUPS = (PAYROLL, INVOICES)
"""The log groups of the two services, named as these are."""
ENDPOINT = "vpce-0a1b2c3d4e5f60718"


@dataclass(frozen=True)
class Case:
    """`call` is denied in the embedded account; `line` is what its service logs then."""

    told: str
    log_group: str
    call: Callable[[], object]
    line: str


class NotDeniedError(Exception):
    """A call went through that should have been denied."""


def create_cases(account: Emulator) -> tuple[Case, ...]:
    """Make buckets, queue, key and roles in the embedded account."""
    return (_explicit_deny(account), _key_behind_a_queue(account))


def provoke_case(case: Case, account: Emulator) -> str:
    """Let the service call, and log the denial; the line. NotDeniedError where it goes through."""
    try:
        case.call()
    except ClientError:
        _client(account, "logs").put_log_events(
            logGroupName=case.log_group,
            logStreamName=f"{case.log_group}/{case.log_group}/{SESSION}",
            logEvents=[{"timestamp": int(time.time() * 1000), "message": case.line}],
        )
        return case.line
    raise NotDeniedError(f"{case.told}: the call went through.")


def _explicit_deny(account: Emulator) -> Case:
    caller = _service(account, PAYROLL, _allow("s3:PutObject", "arn:aws:s3:::payroll/*"))
    s3 = _client(account, "s3")
    s3.create_bucket(Bucket="payroll", CreateBucketConfiguration={"LocationConstraint": account.region})
    deny = {
        "Sid": "OnlyThroughOurEndpoint",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:PutObject",
        "Resource": "arn:aws:s3:::payroll/*",
        "Condition": {"StringNotEquals": {"aws:SourceVpce": ENDPOINT}},
    }
    s3.put_bucket_policy(Bucket="payroll", Policy=_document(deny))
    line = (
        "botocore.exceptions.ClientError: An error occurred (AccessDenied) when calling the PutObject operation: User: "
        f"{_session_arn(PAYROLL)} is not authorized to perform: s3:PutObject on resource: "
        '"arn:aws:s3:::payroll/2026/november.csv" with an explicit deny in a resource-based policy'
    )
    own = caller.client("s3", endpoint_url=account.endpoint)
    return Case(
        "a bucket's policy that denies explicitly",
        PAYROLL,
        lambda: own.put_object(Bucket="payroll", Key="2026/november.csv", Body=b""),
        line,
    )


def _key_behind_a_queue(account: Emulator) -> Case:
    queue = f"arn:aws:sqs:{account.region}:{ACCOUNT}:{INVOICES}"
    caller = _service(account, INVOICES, _allow("sqs:SendMessage", queue))
    owner = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
    key_policy = _document({**_allow("kms:*", "*"), "Sid": "TheAccountDecides", "Principal": owner})
    key = str(_client(account, "kms").create_key(Policy=key_policy)["KeyMetadata"]["Arn"])
    _client(account, "sqs").create_queue(QueueName=INVOICES, Attributes={"KmsMasterKeyId": key})
    line = (
        "botocore.exceptions.ClientError: An error occurred (KMS.AccessDeniedException) when calling the SendMessage "
        f"operation: User: {_session_arn(INVOICES)} is not authorized to perform: kms:GenerateDataKey on resource: {key} "
        "because no identity-based policy allows the kms:GenerateDataKey action"
    )
    own = caller.client("kms", endpoint_url=account.endpoint)
    # SQS makes this call for who sends; the emulator's SQS does not, so it is made in its place.
    return Case(
        "a key behind an encrypted queue",
        INVOICES,
        lambda: own.generate_data_key(KeyId=key, KeySpec="AES_256"),
        line,
    )


def _service(account: Emulator, name: str, statement: dict[str, Any]) -> Any:  # noqa: ANN401  # a boto3 session
    """An ECS service with its log group and task role; a session with that role's credentials."""
    iam = _client(account, "iam")
    trust = {
        "Effect": "Allow",
        "Principal": {"Service": "ecs-tasks.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
    role = iam.create_role(RoleName=f"{name}-task", AssumeRolePolicyDocument=_document(trust))["Role"]["Arn"]
    iam.put_role_policy(RoleName=f"{name}-task", PolicyName=name, PolicyDocument=_document(statement))
    logs = _client(account, "logs")
    logs.create_log_group(logGroupName=name)
    logs.create_log_stream(logGroupName=name, logStreamName=f"{name}/{name}/{SESSION}")
    options = {"awslogs-group": name, "awslogs-region": account.region, "awslogs-stream-prefix": name}
    container = {"name": name, "image": f"{name}:1", "memory": 128}
    container["logConfiguration"] = {"logDriver": "awslogs", "options": options}
    _client(account, "ecs").register_task_definition(
        family=name, taskRoleArn=role, containerDefinitions=[container]
    )
    keys = _client(account, "sts").assume_role(RoleArn=role, RoleSessionName=SESSION)["Credentials"]
    return account.session(
        key=keys["AccessKeyId"], secret=keys["SecretAccessKey"], token=keys["SessionToken"]
    )


def _session_arn(name: str) -> str:
    return f"arn:aws:sts::{ACCOUNT}:assumed-role/{name}-task/{SESSION}"


def _allow(action: str, resource: str) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource}


def _document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def _client(account: Emulator, service: str) -> Any:  # noqa: ANN401  # a boto3 client
    session: Any = account.session()
    return session.client(service, endpoint_url=account.endpoint)
