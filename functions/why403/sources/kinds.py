"""What each format calls the resources whose names and policies are read: one row a kind."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceKind:
    """A kind of resource. `arn`: partition, Region, account and name are left open.

    `cloudformation`, `cdk`: its type or class and what names it; `own`: the property that is its policy; `held`: the resource that
    holds it besides, with the property for whom and the one with the document. `terraform` and its two in the same way; there the
    document is `policy`. Empty: the format has none, or it is not read.
    """

    arn: str
    cloudformation: tuple[str, str] = ("", "")
    own: str = ""
    held: tuple[str, str, str] = ("", "", "")
    terraform: str = ""
    terraform_own: str = ""
    terraform_held: tuple[str, str] = ("", "")
    cdk: tuple[str, str] = ("", "")


SOURCE_KINDS = (
    SourceKind(
        arn="arn:{p}:iam::{a}:role/{n}",
        cloudformation=("AWS::IAM::Role", "RoleName"),
        own="AssumeRolePolicyDocument",
        terraform="aws_iam_role",
        terraform_own="assume_role_policy",
    ),
    SourceKind(arn="arn:{p}:iam::{a}:user/{n}", cloudformation=("AWS::IAM::User", "UserName")),
    SourceKind(
        arn="arn:{p}:iam::{a}:policy/{n}", cloudformation=("AWS::IAM::ManagedPolicy", "ManagedPolicyName")
    ),
    SourceKind(
        arn="arn:{p}:sqs:{r}:{a}:{n}",
        cloudformation=("AWS::SQS::Queue", "QueueName"),
        held=("AWS::SQS::QueuePolicy", "Queues", "PolicyDocument"),
        terraform="aws_sqs_queue",
        terraform_own="policy",
        terraform_held=("aws_sqs_queue_policy", "queue_url"),
        cdk=("aws_sqs.Queue", "queueName"),
    ),
    SourceKind(
        arn="arn:{p}:sns:{r}:{a}:{n}",
        cloudformation=("AWS::SNS::Topic", "TopicName"),
        held=("AWS::SNS::TopicPolicy", "Topics", "PolicyDocument"),
        terraform="aws_sns_topic",
        terraform_own="policy",
        terraform_held=("aws_sns_topic_policy", "arn"),
        cdk=("aws_sns.Topic", "topicName"),
    ),
    SourceKind(
        arn="arn:{p}:s3:::{n}",
        cloudformation=("AWS::S3::Bucket", "BucketName"),
        held=("AWS::S3::BucketPolicy", "Bucket", "PolicyDocument"),
        terraform="aws_s3_bucket",
        terraform_own="policy",
        terraform_held=("aws_s3_bucket_policy", "bucket"),
        cdk=("aws_s3.Bucket", "bucketName"),
    ),
    SourceKind(
        arn="arn:{p}:dynamodb:{r}:{a}:table/{n}",
        cloudformation=("AWS::DynamoDB::Table", "TableName"),
        terraform="aws_dynamodb_table",
    ),
    SourceKind(
        arn="arn:{p}:lambda:{r}:{a}:function:{n}",
        cloudformation=("AWS::Lambda::Function", "FunctionName"),
        terraform="aws_lambda_function",
    ),
    SourceKind(
        arn="arn:{p}:lambda:{r}:{a}:function:{n}",
        cloudformation=("AWS::Serverless::Function", "FunctionName"),
    ),
    SourceKind(
        arn="arn:{p}:kms:{r}:{a}:key/{n}",
        cloudformation=("AWS::KMS::Key", ""),
        own="KeyPolicy",
        terraform="aws_kms_key",
        terraform_own="policy",
        terraform_held=("aws_kms_key_policy", "key_id"),
        cdk=("aws_kms.Key", ""),
    ),
    SourceKind(
        arn="arn:{p}:secretsmanager:{r}:{a}:secret:{n}-??????",
        cloudformation=("AWS::SecretsManager::Secret", "Name"),
        held=("AWS::SecretsManager::ResourcePolicy", "SecretId", "ResourcePolicy"),
        terraform="aws_secretsmanager_secret",
        terraform_own="policy",
        terraform_held=("aws_secretsmanager_secret_policy", "secret_arn"),
        cdk=("aws_secretsmanager.Secret", "secretName"),
    ),
    SourceKind(
        arn="arn:{p}:ecr:{r}:{a}:repository/{n}",
        cloudformation=("AWS::ECR::Repository", "RepositoryName"),
        own="RepositoryPolicyText",
        terraform="aws_ecr_repository",
        terraform_held=("aws_ecr_repository_policy", "repository"),
        cdk=("aws_ecr.Repository", "repositoryName"),
    ),
    SourceKind(
        arn="arn:{p}:logs:{r}:{a}:log-group:{n}:*",
        cloudformation=("AWS::Logs::LogGroup", "LogGroupName"),
    ),
)
"""The letters that AWS puts behind a secret's name stand as `??????`."""


def l1_class(kind: str) -> str:
    """`AWS::SQS::QueuePolicy` as `aws_sqs.CfnQueuePolicy`, as the CDK calls CloudFormation's own."""
    _, service, name = kind.split("::")
    return f"aws_{service.lower()}.Cfn{name}"


L1: Mapping[str, SourceKind] = {
    l1_class(each.cloudformation[0]): each for each in SOURCE_KINDS if each.cloudformation[0]
}


def l1_layers(kind: SourceKind, target: str) -> set[str]:
    """The layers whose policies an L1 construct of this kind holds, for a target of this ARN."""
    if kind.cloudformation[0] == "AWS::IAM::Role":
        return {"identity", "trust"}
    is_of_it = kind.arn.split(":")[2] == target.split(":")[2]
    return {"resource"} if is_of_it and (kind.own or kind.held[0]) else set()
