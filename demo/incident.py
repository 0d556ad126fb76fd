"""The incident's account: an ECS service whose task role cannot send to its queue, as the user met it.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html
"""

import json
from dataclasses import dataclass
from typing import Any

from demo.emulator import ACCOUNT, Emulator

LOG_GROUP = "scout-admin-dev"
LOG_STREAM = "laravel-server"
CLUSTER = "scout-admin-dev"
SERVICE = "laravel-server"
TASK_ROLE = "scout-admin-dev-task"
EXECUTION_ROLE = "scout-admin-dev-execution"
QUEUE = "scout-admin-dev-jobs"
OTHER_QUEUE = "billing-export"
BUCKET = "scout-admin-dev-uploads"

Document = dict[str, Any]


@dataclass(frozen=True)
class Incident:
    """What the application is made of: its task role's ARN and its queue's ARN and URL."""

    role_arn: str
    queue_arn: str
    queue_url: str


def create_incident(account: Emulator, *, with_roles: bool = True) -> Incident:
    """Make role, queue and service in the embedded account; without roles where a stack has made them."""
    session = account.session()
    role_arn = f"arn:aws:iam::{ACCOUNT}:role/{TASK_ROLE}"
    if with_roles:
        _make_roles(session.client("iam", endpoint_url=account.endpoint), account.region)
    queue_arn, queue_url = _make_queues(
        session.client("sqs", endpoint_url=account.endpoint), role_arn, account.region
    )
    logs = session.client("logs", endpoint_url=account.endpoint)
    logs.create_log_group(logGroupName=LOG_GROUP)
    logs.create_log_stream(logGroupName=LOG_GROUP, logStreamName=LOG_STREAM)
    _make_service(session.client("ecs", endpoint_url=account.endpoint), role_arn, queue_url, account.region)
    return Incident(role_arn, queue_arn, queue_url)


def _make_roles(iam: Any, region: str) -> None:  # noqa: ANN401  # a boto3 client
    trust = json.dumps(
        _allow("sts:AssumeRole", principal={"Service": "ecs-tasks.amazonaws.com"}, resource=None)
    )
    iam.create_role(RoleName=EXECUTION_ROLE, AssumeRolePolicyDocument=trust)
    iam.create_role(
        RoleName=TASK_ROLE,
        AssumeRolePolicyDocument=trust,
        Tags=[{"Key": "service", "Value": SERVICE}],
    )
    logging = _allow(
        ["logs:CreateLogStream", "logs:PutLogEvents"],
        resource=f"arn:aws:logs:{region}:{ACCOUNT}:log-group:{LOG_GROUP}:*",
    )
    storage = _allow(["s3:GetObject", "s3:PutObject"], resource=f"arn:aws:s3:::{BUCKET}/*")
    for name, document in (("DefaultPolicy", logging), ("s3", storage)):
        iam.put_role_policy(RoleName=TASK_ROLE, PolicyName=name, PolicyDocument=json.dumps(document))


def _make_queues(sqs: Any, role_arn: str, region: str) -> tuple[str, str]:  # noqa: ANN401  # a boto3 client
    arn = f"arn:aws:sqs:{region}:{ACCOUNT}:{QUEUE}"
    actions = ["SendMessage", "ReceiveMessage", "DeleteMessage", "GetQueueAttributes", "GetQueueUrl"]
    policy = _allow(
        [f"sqs:{action}" for action in actions],
        principal={"AWS": role_arn},
        resource=arn,
        sid="AllowECSTaskAccess",
    )
    policy["Statement"][0]["Condition"] = {"StringEquals": {"aws:SourceAccount": ACCOUNT}}
    url = sqs.create_queue(QueueName=QUEUE, Attributes={"Policy": json.dumps(policy)})["QueueUrl"]
    sqs.create_queue(QueueName=OTHER_QUEUE)
    return arn, str(url)


def _make_service(ecs: Any, role_arn: str, queue_url: str, region: str) -> None:  # noqa: ANN401  # a boto3 client
    ecs.create_cluster(clusterName=CLUSTER)
    options = {"awslogs-group": LOG_GROUP, "awslogs-region": region, "awslogs-stream-prefix": SERVICE}
    made = ecs.register_task_definition(
        family=LOG_GROUP,
        taskRoleArn=role_arn,
        executionRoleArn=f"arn:aws:iam::{ACCOUNT}:role/{EXECUTION_ROLE}",
        requiresCompatibilities=["FARGATE"],
        networkMode="awsvpc",
        cpu="256",
        memory="512",
        containerDefinitions=[
            {
                "name": SERVICE,
                "image": f"{ACCOUNT}.dkr.ecr.{region}.amazonaws.com/scout-admin:dev",
                "environment": [
                    {"name": "APP_ENV", "value": "develop"},
                    {"name": "QUEUE_CONNECTION", "value": "sqs"},
                    {"name": "SQS_QUEUE", "value": QUEUE},
                    {"name": "SQS_PREFIX", "value": queue_url.rpartition("/")[0]},
                ],
                "logConfiguration": {"logDriver": "awslogs", "options": options},
            }
        ],
    )
    ecs.create_service(
        cluster=CLUSTER,
        serviceName=SERVICE,
        taskDefinition=made["taskDefinition"]["taskDefinitionArn"],
        desiredCount=0,
        launchType="FARGATE",
    )


def _allow(
    action: str | list[str], *, resource: str | None, principal: object = None, sid: str | None = None
) -> Document:
    statement = {
        "Sid": sid,
        "Effect": "Allow",
        "Principal": principal,
        "Action": action,
        "Resource": resource,
    }
    return {"Version": "2012-10-17", "Statement": [{key: part for key, part in statement.items() if part}]}
