"""S3 Tables: the table bucket's policy and key. No table is read, nor a table's own policy."""

from collections.abc import Iterator

from why403.iam.arn import Arn
from why403.message import Message
from why403.reads import Answer
from why403.services.declaration import Block, Draft, Listing, Resource, Service, ServiceRead, declared

LIST = declared(
    "s3tables:ListTableBuckets", "Where a line names no table bucket: those that it may have meant."
)
GET_POLICY = declared(
    "s3tables:GetTableBucketPolicy", "The table bucket's policy may allow or deny the call."
)
GET_BUCKET = declared("s3tables:GetTableBucket", "Whether the table bucket exists.")
GET_ENCRYPTION = declared(
    "s3tables:GetTableBucketEncryption", "The key that who reads or writes tables must be able to use."
)
NAMED = {"tableBucketARN": "{arn}"}


def table_policy_unread(arn: Arn, said: Answer) -> Iterator[Message]:
    """That a table may have a policy of its own, which has a say too."""
    del said
    if "/table/" in arn.resource:
        yield Message("policies.table-policy-unread", {"table": str(arn)})


SERVICE = Service(
    prefix="s3tables",
    name="S3Tables",
    title="Amazon S3 Tables",
    page="https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-tables-resource-based-policies.html",
    resources=(
        Resource(
            kind="table bucket",
            arn="s3tables:bucket/{name}",
            letters="-",
            listed=Listing(LIST, within="tableBuckets", each="arn"),
            hints=("TABLE_BUCKET", "S3TABLES", "S3_TABLES"),
            asked=ServiceRead(GET_POLICY, NAMED),
            described=ServiceRead(GET_BUCKET, NAMED, gone=("NotFoundException",)),
            keyed=ServiceRead(GET_ENCRYPTION, NAMED),
            policy="resourcePolicy",
            findings=table_policy_unread,
            key="encryptionConfiguration.kmsKeyArn",
            draft=Draft(
                called="table bucket policy",
                most=20_480,
                cli="s3tables put-table-bucket-policy --table-bucket-arn {arn} --resource-policy {document}",
                read_back="s3tables get-table-bucket-policy --table-bucket-arn {arn}",
                terraform=Block(
                    "aws_s3tables_table_bucket_policy", {"table_bucket_arn": "{arn}"}, "resource_policy"
                ),
                cloudformation=Block(
                    "AWS::S3Tables::TableBucketPolicy", {"TableBucketARN": "{arn}"}, "ResourcePolicy"
                ),
                cdk="aws_s3tables.CfnTableBucketPolicy",
            ),
        ),
    ),
    neighbours="GetTable GetTableData PutTableData GetTableMetadataLocation UpdateTableMetadataLocation DeleteTable"
    " DeleteTableBucket PutTableBucketPolicy",
    keys_page="https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-tables-kms-permissions.html",
    needs_besides={"GetTableData": "Decrypt", "PutTableData": "GenerateDataKey Decrypt"},
    tries={
        "GetTableBucket": "s3tables get-table-bucket --table-bucket-arn {arn} --query arn",
        "ListTables": "s3tables list-tables --table-bucket-arn {arn} --max-items 1",
    },
    unrecorded="GetTableData PutTableData",
    changes={
        "PutTableBucketPolicy": "the policy of table bucket {tableBucketARN} was written",
        "DeleteTableBucketPolicy": "the policy of table bucket {tableBucketARN} was deleted",
    },
)
