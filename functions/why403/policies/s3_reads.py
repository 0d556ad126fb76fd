"""The reads of S3 that buckets and access points share."""

from why403.reads import Answer, DeclaredRead

LIST_BUCKETS = DeclaredRead(
    "s3",
    "ListBuckets",
    ("s3:ListAllMyBuckets",),
    "A bucket's ARN names no account: our own list tells whether the bucket is ours.",
)
GET_POLICY = DeclaredRead(
    "s3", "GetBucketPolicy", ("s3:GetBucketPolicy",), "The bucket's policy may allow or deny the call."
)
GET_BLOCK = DeclaredRead(
    "s3",
    "GetPublicAccessBlock",
    ("s3:GetBucketPublicAccessBlock",),
    "Block Public Access may switch off what a public policy or ACL allows.",
)
ACCOUNT_BLOCK = DeclaredRead(
    "s3control",
    "GetPublicAccessBlock",
    ("s3:GetAccountPublicAccessBlock",),
    "Block Public Access of the whole account counts for each of its buckets.",
)
GET_OWNERSHIP = DeclaredRead(
    "s3",
    "GetBucketOwnershipControls",
    ("s3:GetBucketOwnershipControls",),
    "Whether object ACLs count at all.",
)
GET_ENCRYPTION = DeclaredRead(
    "s3",
    "GetBucketEncryption",
    ("s3:GetEncryptionConfiguration",),
    "The key that a caller of PutObject and GetObject must be able to use.",
)
GET_POINT = DeclaredRead(
    "s3control",
    "GetAccessPoint",
    ("s3:GetAccessPoint",),
    "The bucket behind an access point, and the VPC that it is bound to.",
)
GET_POINT_POLICY = DeclaredRead(
    "s3control",
    "GetAccessPointPolicy",
    ("s3:GetAccessPointPolicy",),
    "The access point's policy may allow or deny the call.",
)
DEFAULT_KEY = "alias/aws/s3"
KMS_PREFIX = "aws:kms"


def default_key(said: Answer) -> str:
    """The KMS key of a bucket's default encryption; empty where S3's own keys (AES256) are used."""
    for rule in said.items("ServerSideEncryptionConfiguration", "Rules"):
        default = rule.get("ApplyServerSideEncryptionByDefault") or {}
        if str(default.get("SSEAlgorithm", "")).startswith(KMS_PREFIX):
            return str(default.get("KMSMasterKeyID") or DEFAULT_KEY)
    return ""
