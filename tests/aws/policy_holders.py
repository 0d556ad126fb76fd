"""Makes one resource of each service in an emulated account, with a policy or without."""

import json
from collections.abc import Callable
from typing import Any

ACCOUNT = "123456789012"
REGION = "eu-west-1"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/holder-reader"
Client = Callable[[str], Any]
Made = tuple[str, str]
"""The ARN, and an action on it."""


def policy_text(action: str, resource: str = "*", *, with_resource: bool = True) -> str:
    """A policy that lets the account do `action`."""
    statement: dict[str, Any] = {
        "Sid": "Named",
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
        "Action": action,
    }
    if with_resource:
        statement["Resource"] = resource
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def make_queue(client: Client, *, policy: bool) -> Made:
    sqs, arn = client("sqs"), f"arn:aws:sqs:{REGION}:{ACCOUNT}:holder"
    url = sqs.create_queue(QueueName="holder")["QueueUrl"]
    if policy:
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy_text("sqs:SendMessage", arn)})
    return arn, "sqs:SendMessage"


def make_topic(client: Client, *, policy: bool) -> Made:
    sns = client("sns")
    arn = sns.create_topic(Name="holder")["TopicArn"]
    if policy:
        sns.set_topic_attributes(
            TopicArn=arn, AttributeName="Policy", AttributeValue=policy_text("sns:Publish", arn)
        )
    return arn, "sns:Publish"


def make_bucket(client: Client, *, policy: bool) -> Made:
    s3 = client("s3")
    s3.create_bucket(Bucket="holder", CreateBucketConfiguration={"LocationConstraint": REGION})
    if policy:
        s3.put_bucket_policy(Bucket="holder", Policy=policy_text("s3:GetObject", "arn:aws:s3:::holder/*"))
    return "arn:aws:s3:::holder/a/b", "s3:GetObject"


def make_key(client: Client, *, policy: bool) -> Made:
    kms = client("kms")
    text = {"Policy": policy_text("kms:Decrypt")} if policy else {}
    arn = kms.create_key(Description="holder", **text)["KeyMetadata"]["Arn"]
    return arn, "kms:Decrypt"


def make_secret(client: Client, *, policy: bool) -> Made:
    secrets = client("secretsmanager")
    arn = secrets.create_secret(Name="holder/password", SecretString="made-up")["ARN"]
    if policy:
        secrets.put_resource_policy(SecretId=arn, ResourcePolicy=policy_text("secretsmanager:GetSecretValue"))
    return arn, "secretsmanager:GetSecretValue"


def make_table(client: Client, *, policy: bool) -> Made:
    dynamodb = client("dynamodb")
    arn = dynamodb.create_table(
        TableName="holder",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )["TableDescription"]["TableArn"]
    if policy:
        dynamodb.put_resource_policy(ResourceArn=arn, Policy=policy_text("dynamodb:PutItem", arn))
    return arn, "dynamodb:PutItem"


def make_role(client: Client, *, policy: bool) -> Made:
    del policy
    trust = policy_text("sts:AssumeRole", with_resource=False)
    arn = client("iam").create_role(RoleName="holder", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    return arn, "sts:AssumeRole"


def make_repository(client: Client, *, policy: bool) -> Made:
    ecr = client("ecr")
    arn = ecr.create_repository(repositoryName="holder/web")["repository"]["repositoryArn"]
    if policy:
        text = policy_text("ecr:BatchGetImage", with_resource=False)
        ecr.set_repository_policy(repositoryName="holder/web", policyText=text)
    return arn, "ecr:BatchGetImage"


def make_bus(client: Client, *, policy: bool) -> Made:
    events = client("events")
    arn = events.create_event_bus(Name="holder")["EventBusArn"]
    if policy:
        events.put_permission(
            EventBusName="holder", Action="events:PutEvents", Principal="111122223333", StatementId="Named"
        )
    return arn, "events:PutEvents"


def make_stream(client: Client, *, policy: bool) -> Made:
    kinesis = client("kinesis")
    kinesis.create_stream(StreamName="holder", ShardCount=1)
    arn = f"arn:aws:kinesis:{REGION}:{ACCOUNT}:stream/holder"
    if policy:
        kinesis.put_resource_policy(ResourceARN=arn, Policy=policy_text("kinesis:PutRecord", arn))
    return arn, "kinesis:PutRecord"


def make_log_group(client: Client, *, policy: bool) -> Made:
    logs = client("logs")
    logs.create_log_group(logGroupName="/holder/web")
    if policy:
        logs.put_resource_policy(policyName="Named", policyDocument=policy_text("logs:PutLogEvents"))
    return f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/holder/web:*", "logs:PutLogEvents"


def make_file_system(client: Client, *, policy: bool) -> Made:
    efs = client("efs")
    system = efs.create_file_system(CreationToken="holder")["FileSystemId"]
    if policy:
        text = policy_text("elasticfilesystem:ClientMount")
        efs.put_file_system_policy(FileSystemId=system, Policy=text)
    arn = f"arn:aws:elasticfilesystem:{REGION}:{ACCOUNT}:file-system/{system}"
    return arn, "elasticfilesystem:ClientMount"


def make_domain(client: Client, *, policy: bool) -> Made:
    text = {"AccessPolicies": policy_text("es:ESHttpGet")} if policy else {}
    client("opensearch").create_domain(DomainName="holder", **text)
    return f"arn:aws:es:{REGION}:{ACCOUNT}:domain/holder", "es:ESHttpGet"


def make_vault(client: Client, *, policy: bool) -> Made:
    backup = client("backup")
    arn = backup.create_backup_vault(BackupVaultName="holder")["BackupVaultArn"]
    if policy:
        text = policy_text("backup:CopyIntoBackupVault")
        backup.put_backup_vault_access_policy(BackupVaultName="holder", Policy=text)
    return arn, "backup:CopyIntoBackupVault"


def make_catalog(client: Client, *, policy: bool) -> Made:
    glue = client("glue")
    glue.create_database(DatabaseInput={"Name": "holder"})
    if policy:
        glue.put_resource_policy(PolicyInJson=policy_text("glue:GetTable"))
    return f"arn:aws:glue:{REGION}:{ACCOUNT}:table/holder/orders", "glue:GetTable"


def make_identity(client: Client, *, policy: bool) -> Made:
    ses = client("sesv2")
    ses.create_email_identity(EmailIdentity="holder@example.com")
    if policy:
        ses.create_email_identity_policy(
            EmailIdentity="holder@example.com", PolicyName="Named", Policy=policy_text("ses:SendEmail")
        )
    return f"arn:aws:ses:{REGION}:{ACCOUNT}:identity/holder@example.com", "ses:SendEmail"


def make_parameter(client: Client, *, policy: bool) -> Made:
    ssm = client("ssm")
    ssm.put_parameter(Name="/holder/db", Value="made-up", Type="String", Tier="Advanced")
    arn = f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/holder/db"
    if policy:
        ssm.put_resource_policy(ResourceArn=arn, Policy=policy_text("ssm:GetParameter", arn))
    return arn, "ssm:GetParameter"


def make_api(client: Client, *, policy: bool) -> Made:
    text = {"policy": policy_text("execute-api:Invoke")} if policy else {}
    api = client("apigateway").create_rest_api(name="holder", **text)["id"]
    return f"arn:aws:execute-api:{REGION}:{ACCOUNT}:{api}/prod/GET/orders", "execute-api:Invoke"


def make_function(client: Client, *, policy: bool) -> Made:
    role = client("iam").create_role(
        RoleName="holder-function",
        AssumeRolePolicyDocument=policy_text("sts:AssumeRole", with_resource=False),
    )["Role"]["Arn"]
    functions = client("lambda")
    arn = functions.create_function(
        FunctionName="holder", Runtime="python3.13", Role=role, Handler="a.b", Code={"ZipFile": EMPTY_ZIP}
    )["FunctionArn"]
    if policy:
        functions.add_permission(
            FunctionName="holder",
            StatementId="Named",
            Action="lambda:InvokeFunction",
            Principal="events.amazonaws.com",
        )
    return arn, "lambda:InvokeFunction"


def make_glacier_vault(client: Client, *, policy: bool) -> Made:
    glacier = client("glacier")
    glacier.create_vault(accountId="-", vaultName="holder")
    if policy:
        glacier.set_vault_access_policy(
            accountId="-", vaultName="holder", policy={"Policy": policy_text("glacier:UploadArchive")}
        )
    return f"arn:aws:glacier:{REGION}:{ACCOUNT}:vaults/holder", "glacier:UploadArchive"


EMPTY_ZIP = b"PK\x05\x06" + b"\x00" * 18

MAKERS: dict[str, Callable[..., Made]] = {
    "sqs": make_queue,
    "sns": make_topic,
    "s3": make_bucket,
    "kms": make_key,
    "secretsmanager": make_secret,
    "dynamodb": make_table,
    "lambda_function": make_function,
    "sts": make_role,
    "ecr": make_repository,
    "events": make_bus,
    "kinesis": make_stream,
    "logs": make_log_group,
    "efs": make_file_system,
    "opensearch": make_domain,
    "backup": make_vault,
    "glacier": make_glacier_vault,
    "glue": make_catalog,
    "ses": make_identity,
    "ssm": make_parameter,
    "apigateway": make_api,
}
