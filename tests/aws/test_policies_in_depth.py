"""What hangs beside a resource's policy, read from an emulated AWS: keys, grants, aliases, settings, registries."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber
from why403.aws.reader import Reader
from why403.aws.session import reading_clients
from why403.iam.layer import Layer
from why403.iam.place import Place
from why403.policies.target import read_target
from why403.services.reading import TargetReading

from tests.aws.calling_as import calling_in_moto
from tests.aws.policy_holders import ACCOUNT, MAKERS, REGION, policy_text

PLACE = Place(ACCOUNT, REGION)
OWN = f"{REGION}:{ACCOUNT}"


@pytest.fixture(autouse=True)
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An empty account of moto's, inside this process."""
    with calling_in_moto(monkeypatch):
        yield


def client(service: str) -> Any:
    make: Any = boto3.client
    return make(service, region_name=REGION)


def read(arn: str, action: str) -> TargetReading:
    reader = Reader(PLACE)
    reading = reader.run(read_target(arn, action, PLACE))
    assert reader.rounds <= 3
    return reading


def statement_ids(reading: TargetReading | None) -> list[str]:
    document: Any = reading.policy.document if reading and reading.policy else {}
    return [statement.get("Sid", "") for statement in document.get("Statement", [])]


def make_key() -> str:
    made = client("kms").create_key(Policy=policy_text("kms:*"))
    return str(made["KeyMetadata"]["Arn"])


def encrypted_queue(key: str) -> str:
    client("sqs").create_queue(QueueName="jobs", Attributes={"KmsMasterKeyId": key})
    return f"arn:aws:sqs:{OWN}:jobs"


def encrypted_topic(key: str) -> str:
    made = client("sns").create_topic(Name="jobs", Attributes={"KmsMasterKeyId": key})
    return str(made["TopicArn"])


def encrypted_bucket(key: str) -> str:
    s3 = client("s3")
    s3.create_bucket(Bucket="jobs", CreateBucketConfiguration={"LocationConstraint": REGION})
    default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}
    s3.put_bucket_encryption(
        Bucket="jobs",
        ServerSideEncryptionConfiguration={"Rules": [{"ApplyServerSideEncryptionByDefault": default}]},
    )
    return "arn:aws:s3:::jobs/a"


def encrypted_secret(key: str) -> str:
    made = client("secretsmanager").create_secret(Name="jobs", SecretString="made-up", KmsKeyId=key)
    return str(made["ARN"])


def encrypted_stream(key: str) -> str:
    kinesis = client("kinesis")
    kinesis.create_stream(StreamName="jobs", ShardCount=1)
    kinesis.start_stream_encryption(StreamName="jobs", EncryptionType="KMS", KeyId=key)
    return f"arn:aws:kinesis:{OWN}:stream/jobs"


def encrypted_table(key: str) -> str:
    made = client("dynamodb").create_table(
        TableName="jobs",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        SSESpecification={"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": key},
    )
    return str(made["TableDescription"]["TableArn"])


def encrypted_log_group(key: str) -> str:
    client("logs").create_log_group(logGroupName="jobs", kmsKeyId=key)
    return f"arn:aws:logs:{OWN}:log-group:jobs:*"


@pytest.mark.parametrize(
    ("make", "action"),
    [
        (encrypted_queue, "sqs:SendMessage"),
        (encrypted_topic, "sns:Publish"),
        (encrypted_bucket, "s3:PutObject"),
        (encrypted_secret, "secretsmanager:GetSecretValue"),
        (encrypted_stream, "kinesis:PutRecord"),
        (encrypted_table, "dynamodb:PutItem"),
        (encrypted_log_group, "logs:PutLogEvents"),
    ],
)
def test_the_key_that_encrypts_a_resource_is_followed_to_its_policy(
    make: Callable[[str], str], action: str
) -> None:
    key = make_key()

    reading = read(make(key), action)

    assert reading.key is not None
    assert (reading.key.arn, statement_ids(reading.key)) == (key, ["Named"])


def test_a_resource_without_a_key_of_its_own_has_none_followed() -> None:
    arn, action = MAKERS["sqs"](client, policy=False)

    assert read(arn, action).key is None


def test_a_grant_and_an_alias_lead_to_one_key() -> None:
    kms, key = client("kms"), make_key()
    grantee = f"arn:aws:iam::{ACCOUNT}:role/worker"
    kms.create_alias(AliasName="alias/jobs", TargetKeyId=key)
    kms.create_grant(KeyId=key, GranteePrincipal=grantee, Operations=["Decrypt"])

    by_key, by_alias = read(key, "kms:Decrypt"), read(f"arn:aws:kms:{OWN}:alias/jobs", "kms:Decrypt")

    assert [(grant.grantee, list(grant.operations)) for grant in by_key.grants] == [(grantee, ["Decrypt"])]
    assert (by_alias.arn, by_alias.grants) == (key, by_key.grants)


@pytest.mark.parametrize(
    ("bucket", "whole_account", "told"),
    [(False, False, False), (True, False, True), (False, True, True)],
)
def test_block_public_access_counts_at_either_level(bucket: bool, whole_account: bool, told: bool) -> None:  # noqa: FBT001  # a table
    arn, action = MAKERS["s3"](client, policy=True)
    block = {"BlockPublicAcls": False, "BlockPublicPolicy": False, "IgnorePublicAcls": False}
    client("s3").put_public_access_block(
        Bucket="holder", PublicAccessBlockConfiguration={**block, "RestrictPublicBuckets": bucket}
    )
    client("s3control").put_public_access_block(
        AccountId=ACCOUNT,
        PublicAccessBlockConfiguration={**block, "RestrictPublicBuckets": whole_account},
    )

    settings = read(arn, action).bucket

    assert settings is not None
    assert (settings.restrict_public_buckets, settings.ignore_public_acls) == (told, False)


@pytest.mark.parametrize(("ownership", "disabled"), [("ObjectWriter", False), ("BucketOwnerEnforced", True)])
def test_object_ownership_tells_whether_acls_count(ownership: str, disabled: bool) -> None:  # noqa: FBT001  # a table
    arn, action = MAKERS["s3"](client, policy=False)
    client("s3").put_bucket_ownership_controls(
        Bucket="holder", OwnershipControls={"Rules": [{"ObjectOwnership": ownership}]}
    )

    settings = read(arn, action).bucket

    assert settings is not None
    assert (settings.acls_disabled, settings.owner) == (disabled, ACCOUNT)


def test_an_access_point_is_read_with_the_bucket_behind_it() -> None:
    MAKERS["s3"](client, policy=True)
    control = client("s3control")
    control.create_access_point(AccountId=ACCOUNT, Name="door", Bucket="holder")
    arn = f"arn:aws:s3:{OWN}:accesspoint/door"
    control.put_access_point_policy(
        AccountId=ACCOUNT, Name="door", Policy=policy_text("s3:GetObject", f"{arn}/object/*")
    )

    reading = read(f"{arn}/object/a.csv", "s3:GetObject")

    assert (reading.arn, statement_ids(reading)) == (arn, ["Named"])
    assert "policies.access-point-bucket" in [finding.id for finding in reading.findings]


@pytest.mark.parametrize("qualifier", ["", ":live"])
def test_a_function_and_its_alias_have_policies_of_their_own(qualifier: str) -> None:
    """Answered by a stub: moto keeps the statements of a function and of its aliases in one policy."""
    function = f"arn:aws:lambda:{OWN}:function:resize"
    arn = function + qualifier
    asked = {"FunctionName": function} | ({"Qualifier": "live"} if qualifier else {})
    stub = Stubber(reading_clients().get("lambda", REGION))
    stub.add_response("get_policy", {"Policy": policy_text("lambda:InvokeFunction", arn)}, asked)

    with stub:
        reading = read(arn, "lambda:InvokeFunction")

    assert statement_ids(reading) == ["Named"]
    stub.assert_no_pending_responses()


def test_a_layer_version_s_policy_is_read() -> None:
    functions = client("lambda")
    layer = functions.publish_layer_version(LayerName="tools", Content={"ZipFile": b"zip"})
    functions.add_layer_version_permission(
        LayerName="tools",
        VersionNumber=1,
        StatementId="Named",
        Action="lambda:GetLayerVersion",
        Principal="*",
    )

    assert statement_ids(read(layer["LayerVersionArn"], "lambda:GetLayerVersion")) == ["Named"]


def test_the_registry_s_policy_allows_replication_beside_the_repository_s() -> None:
    arn, _ = MAKERS["ecr"](client, policy=False)
    client("ecr").put_registry_policy(policyText=policy_text("ecr:ReplicateImage", arn))

    reading = read(arn, "ecr:ReplicateImage")

    assert statement_ids(reading) == ["Named"]
    assert json.dumps(reading.policy.document if reading.policy else "").count("ecr:ReplicateImage") == 1
    assert Layer.RESOURCE not in reading.unread
