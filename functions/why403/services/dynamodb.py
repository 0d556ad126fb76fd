"""DynamoDB tables, indexes and streams: the resource policies and the table's key. No item is read.

A table without a key of its own uses one that AWS owns: no policy to see or to mend.
"""

from dataclasses import replace

from why403.services.declaration import Block, Draft, Listing, Resource, Role, Service, ServiceRead, declared

GONE = ("ResourceNotFoundException",)
LIST = declared("dynamodb:ListTables", "Where a line names no table: the tables that it may have meant.")
GET_POLICY = declared(
    "dynamodb:GetResourcePolicy",
    "The table's or stream's policy may allow or deny the call.",
    absent=("PolicyNotFoundException",),
)
DESCRIBE = declared("dynamodb:DescribeTable", "Whether the table exists, and the key that encrypts it.")
DRAFT = Draft(
    called="table policy",
    most=20_480,
    cli="dynamodb put-resource-policy --resource-arn {arn} --policy {document}",
    read_back="dynamodb get-resource-policy --resource-arn {arn}",
    terraform=Block("aws_dynamodb_resource_policy", {"resource_arn": "{arn}"}, "policy"),
)
TABLE = Resource(
    kind="table",
    arn="dynamodb:table/{name}",
    listed=Listing(LIST, within="TableNames"),
    hints=("TABLE", "DYNAMO"),
    asked=ServiceRead(GET_POLICY, {"ResourceArn": "{arn}"}, gone=GONE),
    described=ServiceRead(DESCRIBE, {"TableName": "{name_or_arn}"}, gone=GONE),
    policy="Policy",
    key="Table.SSEDescription.KMSMasterKeyArn",
    draft=DRAFT,
)
TABLE_ARN = "arn:{partition}:dynamodb:{region}:{account}:table/{name}"
STREAM = replace(
    TABLE,
    kind="stream",
    arn="dynamodb:table/{name}/stream/{label}",
    holder="{called}",
    tagged=TABLE_ARN,
    listed=None,
    asked=ServiceRead(GET_POLICY, {"ResourceArn": "{called}"}, gone=GONE),
    draft=replace(
        DRAFT,
        called="stream policy",
        cli="dynamodb put-resource-policy --resource-arn {called} --policy {document}",
        read_back="dynamodb get-resource-policy --resource-arn {called}",
        terraform=Block("aws_dynamodb_resource_policy", {"resource_arn": "{called}"}, "policy"),
    ),
)
READS = "GetItem BatchGetItem Query Scan ConditionCheckItem"
WRITES = "PutItem UpdateItem DeleteItem BatchWriteItem"
SERVICE = Service(
    prefix="dynamodb",
    name="DynamoDB",
    title="Amazon DynamoDB",
    page="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/access-control-resource-based.html",
    resources=(TABLE, STREAM),
    roles=(
        Role("reader", asked=READS, grants={"{arn} same": f"{READS} DescribeTable"}),
        Role("writer", asked=WRITES, grants={"{arn} same": f"{WRITES} DescribeTable"}),
    ),
    neighbours="GetItem PutItem Query Scan DeleteItem UpdateItem DeleteTable",
    keys_page="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html",
    needs_besides={f"GetItem BatchGetItem Query Scan {WRITES}": "Decrypt"},
    tries={
        "DescribeTable": "dynamodb describe-table --table-name {name}",
        "Scan": "dynamodb scan --table-name {name} --select COUNT --limit 1",
    },
    unrecorded=f"{READS} {WRITES} GetRecords GetShardIterator PartiQLDelete PartiQLInsert PartiQLSelect PartiQLUpdate",
    changes={
        "PutResourcePolicy": "the policy of {resourceArn} was written",
        "DeleteResourcePolicy": "the policy of {resourceArn} was deleted",
    },
)
