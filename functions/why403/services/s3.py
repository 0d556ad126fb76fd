"""S3 buckets: policy, Block Public Access at both levels, Object Ownership and default encryption.

No object is read, nor its metadata: whether an object exists is never asked.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from why403.iam.arn import Arn
from why403.iam.layer import Layer
from why403.iam.place import Place
from why403.message import Message
from why403.reads import Answer, DeclaredRead, Failure, Plan, Reply, Unreadable
from why403.services.declaration import Block, Draft, Listing, Resource, Role, Service, ServiceRead, declared
from why403.services.documents import parsed
from why403.services.read_policy import ask, shut_out
from why403.services.reading import BucketSettings, TargetReading
from why403.services.reply_collector import ReplyCollector, existence

LIST_BUCKETS = declared(
    "s3:ListAllMyBuckets",
    "A bucket's ARN names no account: our own list tells whether it is ours; and those that a line may have meant.",
    operation="ListBuckets",
)
GET_POLICY = declared("s3:GetBucketPolicy", "The bucket's policy may allow or deny the call.")
GET_BLOCK = DeclaredRead(
    "s3",
    "GetPublicAccessBlock",
    "Block Public Access may switch off what a public policy or ACL allows.",
    ("s3:GetBucketPublicAccessBlock",),
    on_outsiders=True,
)
ACCOUNT_BLOCK = DeclaredRead(
    "s3control",
    "GetPublicAccessBlock",
    "Block Public Access of the whole account counts for each of its buckets.",
    ("s3:GetAccountPublicAccessBlock",),
    on_outsiders=True,
)
GET_OWNERSHIP = DeclaredRead(
    "s3", "GetBucketOwnershipControls", "Whether object ACLs count at all.", on_outsiders=True
)
GET_ENCRYPTION = declared(
    "s3:GetEncryptionConfiguration",
    "The key that a caller of PutObject and GetObject must be able to use.",
    operation="GetBucketEncryption",
)
GONE = ("NoSuchBucket",)
ENFORCED = "BucketOwnerEnforced"
BLOCK = "PublicAccessBlockConfiguration"
DEFAULT_KEY, KMS = "alias/aws/s3", "aws:kms"
NAME = r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"
"""A bucket's name."""
OBJECT_KEY = r"(?:/([^\s\"'`<>?#\\|]{1,1024}))?"
"""An object's key behind it, as far as a URL in a text can be told from what follows."""
FORMS = tuple(
    re.compile(form)
    for form in (
        rf"s3a?://({NAME}){OBJECT_KEY}",
        rf"https?://({NAME})\.s3[.-][a-z0-9.-]{{0,40}}amazonaws\.com(?:\.cn)?{OBJECT_KEY}",
        rf"https?://s3[.-][a-z0-9.-]{{0,40}}amazonaws\.com(?:\.cn)?/({NAME}){OBJECT_KEY}",
    )
)
"""The URLs of buckets and objects: of tools, virtual-hosted, by path."""
BUCKET = re.compile(rf"{NAME}\Z")
"""A text that is nothing but a bucket's name."""


def bucket_name(arn: Arn) -> str:
    """The bucket of a bucket's or an object's ARN."""
    return arn.resource.partition("/")[0]


def read(arn: Arn, action: str, place: Place) -> Plan[TargetReading]:
    """One round. A bucket's ARN names no account: our own list tells that it is ours, or S3's answer about its policy.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketPolicy.html
    """
    del action
    name = bucket_name(arn)
    bucket = Arn(arn.partition, "s3", "", "", name)
    collector = ReplyCollector(str(bucket))
    listed, policy, block, account_block, ownership, encryption = yield (
        LIST_BUCKETS.of(Prefix=name),
        ask(GET_POLICY, bucket, place, Bucket=name),
        ask(GET_BLOCK, bucket, place, Bucket=name),
        ACCOUNT_BLOCK.of(AccountId=place.account),
        ask(GET_OWNERSHIP, bucket, place, Bucket=name),
        ask(GET_ENCRYPTION, bucket, place, Bucket=name),
    )
    said = collector.take(policy, Layer.RESOURCE)
    ours = any(held.get("Name") == name for held in collector.take(listed).items("Buckets")) or _is_told(
        policy
    )
    asked = ((GET_POLICY, policy), (GET_OWNERSHIP, ownership), (GET_ENCRYPTION, encryption))
    exists = ours or existence(bucket, ((ServiceRead(each, gone=GONE), reply) for each, reply in asked))
    account = place.account if ours else ""
    if ours:
        collector.findings += shut_out(policy, str(bucket), "S3UnlockBucketPolicy")
    elif exists is not False and isinstance(listed, Answer) and not listed.truncated:
        collector.findings.append(Message("policies.bucket-of-another-account", {"bucket": name}))
    return collector.reading(
        service="s3",
        account=account,
        exists=exists,
        policy=parsed("bucket policy", said.at("Policy")),
        bucket=BucketSettings(
            ignore_public_acls=_blocked(collector, block, account_block, "IgnorePublicAcls"),
            restrict_public_buckets=_blocked(collector, block, account_block, "RestrictPublicBuckets"),
            acls_disabled=_acls_disabled(collector, ownership),
            owner=account or None,
        ),
        key_arn=default_key(collector.take(encryption)),
    )


def _is_told(policy: Reply) -> bool:
    """Whether S3 says which policy a bucket has, or that it has none: it does so to the owner's account alone."""
    return isinstance(policy, Answer) or (policy.failure is Failure.ABSENT and policy.error not in GONE)


def _blocked(collector: ReplyCollector, bucket: Reply, account: Reply, setting: str) -> bool | None:
    """Block Public Access holds where either level sets it; None where neither says yes and one is unread."""
    levels = [_setting(bucket, setting), _setting(account, setting)]
    for reply in (bucket, account):
        if isinstance(reply, Unreadable) and reply.failure is not Failure.ABSENT:
            spot = reply.spot(collector.subject)
            if spot not in collector.spots:
                collector.spots.append(spot)
    if True in levels:
        return True
    return None if None in levels else False


def _setting(reply: Reply, setting: str) -> bool | None:
    if isinstance(reply, Unreadable):
        return False if reply.failure is Failure.ABSENT and reply.error not in GONE else None
    return reply.at(BLOCK, setting) is True


def _acls_disabled(collector: ReplyCollector, reply: Reply) -> bool | None:
    """A bucket without ownership controls is older than them: its ACLs count."""
    if isinstance(reply, Answer):
        rules = reply.items("OwnershipControls", "Rules")
        return any(rule.get("ObjectOwnership") == ENFORCED for rule in rules)
    collector.take(reply)
    return False if reply.failure is Failure.ABSENT and reply.error not in GONE else None


def default_key(said: Answer) -> str:
    """The KMS key of a bucket's default encryption; empty where S3's own keys (AES256) are used."""
    for rule in said.items("ServerSideEncryptionConfiguration", "Rules"):
        default = rule.get("ApplyServerSideEncryptionByDefault") or {}
        if str(default.get("SSEAlgorithm", "")).startswith(KMS):
            return str(default.get("KMSMasterKeyID") or DEFAULT_KEY)
    return ""


def named(text: str, place: Place) -> str | None:
    """From a URL, a bucket's name or `bucket/key`."""
    if "://" in text:
        return next(spotted(text, place), None)
    return f"arn:{place.partition}:s3:::{text}" if BUCKET.match(text.partition("/")[0]) else None


def spotted(text: str, place: Place) -> Iterator[str]:
    """The buckets and objects whose URLs stand in a text."""
    for form in FORMS:
        for found in form.finditer(text):
            key = (found[2] or "").rstrip(".,;:)]}")
            yield f"arn:{place.partition}:s3:::{found[1]}" + (f"/{key}" if key else "")


def listed_bucket(bucket: Mapping[str, Any], place: Place) -> str:
    """ListBuckets lists names."""
    return f"arn:{place.partition}:s3:::{bucket['Name']}" if bucket.get("Name") else ""


SERVICE = Service(
    prefix="s3",
    name="S3",
    title="Amazon S3 (buckets)",
    page="https://docs.aws.amazon.com/AmazonS3/latest/userguide/how-s3-evaluates-access-control.html",
    resources=(
        Resource(
            kind="bucket",
            arn="s3:{name}",
            fills=lambda arn: {"key": arn.resource.partition("/")[2]},
            listed=Listing(
                LIST_BUCKETS, within="Buckets", pages=2, global_=True, names=listed_bucket, policies_tell=True
            ),
            hints=("BUCKET", "S3"),
            named=named,
            spotted=spotted,
            asked=ServiceRead(GET_POLICY, {"Bucket": "{name}"}),
            elsewhere=False,
            read=read,
            reads=(GET_BLOCK, ACCOUNT_BLOCK, GET_OWNERSHIP, GET_ENCRYPTION),
            policy="Policy",
            key=lambda _, answer: default_key(answer),
            draft=Draft(
                called="bucket policy",
                most=20_480,
                regional=False,
                cli="s3api put-bucket-policy --bucket {name} --policy {document}",
                read_back="s3api get-bucket-policy --bucket {name}",
                terraform=Block("aws_s3_bucket_policy", {"bucket": "{name}"}, "policy"),
                cloudformation=Block("AWS::S3::BucketPolicy", {"Bucket": "{name}"}, "PolicyDocument"),
                cdk="aws_s3.CfnBucketPolicy",
            ),
        ),
    ),
    endpoints=("s3",),
    roles=(
        Role(
            "reader",
            asked="GetObject ListBucket GetObjectVersion",
            grants={"{arn}/*": "GetObject", "{arn}": "ListBucket"},
        ),
        Role(
            "writer",
            asked="PutObject AbortMultipartUpload",
            grants={"{arn}/*": "PutObject AbortMultipartUpload", "{arn}": "ListBucketMultipartUploads"},
        ),
    ),
    neighbours="GetObject PutObject DeleteObject GetObjectVersion PutObjectAcl ListBucket DeleteBucket PutBucketPolicy",
    keys_page="https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html",
    needs_besides={
        "PutObject ReplicateObject": "GenerateDataKey",
        "CreateMultipartUpload UploadPart UploadPartCopy CompleteMultipartUpload": "GenerateDataKey Decrypt",
        "GetObject GetObjectVersion": "Decrypt",
    },
    tries={
        "GetObject": "s3api head-object --bucket {name} --key {key}",
        "ListBucket": "s3api list-objects-v2 --bucket {name} --max-items 1",
        "ListAllMyBuckets": "s3api list-buckets",
    },
    unrecorded="AbortMultipartUpload DeleteObject DeleteObjectVersion GetObject GetObjectAcl GetObjectAttributes"
    " GetObjectTagging GetObjectVersion ListBucket ListBucketVersions ListMultipartUploadParts PutObject PutObjectAcl"
    " PutObjectTagging RestoreObject",
    changes={
        "PutBucketPolicy": "the policy of bucket {bucketName} was written",
        "DeleteBucketPolicy": "the policy of bucket {bucketName} was deleted",
        "PutBucketPublicAccessBlock": "Block Public Access of bucket {bucketName} was changed",
        "DeleteBucketPublicAccessBlock": "Block Public Access of bucket {bucketName} was removed",
        "PutBucketEncryption": "the default encryption of bucket {bucketName} was changed",
        "PutBucketOwnershipControls": "object ownership of bucket {bucketName} was changed",
        "PutBucketAcl": "the ACL of bucket {bucketName} was written",
    },
)
