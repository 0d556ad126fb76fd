"""Kinesis data streams and their consumers: the resource policy and the stream's key. No record is read."""

from dataclasses import replace

from why403.services.declaration import Block, Draft, Listing, Resource, Role, Service, ServiceRead, declared

LIST = declared("kinesis:ListStreams", "Where a line names no stream: the streams that it may have meant.")
GET_POLICY = declared("kinesis:GetResourcePolicy", "The stream's policy may allow or deny the call.")
DESCRIBE = declared(
    "kinesis:DescribeStreamSummary",
    "Whether the stream exists, and the key that the caller must be able to use.",
)
STREAM_ARN = "arn:{partition}:kinesis:{region}:{account}:stream/{name}"
STREAM = Resource(
    kind="stream",
    arn="kinesis:stream/{name}",
    holder="{called}",
    listed=Listing(LIST, within="StreamNames"),
    hints=("STREAM", "KINESIS"),
    asked=ServiceRead(GET_POLICY, {"ResourceARN": "{called}"}),
    described=ServiceRead(DESCRIBE, {"StreamARN": STREAM_ARN}, gone=("ResourceNotFoundException",)),
    policy="Policy",
    key="StreamDescriptionSummary.KeyId",
    draft=Draft(
        called="stream policy",
        most=20_480,
        cli="kinesis put-resource-policy --resource-arn {called} --policy {document}",
        read_back="kinesis get-resource-policy --resource-arn {called}",
        terraform=Block("aws_kinesis_resource_policy", {"resource_arn": "{called}"}, "policy"),
        cloudformation=Block("AWS::Kinesis::ResourcePolicy", {"ResourceArn": "{called}"}, "ResourcePolicy"),
        cdk="aws_kinesis.CfnResourcePolicy",
    ),
)
CONSUMER = replace(
    STREAM,
    kind="stream consumer",
    arn="kinesis:stream/{name}/consumer/{consumer}",
    tagged=STREAM_ARN,
    listed=None,
)
SERVICE = Service(
    prefix="kinesis",
    name="Kinesis",
    title="Amazon Kinesis Data Streams",
    page="https://docs.aws.amazon.com/streams/latest/dev/controlling-access.html",
    resources=(STREAM, CONSUMER),
    endpoints=("kinesis-streams",),
    roles=(
        Role(
            "producer",
            asked="PutRecord PutRecords",
            grants={"same": "PutRecord PutRecords DescribeStreamSummary ListShards"},
        ),
        Role(
            "consumer",
            asked="GetRecords GetShardIterator DescribeStreamSummary ListShards",
            grants={"same": "GetRecords GetShardIterator DescribeStreamSummary ListShards"},
        ),
    ),
    keys_page="https://docs.aws.amazon.com/streams/latest/dev/permissions-user-key-KMS.html",
    needs_besides={"PutRecord PutRecords": "GenerateDataKey", "GetRecords SubscribeToShard": "Decrypt"},
    tries={"DescribeStreamSummary": "kinesis describe-stream-summary --stream-name {name}"},
    unrecorded="GetRecords GetShardIterator PutRecord PutRecords SubscribeToShard",
    changes={"PutResourcePolicy": "the policy of {resourceARN} was written"},
)
